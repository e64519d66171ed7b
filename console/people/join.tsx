import { useMutation, useQuery } from '@tanstack/react-query';
import { Merge } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person, PersonSummary } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { IdentifierText } from './identifier-text.tsx';
import { PersonChoice } from './person-choice.tsx';
import { traitText } from './trait-text.ts';

/** Finds the other, shows what of them would come, and joins. */
export function JoinDialog(props: {
  person: Person;
  name: string;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const { t } = useTranslation('people');
  const { api } = useSession();
  const tell = useTell();
  const [note, setNote] = useState('');
  const [other, setOther] = useState<PersonSummary | null>(null);
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
  return (
    <Dialog open wide onClose={props.onClose} title={t('one.joinTitle')} note={t('one.joinNote')}>
      <div className="grid gap-4">
        <PersonChoice label={t('one.joinFind')} not={props.person.id} chosen={other} onChoose={setOther} />
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
