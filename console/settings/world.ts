import type { Choice } from '../kit/field.tsx';

const sorted = (choices: Choice[], locale: string) =>
  choices.sort((a, b) => a.label.localeCompare(b.label, locale));

/** Time zones with how far they are from UTC today. */
export function timeZoneChoices(locale: string): Choice[] {
  const now = new Date();
  return Intl.supportedValuesOf('timeZone').map((value) => {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: value, timeZoneName: 'longOffset' });
    const offset = parts.formatToParts(now).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return { value, label: `${value.replaceAll('_', ' ')} (${offset.replace('GMT', 'UTC')})` };
  });
}

/** Not countries, although they have a code of two letters. */
const noCountry = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function countryChoices(locale: string): Choice[] {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  const codes = letters.flatMap((a) => letters.map((b) => a + b));
  // A code that was given up, like DD, stands for its successor.
  const living = codes.filter(
    (code) => !noCountry.has(code) && new Intl.Locale(`und-${code}`).region === code,
  );
  return sorted(
    living.flatMap((value) => {
      const label = names.of(value);
      return label ? [{ value, label }] : [];
    }),
    locale,
  );
}

export function currencyChoices(locale: string): Choice[] {
  const names = new Intl.DisplayNames(locale, { type: 'currency' });
  return sorted(
    Intl.supportedValuesOf('currency').map((value) => ({ value, label: `${value} · ${names.of(value)}` })),
    locale,
  );
}
