import { clsx } from 'clsx';
import { type ComponentProps, useState } from 'react';
import type { Choice, Choices } from './field.tsx';

/* Fields that stand in a sentence like words: as wide as what is in them, named for those who listen. */

export function WordSelect(props: {
  label: string;
  value: string;
  choices: readonly (Choice | Choices)[];
  onChange: (value: string) => void;
}) {
  const option = ({ value, label }: Choice) => (
    <option key={value} value={value}>
      {label}
    </option>
  );
  return (
    <select
      aria-label={props.label}
      className="word"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      {props.choices.map((one) =>
        'choices' in one ? (
          <optgroup key={one.label} label={one.label}>
            {one.choices.map(option)}
          </optgroup>
        ) : (
          option(one)
        ),
      )}
    </select>
  );
}

/** A number, or null while there is none; what is being typed stays as it was typed. */
export function WordNumber(props: {
  label: string;
  value: number | null;
  whole?: boolean;
  onChange: (value: number | null) => void;
}) {
  const { value, whole = false } = props;
  const [typed, setTyped] = useState<{ text: string; means: number | null } | null>(null);
  const text = typed && typed.means === value ? typed.text : value === null ? '' : String(value);
  return (
    <input
      aria-label={props.label}
      className={clsx('word min-w-14 tabular-nums', value === null && 'word-missing')}
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={text}
      onChange={(event) => {
        const next = event.target.value.trim();
        const shape = whole ? /^\d{1,7}$/ : /^-?\d{0,12}(?:\.\d{0,6})?$/;
        if (next !== '' && !shape.test(next)) return;
        const means = /\d/.test(next) ? Number(next) : null;
        setTyped({ text: next, means });
        props.onChange(means);
      }}
    />
  );
}

/** A text, or null while it is empty. */
export function WordInput({
  label,
  value,
  onChange,
  className,
  ...rest
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
} & Omit<ComponentProps<'input'>, 'value' | 'onChange'>) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      aria-label={label}
      className={clsx('word min-w-24', value === null && 'word-missing', className)}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    />
  );
}
