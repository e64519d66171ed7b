import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Board, BoardList, Tile } from '#schema/insight/boards';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';

export function useBoards() {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [slug, 'boards'],
    queryFn: ({ signal }) => api.get<BoardList>('/api/boards', {}, signal),
  });
}

export function useBoard(id: string) {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [slug, 'boards', id],
    queryFn: ({ signal }) => api.get<Board>(`/api/boards/${id}`, {}, signal),
    retry: false,
  });
}

interface Content {
  title: string;
  tiles: readonly Tile[];
}

/** Makes, changes and deletes boards; what fails is told. */
export function useBoardChanges() {
  const { t } = useTranslation('insight');
  const { api, slug } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const textOf = useProblemText();
  const onError = (error: unknown) => tell(textOf(error), { tone: 'wrong' });
  const seen = (board: Board) => {
    queries.setQueryData([slug, 'boards', board.id], board);
    void queries.invalidateQueries({ queryKey: [slug, 'boards'], exact: true });
  };
  const make = useMutation({
    mutationFn: (content: Content) => api.send<Board>('POST', '/api/boards', content),
    onSuccess: seen,
    onError,
  });
  const change = useMutation({
    mutationKey: [slug, 'change-board'],
    // One after the other: whoever is quick would be in their own way.
    scope: { id: 'change-board' },
    mutationFn: ({ board, ...content }: Content & { board: Board }) => {
      const known = queries.getQueryData<Board>([slug, 'boards', board.id]);
      const version = Math.max(board.version, known?.version ?? 0);
      return api.send<Board>('PUT', `/api/boards/${board.id}`, { ...content, version });
    },
    // It is there at once, and as it was again where it is refused.
    onMutate: async ({ board, title, tiles }) => {
      await queries.cancelQueries({ queryKey: [slug, 'boards', board.id], exact: true });
      queries.setQueryData<Board>([slug, 'boards', board.id], (now) => ({
        ...(now ?? board),
        title,
        tiles: [...tiles],
      }));
    },
    onSuccess: (board) => {
      const isLast = queries.isMutating({ mutationKey: [slug, 'change-board'] }) <= 1;
      const shown = queries.getQueryData<Board>([slug, 'boards', board.id]);
      // What waits is shown already; of the answer to what was before it only the version matters.
      seen(isLast || !shown ? board : { ...shown, version: board.version });
    },
    onError: (error, { board }) => {
      void queries.invalidateQueries({ queryKey: [slug, 'boards', board.id] });
      if (error instanceof Problem && error.type === 'insight/board-changed')
        tell(t('boards.changed'), { tone: 'wrong' });
      else onError(error);
    },
  });
  const remove = useMutation({
    mutationFn: (board: Board) => api.send<null>('DELETE', `/api/boards/${board.id}`),
    onSuccess: () => void queries.invalidateQueries({ queryKey: [slug, 'boards'], exact: true }),
    onError,
  });
  return { make, change, remove };
}
