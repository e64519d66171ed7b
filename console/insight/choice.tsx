import { Segmented } from '../kit/segmented.tsx';

/** A parameter of a report that is one of a few, with its name before it; the usual one is not in the address. */
export function Choice(props: {
  label: string;
  value: string;
  usual: string;
  choices: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}) {
  const { label, value, usual, choices, onChange } = props;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span aria-hidden="true" className="text-s text-quiet">
        {label}
      </span>
      {/* Long choices are wider than a phone. */}
      <div className="max-w-full overflow-x-auto">
        <Segmented
          label={label}
          value={value}
          choices={choices}
          onChange={(chosen) => onChange(chosen === usual ? undefined : chosen)}
        />
      </div>
    </div>
  );
}
