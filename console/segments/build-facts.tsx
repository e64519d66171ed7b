import { useTranslation } from 'react-i18next';
import { Pick } from '../kit/pick.tsx';
import { WordInput, WordNumber, WordSelect } from '../kit/word.tsx';
import { useWordsOr } from '../words/words-or.ts';
import {
  useListOptions,
  usePurposes,
  useSegmentOptions,
  useTraitNames,
  useTraitValues,
} from './build-seen.ts';
import { type ConditionProps, Sentence } from './build-sentence.tsx';
import { TestWords } from './build-test.tsx';
import { type ComputedValue, useComputedValues } from './computed.ts';
import { isObject, texts } from './rule.ts';
import type { Kind } from './rule-kinds.ts';
import { firstTest, numberTests, testJson, valueFor } from './rule-test.ts';

const stages = ['none', 'search', 'attention', 'deal', 'use', 'share'] as const;
/** Conditions about what a person is, rather than what they did. */
export function FactCondition({ kind, condition, onChange }: ConditionProps & { kind: Kind }) {
  const props = { condition, onChange };
  switch (kind) {
    case 'trait':
      return <Trait {...props} />;
    case 'consent':
      return <Consent {...props} />;
    case 'stage':
      return <Stage {...props} />;
    case 'snapshot':
      return <Snapshot {...props} />;
    case 'segment':
      return <OfSegment {...props} />;
    case 'list':
      return <OfList {...props} />;
    default:
      return <Share {...props} />;
  }
}

