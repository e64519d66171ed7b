import { type ReactElement, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Pick } from '../kit/pick.tsx';
import { WordNumber, WordSelect } from '../kit/word.tsx';
import { EventWords, Wheres } from './build-events.tsx';
import { FactCondition } from './build-facts.tsx';
import { MeasuredPick } from './build-measured.tsx';
import { useChannelOptions, useSourceOptions, useValuesOf } from './build-seen.ts';
import { type ConditionProps, Sentence } from './build-sentence.tsx';
import { Steps } from './build-steps.tsx';
import { CountWords, DurationWords, WindowWords } from './build-window.tsx';
import { isObject, type Json, oneOrMany, texts, tidy } from './rule.ts';
import { type Kind, kindOf } from './rule-kinds.ts';

/** One condition as a sentence with its fields in it; what it is asked of stands below. */
export function Condition({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const kind = kindOf(condition);
  const set = (change: Json) => onChange(tidy({ ...condition, ...change }));
  const when = (needed = false) => (
    <WindowWords needed={needed} value={condition.in} onChange={(next) => set({ in: next })} />
  );
  const event = (of: Kind) => (
    <EventWords
      label={t('build.event.title')}
      match={condition[of]}
      onChange={(next) => set({ [of]: next })}
    />
  );
  const wheres = (of: Kind) => <Wheres match={condition[of]} onChange={(next) => set({ [of]: next })} />;
  const count = <CountWords condition={condition} onChange={onChange} />;
  switch (kind) {
    case null:
      return <p className="text-quiet">{t('build.asText')}</p>;
    case 'did':
      return (
        <>
          <Sentence kind="did" words={{ event: event('did'), count, when: when() }} />
          {wheres('did')}
        </>
      );
    case 'did_not':
      return (
        <>
          <Sentence kind="did_not" words={{ event: event('did_not'), when: when() }} />
          {wheres('did_not')}
        </>
      );
    case 'first':
    case 'last':
      return (
        <>
          <Sentence kind={kind} words={{ event: event(kind), when: when(true) }} />
          {wheres(kind)}
        </>
      );
    case 'measure':
      return (
        <>
          <Measure condition={condition} onChange={onChange} event={event('measure')} when={when()} />
          {wheres('measure')}
        </>
      );
    case 'sequence':
      return <Steps condition={condition} onChange={onChange} />;
    case 'abandoned':
      return (
        <>
          <Sentence
            kind="abandoned"
            words={{
              event: event('abandoned'),
              without: (
                <EventWords
                  label={t('build.event.without')}
                  match={condition.without}
                  onChange={(next) => set({ without: next })}
                />
              ),
              within: <DurationWords value={condition.within} onChange={(next) => set({ within: next })} />,
              when: when(),
            }}
          />
          {wheres('abandoned')}
        </>
      );
    case 'place':
      return <Place condition={condition} onChange={onChange} count={count} when={when()} />;
    case 'channel':
      return (
        <Sentence
          kind="channel"
          words={{
            channel: <ChannelWords condition={condition} onChange={onChange} />,
            count,
            when: when(),
          }}
        />
      );
    case 'source':
      return (
        <Sentence
          kind="source"
          words={{ source: <SourceWords condition={condition} onChange={onChange} />, count, when: when() }}
        />
      );
    default:
      return <FactCondition kind={kind} condition={condition} onChange={onChange} />;
  }
}

const measures = ['sum', 'average', 'minimum', 'maximum', 'distinct'] as const;
const comparisons = ['at_least', 'greater', 'at_most', 'less', 'equals'] as const;

/** "the [sum] of [total] over [Order Completed] [in the last 30 days] [is at least] [500]" */
function Measure(props: ConditionProps & { event: ReactElement; when: ReactElement }) {
  const { t } = useTranslation('segments');
  const { condition, onChange } = props;
  const how = measures.find((one) => one in condition) ?? 'sum';
  const { [how]: what, ...rest } = condition;
  const compared = comparisons.find((one) => one in condition) ?? 'at_least';
  const amount = condition[compared];
  const without = (name: string) =>
    Object.fromEntries(Object.entries(condition).filter(([one]) => one !== name));
  return (
    <Sentence
      kind="measure"
      words={{
        how: (
          <WordSelect
            label={t('build.measure.how')}
            value={how}
            choices={measures.map((one) => ({ value: one, label: t(`build.measure.${one}`) }))}
            onChange={(next) => onChange({ ...rest, [next]: what })}
          />
        ),
        what: (
          <MeasuredPick
            match={condition.measure}
            value={what}
            onChange={(next) => onChange({ ...condition, [how]: next })}
          />
        ),
        event: props.event,
        when: props.when,
        compare: (
          <WordSelect
            label={t('build.measure.compare')}
            value={compared}
            choices={comparisons.map((one) => ({ value: one, label: t(`build.test.${one}`) }))}
            onChange={(next) => onChange({ ...without(compared), [next]: amount })}
          />
        ),
        amount: (
          <WordNumber
            label={t('build.measure.amount')}
            // A text keeps every digit; the form works with numbers.
            value={amount === null || amount === undefined ? null : Number(amount)}
            onChange={(next) => onChange({ ...condition, [compared]: next })}
          />
        ),
      }}
    />
  );
}

/** "came to [any store] [at least] [1] times [ever], and stayed [so long]" */
function Place(props: ConditionProps & { count: ReactElement; when: ReactElement }) {
  const { t } = useTranslation('segments');
  const { condition, onChange } = props;
  const place = isObject(condition.place) ? condition.place : {};
  const stores = useValuesOf('Store Entered', 'store_id');
  const zones = useValuesOf('Zone Entered', 'zone');
  const what = 'zone' in place ? 'zone' : 'store' in place ? 'store' : 'any';
  const dwell = isObject(condition.dwell_seconds) ? condition.dwell_seconds : null;
  const least = typeof dwell?.at_least === 'number' ? dwell.at_least : null;
  const choices = useMemo(() => (what === 'zone' ? zones : stores), [what, zones, stores]);
  return (
    <>
      <Sentence
        kind="place"
        words={{
          what: (
            <WordSelect
              label={t('build.place.what')}
              value={what}
              choices={(['any', 'store', 'zone'] as const).map((one) => ({
                value: one,
                label: t(`build.place.${one}`),
              }))}
              onChange={(next) => {
                const { dwell_seconds: _, ...rest } = condition;
                const kept = next === 'zone' ? rest : condition;
                onChange({ ...kept, place: next === 'any' ? {} : { [next]: null } });
              }}
            />
          ),
          where:
            what === 'any' ? (
              <span hidden />
            ) : (
              <Pick
                label={t(`build.place.${what}`)}
                missing={t('build.place.missing')}
                several
                value={texts(place[what])}
                options={choices}
                typed={(text) => ({ value: text, label: text })}
                onChange={(next) => onChange({ ...condition, place: { [what]: oneOrMany(next) } })}
              />
            ),
          count: props.count,
          when: props.when,
        }}
      />
      {what !== 'zone' && (
        <div className="flex flex-wrap items-center gap-2 sm:pl-6">
          <WordSelect
            label={t('build.place.dwell')}
            value={dwell ? 'least' : 'any'}
            choices={[
              { value: 'any', label: t('build.place.dwellAny') },
              { value: 'least', label: t('build.place.dwellLeast') },
            ]}
            onChange={(next) =>
              onChange(tidy({ ...condition, dwell_seconds: next === 'any' ? undefined : { at_least: 600 } }))
            }
          />
          {dwell && (
            <>
              <WordNumber
                label={t('build.place.minutes')}
                value={least === null ? null : least / 60}
                onChange={(next) =>
                  onChange({
                    ...condition,
                    dwell_seconds: { ...dwell, at_least: next === null ? null : next * 60 },
                  })
                }
              />
              <span>{t('build.window.minutes', { count: least === null ? 2 : least / 60 })}</span>
            </>
          )}
        </div>
      )}
    </>
  );
}

function ChannelWords({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  return (
    <Pick
      label={t('build.channel.title')}
      missing={t('build.channel.missing')}
      several
      value={texts(condition.channel)}
      options={useChannelOptions()}
      onChange={(next) => onChange({ ...condition, channel: oneOrMany(next) })}
    />
  );
}

function SourceWords({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  return (
    <Pick
      label={t('build.source.title')}
      missing={t('build.source.missing')}
      several
      value={texts(condition.source)}
      options={useSourceOptions()}
      onChange={(next) => onChange({ ...condition, source: oneOrMany(next) })}
    />
  );
}
