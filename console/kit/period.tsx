import { clsx } from 'clsx';
import { useTranslation } from 'react-i18next';

export const periods = ['7d', '30d', '90d', '365d'] as const;
export type Period = (typeof periods)[number];

export function isPeriod(value: unknown): value is Period {
  return periods.some((one) => one === value);
}

/** The days up to now, and as many before them. The ends stand on whole minutes, so that answers can be shared. */
export function rangesOf(period: Period): { from: string; to: string; before: string } {
  const days = Number.parseInt(period, 10);
  const to = Math.ceil(Date.now() / 60_000) * 60_000;
  const at = (n: number) => new Date(to - n * 86_400_000).toISOString();
  return { from: at(days), to: at(0), before: at(2 * days) };
}

/** Which stretch of days a page speaks of. */
export function DateRange({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  return (
    <fieldset className="flex rounded-md border border-line p-0.5">
      <legend className="sr-only">{t('period.title')}</legend>
      {periods.map((period) => (
        <label
          key={period}
          className={clsx(
            'cursor-pointer rounded-md px-3 py-1 text-s has-focus-visible:outline-2 has-focus-visible:outline-info',
            period === value ? 'bg-good-wash font-semibold text-good' : 'text-quiet hover:text-ink',
          )}
        >
          <input
            type="radio"
            name="period"
            className="sr-only"
            checked={period === value}
            onChange={() => onChange(period)}
          />
          {t(`period.${period}`)}
        </label>
      ))}
    </fieldset>
  );
}
