import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Import, Page as ListPage } from '../api/types.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { Progress } from '../kit/progress.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { isUnderWay, StateTag } from './state.tsx';

/** The files that came in, newest first, and those on their way. */
export default function Imports() {
  const { t } = useTranslation('imports');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    queryKey: [slug, 'imports'],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<Import>>('/api/imports', { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isUnderWay)) ? 1000 : 15_000,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const going = rows.filter(isUnderWay).length;
  const count = (id: 'rows' | 'accepted' | 'rejected'): Column<Import> => ({
    id,
    title: t(`list.${id}`),
    width: '72px',
    align: 'end',
    wideOnly: id !== 'rejected',
    cell: (row) => {
      const value = row[id];
      const isBad = id === 'rejected' && value > 0;
      return (
        <span className={isBad ? 'text-wrong' : ''} title={format.exact(value)}>
          {format.compact(value)}
        </span>
      );
    },
  });
  const columns: Column<Import>[] = [
    {
      id: 'name',
      title: t('list.name'),
      width: '3fr',
      cell: (row) => (
        <span className="flex min-w-0 flex-col leading-snug">
          <Link to="/imports/$id" params={{ id: row.id }} className="truncate font-medium hover:underline">
            {row.name}
          </Link>
          <span className="truncate text-s text-quiet">{row.file}</span>
        </span>
      ),
    },
    {
      id: 'state',
      title: t('list.state'),
      width: '96px',
      cell: (row) =>
        row.state === 'running' ? (
          <Progress label={t('progressOf', { name: row.name })} done={row.progress} />
        ) : (
          <StateTag of={row} />
        ),
    },
    count('rows'),
    count('accepted'),
    count('rejected'),
    {
      id: 'who',
      title: t('list.who'),
      width: '1fr',
      wideOnly: true,
      cell: (row) => <span className="text-quiet">{row.created_by_name ?? t('list.program')}</span>,
    },
    {
      id: 'when',
      title: t('list.when'),
      width: '136px',
      align: 'end',
      wideOnly: true,
      cell: (row) => (
        <time dateTime={row.created_at} title={format.moment(row.created_at)} className="text-quiet">
          {format.ago(row.created_at)}
        </time>
      ),
    },
  ];
  const bring = may('imports:write') && (
    <Link to="/imports/new" className={buttonClass('main')}>
      <FileUp size={16} aria-hidden="true" />
      {t('list.bring')}
    </Link>
  );
  const latest = rows.find((row) => row.state === 'done' && !row.dry_run);
  return (
    <Page
      title={t('list.title')}
      answer={
        going > 0
          ? t('list.going', { count: going })
          : latest &&
            t('list.answer', {
              name: latest.name,
              rows: format.exact(latest.rows),
              ago: format.ago(latest.created_at),
            })
      }
      actions={rows.length > 0 && bring}
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('list.title')}
        columns={columns}
        rows={rows}
        rowHeight={56}
        keyOf={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/imports/$id', params: { id: row.id } })}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={
          !list.error && (
            <EmptyState
              icon={FileUp}
              title={t('list.empty')}
              why={t(bring ? 'list.emptyWhy' : 'list.emptyNoRight')}
              action={bring}
            />
          )
        }
      />
    </Page>
  );
}
