import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** Where one is on a way of several steps; those behind can be gone back to. */
export function Steps(props: {
  label: string;
  steps: readonly { id: string; title: string }[];
  at: string;
  onBack?: (id: string) => void;
}) {
  const { t } = useTranslation('kit');
  const place = props.steps.findIndex(({ id }) => id === props.at);
  return (
    <ol aria-label={props.label} className="flex flex-wrap gap-x-2 gap-y-2">
      {props.steps.map(({ id, title }, i) => {
        const state = i < place ? 'done' : i === place ? 'now' : 'next';
        const mark = (
          <>
            <span
              className={`flex size-6 shrink-0 items-center justify-center rounded-full text-s font-semibold ${marks[state]}`}
            >
              {state === 'done' ? <Check size={14} aria-label={t('stepDone')} /> : i + 1}
            </span>
            <span className={state === 'now' ? 'font-semibold' : 'text-quiet'}>{title}</span>
          </>
        );
        return (
          <li
            key={id}
            aria-current={state === 'now' ? 'step' : undefined}
            className="flex items-center gap-2"
          >
            {state === 'done' && props.onBack ? (
              <button
                type="button"
                className="flex items-center gap-2 rounded-md hover:underline"
                onClick={() => props.onBack?.(id)}
              >
                {mark}
              </button>
            ) : (
              mark
            )}
            {i < props.steps.length - 1 && <span aria-hidden="true" className="mx-1 h-px w-6 bg-edge" />}
          </li>
        );
      })}
    </ol>
  );
}

const marks = {
  done: 'bg-good-wash text-good',
  now: 'bg-act text-act-ink',
  next: 'border border-edge text-quiet',
} as const;
