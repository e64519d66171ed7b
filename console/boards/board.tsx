import { Link, useNavigate, useParams } from '@tanstack/react-router';
import {
  ArrowDown,
  ArrowLeft,
  ArrowUp,
  LayoutDashboard,
  Link2,
  Pencil,
  Plus,
  Share2,
  Trash2,
  X,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board as BoardContent, Tile } from '#schema/insight/boards';
import { useSession } from '../api/session.tsx';
import { reportPlaces } from '../insight/catalogue.ts';
import { keepPeriod } from '../insight/question.ts';
import { Button, buttonClass, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { NameForm } from './name-form.tsx';
import { Share } from './share.tsx';
import { ReportLink, TileBody } from './tile.tsx';
import { useTileTitle } from './tile-title.ts';
import { useBoard, useBoardChanges } from './use-boards.ts';

/** One board: its reports, each with its question; what is changed is kept at once. */
export default function Board() {
  const { id } = useParams({ from: '/inside/boards/$id' });
  const { t } = useTranslation('insight');
  const board = useBoard(id);
  if (board.data) return <Shown board={board.data} />;
  return (
    <Page title={board.error ? t('boards.noBoard') : '…'}>
      {board.error ? (
        <ErrorState error={board.error} onRetry={() => void board.refetch()} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Page>
  );
}

function Shown({ board }: { board: BoardContent }) {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  const tell = useTell();
  const navigate = useNavigate();
  const titleOf = useTileTitle();
  const { change, make, remove } = useBoardChanges();
  const [asking, setAsking] = useState<'name' | 'report' | 'share' | number | null>(null);
  const mayChange = may('segments:write');
  const { title, tiles } = board;
  const put = (next: readonly Tile[], name = title) => change.mutate({ board, title: name, tiles: next });
  const move = (from: number, to: number) => {
    const next = [...tiles];
    next.splice(to, 0, ...next.splice(from, 1));
    put(next);
  };
  const add = mayChange && (
    <Button look="main" icon={Plus} onClick={() => setAsking('report')}>
      {t('boards.add')}
    </Button>
  );
  return (
    <Page
      title={title}
      actions={
        <>
          <Link to="/boards" search={keepPeriod} className={buttonClass('quiet')}>
            <ArrowLeft size={16} aria-hidden="true" />
            {t('boards.all')}
          </Link>
          <Button
            icon={Link2}
            onClick={() =>
              void navigator.clipboard.writeText(location.href).then(() => tell(t('boards.copied')))
            }
          >
            {t('boards.copy')}
          </Button>
          {mayChange && (
            <>
              <Button icon={Share2} onClick={() => setAsking('share')}>
                {t('boards.share.open')}
              </Button>
              <Button icon={Pencil} onClick={() => setAsking('name')}>
                {t('boards.rename')}
              </Button>
              <Button
                icon={Trash2}
                busy={remove.isPending}
                onClick={() =>
                  remove.mutate(board, {
                    onSuccess: () => {
                      tell(t('boards.removed', { title }), { undo: () => make.mutate({ title, tiles }) });
                      void navigate({ to: '/boards' });
                    },
                  })
                }
              >
                {t('boards.remove')}
              </Button>
              {tiles.length > 0 && add}
            </>
          )}
        </>
      }
    >
      {tiles.length === 0 && (
        <EmptyState
          icon={LayoutDashboard}
          title={t('boards.nothingOn')}
          why={t('boards.nothingOnWhy')}
          action={add}
        />
      )}
      <div className="grid gap-x-10 lg:grid-cols-2">
        {[...tiles.entries()].map(([i, tile]) => {
          const name = titleOf(tile);
          return (
            <section
              key={`${i} ${tile.report} ${JSON.stringify(tile.search)}`}
              aria-label={name}
              className="min-w-0 border-line border-t py-6"
            >
              <div className="mb-3 flex items-start justify-between gap-2">
                <h2 className="min-w-0 text-l font-semibold">
                  <ReportLink tile={tile}>{name}</ReportLink>
                </h2>
                {mayChange && (
                  <div className="flex shrink-0">
                    <IconButton
                      icon={ArrowUp}
                      label={t('boards.up', { title: name })}
                      disabled={i === 0}
                      onClick={() => move(i, i - 1)}
                    />
                    <IconButton
                      icon={ArrowDown}
                      label={t('boards.down', { title: name })}
                      disabled={i === tiles.length - 1}
                      onClick={() => move(i, i + 1)}
                    />
                    <IconButton
                      icon={Pencil}
                      label={t('boards.retitle', { title: name })}
                      onClick={() => setAsking(i)}
                    />
                    <IconButton
                      icon={X}
                      label={t('boards.drop', { title: name })}
                      onClick={() => {
                        put(tiles.filter((_, place) => place !== i));
                        tell(t('boards.dropped', { title: name }));
                      }}
                    />
                  </div>
                )}
              </div>
              <TileBody tile={tile} title={name} />
            </section>
          );
        })}
      </div>
      {asking === 'share' && <Share board={board} onClose={() => setAsking(null)} />}
      {asking === 'name' && (
        <NameForm
          title={t('boards.rename')}
          label={t('boards.name')}
          value={title}
          busy={change.isPending}
          onClose={() => setAsking(null)}
          onSave={(name) => {
            put(tiles, name);
            setAsking(null);
          }}
        />
      )}
      {typeof asking === 'number' && tiles[asking] && (
        <NameForm
          title={t('boards.retitle', { title: titleOf(tiles[asking]) })}
          label={t('boards.tileTitle')}
          value={tiles[asking].title}
          mayBeEmpty
          busy={change.isPending}
          onClose={() => setAsking(null)}
          onSave={(name) => {
            put(tiles.map((tile, i) => (i === asking ? { ...tile, title: name } : tile)));
            setAsking(null);
          }}
        />
      )}
      {asking === 'report' && (
        <Dialog
          open
          wide
          onClose={() => setAsking(null)}
          title={t('boards.addTitle')}
          note={t('boards.addNote')}
        >
          <ul className="grid gap-1 sm:grid-cols-2">
            {reportPlaces.map(({ name, icon: Icon }) => (
              <li key={name}>
                <button
                  type="button"
                  className="flex w-full items-center gap-3 rounded-md px-3 py-2 text-left hover:bg-sunken"
                  onClick={() => {
                    put([...tiles, { report: name, title: '', search: {} }]);
                    setAsking(null);
                  }}
                >
                  <Icon size={18} strokeWidth={1.5} aria-hidden="true" className="shrink-0 text-gold" />
                  {t(`reports.${name}.title`)}
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </Page>
  );
}
