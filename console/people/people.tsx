import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search, UserRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page as ListPage, PersonSummary } from '../api/types.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { PersonChip } from '../kit/person-chip.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { IdentifierText } from './identifier-text.tsx';

const pageSize = 100;

/** Everybody, or those whom a search finds; searching happens while one types. */
export default function People() {
  const { t } = useTranslation('people');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const navigate = useNavigate({ from: '/people' });
  const { q } = useSearch({ from: '/inside/people' });
  const [typed, setTyped] = useState(q ?? '');
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === (q ?? '')) return;
    const timer = setTimeout(
      () => void navigate({ search: wanted === '' ? {} : { q: wanted }, replace: true }),
      120,
    );
    return () => clearTimeout(timer);
  }, [typed, q, navigate]);

  const list = useInfiniteQuery({
    queryKey: [slug, 'people', q ?? ''],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<PersonSummary>>('/api/people', { q, cursor: pageParam, limit: pageSize }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (last) => last,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<PersonSummary>[] = [
    { id: 'person', title: t('person'), width: '2fr', cell: (person) => <PersonChip {...person} /> },
    {
      id: 'ids',
      title: t('ids'),
      width: '3fr',
      wideOnly: true,
      cell: (person) => (
        <span className="flex gap-4">
          {person.identifiers.slice(0, 3).map((text) => (
            <IdentifierText key={text} text={text} />
          ))}
        </span>
      ),
    },
    {
      id: 'kind',
      title: t('kind'),
      width: '84px',
      cell: (person) => (
        <Tag tone={person.known ? 'good' : 'plain'}>{t(person.known ? 'known' : 'visitor')}</Tag>
      ),
    },
    {
      id: 'since',
      title: t('since'),
      width: '120px',
      wideOnly: true,
      align: 'end',
      cell: (person) => (
        <time dateTime={person.first_seen} title={format.moment(person.first_seen)} className="text-quiet">
          {format.day(person.first_seen)}
        </time>
      ),
    },
  ];
  const answer = () => {
    if (!q || !list.data || list.isPlaceholderData) return t('answer');
    if (rows.length >= pageSize) return t('foundMany', { count: rows.length, q });
    return t(rows.length === 0 ? 'found_zero' : 'found', { count: rows.length, q });
  };
  return (
    <Page title={t('title')} answer={answer()}>
      <div className="relative mb-4 max-w-xl">
        <Search
          size={17}
          aria-hidden="true"
          className="absolute top-1/2 left-3 -translate-y-1/2 text-quiet"
        />
        <input
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="field pl-10"
        />
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('title')}
        columns={columns}
        rows={rows}
        keyOf={(person) => person.id}
        onOpen={(person) => void navigate({ to: '/people/$id', params: { id: person.id } })}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={
          !list.error && (
            <EmptyState
              icon={UserRound}
              title={t(q ? 'none' : 'empty')}
              why={t(q ? 'noneWhy' : 'emptyWhy')}
              action={
                q && (
                  <Link to="/people" onClick={() => setTyped('')} className={buttonClass('plain')}>
                    {t('noneDo')}
                  </Link>
                )
              }
            />
          )
        }
      />
    </Page>
  );
}
