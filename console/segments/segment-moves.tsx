import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LogIn, LogOut } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { SegmentHistory, SegmentMove } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { useWordsOr } from '../words/words-or.ts';

const pageSize = 12;

/** What brought a coming or going about, in words. */
export function useCauseWords(): (cause: SegmentMove['cause']) => string {
  const { t } = useTranslation('segments');
  const wordsOr = useWordsOr('segments');
  const events = useWordsOr('events');
  return ({ what, event = '' }) =>
    what === 'event'
      ? t('one.cause.event', { event: events(`names.${event}`, event) })
      : wordsOr(`one.cause.${what}`, what);
}

/** Who came into a segment and who went, and why. */
export function Moves({ id, onWhy }: { id: string; onWhy: (person: string) => void }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const causeOf = useCauseWords();
  const list = useInfiniteQuery({
    queryKey: [slug, 'segment', id, 'history'],
    queryFn: ({ pageParam, signal }) =>
      api.get<SegmentHistory>(
        `/api/segments/${id}/history`,
        { cursor: pageParam, limit: pageSize, days: 1 },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Skeleton lines={4} />;
  const moves = list.data.pages.flatMap((page) => page.items);
  if (moves.length === 0) return <p className="text-quiet">{t('one.movesNone')}</p>;
  return (
    <>
      <ul aria-label={t('one.moves')} className="divide-y divide-line">
        {moves.map((move) => {
          const { person_id: person, entered, at, cause } = move;
          const Icon = entered ? LogIn : LogOut;
          return (
            <li key={`${person}${at}${entered}`} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <span
                className={`inline-flex w-24 shrink-0 items-center gap-1.5 text-s ${entered ? 'text-good' : 'text-quiet'}`}
              >
                <Icon size={15} aria-hidden="true" />
                {t(entered ? 'one.came' : 'one.went')}
              </span>
              <span className="min-w-0 grow basis-40">
                {person ? <PersonLink id={person} /> : <span className="text-quiet">{t('one.gone')}</span>}
              </span>
              <span className="min-w-0 basis-56 text-s text-quiet max-sm:basis-full">
                {person && cause.message && may('events:read') ? (
                  <Link
                    to="/events"
                    search={{ person, event: cause.message, bots: 'yes' }}
                    className="link [overflow-wrap:anywhere]"
                  >
                    {causeOf(cause)}
                  </Link>
                ) : (
                  causeOf(cause)
                )}
              </span>
              <time dateTime={at} title={format.moment(at)} className="text-s text-quiet">
                {format.ago(at)}
              </time>
              {person && (
                <Button look="quiet" className="text-s" onClick={() => onWhy(person)}>
                  {t('one.why')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('one.movesOlder')}
        </Button>
      )}
    </>
  );
}
