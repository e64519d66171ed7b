import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleHelp, Download, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, PersonSummary, SegmentMember } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { download } from '../kit/download.ts';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { PersonChip } from '../kit/person-chip.tsx';
import { Popover } from '../kit/popover.tsx';
import { EmptyState, ErrorState, useProblemText } from '../kit/states.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useTell } from '../kit/toast.tsx';
import { PersonLink } from '../people/person-link.tsx';

const pageSize = 200;

/** Everybody who is in, as far as one scrolls; all of them as a file. */
export function Members({ id, onWhy }: { id: string; onWhy: (person: string) => void }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    queryKey: [slug, 'segment', id, 'members'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<SegmentMember>>(
        `/api/segments/${id}/members`,
        { cursor: pageParam, limit: pageSize },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<SegmentMember>[] = [
    {
      id: 'person',
      title: t('one.person'),
      width: '3fr',
      cell: (member) => <PersonLink id={member.person_id} />,
    },
    {
      id: 'since',
      title: t('one.since'),
      width: '2fr',
      wideOnly: true,
      cell: (member) => (
        <time dateTime={member.since} className="text-quiet">
          {format.moment(member.since)}
        </time>
      ),
    },
    {
      id: 'why',
      title: '',
      width: '96px',
      align: 'end',
      cell: (member) => (
        <Button look="quiet" onClick={() => onWhy(member.person_id)}>
          {t('one.why')}
        </Button>
      ),
    },
  ];
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <Table
      label={t('one.members')}
      columns={columns}
      rows={rows}
      keyOf={(member) => member.person_id}
      onOpen={(member) => void navigate({ to: '/people/$id', params: { id: member.person_id } })}
      isLoading={list.isPending}
      hasMore={list.hasNextPage}
      onMore={() => !list.isFetching && void list.fetchNextPage()}
      empty={<EmptyState icon={UserRound} title={t('one.membersNone')} why={t('one.membersNoneWhy')} />}
    />
  );
}

/** Everybody as CSV, however many, and a look at somebody who may not be in. */
export function MemberActions({ id, onWhy }: { id: string; onWhy: (person: string) => void }) {
  const { t } = useTranslation('segments');
  const { api } = useSession();
  const tell = useTell();
  const problem = useProblemText();
  const takeOut = useMutation({
    mutationFn: () => api.file(`/api/segments/${id}/members.csv`),
    onSuccess: ({ name, content }) => download(name, content),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  return (
    <div className="flex flex-wrap gap-2">
      <AskWhy onWhy={onWhy} />
      <Button icon={Download} busy={takeOut.isPending} onClick={() => takeOut.mutate()}>
        {t('one.export')}
      </Button>
    </div>
  );
}

/** Finds anybody, in or out, to ask why of. */
function AskWhy({ onWhy }: { onWhy: (person: string) => void }) {
  const { t } = useTranslation('segments');
  const { api, slug, may } = useSession();
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState('');
  const found = useQuery({
    queryKey: [slug, 'people', 'list', { q, limit: 6 }],
    queryFn: ({ signal }) => api.get<Page<PersonSummary>>('/api/people', { q, limit: 6 }, signal),
    enabled: open && q.trim().length > 1,
    placeholderData: keepPreviousData,
  });
  if (!may('people:read')) return null;
  return (
    <Popover
      open={open}
      onOpen={setOpen}
      label={t('one.askOther')}
      trigger={<Button icon={CircleHelp}>{t('one.askOther')}</Button>}
    >
      <div className="grid w-72 max-w-full gap-2">
        <Input
          label={t('one.askOtherHint')}
          type="search"
          value={q}
          onChange={(event) => setQ(event.target.value)}
        />
        {q.trim().length > 1 && found.data && (
          <ul className="grid gap-1">
            {found.data.items.length === 0 && <li className="text-quiet">{t('one.askOtherNone')}</li>}
            {found.data.items.map((person) => (
              <li key={person.id} className="flex items-center justify-between gap-2">
                <span className="min-w-0">
                  <PersonChip id={person.id} name={person.name} identifiers={person.identifiers} />
                </span>
                <Button
                  look="quiet"
                  onClick={() => {
                    setOpen(false);
                    onWhy(person.id);
                  }}
                >
                  {t('one.why')}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Popover>
  );
}
