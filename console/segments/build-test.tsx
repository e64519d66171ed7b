import { useTranslation } from 'react-i18next';
import { useFormat } from '../kit/format.ts';
import { Pick } from '../kit/pick.tsx';
import { WordInput, WordNumber, WordSelect } from '../kit/word.tsx';
import { DayWord, DurationWords } from './build-window.tsx';
import { isObject, type Json } from './rule.ts';
import {
  presentTests,
  type Scalar,
  scalarOf,
  type TestName,
  testGroups,
  testJson,
  testOf,
  valueFor,
} from './rule-test.ts';

interface TestWordsProps {
  /** An object with one test, and other members beside it. */
  json: Json;
  beside: readonly string[];
  types: readonly string[];
  values: readonly { value: Scalar; times: number }[];
  /** What happened is not tested against the present. */
  timeless?: boolean;
  /** Of all tests these alone. */
  only?: readonly TestName[] | undefined;
  labelOf?: ((value: Scalar) => string) | undefined;
  onChange: (test: Json) => void;
}

/** "[is more than] [50]": how a value is tested and against what. */
export function TestWords(props: TestWordsProps) {
  const { t } = useTranslation('segments');
  const { json, types, values, timeless = false, only, labelOf, onChange } = props;
  const test = testOf(json, props.beside);
  if (!test) return <span className="text-s text-quiet">{t('build.asText')}</span>;
  return (
    <>
      <WordSelect
        label={t('build.test.title')}
        value={test.name}
        choices={testGroups
          .map(({ name, tests }) => ({
            label: t(`build.test.groups.${name}`),
            choices: tests
              .filter((one) => !timeless || !presentTests.includes(one))
              // What is asked already stays to be seen.
              .filter((one) => !only || only.includes(one) || one === test.name)
              .map((one) => ({ value: one, label: t(`build.test.${one.replace('.', '_') as 'equals'}`) })),
          }))
          .filter(({ choices }) => choices.length > 0)}
        onChange={(next) => {
          const name = testGroups.flatMap(({ tests }) => [...tests]).find((one) => one === next) ?? 'equals';
          onChange(testJson(name, valueFor(name, test.value)));
        }}
      />
      <ValueWords
        name={test.name.replace('not.', '')}
        value={test.value}
        types={types}
        values={values}
        labelOf={labelOf}
        onChange={(value) => onChange(testJson(test.name, value))}
      />
    </>
  );
}

function ValueWords(props: {
  name: string;
  value: unknown;
  types: readonly string[];
  values: readonly { value: Scalar; times: number }[];
  labelOf?: ((value: Scalar) => string) | undefined;
  onChange: (value: unknown) => void;
}) {
  const { t } = useTranslation('segments');
  const { name, value, onChange } = props;
  const label = t('build.test.value');
  const number = typeof value === 'number' ? value : null;
  const text = typeof value === 'string' ? value : null;
  if (name === 'exists') return null;
  if (name === 'in_last' || name === 'in_next') return <DurationWords value={value} onChange={onChange} />;
  if (name === 'before' || name === 'after')
    return <DayWord label={label} value={text} onChange={onChange} />;
  if (name === 'day_of_year') {
    const days = isObject(value) && typeof value.next_days === 'number' ? value.next_days : null;
    return (
      <>
        <WordNumber label={label} whole value={days} onChange={(next) => onChange({ next_days: next })} />
        <span>{t('build.window.days', { count: days ?? 2 })}</span>
      </>
    );
  }
  if (name === 'between') {
    const [low = null, high = null] = Array.isArray(value) ? (value as (number | null)[]) : [];
    return (
      <>
        <WordNumber label={t('build.test.low')} value={low} onChange={(next) => onChange([next, high])} />
        <span>{t('build.window.and')}</span>
        <WordNumber label={t('build.test.high')} value={high} onChange={(next) => onChange([low, next])} />
      </>
    );
  }
  if (['greater', 'at_least', 'less', 'at_most'].includes(name))
    return <WordNumber label={label} value={number} onChange={onChange} />;
  if (['contains', 'starts_with', 'matches'].includes(name))
    return <WordInput label={label} value={text} onChange={onChange} />;
  return <ScalarWords {...props} several={name === 'one_of'} />;
}

/** A value, or several: those that were frequent are offered, any other is typed. */
function ScalarWords(props: {
  value: unknown;
  types: readonly string[];
  values: readonly { value: Scalar; times: number }[];
  several: boolean;
  labelOf?: ((value: Scalar) => string) | undefined;
  onChange: (value: unknown) => void;
}) {
  const { t } = useTranslation('segments');
  const format = useFormat();
  const { value, types, several, onChange } = props;
  const words = (one: Scalar) =>
    props.labelOf?.(one) ??
    (typeof one === 'boolean' ? t(one ? 'build.test.true' : 'build.test.false') : String(one));
  const offered = props.values.length === 0 && types.includes('boolean') && types.length === 1;
  const values = offered ? [true, false].map((one) => ({ value: one, times: 0 })) : props.values;
  const chosen = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  return (
    <Pick
      label={t('build.test.value')}
      missing={t('build.test.missing')}
      several={several}
      value={chosen.map((one) => JSON.stringify(one))}
      options={values.map((one) => ({
        value: JSON.stringify(one.value),
        label: words(one.value),
        note: one.times > 0 ? format.compact(one.times) : undefined,
      }))}
      labelOf={(one) => words(JSON.parse(one) as Scalar)}
      typed={(typed) => {
        const scalar = scalarOf(typed, types);
        return { value: JSON.stringify(scalar), label: words(scalar) };
      }}
      onChange={(next) => {
        const scalars = next.map((one) => JSON.parse(one) as Scalar);
        onChange(several ? (scalars.length === 0 ? null : scalars) : (scalars[0] ?? null));
      }}
    />
  );
}
