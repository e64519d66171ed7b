import { useMutation, useQuery } from '@tanstack/react-query';
import { Merge } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, Person, PersonSummary } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { IdentifierText } from './identifier-text.tsx';
import { traitText } from './trait-text.ts';

/** Finds the other, shows what of them would come, and joins. */
export function JoinDialog(props: {
  person: Person;
  name: string;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const { t } = useTranslation('people');
  const { api, slug } = useSession();
  const tell = useTell();
  const nameOf = usePersonName();
  const [q, setQ] = useState('');
  const [note, setNote] = useState('');
  const [other, setOther] = useState<PersonSummary | null>(null);
  const found = useQuery({
    queryKey: [slug, 'people', 'found', q],
    queryFn: ({ signal }) => api.get<Page<PersonSummary>>('/api/people', { q, limit: 6 }, signal),
    enabled: q.trim().length > 1,
    placeholderData: (last) => last,
  });
  const join = useMutation({
    mutationFn: (id: string) =>
      api.send<Person>('POST', `/api/people/${props.person.id}/join`, {
        person: id,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      }),
    onSuccess: async () => {
      tell(t('one.joined'));
      props.onClose();
      await props.onDone();
    },
  });
  const list = (found.data?.items ?? []).filter(({ id }) => id !== props.person.id);
  return (
    <Dialog open wide onClose={props.onClose} title={t('one.joinTitle')} note={t('one.joinNote')}>
      <div className="grid gap-4">
        <Input
          label={t('one.joinFind')}
          type="search"
          value={q}
          onChange={(event) => {
            setQ(event.target.value);
            setOther(null);
          }}
        />
        <fieldset className="grid min-w-0 grid-cols-1 gap-1">
          <legend className="sr-only">{t('one.joinFind')}</legend>
          {q.trim().length > 1 &&
            list.map((one) => (
              <label
                key={one.id}
                className="flex min-w-0 cursor-pointer items-center gap-3 rounded-md px-2 py-2 hover:bg-sunken has-checked:bg-good-wash"
              >
                <input
                  type="radio"
                  name="other"
                  checked={other?.id === one.id}
                  onChange={() => setOther(one)}
                  className="accent-act"
                />
                <Face id={one.id} name={one.name} />
                <span className="min-w-0 grow">
                  <span className="block truncate">{nameOf(one)}</span>
                  <span className="flex flex-wrap gap-x-3 text-s text-quiet">
                    {one.identifiers.map((text) => (
                      <IdentifierText key={text} text={text} />
                    ))}
                  </span>
                </span>
              </label>
            ))}
        </fieldset>
        {other && <Comes key={other.id} person={props.person} name={props.name} id={other.id} />}
        {other && (
          <Input label={t('one.reason')} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
        {join.error && <ErrorState error={join.error} />}
        <div className="flex justify-end">
          <Button
            look="main"
            icon={Merge}
            disabled={!other}
            busy={join.isPending}
            onClick={() => other && join.mutate(other.id)}
          >
            {t('one.joinThis')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** A person has at most one living value of these; what a workspace made unique of its own is said after the join. */
const unique = ['user_id', 'card'];

/** What a join would move: identifiers, those that become former ones, and traits that are newer over there. */
function Comes({ person, name, id }: { person: Person; name: string; id: string }) {
  const { t } = useTranslation('people');
  const { api, slug } = useSession();
  const other = useQuery({
    queryKey: [slug, 'person', id],
    queryFn: ({ signal }) => api.get<Person>(`/api/people/${id}`, {}, signal),
  });
  if (other.error) return <ErrorState error={other.error} onRetry={() => void other.refetch()} />;
  if (other.isPending) return <Skeleton />;
  const mine = new Set(person.identifiers.filter((one) => one.state === 'active').map(({ kind }) => kind));
  const traits = Object.entries(other.data.traits).filter(([trait, { value, time }]) => {
    const here = Object.hasOwn(person.traits, trait) ? person.traits[trait] : undefined;
    return !here || (here.time < time && traitText(here.value) !== traitText(value));
  });
  return (
    <section aria-label={t('one.joinComes', { name })} className="border-gold border-l-2 pl-4">
      <h3 className="font-semibold text-gold-ink">{t('one.joinComes', { name })}</h3>
      <ul className="mt-1 grid gap-1">
        {other.data.identifiers.map(({ kind, value }) => (
          <li key={`${kind}:${value}`} className="flex min-w-0 flex-wrap items-center gap-x-3">
            <IdentifierText text={`${kind}:${value}`} />
            {unique.includes(kind) && mine.has(kind) && (
              <span className="text-s text-quiet">{t('one.joinFormer', { name })}</span>
            )}
          </li>
        ))}
      </ul>
      {traits.length > 0 && (
        <p className="mt-2 text-s">
          <span className="text-quiet">{t('one.joinTraits')}: </span>
          {traits.map(([trait, { value }]) => `${trait} ${traitText(value) ?? '–'}`).join(' · ')}
        </p>
      )}
    </section>
  );
}
