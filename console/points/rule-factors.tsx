import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { dayEnd, dayStart } from '../kit/period.tsx';
import { Pick } from '../kit/pick.tsx';
import { WordInput, WordSelect } from '../kit/word.tsx';
import { useSegmentOptions, useTraitNames } from '../segments/build-seen.ts';
import { Line, type Part } from './rule-line.tsx';
import { firstDay, lastDay, useWeekdays } from './rule-times.ts';
import type { RuleBody } from './use-points.ts';

type Factor = NonNullable<RuleBody['multiply']>[number];
type Circumstance = Factor['when'];

const kinds = ['trait', 'segment', 'weekdays', 'time'] as const;
const kindOf = (when: Circumstance) =>
  'trait' in when ? 'trait' : 'segment' in when ? 'segment' : 'weekdays' in when ? 'weekdays' : 'time';

/** What multiplies the points: by whom, by where they are, by the day. */
export function Factors({ rule, onChange }: Part) {
  const { t } = useTranslation('points');
  const segments = useSegmentOptions();
  const { workspace } = useSession();
  const { multiply = [], together, ...rest } = rule;
  const set = (next: Factor[]) =>
    onChange({
      ...rest,
      ...(next.length > 0 ? { multiply: next } : {}),
      ...(together && next.length > 1 ? { together } : {}),
    });
  const replace = (i: number, next: Factor) => set(multiply.toSpliced(i, 1, next));
  const today = new Intl.DateTimeFormat('sv', { timeZone: workspace.timeZone }).format(new Date());
  const fresh: Record<(typeof kinds)[number], () => Circumstance> = {
    trait: () => ({ trait: 'tier', equals: 'gold' }),
    segment: () => ({ segment: segments[0]?.value ?? '' }),
    weekdays: () => ({ weekdays: [6, 7] }),
    time: () => ({ from: dayStart(today, workspace.timeZone), to: dayEnd(today, workspace.timeZone) }),
  };
  return (
    <div className="grid gap-2">
      {/* Factors have no other name than their place. */}
      {Array.from(multiply.entries(), ([i, factor]) => (
        <Line key={i}>
          <span>{t('form.times')}</span>
          <WordInput
            label={t('form.factor')}
            inputMode="decimal"
            value={factor.by}
            onChange={(text) => replace(i, { ...factor, by: text ?? '' })}
          />
          <span>{t('form.if')}</span>
          <WordSelect
            label={t('form.ifKind')}
            value={kindOf(factor.when)}
            choices={kinds.map((value) => ({ value, label: t(`form.ifKinds.${value}`) }))}
            onChange={(kind) => replace(i, { by: factor.by, when: fresh[kind as (typeof kinds)[number]]() })}
          />
          <When when={factor.when} onChange={(when) => replace(i, { by: factor.by, when })} />
          <IconButton icon={X} label={t('form.noFactor')} onClick={() => set(multiply.toSpliced(i, 1))} />
        </Line>
      ))}
      {multiply.length > 1 && (
        <Line>
          <span>{t('form.together')}</span>
          <WordSelect
            label={t('form.togetherLabel')}
            value={together ?? 'largest'}
            choices={(['largest', 'product'] as const).map((value) => ({
              value,
              label: t(`form.togetherKinds.${value}`),
            }))}
            onChange={(next) =>
              onChange({ ...rest, multiply, ...(next === 'product' ? { together: 'product' } : {}) })
            }
          />
        </Line>
      )}
      <div>
        <Button look="quiet" icon={Plus} onClick={() => set([...multiply, { by: '2', when: fresh.trait() }])}>
          {t('form.addFactor')}
        </Button>
      </div>
    </div>
  );
}

function When({ when, onChange }: { when: Circumstance; onChange: (when: Circumstance) => void }) {
  const { t } = useTranslation('points');
  const traits = useTraitNames();
  const segments = useSegmentOptions();
  const weekdays = useWeekdays();
  if ('segment' in when)
    return (
      <Pick
        label={t('form.segment')}
        missing={t('form.segmentMissing')}
        value={when.segment === '' ? [] : [when.segment]}
        options={segments}
        onChange={([segment = '']) => onChange({ segment })}
      />
    );
  if ('weekdays' in when)
    return (
      <Pick
        label={t('form.weekdays')}
        missing={t('form.weekdaysMissing')}
        several
        value={when.weekdays.map(String)}
        options={weekdays.map((label, i) => ({ value: String(i + 1), label }))}
        onChange={(chosen) => onChange({ weekdays: chosen.map(Number).sort((a, b) => a - b) })}
      />
    );
  if ('trait' in when)
    return (
      <>
        <Pick
          label={t('form.traitLabel')}
          missing={t('form.traitMissing')}
          value={[String(when.trait)]}
          options={traits.map(({ name }) => ({ value: name, label: name }))}
          typed={(text) => ({ value: text, label: text })}
          onChange={([trait = '']) => onChange({ ...when, trait })}
        />
        <span>{t('form.is')}</span>
        <WordInput
          label={t('form.value')}
          value={when.equals === undefined ? null : String(when.equals)}
          onChange={(equals) => onChange({ trait: when.trait, equals: equals ?? '' })}
        />
      </>
    );
  return <Days when={when} onChange={onChange} />;
}

/** Whole days of the workspace, both of them in. */
function Days(props: { when: { from?: string; to?: string }; onChange: (when: Circumstance) => void }) {
  const { t } = useTranslation('points');
  const { workspace } = useSession();
  const { timeZone } = workspace;
  const { from, to } = props.when;
  const change = (next: { from?: string | undefined; to?: string | undefined }) => {
    const given = { ...(next.from ? { from: next.from } : {}), ...(next.to ? { to: next.to } : {}) };
    // One of the two has to stay.
    if (next.from || next.to) props.onChange(given);
  };
  return (
    <>
      <WordInput
        label={t('form.fromDay')}
        type="date"
        className="tabular-nums"
        value={from ? firstDay(from, timeZone) : null}
        onChange={(day) => change({ from: day ? dayStart(day, timeZone) : undefined, to })}
      />
      <span>{t('form.toDayWord')}</span>
      <WordInput
        label={t('form.toDay')}
        type="date"
        className="tabular-nums"
        value={to ? lastDay(to, timeZone) : null}
        onChange={(day) => change({ from, to: day ? dayEnd(day, timeZone) : undefined })}
      />
    </>
  );
}
