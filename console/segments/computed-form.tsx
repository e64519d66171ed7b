import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { Computed } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { ErrorState } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { WordNumber, WordSelect } from '../kit/word.tsx';
import { EventWords, Wheres } from './build-events.tsx';
import { MeasuredPick } from './build-measured.tsx';
import { Sentence } from './build-sentence.tsx';
import { WindowWords } from './build-window.tsx';
import { definitionOf, howOf, hows, measuredOf, shapeOf, withHow } from './computed-measure.ts';
import { type Json, missingIn, tidy } from './rule.ts';

const month = { last: { days: 30 } };

/** A computed trait as a sentence: what is worked out, of which events, and when. A name that stands is not changed. */
export function ComputedForm(props: { trait?: Computed['items'][number]; onClose: () => void }) {
  const { t } = useTranslation('segments');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const { trait, onClose } = props;
  const [name, setName] = useState(trait?.name ?? '');
  const [definition, setDefinition] = useState<Json>(
    trait ? definitionOf(trait.definition) : { of: null, count: true, in: month },
  );
  const [asked, setAsked] = useState(false);
  const isWhole = missingIn(definition).length === 0;
  const save = useMutation({
    mutationFn: () =>
      trait
        ? api.send<Computed>('PATCH', pathOf(trait.name), { definition })
        : api.send<Computed>('POST', '/api/computed-traits', { name: name.trim(), definition }),
    onSuccess: (next) => {
      cache.setQueryData([slug, 'computed-traits'], next);
      tell(t('computed.saved', { name: name.trim() }));
      onClose();
    },
  });
  const isTaken = save.error instanceof Problem && save.error.type === 'segments/name-taken';
  const set = (next: Json) => {
    save.reset();
    setDefinition(tidy(next));
  };
  const nameError = isTaken
    ? t('computed.taken')
    : asked && name.trim() === ''
      ? t('build.nameMissing')
      : undefined;
  return (
    <form
      aria-label={t(trait ? 'computed.editTitle' : 'computed.new')}
      className="grid gap-5 rounded-md border border-line bg-raised p-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (name.trim() !== '' && isWhole) save.mutate();
      }}
    >
      {!trait && (
        <div className="max-w-md">
          <Input
            label={t('build.name')}
            hint={t('computed.nameHint')}
            value={name}
            maxLength={60}
            autoComplete="off"
            autoFocus
            error={nameError}
            onChange={(event) => {
              save.reset();
              setName(event.target.value);
            }}
          />
        </div>
      )}
      <Measure definition={definition} onChange={set} />
      {asked && !isWhole && (
        <p role="alert" className="text-wrong">
          {t('build.unfinished')}
        </p>
      )}
      {save.error && !isTaken && <ErrorState error={save.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="main" type="submit" icon={Check} busy={save.isPending}>
          {t(trait ? 'build.saveChange' : 'computed.save')}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {t('computed.cancel')}
        </Button>
        {trait && trait.used_by.length > 0 && (
          <span className="text-s text-quiet">{t('computed.refills', { count: trait.used_by.length })}</span>
        )}
      </div>
    </form>
  );
}

export const pathOf = (name: string): string => `/api/computed-traits/${encodeURIComponent(name)}`;

/** "[the sum] of [order total] over [Order Completed] [in the last 30 days]", and what is asked of the events below. */
function Measure({ definition, onChange }: { definition: Json; onChange: (definition: Json) => void }) {
  const { t } = useTranslation('segments');
  const how = howOf(definition);
  const setEvents = (of: unknown) => onChange({ ...definition, of });
  return (
    <div className="grid gap-2">
      <Sentence
        kind={shapeOf(how)}
        words={{
          how: (
            <WordSelect
              label={t('build.measure.how')}
              value={how}
              choices={hows.map((one) => ({ value: one, label: t(`computed.how.${one}`) }))}
              onChange={(next) => onChange(withHow(definition, hows.find((one) => one === next) ?? 'count'))}
            />
          ),
          what: (
            <MeasuredPick
              match={definition.of}
              value={measuredOf(definition)}
              onChange={(next) => onChange({ ...definition, [how]: next })}
            />
          ),
          event: <EventWords label={t('build.event.title')} match={definition.of} onChange={setEvents} />,
          when: (
            <WindowWords value={definition.in} onChange={(next) => onChange({ ...definition, in: next })} />
          ),
          size: (
            <WordNumber
              label={t('computed.size')}
              whole
              value={typeof definition.size === 'number' ? definition.size : null}
              onChange={(next) => onChange({ ...definition, size: next })}
            />
          ),
        }}
      />
      <Wheres match={definition.of} onChange={setEvents} />
    </div>
  );
}
