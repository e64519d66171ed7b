import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Import, RejectPage } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { Table } from '../kit/table.tsx';
import { useTell } from '../kit/toast.tsx';
import { useReason } from './reasons.ts';

type Reject = RejectPage['items'][number];

/** The rows that could not be taken, each with the reason; to be mended as a file and sent again. */
export function Rejects({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  const { api, slug } = useSession();
  const format = useFormat();
  const tell = useTell();
  const problem = useProblemText();
  const reasonOf = useReason();
  const [opened, setOpened] = useState<Reject | null>(null);
  const list = useInfiniteQuery({
    queryKey: [slug, 'imports', 'rejects', of.id, of.rejects_kept],
    queryFn: ({ pageParam, signal }) =>
      api.get<RejectPage>(`/api/imports/${of.id}/rejects/rows`, { cursor: pageParam, limit: 200 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    enabled: of.rejects_kept > 0,
  });
  const save = useMutation({
    mutationFn: () => api.file(`/api/imports/${of.id}/rejects`),
    onSuccess: ({ name, content }) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(content);
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = list.data?.pages[0]?.columns ?? [];
  return (
    <Section
      title={t('rejects.title')}
      note={t('rejects.note', { name: of.name })}
      actions={
        <Button icon={Download} busy={save.isPending} onClick={() => save.mutate()}>
          {t('rejects.download')}
        </Button>
      }
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('rejects.title')}
        rows={rows}
        keyOf={(row) => String(row.n)}
        onOpen={setOpened}
        isLoading={list.isPending && of.rejects_kept > 0}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={!list.error && <p className="text-quiet">{t('rejects.gone')}</p>}
        columns={[
          {
            id: 'line',
            title: t('rejects.line'),
            width: '72px',
            align: 'end',
            cell: (row) => <span className="text-quiet">{format.exact(row.line)}</span>,
          },
          {
            id: 'reason',
            title: t('rejects.reason'),
            width: '3fr',
            cell: (row) => (
              <button
                type="button"
                className="max-w-full truncate hover:underline"
                onClick={() => setOpened(row)}
              >
                {reasonOf(row.reason)}
              </button>
            ),
          },
          {
            id: 'row',
            title: t('rejects.row'),
            width: '3fr',
            wideOnly: true,
            cell: (row) => <code className="text-s text-quiet">{row.raw.slice(0, 200)}</code>,
          },
        ]}
      />
      {opened && (
        <Dialog
          open
          wide
          onClose={() => setOpened(null)}
          title={t('rejects.lineTitle', { line: format.exact(opened.line) })}
          note={reasonOf(opened.reason)}
        >
          {opened.cells ? (
            <dl className="grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)] gap-x-4">
              {columns.map((name, i) => (
                <div key={name} className="col-span-2 grid grid-cols-subgrid border-line border-b py-1.5">
                  <dt className="text-quiet break-all">{name}</dt>
                  <dd className="break-words">{opened.cells?.[i] || '–'}</dd>
                </div>
              ))}
            </dl>
          ) : (
            <Code text={opened.raw} label={t('rejects.row')} />
          )}
        </Dialog>
      )}
    </Section>
  );
}
