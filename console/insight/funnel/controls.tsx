import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Address } from '../../kit/address.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Segmented } from '../../kit/segmented.tsx';
import { WordNumber, WordSelect } from '../../kit/word.tsx';
import { EventWords } from '../../segments/build-events.tsx';
import { useFields } from '../../segments/build-seen.ts';
import { matchOf } from '../../segments/rule.ts';

const mostSteps = 8;
const units = ['m', 'h', 'd'] as const;

/** The steps of the address: null where the path is asked for; a step that is still to be chosen is null. */
export function stepsOf(address: Address): unknown[] | null {
  if (!address.steps) return null;
  try {
    const steps: unknown = JSON.parse(address.steps);
    return Array.isArray(steps) ? steps : null;
  } catch {
    return null;
  }
}

function withinOf(address: Address): { amount: number; unit: (typeof units)[number] } {
  const [, amount, unit] = /^([1-9]\d{0,2})([mhd])$/.exec(address.within ?? '') ?? [];
  return { amount: Number(amount ?? 30), unit: units.find((one) => one === unit) ?? 'd' };
}

/** Which steps, within which time, without what, told apart by what: all of it in the address. */
export function FunnelControls({ address, change }: { address: Address; change: (parts: Address) => void }) {
  const { t } = useTranslation('insight');
  const steps = stepsOf(address);
  const within = withinOf(address);
  const put = (next: readonly unknown[]) => change({ steps: JSON.stringify(next) });
  const without: unknown = address.without ? JSON.parse(address.without) : undefined;
  return (
    <div className="grid gap-3">
      <div className="justify-self-start">
        <Segmented
          label={t('reports.funnel.which')}
          value={steps ? 'own' : 'path'}
          choices={[
            { value: 'path', label: t('reports.funnel.path') },
            { value: 'own', label: t('reports.funnel.own') },
          ]}
          onChange={(which) => change({ steps: which === 'own' ? '[null,null]' : undefined, by: undefined })}
        />
      </div>
      {steps && (
        <ol className="grid gap-2">
          {[...steps.entries()].map(([i, match]) => (
            // A step is known by its place.
            <li key={i} className="flex flex-wrap items-center gap-2">
              <span className="w-6 text-right text-quiet tabular-nums">{i + 1}.</span>
              <EventWords
                label={t('reports.funnel.step', { n: i + 1 })}
                match={match}
                onChange={(next) => put(steps.with(i, next))}
              />
              <span className="flex">
                <IconButton
                  icon={ArrowUp}
                  label={t('reports.funnel.up', { n: i + 1 })}
                  disabled={i === 0}
                  onClick={() => put(steps.with(i, steps[i - 1]).with(i - 1, match))}
                />
                <IconButton
                  icon={ArrowDown}
                  label={t('reports.funnel.down', { n: i + 1 })}
                  disabled={i === steps.length - 1}
                  onClick={() => put(steps.with(i, steps[i + 1]).with(i + 1, match))}
                />
                <IconButton
                  icon={X}
                  label={t('reports.funnel.drop', { n: i + 1 })}
                  disabled={steps.length <= 2}
                  onClick={() => put(steps.toSpliced(i, 1))}
                />
              </span>
            </li>
          ))}
          {steps.length < mostSteps && (
            <li>
              <Button look="quiet" icon={Plus} onClick={() => put([...steps, null])}>
                {t('reports.funnel.add')}
              </Button>
            </li>
          )}
        </ol>
      )}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <span className="flex flex-wrap items-center gap-2">
          {t('reports.funnel.within')}
          <WordNumber
            label={t('reports.funnel.amount')}
            value={within.amount}
            whole
            onChange={(amount) => amount && amount <= 999 && change({ within: `${amount}${within.unit}` })}
          />
          <WordSelect
            label={t('reports.funnel.unit')}
            value={within.unit}
            choices={units.map((unit) => ({ value: unit, label: t(`reports.funnel.units.${unit}`) }))}
            onChange={(unit) => change({ within: `${within.amount}${unit}` })}
          />
        </span>
        {address.without === undefined ? (
          <Button look="quiet" icon={Plus} onClick={() => change({ without: 'null' })}>
            {t('reports.funnel.withoutAdd')}
          </Button>
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            {t('reports.funnel.without')}
            <EventWords
              label={t('reports.funnel.withoutLabel')}
              match={without ?? null}
              onChange={(next) => change({ without: JSON.stringify(next) })}
            />
            <IconButton
              icon={X}
              label={t('reports.funnel.withoutDrop')}
              onClick={() => change({ without: undefined })}
            />
          </span>
        )}
        <By address={address} first={steps?.[0]} change={change} />
      </div>
    </div>
  );
}

/** What the first events are told apart by. */
function By(props: { address: Address; first: unknown; change: (parts: Address) => void }) {
  const { t } = useTranslation('insight');
  const { address, change } = props;
  const fields = useFields(matchOf(props.first ?? { event: [] }));
  const properties = fields.flatMap(({ field, label, types }) =>
    'property' in field && field.property.length === 1 && (types.length === 0 || types.includes('text'))
      ? [{ value: `property:${field.property[0]}`, label }]
      : [],
  );
  const named = address.by?.startsWith('property:')
    ? [{ value: address.by, label: address.by.slice(9) }]
    : [];
  const known = properties.some(({ value }) => value === address.by) ? [] : named;
  return (
    <span className="flex flex-wrap items-center gap-2">
      {t('reports.funnel.by')}
      <WordSelect
        label={t('reports.funnel.by')}
        value={address.by ?? ''}
        choices={[
          { value: '', label: t('reports.funnel.byNothing') },
          { value: 'channel', label: t('filter.channel') },
          { value: 'source', label: t('filter.source') },
          { value: 'store', label: t('filter.store') },
          ...(properties.length + known.length > 0
            ? [{ label: t('reports.funnel.byProperty'), choices: [...properties, ...known] }]
            : []),
        ]}
        onChange={(by) => change({ by: by === '' ? undefined : by })}
      />
    </span>
  );
}
