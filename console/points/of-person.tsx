import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Gift, Scale } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statement } from '#schema/rewards/desk';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { MovementDialog } from '../ledger/movement.tsx';
import { Propose } from '../ledger/propose.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { Redeem } from './redeem.tsx';
import { type Programme, pointsKey, useProgrammes } from './use-points.ts';

/** A member's statement in each programme: what they have, lot by lot, what is held, and every movement. */
export function PointsOf({ id }: { id: string }) {
  const { t } = useTranslation('points');
  const programmes = useProgrammes();
  if (programmes.error) return <ErrorState error={programmes.error} />;
  if (!programmes.data) return <Skeleton lines={3} />;
  const { items } = programmes.data;
  if (items.length === 0) {
    return (
      <p className="text-quiet">
        {t('statement.noProgramme')}{' '}
        <Link to="/points" className="text-good underline">
          {t('statement.setUp')}
        </Link>
      </p>
    );
  }
  return items.map((programme) => <InProgramme key={programme.id} id={id} programme={programme} />);
}

function InProgramme({ id, programme }: { id: string; programme: Programme }) {
  const { t } = useTranslation('points');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOr = useWordsOr('points');
  const { t: ledger } = useTranslation('ledger');
  const [shown, setShown] = useState(6);
  const [open, setOpen] = useState<Statement['movements'][number] | 'adjust' | 'redeem' | null>(null);
  const statement = useInfiniteQuery({
    queryKey: [...pointsKey(slug), 'statement', programme.id, id],
    queryFn: ({ signal, pageParam: before }) =>
      api.get<Statement>('/api/rewards/statement', { programme: programme.id, person: id, before }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  });
  if (statement.error) return <ErrorState error={statement.error} onRetry={() => void statement.refetch()} />;
  if (!statement.data) return <Skeleton lines={3} />;
  const { wallet, held, receivable, lots, holds } = statement.data.pages[0] as Statement;
  const movements = statement.data.pages.flatMap((page) => page.movements);
  const amountOf = ({ change, amount }: Statement['movements'][number]) =>
    `${change > 0 ? '+' : change < 0 ? '−' : ''}${format.exact(change === 0 ? amount : Math.abs(change))}`;
  const word = (kind: string, group: 'kind' | 'origin') => wordsOr(`${group}.${kind}`, kind);
  return (
    <div className="grid gap-3">
      <p>
        <span className="text-xl font-semibold tabular-nums">{format.exact(wallet)}</span>{' '}
        <span className="text-quiet">{programme.name}</span>
        {held > 0 && (
          <span className="ml-2 text-quiet">{t('statement.held', { points: format.exact(held) })}</span>
        )}
        {receivable < 0 && (
          <span className="ml-2 text-wrong">
            {t('statement.owed', { points: format.exact(-receivable) })}
          </span>
        )}
      </p>
      {lots.length > 0 && <Lots lots={lots} />}
      {holds.length > 0 && (
        <ul aria-label={t('statement.holds')} className="grid gap-1">
          {holds.map((hold) => (
            <li key={hold.id} className="flex justify-between gap-3 text-s text-quiet">
              <span>
                {hold.until
                  ? t('statement.heldUntil', { day: format.day(hold.until) })
                  : t('statement.heldOpen')}
              </span>
              <span className="tabular-nums">{format.exact(hold.amount)}</span>
            </li>
          ))}
        </ul>
      )}
      {movements.length === 0 ? (
        <p className="text-s text-quiet">{t('statement.nothing')}</p>
      ) : (
        <ol aria-label={t('statement.movements')} className="divide-y divide-line border-line border-t">
          {movements.slice(0, shown).map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className="flex w-full items-baseline justify-between gap-3 py-1.5 text-left text-s hover:bg-sunken"
                onClick={() => setOpen(one)}
              >
                <span className="min-w-0">
                  <span>{word(one.kind, 'kind')}</span>{' '}
                  <span className="text-quiet [overflow-wrap:anywhere]" title={format.moment(one.at)}>
                    {format.ago(one.at)}
                    {one.order && ` · ${one.order}`}
                    {one.reason && ` · ${one.reason}`}
                  </span>
                </span>
                <span className={clsx('shrink-0 tabular-nums', one.change < 0 ? 'text-wrong' : 'text-ink')}>
                  {amountOf(one)}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {(movements.length > shown || statement.hasNextPage) && (
        <div>
          <Button
            look="quiet"
            busy={statement.isFetchingNextPage}
            onClick={() => {
              setShown(shown + 20);
              if (movements.length < shown + 20) void statement.fetchNextPage();
            }}
          >
            {t('statement.more')}
          </Button>
        </div>
      )}
      {(may('rewards:redeem') || may('points:write')) && (
        <div className="flex flex-wrap gap-2">
          {may('rewards:redeem') && (
            <Button icon={Gift} onClick={() => setOpen('redeem')}>
              {t('redeem.title')}
            </Button>
          )}
          {may('points:write') && (
            <Button icon={Scale} onClick={() => setOpen('adjust')}>
              {ledger('statement.adjust')}
            </Button>
          )}
        </div>
      )}
      {open === 'redeem' && <Redeem programme={programme} person={id} onClose={() => setOpen(null)} />}
      {open === 'adjust' && (
        <Propose
          programme={programme}
          wanted={{ kind: 'adjust', person: id }}
          onClose={() => setOpen(null)}
        />
      )}
      {open !== null && typeof open === 'object' && (
        <MovementDialog
          programme={programme.id}
          id={open.id}
          party={open.change < 0 ? 'from' : 'to'}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

/** Every lot: where it comes from, when it was earned, how long it is good. */
function Lots({ lots }: { lots: Statement['lots'] }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const wordsOr = useWordsOr('points');
  const day = (text: string) => format.day(`${text}T12:00:00Z`);
  return (
    <table className="w-full text-left text-s tabular-nums">
      <caption className="sr-only">{t('statement.lotsCaption')}</caption>
      <thead className="text-quiet">
        <tr className="border-line border-b">
          {(['origin', 'earned', 'expires'] as const).map((name) => (
            <th key={name} scope="col" className="py-1 pr-3 font-normal">
              {t(`statement.${name}`)}
            </th>
          ))}
          <th scope="col" className="py-1 text-right font-normal">
            {t('statement.points')}
          </th>
        </tr>
      </thead>
      <tbody>
        {lots.map((lot) => (
          <tr key={`${lot.origin} ${lot.expires} ${lot.earned}`} className="border-line border-b">
            <td className="py-1.5 pr-3">
              <Tag>{wordsOr(`origin.${lot.origin}`, lot.origin)}</Tag>
            </td>
            <td className="py-1.5 pr-3">{day(lot.earned)}</td>
            <td className="py-1.5 pr-3">{lot.expires ? day(lot.expires) : t('statement.never')}</td>
            <td className="py-1.5 text-right">{format.exact(lot.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
