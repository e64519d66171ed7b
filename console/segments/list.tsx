import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FunctionSquare, Plus, Shapes } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useIsLive } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import type { Segment, SegmentList, SegmentSizes } from '../api/types.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { Progress } from '../kit/progress.tsx';
import { Sparkline } from '../kit/sparkline.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { Templates } from './templates-choice.tsx';

/** The segments with how many are in now, how that went for a week, and whether they are what they should be. */
export default function Segments() {
  const { t } = useTranslation('segments');
  const { api, slug, may, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const navigate = useNavigate();
  const isLive = useIsLive();
  const list = useQuery({
    queryKey: [slug, 'segments'],
    queryFn: ({ signal }) => api.get<SegmentList>('/api/segments', {}, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.state === 'filling') ? 1_000 : isLive ? 10_000 : 5_000,
  });
  const sizes = useQuery({
    queryKey: [slug, 'segment-sizes'],
    queryFn: ({ signal }) => api.get<SegmentSizes>('/api/segments/sizes', { days: 7 }, signal),
    refetchInterval: 60_000,
  });
  const rows = list.data?.items ?? [];
  const bad = rows.filter((one) => one.state === 'faulty' || (one.proof?.different ?? 0) > 0).length;
  const lag = list.data?.lag_ms ?? 0;
  const columns: Column<Segment>[] = [
    {
      id: 'name',
      title: t('list.name'),
      width: '3fr',
      sortable: true,
      value: (row) => row.name,
      cell: (row) => (
        <span className="flex min-w-0 flex-col leading-snug">
          <Link to="/segments/$id" params={{ id: row.id }} className="truncate font-medium hover:underline">
            {row.name}
          </Link>
          {row.error === null ? (
            row.description && <span className="truncate text-s text-quiet">{row.description}</span>
          ) : (
            <span className="truncate text-s text-wrong" title={row.error}>
              {row.error}
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'size',
      title: t('list.size'),
      width: '84px',
      align: 'end',
      sortable: true,
      value: (row) => row.size ?? -1,
      cell: (row) =>
        row.size === null ? (
          <span className="text-quiet">–</span>
        ) : (
          <span title={format.exact(row.size)}>{format.compact(row.size)}</span>
        ),
    },
    {
      id: 'week',
      title: t('list.week'),
      width: '156px',
      wideOnly: true,
      cell: (row) => (
        <Week size={row.size} sizes={sizes.data?.items.find(({ id }) => id === row.id)?.sizes ?? []} />
      ),
    },
    {
      id: 'state',
      title: t('list.state'),
      width: '92px',
      cell: (row) =>
        row.state === 'filling' ? (
          <Progress label={t('list.filling', { name: row.name })} done={row.progress} />
        ) : row.state === 'faulty' ? (
          <Tag tone="wrong">{t('list.faulty')}</Tag>
        ) : (
          <Tag tone="good">{t('list.live')}</Tag>
        ),
    },
    {
      id: 'proof',
      title: t('list.proof'),
      width: '172px',
      align: 'end',
      wideOnly: true,
      cell: ({ proof }) =>
        proof === null ? (
          <span className="text-quiet">{t('list.notYet')}</span>
        ) : (
          <time
            dateTime={proof.at}
            title={format.moment(proof.at)}
            className={proof.different === 0 ? 'text-quiet' : 'text-wrong'}
          >
            {proof.different === 0
              ? t('list.proved', { ago: format.ago(proof.at) })
              : t('list.differs', { count: proof.different })}
          </time>
        ),
    },
  ];
  const computed = (
    <Link to="/segments/computed" className={buttonClass('plain')}>
      <FunctionSquare size={16} aria-hidden="true" />
      {t('computed.link')}
    </Link>
  );
  const create = may('segments:write') && (
    <Link to="/segments/new" className={buttonClass('main')}>
      <Plus size={16} aria-hidden="true" />
      {t('list.new')}
    </Link>
  );
  const isEmpty = list.data !== undefined && rows.length === 0;
  return (
    <Page
      title={t('list.title')}
      answer={
        rows.length > 0 &&
        [
          t('list.answer', { count: rows.length }),
          bad > 0
            ? t('list.bad', { count: bad })
            : lag < 2_000
              ? t('list.upToDate')
              : t('list.behind', { seconds: format.exact(Math.round(lag / 1000)) }),
        ].join(' ')
      }
      actions={
        <>
          {computed}
          {rows.length > 0 && create}
        </>
      }
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.error && (
        <p role="alert" className="mb-4 rounded-md bg-wrong-wash px-4 py-3 text-wrong">
          {t('list.stopped', { error: list.data.error })}
        </p>
      )}
      {isEmpty ? (
        <>
          <EmptyState
            icon={Shapes}
            title={t('list.empty')}
            why={t(create ? 'list.emptyWhy' : 'list.emptyNoRight')}
            action={create}
          />
          {create && (
            <section className="mt-4">
              <h2 className="mb-3 text-l font-semibold">{t('templates.title')}</h2>
              <Templates />
            </section>
          )}
        </>
      ) : (
        <Table
          label={t('list.title')}
          columns={columns}
          rows={rows}
          rowHeight={56}
          keyOf={(row) => row.id}
          onOpen={(row) => void navigate({ to: '/segments/$id', params: { id: row.id } })}
          isLoading={list.isPending}
          empty={null}
        />
      )}
    </Page>
  );
}

/** How the size went, and by how much it is other than at the beginning of what is known. */
function Week(props: { size: number | null; sizes: readonly { hour: string; size: number }[] }) {
  const { t } = useTranslation('segments');
  const format = useFormat();
  const first = props.sizes[0];
  if (props.size === null || !first) return <span className="text-quiet">–</span>;
  const values = [...props.sizes.map(({ size }) => size), props.size];
  const change = props.size - first.size;
  const text = change === 0 ? t('list.same') : `${change > 0 ? '+' : '−'}${format.compact(Math.abs(change))}`;
  return (
    <span className="inline-flex items-center gap-2">
      <Sparkline values={values} label={t('list.weekOf', { change: text })} />
      <span className="text-s text-quiet tabular-nums" aria-hidden="true">
        {text}
      </span>
    </span>
  );
}
