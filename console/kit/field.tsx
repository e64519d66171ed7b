import { clsx } from 'clsx';
import { Switch as RadixSwitch } from 'radix-ui';
import { type ComponentProps, type ReactNode, useId } from 'react';

interface Labelled {
  label: string;
  /** Read aloud only, where the place says it to the eye. */
  hideLabel?: boolean | undefined;
  hint?: ReactNode;
  error?: string | undefined;
}

/** A label above, the field, then a hint or what is wrong with it, said aloud too. */
function Frame({
  label,
  hideLabel,
  hint,
  error,
  id,
  children,
}: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-s font-medium'}>
        {label}
      </label>
      {children}
      {hint && !error && (
        <p id={`${id}-note`} className="text-s text-quiet">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-note`} role="alert" className="text-s text-wrong">
          {error}
        </p>
      )}
    </div>
  );
}

function told(id: string, { hint, error }: Pick<Labelled, 'hint' | 'error'>) {
  return {
    id,
    ...(hint || error ? { 'aria-describedby': `${id}-note` } : {}),
    ...(error ? { 'aria-invalid': true as const } : {}),
  };
}

export function Input({
  label,
  hideLabel,
  hint,
  error,
  className,
  ...rest
}: Labelled & ComponentProps<'input'>) {
  const id = useId();
  return (
    <Frame {...{ label, hideLabel, hint, error, id }}>
      <input {...rest} {...told(id, { hint, error })} className={clsx('field', className)} />
    </Frame>
  );
}

export function TextArea({
  label,
  hideLabel,
  hint,
  error,
  className,
  ...rest
}: Labelled & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <Frame {...{ label, hideLabel, hint, error, id }}>
      <textarea {...rest} {...told(id, { hint, error })} className={clsx('field', className)} />
    </Frame>
  );
}

export interface Choice {
  value: string;
  label: string;
}

/** Choices under a heading of their own. */
export interface Choices {
  label: string;
  choices: readonly Choice[];
}

/** The browser's own list: it is the quickest on every phone, and known to every screen reader. */
export function Select({
  label,
  hideLabel,
  hint,
  error,
  choices,
  className,
  ...rest
}: Labelled & { choices: readonly (Choice | Choices)[] } & ComponentProps<'select'>) {
  const id = useId();
  return (
    <Frame {...{ label, hideLabel, hint, error, id }}>
      <select {...rest} {...told(id, { hint, error })} className={clsx('field', className)}>
        {choices.map((one) =>
          'choices' in one ? (
            <optgroup key={one.label} label={one.label}>
              <Options choices={one.choices} />
            </optgroup>
          ) : (
            <Options key={one.value} choices={[one]} />
          ),
        )}
      </select>
    </Frame>
  );
}

function Options({ choices }: { choices: readonly Choice[] }) {
  return choices.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

export function Switch(props: {
  label: string;
  note?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-4 py-2">
      <div className="min-w-0">
        <label htmlFor={id}>{props.label}</label>
        {props.note && <div className="text-s text-quiet">{props.note}</div>}
      </div>
      <RadixSwitch.Root
        id={id}
        checked={props.checked}
        disabled={props.disabled ?? false}
        onCheckedChange={props.onChange}
        className="relative mt-0.5 h-6 w-10 shrink-0 rounded-full border border-edge bg-sunken transition-colors disabled:opacity-55 data-[state=checked]:border-act data-[state=checked]:bg-act"
      >
        <RadixSwitch.Thumb className="block size-4.5 translate-x-0.5 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-act-ink" />
      </RadixSwitch.Root>
    </div>
  );
}
