import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statement } from '#schema/rewards/desk';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useWordsOr } from '../words/words-or.ts';
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
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOr = useWordsOr('points');
  const [shown, setShown] = useState(6);
  const statement = useQuery({
    queryKey: [...pointsKey(slug), 'statement', programme.id, id],
    queryFn: ({ signal }) =>
      api.get<Statement>('/api/rewards/statement', { programme: programme.id, person: id }, signal),
    refetchInterval: 10_000,
  });
  if (statement.error) return <ErrorState error={statement.error} onRetry={() => void statement.refetch()} />;
  if (!statement.data) return <Skeleton lines={3} />;
  const { wallet, held, receivable, lots, holds, movements } = statement.data;
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
      {lots.length > 0 && (
        <ul aria-label={t('statement.lots')} className="grid gap-1">
          {lots.map((lot) => (
            <li
              key={`${lot.origin} ${lot.expires} ${lot.earned}`}
              className="flex flex-wrap items-center justify-between gap-x-3 text-s"
            >
              <span className="flex items-center gap-2">
                <Tag>{word(lot.origin, 'origin')}</Tag>
                <span className="text-quiet">
                  {lot.expires
                    ? t('statement.until', { day: format.day(`${lot.expires}T12:00:00Z`) })
                    : t('statement.never')}
                </span>
              </span>
              <span className="tabular-nums">{format.exact(lot.amount)}</span>
            </li>
          ))}
        </ul>
      )}
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
            <li key={one.id} className="flex items-baseline justify-between gap-3 py-1.5 text-s">
              <span className="min-w-0">
                <span>{word(one.kind, 'kind')}</span>{' '}
                <span className="text-quiet" title={format.moment(one.at)}>
                  {format.ago(one.at)}
                  {one.order && ` · ${one.order}`}
                </span>
              </span>
              <span className={clsx('shrink-0 tabular-nums', one.change < 0 ? 'text-wrong' : 'text-ink')}>
                {one.change > 0 ? '+' : one.change < 0 ? '−' : ''}
                {format.exact(one.change === 0 ? one.amount : Math.abs(one.change))}
              </span>
            </li>
          ))}
        </ol>
      )}
      {movements.length > shown && (
        <div>
          <Button look="quiet" onClick={() => setShown(shown + 20)}>
            {t('statement.more')}
          </Button>
        </div>
      )}
    </div>
  );
}
