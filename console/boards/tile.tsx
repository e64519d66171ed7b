import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttributionReport } from '#schema/insight/attribution';
import type { Tile } from '#schema/insight/boards';
import type { ChannelsReport } from '#schema/insight/channels';
import type { ContentReport } from '#schema/insight/content';
import type { ProductsReport } from '#schema/insight/products';
import type { Answered } from '#schema/insight/report';
import type { WeekReport } from '#schema/insight/week';
import { useSession } from '../api/session.tsx';
import { AttributionPicture } from '../insight/attribution/attribution.tsx';
import { ChannelsPicture } from '../insight/channels/channels.tsx';
import { ContentPicture } from '../insight/content/content.tsx';
import { ProductsPicture } from '../insight/products/products.tsx';
import { Rows } from '../insight/rows.tsx';
import { WeekFigures, WeekPicture } from '../insight/week/week.tsx';
import { isPeriod, type Period, rangesOf } from '../kit/period.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { cellsOf } from './csv-lines.ts';

const mostLines = 6;
const usual: Readonly<Record<string, Period>> = {
  week: '7d',
  channels: '90d',
  content: '90d',
  products: '90d',
};

/** The question of a tile, as the API takes it: its period in moments, the rest as it stands in the address. */
function useTileQuery({ report, search }: Tile) {
  const { workspace } = useSession();
  return () => {
    const { period, workspace: _, ...rest } = search;
    const { from, to } = rangesOf(isPeriod(period) ? period : (usual[report] ?? '30d'), workspace.timeZone);
    return { from, to, ...rest };
  };
}

/** What a report shows on a board: its picture, or its first lines where it has none that fits. */
export function TileBody({ tile, title }: { tile: Tile; title: string }) {
  switch (tile.report) {
    case 'attribution':
      return (
        <Shown<AttributionReport> tile={tile} isEmpty={({ orders }) => orders === 0}>
          {(report) => <AttributionPicture report={report} />}
        </Shown>
      );
    case 'channels':
      return (
        <Shown<ChannelsReport> tile={tile} isEmpty={({ people }) => people === 0}>
          {(report) => <ChannelsPicture report={report} />}
        </Shown>
      );
    case 'content':
      return (
        <Shown<ContentReport> tile={tile} isEmpty={({ content }) => content.length === 0}>
          {(report) => <ContentPicture report={report} />}
        </Shown>
      );
    case 'products':
      return (
        <Shown<ProductsReport> tile={tile} isEmpty={({ pairs }) => pairs.length === 0}>
          {(report) => <ProductsPicture report={report} />}
        </Shown>
      );
    case 'week':
      return (
        <Shown<WeekReport> tile={tile} isEmpty={({ days }) => days.length === 0}>
          {(report) => (
            <div className="grid gap-6">
              <WeekFigures report={report} />
              <WeekPicture report={report} />
            </div>
          )}
        </Shown>
      );
    default:
      return <FirstLines tile={tile} title={title} />;
  }
}

function Shown<Result>(props: {
  tile: Tile;
  isEmpty: (result: Result) => boolean;
  children: (result: Result) => ReactNode;
}) {
  const { t } = useTranslation('insight');
  const { api, slug } = useSession();
  const { tile } = props;
  const query = useTileQuery(tile);
  const answer = useQuery({
    queryKey: [slug, 'tile', tile.report, tile.search],
    queryFn: ({ signal }) => api.get<Answered<Result>>(`/api/reports/${tile.report}`, query(), signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  if (answer.error) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Skeleton lines={6} />;
  if (props.isEmpty(answer.data.result)) return <p className="py-6 text-quiet">{t('boards.noFigures')}</p>;
  return props.children(answer.data.result);
}

/** The beginning of the report's CSV as a table. */
function FirstLines({ tile, title }: { tile: Tile; title: string }) {
  const { t } = useTranslation('insight');
  const { api, slug } = useSession();
  const query = useTileQuery(tile);
  const lines = useQuery({
    queryKey: [slug, 'tile', tile.report, tile.search, 'csv'],
    queryFn: async () => {
      const file = await api.file(`/api/reports/${tile.report}.csv?${new URLSearchParams(query())}`);
      return (await file.content.text())
        .trimEnd()
        .split('\r\n')
        .slice(0, mostLines + 1)
        .map(cellsOf);
    },
    staleTime: 60_000,
    retry: false,
  });
  if (lines.error) return <ErrorState error={lines.error} onRetry={() => void lines.refetch()} />;
  if (!lines.data) return <Skeleton lines={6} />;
  const [head = [], ...rows] = lines.data;
  if (rows.length === 0) return <p className="py-6 text-quiet">{t('boards.noFigures')}</p>;
  return (
    <>
      <Rows
        label={title}
        head={head}
        rows={[...rows.entries()].map(([i, cells]) => ({ key: String(i), cells }))}
      />
      <p className="mt-2 text-s text-quiet">{t('boards.onlyTable')}</p>
    </>
  );
}

/** The report with the tile's question. */
export function ReportLink({ tile, children }: { tile: Tile; children: ReactNode }) {
  return (
    <Link
      to="/reports/$report"
      params={{ report: tile.report }}
      search={tile.search as never}
      className="hover:underline"
    >
      {children}
    </Link>
  );
}
