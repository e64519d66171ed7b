import { useTranslation } from 'react-i18next';
import { useFormat } from '../kit/format.ts';
import { useSegmentOptions } from '../segments/build-seen.ts';
import { matchOf } from '../segments/rule.ts';
import { useWordsOr } from '../words/words-or.ts';
import type { RuleBody } from './use-points.ts';

/** A rule as one sentence. */
export function useRuleSentence(): (rule: RuleBody) => string {
  const { t, i18n } = useTranslation('points');
  const format = useFormat();
  const wordsOr = useWordsOr('events');
  const segments = useSegmentOptions();
  const list = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
  const segmentName = (id: string) => segments.find(({ value }) => value === id)?.label ?? t('says.aSegment');
  return (rule) => {
    const { when, points } = rule;
    const parts: string[] = [];
    if ('enters' in when) parts.push(t('says.enters', { segment: segmentName(when.enters) }));
    else {
      const names = matchOf(when.event).names.map((name) => wordsOr(`names.${name}`, name));
      parts.push(t('says.event', { event: names.length > 0 ? list.format(names) : t('says.anyEvent') }));
    }
    const to = t(`says.to.${rule.to}`);
    if ('fixed' in points) parts.push(t('says.fixed', { to, points: format.exact(points.fixed) }));
    else if ('per' in points)
      parts.push(
        t('says.per', {
          to,
          points: format.exact(points.points),
          amount: format.money(points.per, points.currency),
        }),
      );
    else parts.push(t('says.products', { to }));
    for (const { by, when: under } of rule.multiply ?? []) {
      if ('trait' in under) parts.push(t('says.byTrait', { by, trait: String(under.trait) }));
      else if ('segment' in under)
        parts.push(t('says.bySegment', { by, segment: segmentName(under.segment) }));
      else parts.push(t('says.byTime', { by }));
    }
    if (rule.hold_days) parts.push(t('says.held', { count: rule.hold_days }));
    if (rule.expires_days) parts.push(t('says.expires', { count: rule.expires_days }));
    for (const [kind, most] of Object.entries(rule.caps ?? {}))
      if (most) parts.push(t(`says.cap.${kind as 'order'}`, { points: format.exact(most) }));
    return `${parts.join(t('says.joint'))}${t('says.end')}`;
  };
}
