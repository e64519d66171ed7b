import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { useFormat } from '../kit/format.ts';
import { useWordsOr } from '../words/words-or.ts';
import type { ComputedValue, ComputedValues } from './computed.ts';

type Json = Record<string, unknown>;

const kinds = [
  'trait',
  'did',
  'did_not',
  'measure',
  'first',
  'last',
  'sequence',
  'abandoned',
  'place',
  'channel',
  'source',
  'consent',
  'stage',
  'segment',
  'list',
  'share',
  'snapshot',
] as const;
export type Kind = (typeof kinds)[number];

/** Which kind a condition is: the first of its keys that is one tells it. */
export function kindOf(condition: unknown): Kind | null {
  const names = Object.keys((condition ?? {}) as Json);
  for (const name of names) {
    const kind = kinds.find((one) => one === name);
    if (kind) return kind;
  }
  return null;
}

const valueTests = [
  'equals',
  'one_of',
  'exists',
  'contains',
  'starts_with',
  'matches',
  'greater',
  'less',
  'at_least',
  'at_most',
  'between',
  'before',
  'after',
  'in_last',
  'in_next',
  'day_of_year',
  'holds',
] as const;
const shortNots = ['equals', 'one_of', 'exists', 'contains', 'holds'] as const;
const comparisons = ['equals', 'greater', 'less', 'at_least', 'at_most'] as const;
const measures = ['sum', 'average', 'minimum', 'maximum', 'distinct'] as const;
const columns = ['order_id', 'total', 'currency', 'store_id', 'name'] as const;

/** What rules tell by ids and short names, as people call it; by the id. */
export interface RuleNames {
  segments?: ReadonlyMap<string, string>;
  sources?: ReadonlyMap<string, string>;
  lists?: ReadonlyMap<string, string>;
  computed?: ComputedValues;
}

