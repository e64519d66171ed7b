import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Event, Page } from '../api/types.ts';
import { iconOf, useEventWords } from '../events/words-of.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Timeline } from '../kit/timeline.tsx';
import { useWordsOr } from '../words/words-or.ts';

/** What one person did over all channels, newest first. */
export function History({ id }: { id: string }) {
  const { t } = useTranslation('people');
  const wordsOr = useWordsOr('sources');
  const { t: events } = useTranslation('events');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOf = useEventWords();
  const [opened, setOpened] = useState<Event | null>(null);
  const list = useInfiniteQuery({
    queryKey: [slug, 'person', id, 'events'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Event>>(`/api/people/${id}/events`, { cursor: pageParam, limit: 40 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Skeleton lines={6} />;
  const all = list.data.pages.flatMap((page) => page.items);
  if (all.length === 0) return <p className="text-quiet">{t('one.noEvents')}</p>;
  return (
    <>
      <Timeline
        moments={all.map((event) => {
          const { title, about, isGold } = wordsOf(event);
          return {
            id: event.message_id,
            day: format.day(event.time),
            time: format.clock(event.time),
            zone: workspace.timeZone,
            icon: iconOf(event),
            isGold,
            title: (
              <button type="button" className="text-left hover:underline" onClick={() => setOpened(event)}>
                {title}
              </button>
            ),
            detail: [about, wordsOr(`kinds.${event.channel}`, event.channel)].filter(Boolean).join(' · '),
          };
        })}
      />
      {list.hasNextPage && (
        <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('one.older')}
        </Button>
      )}
      <Dialog
        open={opened !== null}
        wide
        onClose={() => setOpened(null)}
        title={opened ? wordsOf(opened).title : ''}
      >
        {opened && <Code label={events('raw')} text={JSON.stringify(opened, null, 2)} />}
      </Dialog>
    </>
  );
}
