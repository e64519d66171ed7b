import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, Download, Merge, Split, UserRoundX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { eraseKey } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { ValueOfPerson } from '../insight/value/person-value.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { TypeToConfirm } from '../kit/confirm.tsx';
import { download } from '../kit/download.ts';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import { EmptyState, ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { PointsOf } from '../points/of-person.tsx';
import { ComputedOf } from './computed.tsx';
import { Consent } from './consent.tsx';
import { History } from './history.tsx';
import { Identifiers } from './identifiers.tsx';
import { JoinDialog } from './join.tsx';
import { SegmentsOf } from './segments.tsx';
import { SplitDialog } from './split.tsx';
import { Traits } from './traits.tsx';

const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;

/** Who one person is, how we know, and what they did. */
export default function PersonPage() {
  const { id } = useParams({ from: '/inside/people/$id' });
  const { api, slug } = useSession();
  const [erased, setErased] = useState<{ id: string; goneBy: string } | null>(null);
  const isErased = erased?.id === id;
  const person = useQuery({
    queryKey: [slug, 'person', id],
    queryFn: ({ signal }) => api.get<Person>(`/api/people/${id}`, {}, signal),
    enabled: !isErased,
  });
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-5 pb-24 md:px-8 md:pb-10">
      <BackLink />
      {isErased && <Erased goneBy={erased.goneBy} />}
      {!isErased && person.error && <ErrorState error={person.error} onRetry={() => void person.refetch()} />}
      {!isErased && person.isPending && <Skeleton lines={10} />}
      {!isErased && person.data && (
        <Portrait
          key={person.data.id}
          person={person.data}
          onErased={(goneBy) => setErased({ id, goneBy })}
        />
      )}
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

function Portrait({ person, onErased }: { person: Person; onErased: (goneBy: string) => void }) {
  const { t } = useTranslation('people');
  const { t: segments } = useTranslation('segments');
  const { t: points } = useTranslation('points');
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
    onSuccess: (data) =>
      download(`person-${person.id}.json`, JSON.stringify(data, null, 2), 'application/json'),
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
          <ValueOfPerson id={person.id} />
          <Section title={t('one.timeline')}>
            <History id={person.id} />
          </Section>
        </div>
        <div className="border-line border-t pt-6 lg:border-t-0 lg:pt-0">
          <Section title={t('one.how')} note={t('one.howNote')}>
            <Identifiers person={person} />
          </Section>
          {may('segments:read') && (
            <Section title={segments('one.ofPerson')} note={segments('one.ofPersonNote')}>
              <SegmentsOf id={person.id} />
            </Section>
          )}
          {may('rewards:read') && (
            <Section title={points('statement.title')} note={points('statement.note')}>
              <PointsOf id={person.id} />
            </Section>
          )}
          <Section title={t('one.traits')}>
            <Traits id={person.id} traits={person.traits} />
          </Section>
          <Section title={segments('computed.ofPerson')} note={segments('computed.ofPersonNote')}>
            <ComputedOf id={person.id} />
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
      {open === 'erase' && (
        <EraseDialog id={person.id} name={name} onClose={() => setOpen(null)} onErased={onErased} />
      )}
    </>
  );
}

/** What cannot be undone asks for the name to be typed. */
function EraseDialog(props: {
  id: string;
  name: string;
  onClose: () => void;
  onErased: (goneBy: string) => void;
}) {
  const { t } = useTranslation('people');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const erase = useMutation({
    mutationKey: eraseKey(slug),
    mutationFn: () => api.send<{ gone_by: string }>('DELETE', `/api/people/${props.id}`),
    onSuccess: async ({ gone_by }) => {
      // At once, or what this page shows would be asked for again, of somebody who is gone.
      flushSync(() => props.onErased(gone_by));
      cache.removeQueries({ queryKey: [slug, 'person', props.id] });
      await cache.invalidateQueries({ queryKey: [slug] });
    },
  });
  return (
    <TypeToConfirm
      title={t('one.eraseTitle')}
      note={t('one.eraseNote')}
      name={props.name}
      verb={t('one.eraseDo')}
      busy={erase.isPending}
      error={erase.error}
      onClose={props.onClose}
      onConfirm={() => erase.mutate()}
      icon={UserRoundX}
    />
  );
}

/** What stays of a person who was erased: that they were, and by when every trace is gone. */
function Erased({ goneBy }: { goneBy: string }) {
  const { t } = useTranslation('people');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  useEffect(() => {
    document.title = `${t('one.erasedTitle')} · Pando`;
  }, [t]);
  return (
    <div role="status">
      <h1 className="sr-only">{t('one.erasedTitle')}</h1>
      <EmptyState
        icon={UserRoundX}
        title={t('one.erasedTitle')}
        why={t('one.erased', { moment: format.moment(goneBy) })}
        action={
          <Link to="/people" className={buttonClass('plain')}>
            {t('one.back')}
          </Link>
        }
      />
    </div>
  );
}