/** The rule language in words of the reader's language; what it does not know stands there as it is. */
export function useRuleWords(names: RuleNames = {}) {
  const { t, i18n } = useTranslation('segments');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const events = useWordsOr('events');
  const people = useWordsOr('people');
  const sources = useWordsOr('sources');
  const { segments, sources: sourceNames, lists, computed } = names;
  const language = i18n.language;

  return useMemo(() => {
    const list = (type: 'conjunction' | 'disjunction', parts: readonly string[]) =>
      new Intl.ListFormat(language, { type }).format(parts);
    const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
    const quoted = (value: unknown): string =>
      typeof value === 'number'
        ? format.exact(value)
        : typeof value === 'boolean'
          ? t(value ? 'one.say.yes' : 'one.say.no')
          : t('one.say.quoted', { text: String(value) });
    const path = (value: unknown): string => many(value).map(String).join(' › ');
    const number = (value: unknown) => (typeof value === 'number' ? format.exact(value) : String(value));

    function duration(value: unknown): string {
      const [unit = 'days', count = 0] = Object.entries((value ?? {}) as Record<string, number>)[0] ?? [];
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: unit.replace(/s$/, ''),
        unitDisplay: 'long',
      }).format(count);
    }

    /** With what stands before it, as it follows other words; nothing where there is no window. */
    function window(value: unknown): string {
      if (!value) return '';
      const { last, calendar_days: days, from, to } = value as Json;
      const moment = (at: unknown) =>
        /T/.test(String(at)) ? format.moment(String(at)) : format.day(`${String(at)}T12:00:00Z`);
      if (last) return t('one.say.window.last', { duration: duration(last) });
      if (typeof days === 'number')
        return days === 1 ? t('one.say.window.today') : t('one.say.window.days', { count: days });
      if (from && to) return t('one.say.window.between', { from: moment(from), to: moment(to) });
      if (from) return t('one.say.window.from', { from: moment(from) });
      return to ? t('one.say.window.to', { to: moment(to) }) : '';
    }

    function times(condition: Json): string {
      const { exactly, at_least: low, at_most: high } = condition as Record<string, number | undefined>;
      if (exactly !== undefined) return t('one.say.times.exactly', { count: exactly });
      if (low !== undefined && high !== undefined) return t('one.say.times.between', { low, high });
      if (low !== undefined) return t('one.say.times.least', { count: low });
      if (high !== undefined) return t('one.say.times.most', { count: high });
      return '';
    }

    function aboutOf(trait: unknown): ComputedValue | undefined {
      const { computed: asked } = Object(trait) as { computed?: string };
      return asked === undefined ? undefined : computed?.get(asked);
    }

    /** What a value must be; the value itself is named by whoever asks. */
    function test(of: Json, about = aboutOf(of.trait)): string {
      if (of.not) {
        const inner = of.not as Json;
        const short = shortNots.find((name) => name in inner);
        return short
          ? t(`one.say.nots.${short}`, { value: valueIn(short, inner[short], about) })
          : t('one.say.nots.other', { test: test(inner, about) });
      }
      const name = valueTests.find((one) => one in of);
      if (!name) return '';
      const value = of[name];
      if (name === 'between') {
        const [low, high] = value as [number, number];
        return t('one.say.tests.between', { low: number(low), high: number(high) });
      }
      if (name === 'day_of_year') {
        const days = (value as { next_days: number }).next_days;
        return days === 0 ? t('one.say.tests.this_day') : t('one.say.tests.day_of_year', { count: days });
      }
      return t(`one.say.tests.${name}`, { value: valueIn(name, value, about) });
    }

    /** Of what is one of a few, each is called as people call it. */
    function valueIn(name: string, value: unknown, about?: ComputedValue): string {
      if (name === 'in_last' || name === 'in_next') return duration(value);
      if (name === 'before' || name === 'after') return String(value);
      const labels = new Map(about?.options.map((one) => [one.value, one.label]));
      return list(
        'disjunction',
        many(value).map((one) => quoted(labels.get(String(one)) ?? one)),
      );
    }

    function column(of: unknown): string {
      const known = columns.find((one) => one === of);
      return known ? t(`one.say.columns.${known}`) : String(of);
    }
    const measured = (of: unknown): string =>
      typeof of === 'object' && of !== null && 'column' in of ? column(of.column) : path(of);

    function filter(one: Json): string {
      if (Array.isArray(one.products))
        return t('one.say.product', { tests: list('conjunction', one.products.map(filter)) });
      const name = 'column' in one ? column(one.column) : path(one.property);
      return t('one.say.value', { name, test: test(one) });
    }

    function event(match: unknown): string {
      if (typeof match === 'string') return events(`names.${match}`, match);
      if (Array.isArray(match)) return list('disjunction', match.map(event));
      const { event: name, type, channel, source, where } = (match ?? {}) as Json;
      const what = name
        ? list('disjunction', many(name).map(event))
        : type
          ? list(
              'disjunction',
              many(type).map((one) => events(`types.${String(one)}`, String(one))),
            )
          : t('one.say.anything');
      const more = [
        ...(channel ? [t('one.say.on', { channel: channels(channel) })] : []),
        ...(source ? [t('one.say.through', { source: through(source) })] : []),
        ...(Array.isArray(where) ? where.map((one) => filter(one as Json)) : []),
      ];
      return more.length > 0 ? t('one.say.where', { what, tests: list('conjunction', more) }) : what;
    }

    const channels = (value: unknown) =>
      list(
        'disjunction',
        many(value).map((one) => sources(`kinds.${String(one)}`, String(one))),
      );

    const through = (value: unknown) =>
      list(
        'disjunction',
        many(value).map((one) => sourceNames?.get(String(one)) ?? String(one)),
      );

    function comparison(condition: Json): string {
      const found = comparisons.filter((name) => name in condition);
      return list(
        'conjunction',
        found.map((name) => t(`one.say.tests.${name}`, { value: number(condition[name]) })),
      );
    }

    /** One condition, as a sentence about a person without its subject. */
    function say(condition: unknown): string {
      const json = (condition ?? {}) as Json;
      const kind = kindOf(json);
      const when = { window: window(json.in), times: times(json) };
      switch (kind) {
        case 'trait': {
          const { computed: asked } = json.trait as { computed?: string };
          const name = aboutOf(json.trait)?.label ?? asked ?? path(json.trait);
          return t('one.say.value', { name, test: test(json) });
        }
        case 'did':
        case 'did_not':
          return t(`one.say.${kind}`, { event: event(json[kind]), ...when });
        case 'measure': {
          const which = measures.find((name) => name in json) ?? 'sum';
          return t('one.say.measure', {
            of: t(`one.say.measures.${which}`, { value: measured(json[which]) }),
            event: event(json.measure),
            test: comparison(json),
            ...when,
          });
        }
        case 'first':
        case 'last':
          return t(`one.say.${kind}`, { event: event(json[kind]), ...when });
        case 'sequence':
          return t('one.say.sequence', {
            steps: (json.sequence as unknown[]).map(event).join(t('one.say.afterwards')),
            within: json.within ? t('one.say.within', { duration: duration(json.within) }) : '',
            without: json.without ? t('one.say.without', { event: event(json.without) }) : '',
            ...when,
          });
        case 'abandoned':
          return t('one.say.abandoned', {
            event: event(json.abandoned),
            other: event(json.without),
            duration: duration(json.within),
            ...when,
          });
        case 'place': {
          const { store, zone } = json.place as Json;
          const dwell = (json.dwell_seconds ?? {}) as Record<string, number | undefined>;
          const minutes = (seconds: number) => duration({ minutes: Math.round(seconds / 6) / 10 });
          const stay = [
            ...(dwell.at_least === undefined
              ? []
              : [t('one.say.stay.least', { time: minutes(dwell.at_least) })]),
            ...(dwell.at_most === undefined
              ? []
              : [t('one.say.stay.most', { time: minutes(dwell.at_most) })]),
          ];
          const where = [
            ...(store ? [t('one.say.store', { name: list('disjunction', many(store).map(String)) })] : []),
            ...(zone ? [t('one.say.zone', { name: list('disjunction', many(zone).map(String)) })] : []),
          ];
          return t('one.say.place', {
            place: where.length > 0 ? where.join(t('one.say.comma')) : t('one.say.anyStore'),
            stay: stay.join(''),
            ...when,
          });
        }
        case 'channel':
          return t('one.say.channel', { channel: channels(json.channel), ...when });
        case 'source':
          return t('one.say.source', { source: through(json.source), ...when });
        case 'consent':
          return t('one.say.consent', {
            purpose: people(`one.purposes.${String(json.consent)}`, String(json.consent)),
          });
        case 'stage': {
          const stage = people(`one.stages.${String(json.stage)}`, String(json.stage)).replace(/[.。]$/, '');
          return t(json.or_further ? 'one.say.stageOrFurther' : 'one.say.stage', { stage });
        }
        case 'segment':
          return t('one.say.segment', { name: segments?.get(String(json.segment)) ?? String(json.segment) });
        case 'list':
          return t('one.say.list', { name: lists?.get(String(json.list)) ?? String(json.list) });
        case 'share':
          return t('one.say.share', { share: format.percent(Number(json.share)), salt: String(json.salt) });
        case 'snapshot': {
          const about = computed?.get(String(json.snapshot));
          const values = json.one_of
            ? t('one.say.tests.one_of', { value: valueIn('one_of', json.one_of, about) })
            : comparison(json);
          return t('one.say.value', { name: about?.label ?? String(json.snapshot), test: values });
        }
        default:
          return JSON.stringify(condition);
      }
    }
    return { say, event, measured, duration, window, times, test, comparison };
  }, [t, language, format, events, people, sources, segments, sourceNames, lists, computed]);
}

export type RuleWords = ReturnType<typeof useRuleWords>;
