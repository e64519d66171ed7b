import { useMutation } from '@tanstack/react-query';
import { Split } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { ErrorState } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { IdentifierText } from './identifier-text.tsx';
import { traitText } from './trait-text.ts';

interface Moves {
  stays: string[];
  leaves: string[];
}

/** Chooses who is somebody else, shows what would move, and splits. */
export function SplitDialog(props: { person: Person; onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation('people');
  const { api } = useSession();
  const tell = useTell();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState('');
  const path = `/api/people/${props.person.id}/split`;
  const preview = useMutation({
    mutationFn: () => api.send<Moves>('POST', path, { identifiers: [...chosen], preview: true }),
  });
  const split = useMutation({
    mutationFn: () =>
      api.send<Moves>('POST', path, {
        identifiers: [...chosen],
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      }),
    onSuccess: async () => {
      tell(t('one.splitDone'));
      props.onClose();
      await props.onDone();
    },
  });
  const toggle = (label: string) => {
    const next = new Set(chosen);
    if (!next.delete(label)) next.add(label);
    setChosen(next);
    preview.reset();
  };
  const moves = preview.data;
  return (
    <Dialog open wide onClose={props.onClose} title={t('one.splitTitle')} note={t('one.splitNote')}>
      <div className="grid gap-4">
        {!moves && (
          <ul className="divide-y divide-line">
            {props.person.identifiers.map(({ kind, value }) => {
              const label = `${kind}:${value}`;
              return (
                <li key={label}>
                  <label className="flex cursor-pointer items-center gap-3 py-2">
                    <input
                      type="checkbox"
                      checked={chosen.has(label)}
                      onChange={() => toggle(label)}
                      className="size-4 accent-act"
                    />
                    <IdentifierText text={label} />
                  </label>
                </li>
              );
            })}
          </ul>
        )}
        {moves && (
          <>
            <div className="grid gap-6 sm:grid-cols-2">
              {(['stays', 'leaves'] as const).map((side) => (
                <section key={side}>
                  <h3 className={side === 'leaves' ? 'font-semibold text-gold-ink' : 'font-semibold'}>
                    {t(`one.${side}`)}
                  </h3>
                  <ul className="mt-1 grid gap-1">
                    {moves[side].map((text) => (
                      <li key={text} className="min-w-0">
                        <IdentifierText text={text} />
                      </li>
                    ))}
                  </ul>
                  {side === 'leaves' && <Told traits={props.person.traits} from={moves.leaves} />}
                </section>
              ))}
            </div>
            <Input label={t('one.reason')} value={note} onChange={(event) => setNote(event.target.value)} />
          </>
        )}
        {(preview.error ?? split.error) && <ErrorState error={preview.error ?? split.error} />}
        <div className="flex justify-end gap-2">
          {moves ? (
            <Button look="main" icon={Split} busy={split.isPending} onClick={() => split.mutate()}>
              {t('one.splitDo')}
            </Button>
          ) : (
            <Button
              look="main"
              disabled={chosen.size === 0 || chosen.size === props.person.identifiers.length}
              busy={preview.isPending}
              onClick={() => preview.mutate()}
            >
              {t('one.splitPreview')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** The traits that were told with the identifiers that leave. */
function Told({ traits, from }: { traits: Person['traits']; from: readonly string[] }) {
  const { t } = useTranslation('people');
  const told = Object.entries(traits).filter(([, trait]) => from.includes(trait.from));
  if (told.length === 0) return null;
  return (
    <p className="mt-2 text-s [overflow-wrap:anywhere]">
      <span className="text-quiet">{t('one.splitTraits')}: </span>
      {told.map(([name, { value }]) => `${name} ${traitText(value) ?? '–'}`).join(' · ')}
    </p>
  );
}
