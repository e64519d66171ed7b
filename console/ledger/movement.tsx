import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { ReceiptPart } from './receipt.tsx';
import { type Movement, useLedgerKey } from './use-ledger.ts';

type Party = 'from' | 'to';
const ofMembers = ['wallet', 'held', 'receivable'];

/** One movement with all its legs, and what each party keeps of it. */
export function MovementDialog(props: { programme: string; id: string; party?: Party; onClose: () => void }) {
  const { t } = useTranslation('ledger');
  return (
    <Dialog open wide onClose={props.onClose} title={t('movement.title', { id: props.id })}>
      <MovementPart
        programme={props.programme}
        id={props.id}
        {...(props.party ? { party: props.party } : {})}
      />
    </Dialog>
  );
}

export function MovementPart({ programme, id, party }: { programme: string; id: string; party?: Party }) {
  const { api } = useSession();
  const key = useLedgerKey();
  const { t } = useTranslation('ledger');
  const legs = useQuery({
    queryKey: key('movement', programme, id),
    queryFn: ({ signal }) =>
      api.get<{ items: Movement[] }>(`/api/points/${programme}/transfers/${id}`, {}, signal),
    staleTime: 60_000,
  });
  if (legs.error) return <ErrorState error={legs.error} onRetry={() => void legs.refetch()} />;
  if (!legs.data) return <Skeleton lines={4} />;
  const { items } = legs.data;
  const asked = items.find((one) => one.id === id) ?? items[0];
  if (!asked) return null;
  const side = party ?? (ofMembers.includes(asked.to.side) ? 'to' : 'from');
  return (
    <div className="grid gap-5">
      <ul aria-label={t('movement.legs')} className="grid gap-4">
        {items.map((leg) => (
          <Leg key={leg.id} leg={leg} />
        ))}
      </ul>
      <ReceiptPart programme={programme} id={asked.id} party={side} />
    </div>
  );
}

function Leg({ leg }: { leg: Movement }) {
  const { t } = useTranslation('ledger');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const [wordsOr, pointsOr] = [useWordsOr('ledger'), useWordsOr('points')];
  const day = (text: string) => format.day(`${text}T12:00:00Z`);
  const sideOf = ({ side, partner }: Movement['from']) => {
    const name = wordsOr(`movement.side.${side}`, side);
    return partner === null ? name : t('movement.partner', { side: name, partner });
  };
  const facts: [string, ReactNode][] = [
    [t('movement.order'), leg.shopOrder],
    [t('movement.rule'), leg.rule],
    [t('movement.policy'), t('movement.version', { version: leg.policy })],
    [t('movement.reason'), leg.reason],
    [t('movement.by'), leg.by?.join(', ')],
  ];
  return (
    <li className="grid gap-2">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Tag>{pointsOr(`kind.${leg.kind}`, leg.kind)}</Tag>
        <span className="text-l font-semibold tabular-nums">{format.exact(leg.amount)}</span>
        <span>{t('movement.fromTo', { from: sideOf(leg.from), to: sideOf(leg.to) })}</span>
        <span className="text-s text-quiet">{format.moment(leg.at)}</span>
      </p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-s">
        {facts.map(
          ([name, value]) =>
            value && (
              <Line key={name} name={name}>
                {value}
              </Line>
            ),
        )}
        {leg.lots.length > 0 && (
          <Line name={t('movement.lots')}>
            {leg.lots.map((lot) => (
              <span key={`${lot.origin} ${lot.earned} ${lot.expires}`} className="block">
                {t(lot.expires ? 'movement.lot' : 'movement.lotNever', {
                  points: format.exact(lot.amount),
                  origin: pointsOr(`origin.${lot.origin}`, lot.origin),
                  earned: day(lot.earned),
                  expires: lot.expires ? day(lot.expires) : '',
                })}
              </span>
            ))}
          </Line>
        )}
      </dl>
    </li>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}
