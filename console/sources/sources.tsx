import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Radio } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Source, SourceKind } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, useProblemText } from '../kit/states.tsx';
import { type Column, type Sort, Table } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { SourceDialog } from './source.tsx';

const kinds: readonly SourceKind[] = ['web', 'app', 'till', 'sensor', 'chat', 'content', 'server', 'import'];

/** The entrances for data, each with its key and its figures. */
export default function Sources() {
  const { t } = useTranslation('sources');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const [isCreating, setCreating] = useState(false);
  const [openId, setOpenId] = useState<string | null>(null);
  const [sort, setSort] = useState<Sort>({ by: 'accepted', down: true });
  const list = useQuery({
    queryKey: [slug, 'sources'],
    queryFn: ({ signal }) => api.get<{ items: Source[] }>('/api/sources', {}, signal),
    refetchInterval: openId ? 2000 : 10_000,
  });
  const all = list.data?.items ?? [];
  const rows = all.toSorted((a, b) => compare(a, b, sort.by) * (sort.down ? -1 : 1));
  const figure = (
    id: 'accepted' | 'quarantined' | 'withheld' | 'duplicates',
    wideOnly: boolean,
  ): Column<Source> => ({
    id,
    title: t(id),
    width: '104px',
    align: 'end',
    sortable: true,
    wideOnly,
    cell: ({ figures }) => <span title={format.exact(figures[id])}>{format.compact(figures[id])}</span>,
  });
  const columns: Column<Source>[] = [
    {
      id: 'name',
      title: t('name'),
      width: '3fr',
      sortable: true,
      cell: (source) => (
        <button
          type="button"
          className="max-w-full truncate font-medium hover:underline"
          onClick={() => setOpenId(source.id)}
        >
          {source.name}
        </button>
      ),
    },
    {
      id: 'kind',
      title: t('kind'),
      width: '104px',
      wideOnly: true,
      cell: (source) =>
        source.archived ? (
          <Tag>{t('archived')}</Tag>
        ) : (
          <span className="text-quiet">{t(`kinds.${source.kind}`)}</span>
        ),
    },
    figure('accepted', false),
    figure('quarantined', true),
    figure('duplicates', true),
    figure('withheld', true),
    {
      id: 'lastSeen',
      title: t('lastSeen'),
      width: '136px',
      wideOnly: true,
      align: 'end',
      cell: ({ figures: { last_seen } }) => (
        <span className="text-quiet" title={last_seen ? format.moment(last_seen) : undefined}>
          {last_seen ? format.ago(last_seen) : t('never')}
        </span>
      ),
    },
  ];
  const opened = all.find((source) => source.id === openId);
  const open = all.filter((source) => !source.archived).length;
  const createButton = (
    <Button look="main" icon={Plus} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      answer={open > 0 ? t('answer', { count: open }) : undefined}
      actions={may('sources:write') && all.length > 0 && createButton}
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('title')}
        columns={columns}
        rows={rows}
        keyOf={(source) => source.id}
        onOpen={(source) => setOpenId(source.id)}
        sort={sort}
        onSort={setSort}
        isLoading={list.isPending}
        empty={
          !list.error && (
            <EmptyState
              icon={Radio}
              title={t('empty')}
              why={t('emptyWhy')}
              action={may('sources:write') && createButton}
            />
          )
        }
      />
      {isCreating && <CreateDialog onClose={() => setCreating(false)} onCreated={setOpenId} />}
      {opened && <SourceDialog source={opened} onClose={() => setOpenId(null)} />}
    </Page>
  );
}

function compare(a: Source, b: Source, by: string): number {
  if (by === 'accepted' || by === 'quarantined' || by === 'withheld' || by === 'duplicates') {
    return a.figures[by] - b.figures[by];
  }
  return a.name.localeCompare(b.name);
}

function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const { t } = useTranslation('sources');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const problem = useProblemText();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>('web');
  const create = useMutation({
    mutationFn: () => api.send<Source>('POST', '/api/sources', { name: name.trim(), kind }),
    onSuccess: async (source) => {
      cache.setQueryData<{ items: Source[] }>([slug, 'sources'], (now) => ({
        items: [...(now?.items ?? []), source],
      }));
      onClose();
      onCreated(source.id);
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('createTitle')} note={t('createNote')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Input
          label={t('name')}
          hint={t('nameHint')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={create.error ? problem(create.error) : undefined}
        />
        <Select
          label={t('kind')}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          choices={kinds.map((one) => ({ value: one, label: t(`kinds.${one}`) }))}
        />
        <div className="flex justify-end">
          <Button look="main" type="submit" busy={create.isPending}>
            {t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
