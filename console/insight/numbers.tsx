import type { ReactNode } from 'react';

/** Figures side by side, each with its name and what it rests on. */
export function Numbers(props: { items: readonly { label: string; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3 lg:grid-cols-4">
      {props.items.map(({ label, value, note }) => (
        <div key={label}>
          <dt className="text-s text-quiet">{label}</dt>
          <dd className="text-xl font-semibold tabular-nums">{value}</dd>
          {note && <dd className="text-s text-quiet">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