/** As they told it, or as it is worked out of what they did, or of a comparison with all others. */
function Trait({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const wordsOr = useWordsOr('segments');
  const names = useTraitNames();
  const computed = useComputedValues();
  const asked = isObject(condition.trait) ? condition.trait.computed : undefined;
  const about = typeof asked === 'string' ? computed.get(asked) : undefined;
  const path = texts(condition.trait);
  const name = path.length === 1 ? (path[0] ?? '') : '';
  const told = useTraitValues(name);
  const kindsOf = (all: readonly string[]) =>
    all.map((one) => wordsOr(`build.trait.types.${one}`, one)).join(', ');
  const typesOf = (trait: unknown) =>
    isObject(trait)
      ? (computed.get(String(trait.computed))?.types ?? [])
      : (names.find((one) => one.name === trait)?.types ?? []);
  const types = asked === undefined ? typesOf(name) : (about?.types ?? []);
  return (
    <Sentence
      kind="trait"
      words={{
        trait: (
          <Pick
            label={t('build.trait.title')}
            missing={t('build.trait.missing')}
            value={path.length === 0 && asked === undefined ? [] : [JSON.stringify(condition.trait)]}
            options={[
              ...names.map((one) => ({
                value: JSON.stringify(one.name),
                label: one.name,
                note: kindsOf(one.types),
                group: t('build.trait.told'),
              })),
              ...[...computed.values()].map((one) => ({
                value: JSON.stringify({ computed: one.name }),
                label: one.label,
                note: kindsOf(one.types),
                group: t(one.isNightly ? 'build.trait.nightly' : 'build.trait.computed'),
              })),
            ]}
            labelOf={(key) => {
              const trait: unknown = JSON.parse(key);
              return isObject(trait) ? String(trait.computed) : texts(trait).join(' › ');
            }}
            typed={(text) => ({ value: JSON.stringify(text), label: text })}
            onChange={([key]) => {
              if (key === undefined) return;
              const trait: unknown = JSON.parse(key);
              const test = firstTest(typesOf(trait));
              onChange({ trait, ...testJson(test, valueFor(test, null)) });
            }}
          />
        ),
        test: (
          <TestWords
            json={condition}
            beside={['trait']}
            types={types}
            values={about ? about.options.map(({ value }) => ({ value, times: 0 })) : told}
            only={about?.types.includes('number') ? numberTests : undefined}
            timeless={about !== undefined}
            labelOf={about && ((value) => optionOf(about, value))}
            onChange={(test) => onChange({ trait: condition.trait, ...test })}
          />
        ),
      }}
    />
  );
}

const optionOf = (about: ComputedValue | undefined, value: unknown): string =>
  about?.options.find((one) => one.value === value)?.label ?? String(value);

function Consent({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const wordsOr = useWordsOr('people');
  const word = (purpose: string) => wordsOr(`one.purposes.${purpose}`, purpose);
  return (
    <Sentence
      kind="consent"
      words={{
        purpose: (
          <Pick
            label={t('build.consent.title')}
            missing={t('build.consent.missing')}
            value={texts(condition.consent)}
            options={usePurposes().map((one) => ({ value: one, label: word(one) }))}
            labelOf={word}
            typed={(text) => ({ value: text, label: text })}
            onChange={([consent]) => consent !== undefined && onChange({ consent })}
          />
        ),
      }}
    />
  );
}

function Stage({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const stage = stages.find((one) => one === condition.stage) ?? 'none';
  return (
    <Sentence
      kind="stage"
      words={{
        stage: (
          <WordSelect
            label={t('build.stage.title')}
            value={stage}
            choices={stages.map((one) => ({ value: one, label: t(`build.stage.${one}`) }))}
            onChange={(next) => onChange({ ...condition, stage: next })}
          />
        ),
        further: (
          <WordSelect
            label={t('build.stage.how')}
            value={condition.or_further === true ? 'further' : 'just'}
            choices={[
              { value: 'further', label: t('build.stage.further') },
              { value: 'just', label: t('build.stage.just') },
            ]}
            onChange={(next) => onChange({ stage, ...(next === 'further' ? { or_further: true } : {}) })}
          />
        ),
      }}
    />
  );
}

/** A value that compares a person with all others: a group, or a number. */
function Snapshot({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const nightly = [...useComputedValues().values()].filter((one) => one.isNightly);
  const name = typeof condition.snapshot === 'string' ? condition.snapshot : null;
  const about = nightly.find((one) => one.name === name);
  const isNumber = 'at_least' in condition || 'at_most' in condition;
  const side = 'at_most' in condition ? 'at_most' : 'at_least';
  const number = condition[side];
  const hows = (['one_of', 'at_least', 'at_most'] as const).filter(
    (one) => !about || (one !== 'one_of') === about.types.includes('number') || one in condition,
  );
  return (
    <Sentence
      kind="snapshot"
      words={{
        name: (
          <Pick
            label={t('build.snapshot.title')}
            missing={t('build.snapshot.missing')}
            value={name === null ? [] : [name]}
            options={nightly.map((one) => ({ value: one.name, label: one.label }))}
            typed={(text) => ({ value: text, label: text })}
            onChange={([next]) => {
              if (next === undefined) return;
              const found = nightly.find((one) => one.name === next);
              onChange({ snapshot: next, [found?.types.includes('number') ? 'at_least' : 'one_of']: null });
            }}
          />
        ),
        how: (
          <WordSelect
            label={t('build.snapshot.how')}
            value={isNumber ? side : 'one_of'}
            choices={hows.map((one) => ({ value: one, label: t(`build.test.${one}`) }))}
            onChange={(next) =>
              onChange({ snapshot: name, [next]: next === 'one_of' ? null : (number ?? null) })
            }
          />
        ),
        value: isNumber ? (
          <WordNumber
            label={t('build.test.value')}
            value={typeof number === 'number' ? number : null}
            onChange={(next) => onChange({ snapshot: name, [side]: next })}
          />
        ) : (
          <Pick
            label={t('build.test.value')}
            missing={t('build.test.missing')}
            several
            value={texts(condition.one_of)}
            options={[...(about?.options ?? [])]}
            labelOf={(value) => optionOf(about, value)}
            typed={(text) => ({ value: text, label: text })}
            onChange={(next) => onChange({ snapshot: name, one_of: next.length === 0 ? null : next })}
          />
        ),
      }}
    />
  );
}

function OfSegment({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const { segment } = condition;
  return (
    <Sentence
      kind="segment"
      words={{
        segment: (
          <Pick
            label={t('build.segment.title')}
            missing={t('build.segment.missing')}
            value={segment === null || segment === undefined ? [] : [String(segment)]}
            options={useSegmentOptions()}
            onChange={([next]) => next !== undefined && onChange({ segment: next })}
          />
        ),
      }}
    />
  );
}

function OfList({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const options = useListOptions();
  const { list } = condition;
  return (
    <>
      <Sentence
        kind="list"
        words={{
          list: (
            <Pick
              label={t('build.list.title')}
              missing={t('build.list.missing')}
              value={typeof list === 'number' ? [String(list)] : []}
              options={options}
              onChange={([next]) => next !== undefined && onChange({ list: Number(next) })}
            />
          ),
        }}
      />
      {options.length === 0 && <p className="text-s text-quiet sm:pl-6">{t('build.list.none')}</p>}
    </>
  );
}

function Share({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const share = typeof condition.share === 'number' ? condition.share : null;
  return (
    <Sentence
      kind="share"
      words={{
        percent: (
          <WordNumber
            label={t('build.share.percent')}
            value={share === null ? null : Math.round(share * 1e8) / 1e6}
            onChange={(next) => onChange({ ...condition, share: next === null ? null : next / 100 })}
          />
        ),
        salt: (
          <WordInput
            label={t('build.share.salt')}
            value={texts(condition.salt)[0] ?? null}
            onChange={(next) => onChange({ ...condition, salt: next })}
          />
        ),
      }}
    />
  );
}
