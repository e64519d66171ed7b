import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Activity, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Event, Page as ListPage, Source } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, Select, Switch } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { useLiveEvents } from './live.ts';
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
  const [isHeld, setHeld] = useState(false);
  const [opened, setOpened] = useState<Event | null>(null);
  const [wantsOlder, setWantsOlder] = useState(false);
  const [typed, setTyped] = useState(search.name ?? '');
  const sources = useQuery({
    queryKey: [slug, 'sources'],
    queryFn: ({ signal }) => api.get<{ items: Source[] }>('/api/sources', {}, signal),
  });
  const nameOf = new Map(sources.data?.items.map((source) => [source.id, source.name]));
  const filter = { name: search.name, source: search.source, humans: search.bots !== 'yes' };
  const live = useLiveEvents({ filter, limit: shown, isHeld: isHeld || wantsOlder || opened !== null });
  const older = useInfiniteQuery({
    queryKey: [slug, 'events', 'older', filter, live.data?.next],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<Event>>('/api/events', { ...filter, cursor: pageParam, limit: 200 }, signal),
    initialPageParam: live.data?.next ?? '',
    getNextPageParam: (last) => last.next,
    enabled: wantsOlder && Boolean(live.data?.next),
  });
  const rows = [...(live.data?.items ?? []), ...(older.data?.pages.flatMap((page) => page.items) ?? [])];
  const change = (to: Partial<typeof search>) => {
    setWantsOlder(false);
    const next = { ...search, ...to };
    void navigate({ search: next, replace: true });
  };
  const columns: Column<Event>[] = [
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
      answer={isHeld ? t('held') : t('answer')}
      actions={
        <Button icon={isHeld ? Play : Pause} onClick={() => setHeld(!isHeld)} aria-pressed={isHeld}>
          {t(isHeld ? 'resume' : 'pause')}
        </Button>
      }
    >
      <form
        className="mb-4 grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          change({ name: typed.trim() === '' ? undefined : typed.trim() });
        }}
      >
        <Input
          label={t('filterName')}
          placeholder={t('filterNameHint')}
          list="event-names"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => change({ name: typed.trim() === '' ? undefined : typed.trim() })}
        />
        <datalist id="event-names">
          {[...new Set(rows.map((event) => event.event))].filter(Boolean).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Select
          label={t('source')}
          value={search.source ?? ''}
          onChange={(event) => change({ source: event.target.value === '' ? undefined : event.target.value })}
          choices={[
            { value: '', label: t('allSources') },
            ...(sources.data?.items ?? []).map((source) => ({ value: source.id, label: source.name })),
          ]}
        />
        <Switch
          label={t('bots')}
          checked={search.bots === 'yes'}
          onChange={(checked) => change({ bots: checked ? 'yes' : undefined })}
        />
      </form>
      {live.error && <ErrorState error={live.error} onRetry={() => void live.refetch()} />}
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
              action={
                <Button
                  onClick={() => {
                    setTyped('');
                    void navigate({ search: {} });
                  }}
                >
                  {t('emptyDo')}
                </Button>
              }
            />
          )
        }
        rowHeight={44}
      />
      {!wantsOlder && live.data?.next && (
        <Button look="quiet" className="mt-2" onClick={() => setWantsOlder(true)}>
          {t('older')}
        </Button>
      )}
      <Dialog
        open={opened !== null}
        onClose={() => setOpened(null)}
        wide
        title={opened ? wordsOf(opened).title : ''}
      >
        {opened && (
          <div className="grid gap-3">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-s text-quiet">
              {opened.person_id && <PersonLink id={opened.person_id} />}
              <span>{format.moment(opened.time)}</span>
              <span>
                {t('received')} {format.moment(opened.received)}
              </span>
            </div>
            <Code label={t('raw')} text={JSON.stringify(opened, null, 2)} />
          </div>
        )}
      </Dialog>
    </Page>
  );
}
