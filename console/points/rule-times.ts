import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Monday first, as rules count them. */
export function useWeekdays(): string[] {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(i18n.language, { weekday: 'long', timeZone: 'UTC' });
    // The 6th of January 2025 was a Monday.
    return Array.from({ length: 7 }, (_, i) => format.format(Date.UTC(2025, 0, 6 + i)));
  }, [i18n.language]);
}

const dayOf = (ms: number, timeZone: string) => new Intl.DateTimeFormat('sv', { timeZone }).format(ms);

/** The day on which a time begins, YYYY-MM-DD. */
export const firstDay = (from: string, timeZone: string): string => dayOf(Date.parse(from), timeZone);

/** The last day before a time has ended. */
export const lastDay = (to: string, timeZone: string): string => dayOf(Date.parse(to) - 1, timeZone);
