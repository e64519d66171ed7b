import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { AuditLine, AuditLines } from '../api/types.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, useProblemText } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useTell } from '../kit/toast.tsx';
import { useActorName, useTeam } from '../team/use-team.ts';
import { auditCsv } from './csv.ts';
import { startOfDay } from './day.ts';
import { type AuditSearch, auditGroups } from './search.ts';
import { useAuditWords, useKeyNames } from './words-of.tsx';

const pageSize = 100;

/** Who did what, and when; the address holds the filters. */
export default function Audit() {
  const { t } = useTranslation('audit');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const navigate = useNavigate({ from: '/settings/audit' });
  const search = useSearch({ from: '/inside/settings/audit' });
  const { group, actor, from, to } = search;
  const words = useAuditWords();
  const actorName = useActorName();
  const tell = useTell();
  const problem = useProblemText();
  const [opened, setOpened] = useState<AuditLine | null>(null);
  const query = {
    action: group && `${group}.`,
    actor,
    from: from && startOfDay(from, workspace.timeZone),
    // The last day is meant with all its hours.
    to: to && startOfDay(to, workspace.timeZone, 1),
  };
  const list = useInfiniteQuery({
    queryKey: [slug, 'audit', query],
    queryFn: ({ pageParam, signal }) =>
      api.get<AuditLines>('/api/audit', { ...query, cursor: pageParam, limit: pageSize }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor,
    placeholderData: (last) => last,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const download = useMutation({
    mutationFn: () => auditCsv(api, query),
    onSuccess: (file) => {
      const url = URL.createObjectURL(file);
      const link = document.createElement('a');
      link.href = url;
      link.download = `audit-${slug}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const filter = (part: { [name in keyof AuditSearch]: string }) => {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value);
    void navigate({ search: Object.fromEntries(next) as AuditSearch, replace: true });
  };
  const isFiltered = Boolean(group ?? actor ?? from ?? to);
  const columns: Column<AuditLine>[] = [
    {
      id: 'at',
      title: t('when'),
      width: '150px',
      cell: ({ at }) => (
        <time dateTime={at} title={workspace.timeZone} className="text-s text-quiet">
          {format.moment(at)}
        </time>
      ),
    },
    { id: 'who', title: t('who'), width: '2fr', wideOnly: true, cell: (line) => nameOf(line) },
    {
      id: 'what',
      title: t('what'),
      width: '4fr',
      cell: (line) => (
        <>
          <span className="mr-2 font-medium lg:hidden">{nameOf(line)}</span>
          {words.what(line.action)}
          <span className="ml-2 text-s text-quiet">{words.more(line)}</span>
        </>
      ),
    },
    {
      id: 'subject',
      title: t('subject'),
      width: '2fr',
      wideOnly: true,
      cell: ({ subject }) => words.subject(subject),
    },
  ];
  function nameOf(line: AuditLine) {
    return actorName(line.actor, line.actorName);
  }
  return (
    <Page
      title={t('title')}
      answer={t('answer')}
      actions={
        <Button
          icon={Download}
          busy={download.isPending}
          disabled={rows.length === 0}
          onClick={() => download.mutate()}
        >
          {t('export')}
        </Button>
      }
    >
      <div className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-4">
        <Select
          label={t('group')}
          value={group ?? ''}
          choices={[
            { value: '', label: t('all') },
            ...auditGroups.map((one) => ({ value: one, label: t(`groups.${one}`) })),
          ]}
          onChange={(event) => filter({ group: event.target.value })}
        />
        <ActorSelect actor={actor} rows={rows} onChange={(value) => filter({ actor: value })} />
        <Input
          label={t('from')}
          type="date"
          value={from ?? ''}
          max={to}
          onChange={(event) => filter({ from: event.target.value })}
        />
        <Input
          label={t('to')}
          type="date"
          value={to ?? ''}
          min={from}
          onChange={(event) => filter({ to: event.target.value })}
        />
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      <Table
        label={t('title')}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => String(id)}
        onOpen={setOpened}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        onMore={() => !list.isFetching && void list.fetchNextPage()}
        empty={
          !list.error && (
            <EmptyState
              icon={ScrollText}
              title={t(isFiltered ? 'none' : 'empty')}
              why={t(isFiltered ? 'noneWhy' : 'emptyWhy')}
              action={
                isFiltered && (
                  <Link to="/settings/audit" className={buttonClass('plain')}>
                    {t('noneDo')}
                  </Link>
                )
              }
            />
          )
        }
      />
      {opened && (
        <Dialog open wide onClose={() => setOpened(null)} title={words.what(opened.action)}>
          <p className="mb-3 text-quiet">
            {nameOf(opened)} · {format.moment(opened.at)} · {words.subject(opened.subject)}
          </p>
          <Code label={t('raw')} text={JSON.stringify(opened, null, 2)} />
        </Dialog>
      )}
    </Page>
  );
}

/** Members, keys, and whoever else stands in the lines that are shown. */
function ActorSelect(props: {
  actor: string | undefined;
  rows: readonly AuditLine[];
  onChange: (actor: string) => void;
}) {
  const { t } = useTranslation('audit');
  const actorName = useActorName();
  const team = useTeam();
  const keys = useKeyNames();
  const names = new Map<string, string>();
  for (const { id, name } of team.data ?? []) names.set(`user:${id}`, name);
  for (const { id, name } of keys.data?.items ?? []) names.set(`key:${id}`, t('key', { name }));
  for (const { actor, actorName: known } of props.rows) {
    if (!names.has(actor)) names.set(actor, actorName(actor, known));
  }
  if (props.actor && !names.has(props.actor)) names.set(props.actor, actorName(props.actor));
  return (
    <Select
      label={t('who')}
      value={props.actor ?? ''}
      choices={[
        { value: '', label: t('everybody') },
        ...[...names].map(([value, label]) => ({ value, label })),
      ]}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}
