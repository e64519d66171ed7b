import { CalendarRange, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';
import { Menu } from './menu.tsx';
import { DaysForm, type Period, presets, usePeriodWords } from './period.tsx';

/** Which stretch of days pages speak of, where there is little room: in the bar above every page. */
export function PeriodMenu({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  const words = usePeriodWords();
  const [isChoosing, setChoosing] = useState(false);
  return (
    <>
      <Menu
        title={t('period.title')}
        trigger={
          <button
            type="button"
            aria-label={`${t('period.title')}: ${words(value)}`}
            className="flex min-h-9 items-center gap-2 rounded-md px-2 text-s whitespace-nowrap text-quiet hover:bg-sunken hover:text-ink md:border md:border-line md:px-3"
          >
            <CalendarRange size={16} aria-hidden="true" className="max-sm:hidden" />
            {/* Chosen days are longer than a phone has room for; the whole of it is said by the label. */}
            <span className="truncate max-sm:max-w-24">{words(value)}</span>
            <ChevronDown size={14} aria-hidden="true" className="shrink-0" />
          </button>
        }
        items={[
          ...presets.map((period) => ({
            label: words(period),
            chosen: period === value,
            onChoose: () => onChange(period),
          })),
          {
            label: t('period.choose'),
            chosen: !presets.some((period) => period === value),
            onChoose: () => setChoosing(true),
          },
        ]}
      />
      <Dialog open={isChoosing} onClose={() => setChoosing(false)} title={t('period.choose')}>
        <DaysForm
          value={value}
          onChange={(period) => {
            onChange(period);
            setChoosing(false);
          }}
        />
      </Dialog>
    </>
  );
}
