import { useTranslation } from 'react-i18next';
import type { Address } from '../../kit/address.ts';
import { Segmented } from '../../kit/segmented.tsx';
import { WordSelect } from '../../kit/word.tsx';
import { EventWords } from '../../segments/build-events.tsx';

const units = ['day', 'week', 'month'] as const;
const kinds = ['purchase', 'visit', 'own'] as const;
type Kind = (typeof kinds)[number];

/** What a beginning or a coming back is told by: one of the usual two, or an event of one's own (as JSON). */
export function kindOf(text: string | undefined): Kind {
  return kinds.find((kind) => kind === text) ?? (text === undefined ? 'purchase' : 'own');
}

export function CohortsControls({ address, change }: { address: Address; change: (parts: Address) => void }) {
  const { t } = useTranslation('insight');
  const begin = kindOf(address.begin);
  const back = address.back === undefined ? 'same' : kindOf(address.back);
  const unit = units.find((one) => one === address.unit) ?? 'month';
  const textOf = (kind: Kind) => (kind === 'own' ? 'null' : kind);
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
      <Segmented
        label={t('reports.cohorts.unit')}
        value={unit}
        choices={units.map((one) => ({ value: one, label: t(`reports.cohorts.units.${one}`) }))}
        onChange={(next) => change({ unit: next === 'month' ? undefined : next })}
      />
      <span className="flex flex-wrap items-center gap-2">
        {t('reports.cohorts.beginsWith')}
        <WordSelect
          label={t('reports.cohorts.beginsWith')}
          value={begin}
          choices={kinds.map((kind) => ({ value: kind, label: t(`reports.cohorts.kinds.${kind}`) }))}
          onChange={(kind) =>
            change({
              begin: kind === 'purchase' ? undefined : textOf(kind as Kind),
              returns: undefined,
            })
          }
        />
        {begin === 'own' && (
          <EventWords
            label={t('reports.cohorts.beginsWith')}
            match={JSON.parse(address.begin ?? 'null')}
            onChange={(match) => change({ begin: JSON.stringify(match) })}
          />
        )}
      </span>
      <span className="flex flex-wrap items-center gap-2">
        {t('reports.cohorts.comesBack')}
        <WordSelect
          label={t('reports.cohorts.comesBack')}
          value={back}
          choices={[
            { value: 'same', label: t('reports.cohorts.same') },
            ...kinds.map((kind) => ({ value: kind, label: t(`reports.cohorts.kinds.${kind}`) })),
          ]}
          onChange={(kind) => change({ back: kind === 'same' ? undefined : textOf(kind as Kind) })}
        />
        {back === 'own' && (
          <EventWords
            label={t('reports.cohorts.comesBack')}
            match={JSON.parse(address.back ?? 'null')}
            onChange={(match) => change({ back: JSON.stringify(match) })}
          />
        )}
      </span>
      {begin === 'purchase' && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-act"
            checked={address.returns === 'kept'}
            onChange={(event) => change({ returns: event.target.checked ? 'kept' : undefined })}
          />
          {t('reports.cohorts.keepReturns')}
        </label>
      )}
    </div>
  );
}
