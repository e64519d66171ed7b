import { clsx } from 'clsx';
import { useMemo } from 'react';
import { chartOption, type Draw, type Figures, markOf } from './chart-option.ts';
import { Figure } from './figure.tsx';

/** Bars from zero, or lines that carry their names at their ends instead of a legend. */
export function Picture(
  props: Figures & {
    title: string;
    summary: string;
    /** The head of the first column of the table: what the categories are. */
    by: string;
    /** Figures as they are read; exact numbers where it is left out. */
    shown?: (value: number) => string;
  },
) {
  const { title, summary, kind, categories, series, by, shown } = props;
  // Pages make their figures anew each time they draw; the picture is drawn anew when they say something else.
  const said = JSON.stringify([kind, categories, series]);
  const draw = useMemo<Draw>(() => {
    const [of, names, lines] = JSON.parse(said) as [Figures['kind'], string[], Figures['series']];
    return (ink, room) => chartOption({ kind: of, categories: names, series: lines }, ink, room);
  }, [said]);
  return (
    <Figure
      title={title}
      summary={summary}
      draw={draw}
      table={{
        head: [by, ...series.map(({ name }) => name)],
        rows: categories.map((category, i) => [category, ...series.map(({ values }) => values[i] ?? null)]),
        ...(shown ? { shown } : {}),
      }}
      legend={kind === 'bar' && series.length > 1 ? <Key series={series} /> : undefined}
    />
  );
}

/** Bars stand too close for names of their own, so their names stand above, in their colours. */
function Key({ series }: Pick<Figures, 'series'>) {
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
