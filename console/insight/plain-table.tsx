import type { ReactNode } from 'react';

/** A short table whose rows are all there: the first column names, the others are figures. */
export function PlainTable(props: {
  label: string;
  head: readonly ReactNode[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}) {
  return (
    <section
      aria-label={props.label}
      ref={(element) => {
        // Scrolled by keyboard, too, where it is wider than its place.
        if (element) element.tabIndex = 0;
      }}
      className="overflow-x-auto"
    >
      <table className="w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            {[...props.head.entries()].map(([i, cell]) => (
              <th
                key={`column ${i}`}
                scope="col"
                className={i === 0 ? 'py-1.5 pr-4 font-normal' : 'py-1.5 pl-4 text-right font-normal'}
              >
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, cells }) => (
            <tr key={key} className="border-line border-b">
              {[...cells.entries()].map(([i, cell]) =>
                i === 0 ? (
                  <th key={`column ${i}`} scope="row" className="min-w-20 py-2 pr-4 font-normal">
                    {cell}
                  </th>
                ) : (
                  <td key={`column ${i}`} className="py-2 pl-4 text-right whitespace-nowrap">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
