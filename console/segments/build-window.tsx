import { useTranslation } from 'react-i18next';
import { WordInput, WordNumber, WordSelect } from '../kit/word.tsx';
import { isObject, type Json, tidy } from './rule.ts';

const units = ['minutes', 'hours', 'days'] as const;
type Unit = (typeof units)[number];

const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** So many minutes, hours or days. */
export function DurationWords(props: { value: unknown; onChange: (value: Json) => void }) {
  const { t } = useTranslation('segments');
  const value = isObject(props.value) ? props.value : {};
  const unit: Unit = units.find((one) => one in value) ?? 'days';
  const count = numberOr(value[unit]);
  return (
    <>
      <WordNumber
        label={t('build.window.count')}
        whole
        value={count}
        onChange={(next) => props.onChange({ [unit]: next })}
      />
      <WordSelect
        label={t('build.window.unit')}
        value={unit}
        choices={units.map((one) => ({
          value: one,
          label: t(`build.window.${one}`, { count: count ?? 2 }),
        }))}
        onChange={(next) => props.onChange({ [next]: count })}
      />
    </>
  );
}

const spans = ['ever', 'last', 'calendar', 'between', 'since', 'before'] as const;
type Span = (typeof spans)[number];

function spanOf(value: unknown): Span {
  if (!isObject(value)) return 'ever';
  if ('last' in value) return 'last';
  if ('calendar_days' in value) return 'calendar';
  if ('from' in value) return 'to' in value ? 'between' : 'since';
  return 'before';
}

const begun: Record<Span, Json | undefined> = {
  ever: undefined,
  last: { last: { days: 30 } },
  calendar: { calendar_days: 7 },
  between: { from: null, to: null },
  since: { from: null },
  before: { to: null },
};

/** When: ever, in the last while, on the last days of the calendar, between two days. */
export function WindowWords(props: {
  value: unknown;
  /** First and last times are always asked of some while. */
  needed?: boolean;
  onChange: (value: Json | undefined) => void;
}) {
  const { t } = useTranslation('segments');
  const span = spanOf(props.value);
  const value = isObject(props.value) ? props.value : {};
  const day = (name: 'from' | 'to') => (
    <DayWord
      label={t(`build.window.${name}`)}
      value={textOr(value[name])}
      onChange={(next) => props.onChange({ ...value, [name]: next })}
    />
  );
  return (
    <>
      <WordSelect
        label={t('build.window.title')}
        value={span}
        choices={spans
          .filter((one) => one !== 'ever' || !props.needed)
          .map((one) => ({ value: one, label: t(`build.window.span.${one}`) }))}
        onChange={(next) => props.onChange(begun[spans.find((one) => one === next) ?? 'ever'])}
      />
      {span === 'last' && (
        <DurationWords value={value.last} onChange={(next) => props.onChange({ last: next })} />
      )}
      {span === 'calendar' && (
        <>
          <WordNumber
            label={t('build.window.count')}
            whole
            value={numberOr(value.calendar_days)}
            onChange={(next) => props.onChange({ calendar_days: next })}
          />
          <span>{t('build.window.calendarDays')}</span>
        </>
      )}
      {(span === 'between' || span === 'since') && day('from')}
      {span === 'between' && <span>{t('build.window.and')}</span>}
      {(span === 'between' || span === 'before') && day('to')}
    </>
  );
}

/** A day from the browser's calendar; a moment of a rule that was written as text stays a text. */
export function DayWord(props: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const isDay = props.value === null || /^\d{4}-\d\d-\d\d$/.test(props.value);
  return <WordInput {...props} type={isDay ? 'date' : 'text'} className="tabular-nums" />;
}

const countings = ['at_least', 'exactly', 'at_most', 'between'] as const;

/** How many times: a condition's `exactly`, `at_least`, `at_most`; at least once where there is none. */
export function CountWords(props: { condition: Json; onChange: (condition: Json) => void }) {
  const { t } = useTranslation('segments');
  const { exactly, at_least: low, at_most: high, ...rest } = props.condition;
  const isBetween = low !== undefined && high !== undefined;
  const how = isBetween ? 'between' : (countings.find((one) => one in props.condition) ?? 'at_least');
  const count = numberOr(
    exactly ?? low ?? high ?? (how === 'at_least' && !('at_least' in props.condition) ? 1 : null),
  );
  const set = (next: Json) => props.onChange(tidy({ ...rest, ...next }));
  return (
    <>
      <WordSelect
        label={t('build.count.title')}
        value={how}
        choices={countings.map((one) => ({ value: one, label: t(`build.count.${one}`) }))}
        onChange={(next) =>
          set(next === 'between' ? { at_least: count, at_most: numberOr(high) ?? count } : { [next]: count })
        }
      />
      <WordNumber
        label={t('build.count.times')}
        whole
        value={isBetween ? numberOr(low) : count}
        onChange={(next) => set(isBetween ? { at_least: next, at_most: high } : { [how]: next })}
      />
      {isBetween && (
        <>
          <span>{t('build.window.and')}</span>
          <WordNumber
            label={t('build.count.most')}
            whole
            value={numberOr(high)}
            onChange={(next) => set({ at_least: low, at_most: next })}
          />
        </>
      )}
      <span>{t('build.count.unit', { count: count ?? 2 })}</span>
    </>
  );
}
