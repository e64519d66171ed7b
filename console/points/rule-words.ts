import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { useFormat } from '../kit/format.ts';
import { useSegmentOptions } from '../segments/build-seen.ts';
import { matchOf } from '../segments/rule.ts';
import { useWordsOr } from '../words/words-or.ts';
import { degreeNames } from './rule-degrees.tsx';
import { firstDay, lastDay, useWeekdays } from './rule-times.ts';
import type { RuleBody } from './use-points.ts';

type Circumstance = NonNullable<RuleBody['multiply']>[number]['when'];

/** A rule as one sentence. */
export function useRuleSentence(): (rule: RuleBody) => string {
  const { t, i18n } = useTranslation('points');
  const format = useFormat();
  const wordsOr = useWordsOr('events');
  const segments = useSegmentOptions();
  const weekdays = useWeekdays();
  const { timeZone } = useSession().workspace;
  const list = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
  const all = new Intl.ListFormat(i18n.language, { type: 'conjunction' });
  const segmentName = (id: string) => segments.find(({ value }) => value === id)?.label ?? t('says.aSegment');
  const day = (text: string) => format.day(`${text}T12:00:00Z`);

  function factor(by: string, under: Circumstance): string {
    if ('trait' in under) {
      const { trait, equals } = under;
      return equals === undefined
        ? t('says.byTrait', { by, trait: String(trait) })
        : t('says.byTraitIs', { by, trait: String(trait), value: String(equals) });
    }
    if ('segment' in under) return t('says.bySegment', { by, segment: segmentName(under.segment) });
    if ('weekdays' in under)
      return t('says.byWeekdays', {
        by,
        days: all.format(under.weekdays.map((one) => weekdays[one - 1] ?? '')),
      });
    const from = under.from ? day(firstDay(under.from, timeZone)) : '';
    const to = under.to ? day(lastDay(under.to, timeZone)) : '';
    if (from === to) return t('says.byDay', { by, from });
    return t(from === '' ? 'says.byUntil' : to === '' ? 'says.byFrom' : 'says.byDays', { by, from, to });
  }

  return (rule) => {
    const { when, points } = rule;
    const parts: string[] = [];
    if ('enters' in when) parts.push(t('says.enters', { segment: segmentName(when.enters) }));
    else {
      const names = matchOf(when.event).names.map((name) => wordsOr(`names.${name}`, name));
      parts.push(t('says.event', { event: names.length > 0 ? list.format(names) : t('says.anyEvent') }));
    }
    const to = t(`says.to.${rule.to}`);
    if ('fixed' in points)
      parts.push(t('says.fixed', { to, count: points.fixed, points: format.exact(points.fixed) }));
    else if ('per' in points)
      parts.push(
        t('says.per', {
          to,
          count: points.points,
          points: format.exact(points.points),
          amount: format.money(points.per, points.currency),
        }),
      );
    else parts.push(t('says.products', { to }));
    rule.degrees?.forEach((part, i) => {
      if (i > 0 || Number(part) !== 1)
        parts.push(t(`says.degree.${degreeNames[i] ?? 'third'}`, { part: format.percent(Number(part)) }));
    });
    const { multiply = [] } = rule;
    for (const { by, when: under } of multiply) parts.push(factor(by, under));
    if (multiply.length > 1) parts.push(t(`says.together.${rule.together ?? 'largest'}`));
    if (rule.hold_days) parts.push(t('says.held', { count: rule.hold_days }));
    if (rule.expires_days) parts.push(t('says.expires', { count: rule.expires_days }));
    for (const [kind, most] of Object.entries(rule.caps ?? {}))
      if (most) parts.push(t(`says.cap.${kind as 'order'}`, { points: format.exact(most) }));
    return `${parts.join(t('says.joint'))}${t('says.end')}`;
  };
}
