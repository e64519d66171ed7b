import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';

/** A few choices side by side, of which one holds; arrow keys go from one to the next. */
export function Segmented<Value extends string>(props: {
  label: string;
  value: Value | undefined;
  choices: readonly { value: Value; label: string; icon?: LucideIcon }[];
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="flex rounded-md border border-line p-0.5">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map(({ value, label, icon: Icon }) => (
        <label
          key={value}
          className={clsx(
            // What is for listeners only stays with its label: elsewhere it would widen a page that the choices are wider than.
            'relative inline-flex cursor-pointer items-center gap-1.5 rounded-md px-3 py-1 text-s whitespace-nowrap has-focus-visible:outline-2 has-focus-visible:outline-info',
            value === props.value ? 'bg-good-wash font-semibold text-good' : 'text-quiet hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {Icon && <Icon size={14} aria-hidden="true" />}
          {label}
        </label>
      ))}
    </fieldset>
  );
}
