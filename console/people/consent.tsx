import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { ConsentEvidence, Person } from '../api/types.ts';
import { Switch } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { IdentifierText } from './identifier-text.tsx';

const source = 'Console';

/** What a person agreed to, with when and where; a change is a new answer, the old ones stay as evidence. */
export function Consent({ person }: { person: Person }) {
  const { t } = useTranslation('people');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const key = [slug, 'person', person.id];
  const record = useMutation({
    mutationFn: (purposes: Record<string, boolean>) =>
      api.send<Person['consent']>('POST', `/api/people/${person.id}/consent`, { purposes, source }),
    onSuccess: (consent, asked) => {
      cache.setQueryData<Person>(key, (now) => now && { ...now, consent: { ...now.consent, ...consent } });
      const back = Object.fromEntries(Object.entries(asked).map(([purpose, granted]) => [purpose, !granted]));
      void cache.invalidateQueries({ queryKey: [...key, 'consent'] });
      tell(t('one.recorded'), { undo: () => record.mutate(back) });
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const wordsOr = useWordsOr('people');
  const nameOf = (purpose: string) => wordsOr(`one.purposes.${purpose}`, purpose);
  return (
    <>
      <div className="divide-y divide-line">
        {Object.entries(person.consent).map(
          ([purpose, { granted, asked, time, source: where, text_version }]) => (
            <Switch
              key={purpose}
              label={nameOf(purpose)}
              checked={granted}
              disabled={!may('people:write') || record.isPending}
              onChange={(answer) => record.mutate({ [purpose]: answer })}
              note={
                asked && time
                  ? t('one.asked', {
                      moment: format.moment(time),
                      source: where ?? '–',
                      version: text_version ?? '–',
                    })
                  : t('one.byDefault')
              }
            />
          ),
        )}
      </div>
      <Evidence id={person.id} nameOf={nameOf} />
    </>
  );
}

/** Every answer that was given, the newest first; asked for when somebody wants to see it. */
function Evidence({ id, nameOf }: { id: string; nameOf: (purpose: string) => string }) {
  const { t } = useTranslation('people');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const [isOpen, setOpen] = useState(false);
  const list = useQuery({
    queryKey: [slug, 'person', id, 'consent'],
    queryFn: ({ signal }) => api.get<{ items: ConsentEvidence[] }>(`/api/people/${id}/consent`, {}, signal),
    enabled: isOpen,
  });
  const items = list.data?.items ?? [];
  return (
    <details className="mt-2 text-s" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="link cursor-pointer">{t('one.consentEvidence')}</summary>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && isOpen && <Skeleton />}
      {list.data && items.length === 0 && <p className="mt-1 text-quiet">{t('one.neverAsked')}</p>}
      <ol className="mt-1 grid gap-2 border-line border-l pl-3">
        {items.map((one) => (
          <li key={`${one.purpose}${one.time}${one.received}${one.granted}${one.from}`}>
            <span className="flex flex-wrap items-center gap-2">
              {nameOf(one.purpose)}
              <Tag tone={one.granted ? 'good' : 'wrong'}>
                {t(one.granted ? 'one.granted' : 'one.refused')}
              </Tag>
            </span>
            <span className="text-quiet">
              {t('one.asked', {
                moment: format.moment(one.time),
                source: one.source,
                version: one.text_version ?? '–',
              })}
            </span>
            <span className="flex text-quiet">
              <IdentifierText text={one.from} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
