import { CalendarRange, ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Menu } from './menu.tsx';
import { type Period, periods } from './period.tsx';

/** Which stretch of days pages speak of, where there is little room: in the bar above every page. */
export function PeriodMenu({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  return (
    <Menu
      title={t('period.title')}
      trigger={
        <button
          type="button"
          aria-label={`${t('period.title')}: ${t(`period.${value}`)}`}
          className="flex min-h-9 items-center gap-2 rounded-md px-2 text-s whitespace-nowrap text-quiet hover:bg-sunken hover:text-ink md:border md:border-line md:px-3"
        >
          <CalendarRange size={16} aria-hidden="true" className="max-sm:hidden" />
          {t(`period.${value}`)}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
      items={periods.map((period) => ({
        label: t(`period.${period}`),
        chosen: period === value,
        onChoose: () => onChange(period),
      }))}
    />
  );
}
