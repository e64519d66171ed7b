import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../kit/button.tsx';
import { WordSelect } from '../kit/word.tsx';
import { EventWords, Wheres } from './build-events.tsx';
import { type ConditionProps, Sentence } from './build-sentence.tsx';
import { DurationWords, WindowWords } from './build-window.tsx';
import { tidy } from './rule.ts';

const mostSteps = 8;

/** One thing after another: its steps in order, each with its filters, how close together, and nothing of a kind between. */
export function Steps({ condition, onChange }: ConditionProps) {
  const { t } = useTranslation('segments');
  const steps: unknown[] = Array.isArray(condition.sequence) ? condition.sequence : [null, null];
  const set = (change: object) => onChange(tidy({ ...condition, ...change }));
  const hasWithin = condition.within !== undefined;
  return (
    <>
      <Sentence
        kind="sequence"
        words={{
          within: (
            <>
              <WordSelect
                label={t('build.steps.within')}
                value={hasWithin ? 'within' : 'any'}
                choices={[
                  { value: 'any', label: t('build.steps.anyTime') },
                  { value: 'within', label: t('build.steps.inTime') },
                ]}
                onChange={(next) => set({ within: next === 'any' ? undefined : { days: 7 } })}
              />
              {hasWithin && <DurationWords value={condition.within} onChange={(within) => set({ within })} />}
            </>
          ),
          when: <WindowWords value={condition.in} onChange={(next) => set({ in: next })} />,
        }}
      />
      <ol className="grid gap-2 sm:pl-6">
        {[...steps.entries()].map(([i, step]) => {
          const change = (next: unknown) => set({ sequence: steps.map((one, j) => (j === i ? next : one)) });
          return (
            // A step is known by its place.
            <li key={i} className="grid gap-1">
              <div className="flex flex-wrap items-center gap-2">
                <span className="text-quiet">{t(i === 0 ? 'build.steps.first' : 'build.steps.next')}</span>
                <EventWords label={t('build.steps.step', { number: i + 1 })} match={step} onChange={change} />
                {steps.length > 2 && (
                  <IconButton
                    icon={X}
                    label={t('build.steps.drop', { number: i + 1 })}
                    onClick={() => set({ sequence: steps.filter((_, j) => j !== i) })}
                  />
                )}
              </div>
              <Wheres match={step} onChange={change} />
            </li>
          );
        })}
      </ol>
      <div className="flex flex-wrap items-center gap-2 sm:pl-6">
        {condition.without === undefined ? (
          <Button look="quiet" icon={Plus} className="-ml-3" onClick={() => set({ without: null })}>
            {t('build.steps.addWithout')}
          </Button>
        ) : (
          <>
            <span className="text-quiet">{t('build.steps.without')}</span>
            <EventWords
              label={t('build.event.without')}
              match={condition.without}
              onChange={(without) => set({ without })}
            />
            <IconButton
              icon={X}
              label={t('build.steps.dropWithout')}
              onClick={() => set({ without: undefined })}
            />
          </>
        )}
        {steps.length < mostSteps && (
          <Button look="quiet" icon={Plus} onClick={() => set({ sequence: [...steps, null] })}>
            {t('build.steps.add')}
          </Button>
        )}
      </div>
    </>
  );
}
