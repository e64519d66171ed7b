import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A plain table of figures: names at the left, figures at the right; scrolled by keyboard, too, where it is wide. */
export function Rows(props: {
  label: string;
  /** Over it, where the label is to be seen. */
  caption?: ReactNode;
  head: readonly ReactNode[];
  /** The head is for those who listen; whoever sees the rows knows what they are. */
  isHeadHidden?: boolean;
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  /** So many columns from the left are text. */
  texts?: number;
  /** And the last one. */
  isLastText?: boolean;
  /** So many columns, from the left, are shown on a phone. */
  onPhone?: number;
}) {
  const { head, rows, texts = 1, onPhone = head.length } = props;
  const side = (column: number) =>
    clsx(
      column < texts
        ? 'pr-3 sm:pr-4'
        : props.isLastText && column === head.length - 1
          ? 'min-w-48 pl-6'
          : 'pl-3 text-right whitespace-nowrap sm:pl-4',
      column >= onPhone && 'max-sm:hidden',
    );
  return (
    <section
      aria-label={props.label}
      ref={(element) => {
        if (element) element.tabIndex = 0;
      }}
      className="relative max-h-[32rem] min-w-0 overflow-auto"
    >
      <table className="w-full text-left tabular-nums">
        {props.caption && <caption className="pb-1 text-left font-semibold">{props.caption}</caption>}
        <thead className={props.isHeadHidden ? 'sr-only' : 'text-s text-quiet'}>
          <tr className="border-line border-b">
            {[...head.entries()].map(([i, name]) => (
              <th key={i} scope="col" className={clsx('sticky top-0 bg-paper py-1.5 font-normal', side(i))}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...cells] }) => (
            <tr key={key} className="border-line border-b">
              <th scope="row" className="min-w-20 py-2 pr-3 font-normal sm:min-w-28 sm:pr-4">
                {name}
              </th>
              {[...cells.entries()].map(([i, cell]) => (
                <td key={i} className={clsx('py-2', side(i + 1))}>
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
