import { ChartColumn, Download, Table2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import type { Drawn } from './chart.tsx';
import type { Draw } from './chart-option.ts';
import { type CsvValue, download, toCsv } from './download.ts';
import { useFormat } from './format.ts';
import { Menu } from './menu.tsx';
import { Segmented } from './segmented.tsx';
import { Skeleton } from './states.tsx';

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** What stands behind a picture: a head, and rows that begin with a name. */
export interface Behind {
  head: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** Figures as they are read, by row and column; exact numbers where it is left out. */
  shown?: (value: number, row: number, column: number) => string;
}

/** A picture with the sentence that says what it shows, the table behind it, and ways to take it along. */
export function Figure(props: {
  title: string;
  summary: string;
  /** Kept by whoever gives it while what is drawn is the same. */
  draw: Draw;
  table: Behind;
  isTall?: boolean;
  /** Over the picture: what its colours mean. */
  legend?: ReactNode;
}) {
  const { t } = useTranslation('kit');
  const { title, summary, table } = props;
  const [as, setAs] = useState<'picture' | 'table'>('picture');
  const drawn = useRef<Drawn>(null);
  const onDrawn = useCallback((now: Drawn) => {
    drawn.current = now;
  }, []);
  const csv = () => toCsv(table.head, table.rows as readonly (readonly CsvValue[])[]);
  const items = [
    ...(as === 'picture'
      ? [
          { label: 'PNG', onChoose: () => drawn.current && download(`${title}.png`, drawn.current.png()) },
          {
            label: 'SVG',
            onChoose: () => drawn.current && download(`${title}.svg`, drawn.current.svg(), 'image/svg+xml'),
          },
        ]
      : []),
    { label: 'CSV', onChoose: () => download(`${title}.csv`, csv(), 'text/csv') },
  ];
  return (
    <figure className="min-w-0" aria-label={title}>
      <figcaption className="mb-2 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-60">
          <p className="font-semibold">{title}</p>
          <p className="max-w-[68ch] text-s text-quiet">{summary}</p>
        </div>
        <div className="flex gap-2">
          <Segmented
            label={t('picture.as')}
            value={as}
            onChange={setAs}
            choices={[
              { value: 'picture', label: t('picture.picture'), icon: ChartColumn },
              { value: 'table', label: t('picture.table'), icon: Table2 },
            ]}
          />
          <Menu
            items={items}
            trigger={
              <Button icon={Download} aria-label={`${t('picture.download')}: ${title}`}>
                {t('picture.download')}
              </Button>
            }
          />
        </div>
      </figcaption>
      {as === 'table' ? (
        <TableBehind title={title} {...table} />
      ) : (
        <>
          {props.legend}
          <Suspense fallback={<Skeleton lines={6} />}>
            <Chart
              draw={props.draw}
              summary={summary}
              onDrawn={onDrawn}
              {...(props.isTall ? { isTall: true } : {})}
            />
          </Suspense>
        </>
      )}
    </figure>
  );
}

/** The figures of a picture; scrolled by keyboard, too, where it is wider or longer than its place. */
function TableBehind({ title, head, rows, shown }: Behind & { title: string }) {
  const format = useFormat();
  return (
    <section
      aria-label={title}
      ref={(element) => {
        if (element) element.tabIndex = 0;
      }}
      className="relative max-h-96 overflow-auto"
    >
      <table className="w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            {head.map((name, i) => (
              <th
                key={name}
                scope="col"
                className={
                  i === 0
                    ? 'sticky top-0 bg-paper py-1.5 pr-4 font-normal'
                    : 'sticky top-0 bg-paper py-1.5 pl-4 text-right font-normal whitespace-nowrap'
                }
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...rows.entries()].map(([row, [name, ...cells]]) => (
            <tr key={`${row} ${name}`} className="border-line border-b">
              <th scope="row" className="py-1.5 pr-4 font-normal whitespace-nowrap">
                {name}
              </th>
              {[...cells.entries()].map(([column, value]) => (
                <td key={column} className="py-1.5 pl-4 text-right">
                  {value === null || value === undefined
                    ? '–'
                    : typeof value === 'number'
                      ? (shown?.(value, row, column) ?? format.exact(value))
                      : value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
