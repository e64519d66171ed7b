import { LayoutDashboard } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Board } from '#schema/insight/boards';
import { useSession } from '../api/session.tsx';
import { useAddress } from '../kit/address.ts';
import { Button } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';
import { useTell } from '../kit/toast.tsx';
import { useBoardChanges, useBoards } from './use-boards.ts';

/** Puts a report with the question of the address on a board, or on a new one. */
export function ToBoard({ report, title }: { report: string; title: string }) {
  const { t } = useTranslation('insight');
  const { api, may } = useSession();
  const [address] = useAddress();
  const boards = useBoards();
  const { make, change } = useBoardChanges();
  const tell = useTell();
  if (!may('segments:write')) return null;
  const { workspace: _, ...rest } = address;
  const search = Object.fromEntries(
    Object.entries(rest).filter((part): part is [string, string] => typeof part[1] === 'string'),
  );
  const tile = { report, title: '', search };
  const done = () => tell(t('boards.added', { title }));
  async function onto(id: string) {
    const board = await api.get<Board>(`/api/boards/${id}`);
    change.mutate({ board, title: board.title, tiles: [...board.tiles, tile] }, { onSuccess: done });
  }
  return (
    <Menu
      title={t('boards.toBoard')}
      trigger={<Button icon={LayoutDashboard}>{t('boards.toBoard')}</Button>}
      items={[
        ...(boards.data?.items ?? []).map(({ id, title: name }) => ({
          label: name,
          onChoose: () => void onto(id),
        })),
        {
          label: t('boards.make'),
          onChoose: () => make.mutate({ title, tiles: [tile] }, { onSuccess: done }),
        },
      ]}
    />
  );
}
