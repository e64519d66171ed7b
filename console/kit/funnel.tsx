import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';

export interface FunnelStep {
  name: string;
  /** Who came here through all the steps before. */
  reached: number;
  /** Who was here at all. */
  atAll: number;
}

/** Steps from the widest on, with what share goes from each to the next; picture and table in one. */
export function Funnel({ label, steps }: { label: string; steps: readonly FunnelStep[] }) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const most = Math.max(1, ...steps.map((step) => step.reached));
  return (
    <table aria-label={label} className="w-full border-collapse">
      <thead className="text-left text-s text-quiet">
        <tr>
          <th className="py-1 pr-4 font-normal">{t('funnel.step')}</th>
          <th className="w-full py-1 pr-4 font-normal">{t('funnel.reached')}</th>
          <th className="py-1 pr-4 text-right font-normal whitespace-nowrap max-sm:hidden">
            {t('funnel.goOn')}
          </th>
          <th className="py-1 text-right font-normal whitespace-nowrap">{t('funnel.atAll')}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, i) => {
          const before = steps[i - 1];
          const share = before && before.reached > 0 ? step.reached / before.reached : null;
          return (
            <tr key={step.name} className="border-line border-t">
              <th className="py-2 pr-4 text-left font-semibold whitespace-nowrap">{step.name}</th>
              <td className="py-2 pr-4">
                <div className="flex items-center gap-3">
                  <div className="h-5 min-w-0 grow">
                    <div
                      aria-hidden="true"
                      className="h-full rounded-sm bg-good transition-[width] duration-200 motion-reduce:transition-none"
                      style={{
                        width: `${step.reached > 0 ? Math.max(0.5, (step.reached / most) * 100) : 0}%`,
                      }}
                    />
                  </div>
                  <span className="w-16 shrink-0 text-right" title={format.exact(step.reached)}>
                    {format.compact(step.reached)}
                  </span>
                </div>
              </td>
              <td className="py-2 pr-4 text-right text-quiet max-sm:hidden">
                {share === null ? '–' : format.percent(share)}
              </td>
              <td className="py-2 text-right text-quiet" title={format.exact(step.atAll)}>
                {format.compact(step.atAll)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
