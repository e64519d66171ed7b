import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link2, Unlink } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, BoardLinks, MadeBoardLink } from '#schema/insight/boards';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';

const daysOf = { week: 7, month: 30, quarter: 90, year: 365, ever: null } as const;
type Length = keyof typeof daysOf;
const lengths = Object.keys(daysOf) as Length[];
const dayMs = 86_400_000;

/** Links by which somebody without a login sees the board: made, copied this once, withdrawn. */
export function Share({ board, onClose }: { board: Board; onClose: () => void }) {
  const { t } = useTranslation('insight');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const textOf = useProblemText();
  const [length, setLength] = useState<Length>('month');
  const path = `/api/boards/${board.id}/links`;
  const key = [slug, 'boards', board.id, 'links'];
  const links = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<BoardLinks>(path, {}, signal),
    retry: false,
  });
  const again = () => void cache.invalidateQueries({ queryKey: key });
  const make = useMutation({
    mutationFn: () => {
      const days = daysOf[length];
      const expires_at = days === null ? null : new Date(Date.now() + days * dayMs).toISOString();
      return api.send<MadeBoardLink>('POST', path, { expires_at });
    },
    onSuccess: again,
  });
  const withdraw = useMutation({
    mutationFn: (id: string) => api.send<null>('DELETE', `${path}/${id}`),
    onSuccess: (_, id) => {
      if (make.data?.id === id) make.reset();
      tell(t('boards.share.withdrawn'));
      again();
    },
    onError: (error) => {
      tell(textOf(error), { tone: 'wrong' });
      again();
    },
  });
  const endOf = (end: string | null) => {
    if (end === null) return t('boards.share.noEnd');
    const isOver = Date.parse(end) <= Date.now();
    return t(isOver ? 'boards.share.ended' : 'boards.share.ends', { time: format.moment(end) });
  };
  return (
    <Dialog open wide onClose={onClose} title={t('boards.share.title')} note={t('boards.share.note')}>
      <div className="grid gap-5">
        {make.data ? (
          <div className="grid gap-2">
            <p className="font-semibold">{t('boards.share.made')}</p>
            <Code label={t('boards.share.link')} text={`${location.origin}${make.data.page}`} wrap />
          </div>
        ) : (
          <form
            className="flex flex-wrap items-end justify-between gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              make.mutate();
            }}
          >
            <Select
              label={t('boards.share.until')}
              value={length}
              choices={lengths.map((one) => ({ value: one, label: t(`boards.share.length.${one}`) }))}
              onChange={(event) => setLength(lengths.find((one) => one === event.target.value) ?? 'month')}
            />
            <Button type="submit" look="main" icon={Link2} busy={make.isPending}>
              {t('boards.share.make')}
            </Button>
          </form>
        )}
        {make.error && <ErrorState error={make.error} />}
        {links.error && <ErrorState error={links.error} onRetry={() => void links.refetch()} />}
        {links.isPending && <Skeleton lines={2} />}
        {links.data && links.data.items.length > 0 && (
          <div>
            <h3 className="mb-1 text-s font-medium">{t('boards.share.links')}</h3>
            <ul>
              {links.data.items.map(({ id, created_at, expires_at }) => (
                <li
                  key={id}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-t py-2"
                >
                  <span className="min-w-0">
                    {t('boards.share.madeAt', { time: format.moment(created_at) })}
                    <span className="block text-s text-quiet">{endOf(expires_at)}</span>
                  </span>
                  <Button
                    look="danger"
                    icon={Unlink}
                    busy={withdraw.isPending && withdraw.variables === id}
                    aria-label={t('boards.share.withdrawOne', { time: format.moment(created_at) })}
                    onClick={() => withdraw.mutate(id)}
                  >
                    {t('boards.share.withdraw')}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Dialog>
  );
}
