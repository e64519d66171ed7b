import { useTranslation } from 'react-i18next';
import type { CohortsReport } from '#schema/insight/cohorts';
import { useFormat } from '../../kit/format.ts';
import { ShareOf } from '../../kit/share-of.tsx';

/** So many columns; further ones are in the file. */
const mostAges = 62;

/** A row a cohort; the more came back, the deeper the green. What is not over yet is framed. */
export function CohortTable({ report, as }: { report: CohortsReport; as: 'shares' | 'counts' }) {
  const { t } = useTranslation('insight');
  const format = useFormat('UTC');
  const { cohorts, unit } = report;
  const longest = Math.min(mostAges, Math.max(...cohorts.map(({ counts }) => counts.length)));
  const ages = Array.from({ length: longest - 1 }, (_, i) => i + 1);
  const most = Math.max(
    0.0001,
    ...cohorts.flatMap(({ counts: [size = 0, ...later] }) => later.map((n) => n / size)),
  );
  return (
    <section
      aria-label={t('reports.cohorts.table')}
      ref={(element) => {
        if (element) element.tabIndex = 0;
      }}
      className="relative max-h-[36rem] overflow-auto"
    >
      <table className="border-separate border-spacing-0.5 text-s tabular-nums">
        <thead className="text-quiet">
          <tr>
            <th
              scope="col"
              className="sticky top-0 left-0 z-20 bg-paper py-1 pr-3 text-left font-normal whitespace-nowrap"
            >
              {t('reports.cohorts.began')}
            </th>
            <th
              scope="col"
              className="sticky top-0 z-10 bg-paper py-1 pr-3 text-right font-normal whitespace-nowrap"
            >
              {t('reports.cohorts.size')}
            </th>
            {ages.map((age) => (
              <th
                key={age}
                scope="col"
                className="sticky top-0 z-10 min-w-14 bg-paper px-2 py-1 text-right font-normal"
              >
                {age}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map(({ start, counts, is_whole }) => {
            const [size = 0] = counts;
            return (
              <tr key={start}>
                <th
                  scope="row"
                  className="sticky left-0 z-10 bg-paper py-1 pr-3 text-left font-normal whitespace-nowrap"
                >
                  {unit === 'month' ? start.slice(0, 7) : format.day(start)}
                </th>
                <td className="py-1 pr-3 text-right font-semibold">{format.exact(size)}</td>
                {ages.map((age) => {
                  const count = counts[age];
                  if (count === undefined) return <td key={age} />;
                  const isOpen = !is_whole && age === counts.length - 1;
                  const depth = Math.round((40 * (count / size)) / most);
                  return (
                    <td
                      key={age}
                      title={isOpen ? t('reports.cohorts.open') : undefined}
                      className={`rounded-sm px-2 py-1 text-right ${isOpen ? 'border border-edge border-dashed' : ''}`}
                      style={{ backgroundColor: `color-mix(in oklab, var(--good) ${depth}%, transparent)` }}
                    >
                      {as === 'counts' ? format.exact(count) : <ShareOf part={count} of={size} />}
                      {isOpen && <span className="sr-only"> ({t('reports.cohorts.open')})</span>}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
