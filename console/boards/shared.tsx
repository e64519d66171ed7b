import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { Unlink } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SharedBoard, SharedTile } from '#schema/insight/boards';
import { type Api, createApi, Problem } from '../api/client.ts';
import { LanguageMenu, ThemeMenu } from '../frame/bar.tsx';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useTileTitle } from './tile-title.ts';
import { hasPicture, TileDays, TileLines, TilePicture } from './tile-view.tsx';

/** What is counted for guests is a minute old at least before it is asked for again. */
const againMs = 120_000;

/** A board for somebody without a login: the token stands behind the # of the address, which is sent to nobody. */
export default function Shared() {
  const { t } = useTranslation('insight');
  const token = useRouterState({ select: ({ location }) => location.hash });
  const api = useMemo(() => createApi({ bearer: token }), [token]);
  const board = useQuery({
    queryKey: ['shared', token],
    queryFn: ({ signal }) => api.get<SharedBoard>('/api/shared-board', {}, signal),
    refetchInterval: againMs,
    retry: false,
  });
  const isOver = board.error instanceof Problem && board.error.type === 'insight/no-such-link';
  return (
    <div className="min-h-dvh">
      <header className="flex items-center justify-between gap-3 border-line border-b px-4 py-2 md:px-8">
        <span className="flex min-w-0 items-center gap-2">
          <Mark />
          <span className="truncate font-semibold">{board.data?.brand ?? 'Pando'}</span>
        </span>
        <span className="flex shrink-0 gap-1">
          <ThemeMenu />
          <LanguageMenu />
        </span>
      </header>
      <main>
        {board.data && !isOver ? (
          <Shown board={board.data} api={api} token={token} />
        ) : (
          <Page
            title={isOver ? t('boards.share.over') : '…'}
            answer={
              isOver && (
                <span className="flex items-start gap-2">
                  <Unlink size={18} aria-hidden="true" className="mt-1 shrink-0 text-gold" />
                  {t('boards.share.overWhy')}
                </span>
              )
            }
          >
            {board.error && !isOver && (
              <ErrorState error={board.error} onRetry={() => void board.refetch()} />
            )}
            {board.isPending && <Skeleton lines={8} />}
          </Page>
        )}
      </main>
    </div>
  );
}

function Shown({ board, api, token }: { board: SharedBoard; api: Api; token: string }) {
  const { t } = useTranslation('insight');
  const titleOf = useTileTitle();
  return (
    <Page title={board.title} answer={t('boards.share.about', { brand: board.brand })}>
      {board.tiles.length === 0 && <p className="py-6 text-quiet">{t('boards.nothingOn')}</p>}
      <div className="grid gap-x-10 lg:grid-cols-2">
        {[...board.tiles.entries()].map(([i, tile]) => {
          const title = titleOf(tile);
          return (
            <section
              key={`${i} ${tile.report}`}
              aria-label={title}
              className="min-w-0 border-line border-t py-6"
            >
              <h2 className="text-l font-semibold">{title}</h2>
              <Tile {...{ api, token, title }} place={i} tile={tile} zone={board.time_zone} />
            </section>
          );
        })}
      </div>
      <p className="border-line border-t pt-4 text-s text-quiet">{t('boards.share.foot')}</p>
    </Page>
  );
}

function Tile(props: {
  api: Api;
  token: string;
  title: string;
  place: number;
  tile: SharedBoard['tiles'][number];
  zone: string;
}) {
  const { t } = useTranslation('insight');
  const { api, token, place, tile, title } = props;
  const answer = useQuery({
    queryKey: ['shared', token, place, tile],
    queryFn: ({ signal }) => api.get<SharedTile>(`/api/shared-board/tiles/${place}`, {}, signal),
    refetchInterval: againMs,
    staleTime: againMs / 2,
    retry: false,
  });
  const { data, error } = answer;
  if (error instanceof Problem && error.type === 'insight/too-few-people')
    return <p className="py-6 text-quiet">{t('boards.share.tooFew')}</p>;
  if (error) return <ErrorState error={error} onRetry={() => void answer.refetch()} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <>
      <TileDays of={data} isNarrowed={tile.is_narrowed} zone={props.zone} />
      {hasPicture(data.report) ? (
        <TilePicture report={data.report} result={data.result} />
      ) : (
        <TileLines title={title} head={data.head} lines={data.lines} note={t('boards.share.onlyLines')} />
      )}
    </>
  );
}
