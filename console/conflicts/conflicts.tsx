import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { GitMerge, Merge, Split } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Conflict, Page as ListPage, PersonSummary } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { Face, PersonChip, usePersonName } from '../kit/person-chip.tsx';
import { EmptyState, ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { IdentifierText } from '../people/identifier-text.tsx';

/** Where the evidence and the identifiers disagree, a person of the team decides. */
export default function Conflicts() {
  const { t } = useTranslation('conflicts');
  const { api, slug } = useSession();
  const list = useInfiniteQuery({
    queryKey: [slug, 'conflicts'],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<Conflict>>('/api/conflicts', { cursor: pageParam, limit: 20 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('title')} answer={list.data && t(all.length === 0 ? 'answer_zero' : 'answer')}>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={8} />}
      {list.data && all.length === 0 && <EmptyState icon={GitMerge} title={t('empty')} why={t('emptyWhy')} />}
      <div className="divide-y divide-line">
        {all.map((conflict) => (
          <Case key={conflict.id} conflict={conflict} />
        ))}
      </div>
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Page>
  );
}

const rules = ['event', 'identify', 'alias'] as const;

function Case({ conflict }: { conflict: Conflict }) {
  const { t } = useTranslation('conflicts');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const [isJoining, setJoining] = useState(false);
  const settled = (text: string) => {
    setJoining(false);
    tell(text);
    void cache.invalidateQueries({ queryKey: [slug, 'conflicts'] });
  };
  const onError = (error: Error) => tell(problem(error), { tone: 'wrong' });
  const keepApart = useMutation({
    mutationFn: () => api.send('POST', `/api/conflicts/${conflict.id}/keep-apart`, {}),
    onSuccess: () => settled(t('keptApart')),
    onError,
  });
  const join = useMutation({
    mutationFn: async (stays: string) => {
      for (const { id } of conflict.people) {
        if (id !== stays) await api.send('POST', `/api/people/${stays}/join`, { person: id });
      }
    },
    onSuccess: () => settled(t('joined')),
    onError,
  });
  const rule = rules.find((one) => one === conflict.rule) ?? 'event';
  const collides = new Set(conflict.collides);
  return (
    <article className="py-6 first:pt-0">
      <p className="mb-3 text-s text-quiet">
        {t('met', { rule: t(`rule.${rule}`), moment: format.moment(conflict.time) })}
      </p>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {conflict.people.map((person) => (
          <div key={person.id} className="min-w-0 border-line border-l-2 pl-4">
            <PersonChip {...person} />
            <p className="text-s text-quiet">{t('since', { day: format.day(person.first_seen) })}</p>
            <Ids person={person} collides={collides} />
          </div>
        ))}
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <p className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-s">
          <span className="text-quiet">{t('collide')}</span>
          {conflict.collides.map((text) => (
            <span key={text} className="min-w-0 text-wrong">
              <IdentifierText text={text} />
            </span>
          ))}
        </p>
        {may('people:write') && (
          <div className="flex flex-wrap gap-2">
            <Button icon={Split} busy={keepApart.isPending} onClick={() => keepApart.mutate()}>
              {t('apart')}
            </Button>
            <Button icon={Merge} disabled={conflict.people.length < 2} onClick={() => setJoining(true)}>
              {t('join')}
            </Button>
          </div>
        )}
      </div>
      {isJoining && (
        <JoinChoice
          people={conflict.people}
          isBusy={join.isPending}
          onClose={() => setJoining(false)}
          onChoose={(id) => join.mutate(id)}
        />
      )}
    </article>
  );
}

function Ids({ person, collides }: { person: PersonSummary; collides: ReadonlySet<string> }) {
  return (
    <ul className="mt-1 grid gap-0.5 text-s">
      {person.identifiers.map((text) => (
        <li key={text} className={collides.has(text) ? 'min-w-0 font-semibold text-wrong' : 'min-w-0'}>
          <IdentifierText text={text} />
        </li>
      ))}
    </ul>
  );
}

function JoinChoice(props: {
  people: readonly PersonSummary[];
  isBusy: boolean;
  onClose: () => void;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation('conflicts');
  const nameOf = usePersonName();
  const [stays, setStays] = useState(props.people[0]?.id ?? '');
  return (
    <Dialog open onClose={props.onClose} title={t('join')} note={t('joinInto')}>
      <fieldset className="grid min-w-0 grid-cols-1 gap-1">
        <legend className="sr-only">{t('joinInto')}</legend>
        {props.people.map((person) => (
          <label
            key={person.id}
            className="flex cursor-pointer items-center gap-3 rounded-md px-2 py-2 hover:bg-sunken has-checked:bg-good-wash"
          >
            <input
              type="radio"
              name="stays"
              className="accent-act"
              checked={stays === person.id}
              onChange={() => setStays(person.id)}
            />
            <Face id={person.id} name={person.name} />
            <span className="min-w-0 truncate">
              {nameOf(person)} <span className="text-s text-quiet">{person.identifiers[0]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="mt-4 flex justify-end">
        <Button look="main" icon={Merge} busy={props.isBusy} onClick={() => props.onChoose(stays)}>
          {t('join')}
        </Button>
      </div>
    </Dialog>
  );
}
