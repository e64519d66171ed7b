import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { EventInShort, Page as ListPage, Source } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { HoldBar, useHold } from '../kit/hold.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { EventDialog } from './event.tsx';
import { EventFilters } from './filters.tsx';
import { listOf, useEventOf, useLiveEvents } from './live.ts';
import { iconOf, useEventWords } from './words-of.ts';

const shown = 60;

/** Every event as it arrives; the address holds the filter. */
export default function Events() {
  const { t } = useTranslation('events');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOf = useEventWords();
  const navigate = useNavigate({ from: '/events' });
  const search = useSearch({ from: '/inside/events' });
  const hold = useHold();
  const [chosen, setOpened] = useState<EventInShort | null>(null);
  const [wantsOlder, setWantsOlder] = useState(false);
  const sources = useQuery({
    queryKey: [slug, 'sources'],
    queryFn: ({ signal }) => api.get<{ items: Source[] }>('/api/sources', {}, signal),
  });
  const nameOf = new Map(sources.data?.items.map((source) => [source.id, source.name]));
  const { name, source, channel, person } = search;
  const filter = { name, source, channel, person, humans: search.bots !== 'yes' };
  const sentTo = useEventOf(search.event, { name, person });
  const opened = chosen ?? (search.event ? (sentTo ?? null) : null);
  const isHeld = hold.isHeld || wantsOlder || opened !== null;
  const live = useLiveEvents({ filter, limit: shown, isHeld });
  const older = useInfiniteQuery({
    queryKey: [slug, 'events', 'older', filter, live.data?.next],
    queryFn: ({ pageParam, signal }) => {
      const { path, query } = listOf(filter);
      return api.get<ListPage<EventInShort>>(path, { ...query, cursor: pageParam, limit: 200 }, signal);
    },
    initialPageParam: live.data?.next ?? '',
    getNextPageParam: (last) => last.next,
    enabled: wantsOlder && Boolean(live.data?.next),
  });
  const rows = [...(live.data?.items ?? []), ...(older.data?.pages.flatMap((page) => page.items) ?? [])];
  const change = (to: Partial<typeof search>) => {
    setWantsOlder(false);
    void navigate({ search: (now) => ({ ...now, ...to }), replace: true });
  };
  const columns: Column<EventInShort>[] = [
    {
      id: 'time',
      title: t('time'),
      width: '76px',
      cell: (event) => (
        <time
          dateTime={event.time}
          title={`${format.moment(event.time)} (${workspace.timeZone})`}
          className="text-quiet"
        >
          {format.clock(event.time)}
        </time>
      ),
    },
    {
      id: 'event',
      title: t('event'),
      width: '3fr',
      cell: (event) => {
        const { title, about, isGold } = wordsOf(event);
        const Icon = iconOf(event);
        return (
          <span className="flex items-center gap-2">
            <Icon
              size={15}
              aria-hidden="true"
              className={isGold ? 'shrink-0 text-gold' : 'shrink-0 text-quiet'}
            />
            <span className="truncate">
              <span className={isGold ? 'font-semibold' : ''}>{title}</span>
              {about && <span className="text-quiet"> {about}</span>}
            </span>
            {event.bot && <Tag>{t('bot')}</Tag>}
            {event.historical && <Tag tone="info">{t('historical')}</Tag>}
          </span>
        );
      },
    },
    {
      id: 'person',
      title: t('person'),
      width: '2fr',
      wideOnly: true,
      cell: (event) => event.person_id && <PersonLink id={event.person_id} />,
    },
    {
      id: 'source',
      title: t('from'),
      width: '1fr',
      wideOnly: true,
      cell: (event) => <span className="text-quiet">{nameOf.get(event.source ?? '') ?? event.channel}</span>,
    },
  ];
  return (
    <Page
      title={t('title')}
      answer={t('answer')}
      actions={<HoldBar hold={hold} isLive={live.isLive} isHeld={isHeld} waiting={live.waiting} />}
    >
      <EventFilters
        search={search}
        onChange={change}
        names={[...new Set(rows.map((event) => event.event))].filter(Boolean)}
        sources={sources.data?.items ?? []}
      />
      {live.error && <ErrorState error={live.error} onRetry={() => void live.refetch()} />}
      <div {...hold.rest}>
        <Table
          label={t('title')}
          columns={columns}
          rows={rows}
          keyOf={(event) => event.message_id}
          onOpen={setOpened}
          isLoading={live.isPending}
          isFresh={(event) => live.isFresh(event.message_id)}
          hasMore={wantsOlder && older.hasNextPage}
          onMore={() => !older.isFetching && void older.fetchNextPage()}
          empty={
            !live.error && (
              <EmptyState
                icon={Activity}
                title={t('empty')}
                why={t('emptyWhy')}
                action={<Button onClick={() => void navigate({ search: {} })}>{t('emptyDo')}</Button>}
              />
            )
          }
          rowHeight={44}
        />
      </div>
      {!wantsOlder && live.data?.next && (
        <Button look="quiet" className="mt-2" onClick={() => setWantsOlder(true)}>
          {t('older')}
        </Button>
      )}
      {wantsOlder && (
        <Button look="quiet" className="mt-2" onClick={() => setWantsOlder(false)}>
          {t('newest')}
        </Button>
      )}
      <EventDialog
        event={opened}
        source={nameOf.get(opened?.source ?? '')}
        onClose={() => {
          setOpened(null);
          if (search.event) change({ event: undefined });
        }}
        onPerson={(id) => {
          setOpened(null);
          change({ person: id, event: undefined });
        }}
      />
    </Page>
  );
}
