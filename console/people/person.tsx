import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowLeft, Download, Merge, Split, UserRoundX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { Consent } from './consent.tsx';
import { History } from './history.tsx';
import { Identifiers } from './identifiers.tsx';
import { JoinDialog } from './join.tsx';
import { SplitDialog } from './split.tsx';
import { Traits } from './traits.tsx';

const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;

/** Who one person is, how we know, and what they did. */
export default function PersonPage() {
  const { id } = useParams({ from: '/inside/people/$id' });
  const { api, slug } = useSession();
  const person = useQuery({
    queryKey: [slug, 'person', id],
    queryFn: ({ signal }) => api.get<Person>(`/api/people/${id}`, {}, signal),
  });
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-5 pb-24 md:px-8 md:pb-10">
      <BackLink />
      {person.error && <ErrorState error={person.error} onRetry={() => void person.refetch()} />}
      {person.isPending && <Skeleton lines={10} />}
      {person.data && <Portrait key={person.data.id} person={person.data} />}
    </div>
  );
}

function BackLink() {
  const { t } = useTranslation('people');
  return (
    <Link to="/people" className="mb-4 inline-flex items-center gap-1.5 text-s text-quiet hover:text-ink">
      <ArrowLeft size={14} aria-hidden="true" />
      {t('one.back')}
    </Link>
  );
}

function Portrait({ person }: { person: Person }) {
  const { t } = useTranslation('people');
  const { workspace, may, api, slug } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const nameOf = usePersonName();
  const [open, setOpen] = useState<'join' | 'split' | 'erase' | null>(null);
  const labels = person.identifiers.map(({ kind, value }) => `${kind}:${value}`);
  const name = nameOf({ id: person.id, name: person.name, identifiers: labels });
  const stage = stages.find((one) => one === person.stage) ?? 'none';
  useEffect(() => {
    document.title = `${name} · Pando`;
  }, [name]);
  const changed = () => cache.invalidateQueries({ queryKey: [slug] });
  const takeOut = useMutation({
    mutationFn: () => api.get<unknown>(`/api/people/${person.id}/export`),
    onSuccess: (data) => {
      const url = URL.createObjectURL(
        new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }),
      );
      const link = document.createElement('a');
      link.href = url;
      link.download = `person-${person.id}.json`;
      link.click();
      URL.revokeObjectURL(url);
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  return (
    <>
      <header className="mb-8 flex flex-wrap items-center gap-x-5 gap-y-4">
        <Face id={person.id} name={person.name} size="large" />
        <div className="min-w-0 grow basis-64">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-xxl font-semibold tracking-[-0.015em] [overflow-wrap:anywhere]">{name}</h1>
            <Tag tone={person.known ? 'good' : 'plain'}>{t(person.known ? 'known' : 'visitor')}</Tag>
          </div>
          <p className="mt-1 text-quiet">
            {t('one.answer', {
              count: person.identifiers.length,
              stage: t(`one.stages.${stage}`),
              day: format.day(person.first_seen),
            })}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {may('people:write') && (
            <>
              <Button icon={Merge} onClick={() => setOpen('join')}>
                {t('one.join')}
              </Button>
              {person.identifiers.length > 1 && (
                <Button icon={Split} onClick={() => setOpen('split')}>
                  {t('one.split')}
                </Button>
              )}
            </>
          )}
          <Button icon={Download} busy={takeOut.isPending} onClick={() => takeOut.mutate()}>
            {t('one.export')}
          </Button>
          {may('erase') && (
            <Button look="danger" icon={UserRoundX} onClick={() => setOpen('erase')}>
              {t('one.erase')}
            </Button>
          )}
        </div>
      </header>
      <div className="grid grid-cols-1 gap-x-12 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div>
          <Section title={t('one.timeline')}>
            <History id={person.id} />
          </Section>
        </div>
        <div className="border-line border-t pt-6 lg:border-t-0 lg:pt-0">
          <Section title={t('one.how')} note={t('one.howNote')}>
            <Identifiers person={person} />
          </Section>
          <Section title={t('one.traits')}>
            <Traits traits={person.traits} />
          </Section>
          <Section title={t('one.consent')} note={t('one.consentNote')}>
            <Consent person={person} />
          </Section>
        </div>
      </div>
      {open === 'join' && (
        <JoinDialog person={person} name={name} onClose={() => setOpen(null)} onDone={changed} />
      )}
      {open === 'split' && <SplitDialog person={person} onClose={() => setOpen(null)} onDone={changed} />}
      {open === 'erase' && <EraseDialog id={person.id} name={name} onClose={() => setOpen(null)} />}
    </>
  );
}

/** What cannot be undone asks for the name to be typed. */
function EraseDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation('people');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const tell = useTell();
  const problem = useProblemText();
  const [typed, setTyped] = useState('');
  const erase = useMutation({
    mutationFn: () => api.send<{ gone_by: string }>('DELETE', `/api/people/${id}`),
    onSuccess: async ({ gone_by }) => {
      tell(t('one.erased', { moment: format.moment(gone_by) }));
      await navigate({ to: '/people' });
      cache.removeQueries({ queryKey: [slug, 'person', id] });
      await cache.invalidateQueries({ queryKey: [slug] });
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('one.eraseTitle')} note={t('one.eraseNote')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === name) erase.mutate();
        }}
      >
        <Input
          label={t('one.eraseType', { name })}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={erase.error ? problem(erase.error) : undefined}
        />
        <div className="flex justify-end">
          <Button look="danger" type="submit" disabled={typed.trim() !== name} busy={erase.isPending}>
            {t('one.eraseDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
