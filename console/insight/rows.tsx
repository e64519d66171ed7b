import type { ReactNode } from 'react';

/** A plain table of figures: names at the left, figures at the right; scrolled by keyboard, too, where it is wide. */
export function Rows(props: {
  label: string;
  head: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  /** So many columns from the left are text. */
  texts?: number;
}) {
  const { label, head, rows, texts = 1 } = props;
  const side = (column: number) => (column < texts ? 'pr-4' : 'pl-4 text-right whitespace-nowrap');
  return (
    <section
      aria-label={label}
      ref={(element) => {
        if (element) element.tabIndex = 0;
      }}
      className="max-h-[32rem] overflow-auto"
    >
      <table className="w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            {[...head.entries()].map(([i, name]) => (
              <th
                key={`${i} ${name}`}
                scope="col"
                className={`sticky top-0 bg-paper py-1.5 font-normal ${side(i)}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...cells] }) => (
            <tr key={key} className="border-line border-b">
              <th scope="row" className="min-w-28 py-2 pr-4 font-normal">
                {name}
              </th>
              {[...cells.entries()].map(([i, cell]) => (
                <td key={i} className={`py-2 ${side(i + 1)}`}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
