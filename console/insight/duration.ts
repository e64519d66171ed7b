import { useTranslation } from 'react-i18next';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A length of time in the unit that it is best told in, like "3.4 days". */
export function useDuration(): (seconds: number) => string {
  const { i18n } = useTranslation();
  return (seconds) => {
    // Two days are better told as hours than as "1.6 days" are not: a unit holds from one and a half of it on.
    const [unit, size] = units.find(([, length]) => seconds >= 1.5 * length) ?? (['second', 1] as const);
    const digits = seconds / size < 10 ? 1 : 0;
    return new Intl.NumberFormat(i18n.language, {
      ...{ style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: digits },
    } as Intl.NumberFormatOptions).format(seconds / size);
  };
}
