import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tile } from '#schema/insight/boards';
import type { Answered } from '#schema/insight/report';
import { useSession } from '../api/session.tsx';
import { isPeriod, rangesOf } from '../kit/period.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { cellsOf } from './csv-lines.ts';
import { hasPicture, mostLines, TileDays, TileLines, TilePicture } from './tile-view.tsx';

/**
 * The question of a tile, as the API takes it: its period in moments, the rest as it stands in the address. Where it has
 * no period, the report has a usual one.
 */
function useTileQuery({ search }: Tile) {
  const { workspace } = useSession();
  return () => {
    const { period, workspace: _, ...rest } = search;
    if (!isPeriod(period)) return rest;
    const { from, to } = rangesOf(period, workspace.timeZone);
    return { from, to, ...rest };
  };
}

/** What a report shows on a board: its picture, or its first lines where it has none that fits. */
export function TileBody({ tile, title }: { tile: Tile; title: string }) {
  return hasPicture(tile.report) ? <Shown tile={tile} /> : <FirstLines tile={tile} title={title} />;
}

function Shown({ tile }: { tile: Tile }) {
  const { api, slug, workspace } = useSession();
  const query = useTileQuery(tile);
  const answer = useQuery({
    queryKey: [slug, 'tile', tile.report, tile.search],
    queryFn: ({ signal }) => api.get<Answered<unknown>>(`/api/reports/${tile.report}`, query(), signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  if (answer.error) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Skeleton lines={6} />;
  const { question, as_of, result } = answer.data;
  const isNarrowed = [question.segment, question.channel, question.source, question.store].some(Boolean);
  return (
    <>
      <TileDays of={{ ...question, as_of }} isNarrowed={isNarrowed} zone={workspace.timeZone} />
      <TilePicture report={tile.report} result={result} />
    </>
  );
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
  return <TileLines title={title} head={head} lines={rows} note={t('boards.onlyTable')} />;
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
