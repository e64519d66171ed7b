import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { RotateCcw, ShieldCheck, Trash2, Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page as ListPage, Quarantined } from '../api/types.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Select, TextArea } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, useProblemText } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useTell } from '../kit/toast.tsx';
import { useWordsOr } from '../words/words-or.ts';

type Answer = ListPage<Quarantined> & { counts: { reason: string; events: number }[] };

/** What could not be accepted, with the reason: mend and send again, or drop. */
export default function Quarantine() {
  const { t } = useTranslation('events');
  const { t: kit } = useTranslation('kit');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const tell = useTell();
  const problem = useProblemText();
  const cache = useQueryClient();
  const navigate = useNavigate({ from: '/quarantine' });
  const { reason } = useSearch({ from: '/inside/quarantine' });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isDropping, setDropping] = useState(false);
  const [mending, setMending] = useState<Quarantined | null>(null);
  const list = useInfiniteQuery({
    queryKey: [slug, 'quarantine', reason],
    queryFn: ({ pageParam, signal }) =>
      api.get<Answer>('/api/quarantine', { reason, cursor: pageParam, limit: 200 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const counts = list.data?.pages[0]?.counts ?? [];
  const total = counts.reduce((sum, one) => sum + one.events, 0);
  const wordsOr = useWordsOr('events');
  const reasonWords = (name: string) => wordsOr(`quarantine.reasons.${name}`, name);
  const settled = () => {
    setChosen(new Set());
    setDropping(false);
    setMending(null);
    void cache.invalidateQueries({ queryKey: [slug, 'quarantine'] });
  };
  const replay = useMutation({
    mutationFn: (body: { ids: string[]; message?: unknown }) =>
      api.send<{ accepted: number; duplicates: number; failed: number }>(
        'POST',
        '/api/quarantine/replay',
        body,
      ),
    onSuccess: (told) => {
      tell(t('quarantine.replayed', told), { tone: told.failed > 0 ? 'wrong' : 'good' });
      settled();
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const drop = useMutation({
    mutationFn: (ids: string[]) => api.send<{ dropped: number }>('POST', '/api/quarantine/drop', { ids }),
    onSuccess: ({ dropped }) => {
      tell(t('quarantine.dropped', { count: dropped }));
      settled();
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const mayWrite = may('events:write');
  const ids = [...chosen].slice(0, 1000);
  const columns: Column<Quarantined>[] = [
    ...(mayWrite
      ? [
          {
            id: 'choose',
            title: '',
            width: '24px',
            cell: (row: Quarantined) => (
              <input
                type="checkbox"
                aria-label={t('quarantine.select')}
                checked={chosen.has(row.id)}
                onChange={() => toggle(row.id)}
                className="size-4 accent-act"
              />
            ),
          },
        ]
      : []),
    {
      id: 'reason',
      title: t('about'),
      width: '3fr',
      cell: (row) => (
        <span title={row.detail}>
          <span className="font-medium">{reasonWords(row.reason)}</span>{' '}
          <span className="text-quiet">{row.detail}</span>
        </span>
      ),
    },
    {
      id: 'raw',
      title: t('raw'),
      width: '2fr',
      wideOnly: true,
      cell: (row) => <code className="text-s text-quiet">{JSON.stringify(row.raw).slice(0, 120)}</code>,
    },
    {
      id: 'at',
      title: t('received'),
      width: '150px',
      wideOnly: true,
      cell: (row) => <span className="text-quiet">{format.moment(row.at)}</span>,
    },
    {
      id: 'mend',
      title: '',
      width: '40px',
      cell: (row) => (
        <IconButton icon={Wrench} label={t('quarantine.mend')} onClick={() => setMending(row)} />
      ),
    },
  ];
  return (
    <Page
      title={t('quarantine.title')}
      answer={
        list.data && (total === 0 ? t('quarantine.answer_zero') : t('quarantine.answer', { count: total }))
      }
    >
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <div className="w-64">
          <Select
            label={t('quarantine.reason')}
            value={reason ?? ''}
            onChange={(event) => {
              setChosen(new Set());
              void navigate({
                search: event.target.value === '' ? {} : { reason: event.target.value },
                replace: true,
              });
            }}
            choices={[
              { value: '', label: t('quarantine.all') },
              ...counts.map((one) => ({
                value: one.reason,
                label: `${reasonWords(one.reason)} (${format.exact(one.events)})`,
              })),
            ]}
          />
        </div>
        {mayWrite && rows.length > 0 && (
          <>
            <Button
              onClick={() => setChosen(chosen.size > 0 ? new Set() : new Set(rows.map((row) => row.id)))}
            >
              {chosen.size > 0 ? t('quarantine.selected', { count: chosen.size }) : t('quarantine.selectAll')}
            </Button>
            <Button
              icon={RotateCcw}
              disabled={chosen.size === 0}
              busy={replay.isPending}
              onClick={() => replay.mutate({ ids })}
            >
              {t('quarantine.replay')}
            </Button>
            <Button
              look="danger"
              icon={Trash2}
              disabled={chosen.size === 0}
              onClick={() => setDropping(true)}
            >
              {t('quarantine.drop')}
            </Button>
          </>
        )}
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('quarantine.title')}
        columns={columns}
        rows={rows}
        keyOf={(row) => row.id}
        onOpen={setMending}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={
          !list.error && (
            <EmptyState icon={ShieldCheck} title={t('quarantine.empty')} why={t('quarantine.emptyWhy')} />
          )
        }
      />
      <Dialog
        open={isDropping}
        onClose={() => setDropping(false)}
        title={t('quarantine.dropTitle')}
        note={t('quarantine.dropNote', { count: ids.length })}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setDropping(false)}>{kit('cancel')}</Button>
          <Button look="danger" busy={drop.isPending} onClick={() => drop.mutate(ids)}>
            {t('quarantine.drop')}
          </Button>
        </div>
      </Dialog>
      {mending && (
        <Mend
          row={mending}
          reason={reasonWords(mending.reason)}
          mayWrite={mayWrite}
          isBusy={replay.isPending}
          onClose={() => setMending(null)}
          onSend={(message) => replay.mutate({ ids: [mending.id], message })}
        />
      )}
    </Page>
  );
}

function Mend(props: {
  row: Quarantined;
  reason: string;
  mayWrite: boolean;
  isBusy: boolean;
  onClose: () => void;
  onSend: (message: unknown) => void;
}) {
  const { t } = useTranslation('events');
  const { row } = props;
  const [message, setMessage] = useState(() =>
    typeof row.raw === 'string' ? row.raw : JSON.stringify(row.raw, null, 2),
  );
  const [error, setError] = useState<string>();
  return (
    <Dialog
      open
      wide
      onClose={props.onClose}
      title={t('quarantine.mendTitle')}
      note={t('quarantine.mendNote')}
    >
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          try {
            props.onSend(JSON.parse(message));
          } catch (why) {
            setError(t('quarantine.notJson', { why: (why as Error).message }));
          }
        }}
      >
        <p className="rounded-md bg-wrong-wash px-3 py-2 text-s">
          <strong className="text-wrong">{props.reason}.</strong> {row.detail}
        </p>
        <TextArea
          label={t('quarantine.message')}
          rows={14}
          spellCheck={false}
          className="font-mono text-s"
          value={message}
          error={error}
          readOnly={!props.mayWrite}
          onChange={(event) => {
            setMessage(event.target.value);
            setError(undefined);
          }}
        />
        {props.mayWrite && (
          <div className="flex justify-end">
            <Button look="main" type="submit" busy={props.isBusy} icon={RotateCcw}>
              {t('quarantine.replay')}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
