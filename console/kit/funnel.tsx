import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';
import { ShareOf } from './share-of.tsx';

export interface FunnelStep {
  name: string;
  /** Who came here through all the steps before. */
  reached: number;
  /** Who was here at all. */
  atAll: number;
  /** Who came here in what is compared with: in grey. */
  before?: number | undefined;
  /** What can be done with those who came so far. */
  actions?: ReactNode;
}

/** Steps from the widest on, with what share goes from each to the next; picture and table in one. */
export function Funnel({ label, steps }: { label: string; steps: readonly FunnelStep[] }) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const most = Math.max(1, ...steps.flatMap(({ reached, before = 0 }) => [reached, before]));
  const hasActions = steps.some((step) => step.actions);
  const wide = hasActions ? 'max-sm:hidden' : '';
  return (
    <table aria-label={label} className="w-full border-collapse">
      <thead className="text-left text-s text-quiet">
        <tr>
          <th className="py-1 pr-4 font-normal">{t('funnel.step')}</th>
          <th className="w-full py-1 pr-4 font-normal">{t('funnel.reached')}</th>
          <th className="py-1 pr-4 text-right font-normal whitespace-nowrap max-sm:hidden">
            {t('funnel.goOn')}
          </th>
          <th className={`py-1 text-right font-normal whitespace-nowrap ${wide}`}>{t('funnel.atAll')}</th>
          {hasActions && (
            <th className="py-1 pl-4">
              <span className="sr-only">{t('funnel.actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {[...steps.entries()].map(([i, step]) => {
          const last = steps[i - 1];
          return (
            <tr key={`${i} ${step.name}`} className="border-line border-t">
              <th className="max-w-40 min-w-16 py-2 pr-4 text-left font-semibold break-words sm:max-w-56">
                {step.name}
              </th>
              <td className="py-2 pr-4">
                <div className="grid gap-1">
                  <Bar count={step.reached} most={most} />
                  {step.before !== undefined && <Bar count={step.before} most={most} isBefore />}
                </div>
              </td>
              <td className="py-2 pr-4 text-right text-quiet max-sm:hidden">
                {last ? <ShareOf part={step.reached} of={last.reached} /> : '–'}
              </td>
              <td className={`py-2 text-right text-quiet ${wide}`} title={format.exact(step.atAll)}>
                {format.compact(step.atAll)}
              </td>
              {hasActions && <td className="py-2 pl-4 text-right">{step.actions}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Bar({ count, most, isBefore = false }: { count: number; most: number; isBefore?: boolean }) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  return (
    <div className={isBefore ? 'flex items-center gap-3 text-s text-quiet' : 'flex items-center gap-3'}>
      <div className={isBefore ? 'h-2 min-w-0 grow' : 'h-5 min-w-0 grow'}>
        <div
          aria-hidden="true"
          className={`h-full rounded-sm transition-[width] duration-200 motion-reduce:transition-none ${isBefore ? 'bg-(--before)' : 'bg-good'}`}
          style={{ width: `${count > 0 ? Math.max(0.5, (count / most) * 100) : 0}%` }}
        />
      </div>
      <span className="w-16 shrink-0 text-right" title={format.exact(count)}>
        {isBefore && <span className="sr-only">{t('funnel.before')} </span>}
        {format.compact(count)}
      </span>
    </div>
  );
}
