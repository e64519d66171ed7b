import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Numbers, money and moments as the reader writes them. */
export interface Format {
  exact(value: number): string;
  compact(value: number): string;
  percent(share: number): string;
  money(decimal: string, currency: string): string;
  /** Several currencies stand side by side: they are never added up. */
  sums(money: Record<string, string>): string[];
  day(iso: string): string;
  clock(iso: string): string;
  moment(iso: string): string;
  /** "3 minutes ago", by the clock of this machine. */
  ago(iso: string): string;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function createFormat(locale: string, timeZone?: string): Format {
  const zone = timeZone ? { timeZone } : {};
  const exact = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hour12: false, ...zone });
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    hour12: false,
    ...zone,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const money = (decimal: string, currency: string) => {
    const value = Number(decimal);
    try {
      return new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        ...(Math.abs(value) >= 10_000 ? { maximumFractionDigits: 0 } : {}),
      }).format(value);
    } catch {
      return `${exact.format(value)} ${currency}`;
    }
  };
  return {
    exact: (value) => exact.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? exact.format(value) : compact.format(value)),
    percent: (share) => percent.format(share),
    money,
    sums: (sums) =>
      Object.entries(sums)
        .sort((a, b) => Number(b[1]) - Number(a[1]))
        .map(([currency, decimal]) => money(decimal, currency)),
    day: (iso) => day.format(new Date(iso)),
    clock: (iso) => clock.format(new Date(iso)),
    moment: (iso) => moment.format(new Date(iso)),
    ago: (iso) => {
      const seconds = (Date.parse(iso) - Date.now()) / 1000;
      const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
      return relative.format(Math.round(seconds / size), unit);
    },
  };
}

export function useFormat(timeZone?: string): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(i18n.language, timeZone), [i18n.language, timeZone]);
}
