import { clsx } from 'clsx';
import { ChartColumn, Download, Table2 } from 'lucide-react';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import type { Drawn } from './chart.tsx';
import { type Figures, markOf } from './chart-option.ts';
import { download, toCsv } from './download.ts';
import { useFormat } from './format.ts';
import { Menu } from './menu.tsx';
import { Segmented } from './segmented.tsx';
import { Skeleton } from './states.tsx';

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** A picture with the sentence that says what it shows, the table behind it, and ways to take it along. */
export function Picture(
  props: Figures & {
    title: string;
    summary: string;
    /** The head of the first column of the table: what the categories are. */
    by: string;
  },
) {
  const { t } = useTranslation('kit');
  const { title, summary, kind, categories, series } = props;
  const [as, setAs] = useState<'picture' | 'table'>('picture');
  const drawn = useRef<Drawn>(null);
  const onDrawn = useCallback((now: Drawn) => {
    drawn.current = now;
  }, []);
  const csv = () =>
    toCsv(
      [props.by, ...series.map(({ name }) => name)],
      categories.map((category, i) => [category, ...series.map(({ values }) => values[i])]),
    );
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
        <Behind {...props} />
      ) : (
        <>
          {kind === 'bar' && series.length > 1 && <Key {...props} />}
          <Suspense fallback={<Skeleton lines={6} />}>
            <Chart kind={kind} categories={categories} series={series} summary={summary} onDrawn={onDrawn} />
          </Suspense>
        </>
      )}
    </figure>
  );
}

/** Bars stand too close for names of their own, so their names stand above, in their colours. */
function Key({ series }: Figures) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-s">
      {series.map((one) => {
        const { colour, isPatterned } = markOf(series, one);
        return (
          <li key={one.name} className="flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className={clsx('size-3 rounded-full', isPatterned && 'patterned')}
              style={{ backgroundColor: one.isBefore ? 'var(--before)' : `var(--series-${colour + 1})` }}
            />
            {one.name}
          </li>
        );
      })}
    </ul>
  );
}

function Behind({ title, by, categories, series }: Figures & { title: string; by: string }) {
  const format = useFormat();
  return (
    <section
      aria-label={title}
      ref={(element) => {
        // Scrolled by keyboard, too, where it is wider or longer than its place.
        if (element) element.tabIndex = 0;
      }}
      className="max-h-72 overflow-auto"
    >
      <table className="w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            <th scope="col" className="sticky top-0 bg-paper py-1.5 pr-4 font-normal">
              {by}
            </th>
            {series.map(({ name }) => (
              <th
                key={name}
                scope="col"
                className="sticky top-0 bg-paper py-1.5 pl-4 text-right font-normal whitespace-nowrap"
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {categories.map((category, i) => (
            <tr key={category} className="border-line border-b">
              <th scope="row" className="py-1.5 pr-4 font-normal whitespace-nowrap">
                {category}
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="py-1.5 pl-4 text-right">
                  {values[i] === undefined ? '–' : format.exact(values[i])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
