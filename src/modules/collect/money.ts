/**
 * Money in events is decimal with at most six places and twelve digits before them, never a float. A number in
 * JSON arrives as a double, whose shortest text is what was sent as long as it has at most 15 digits.
 */
const decimal = /^([+-]?)(\d{1,12})(?:\.(\d+))?$/;

/** The decimal as text without superfluous zeros ("12.5"), or null where it is none. */
export function parseMoney(value: unknown): string | null {
  const text = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : '';
  const match = decimal.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const places = fraction.replace(/0+$/, '');
  if (places.length > 6) return null;
  const digits = whole.replace(/^0+(?=\d)/, '');
  const body = places === '' ? digits : `${digits}.${places}`;
  return sign === '-' && body !== '0' ? `-${body}` : body;
}

/** A double's shortest text without an exponent; more than six places are rounded, as sums of floats carry them. */
function plain(value: number): string {
  if (!Number.isFinite(value)) return '';
  const text = String(value);
  if (/^-?\d+(\.\d{1,6})?$/.test(text)) return text;
  return Math.abs(value) < 1e12 ? value.toFixed(6) : '';
}

const currencyShape = /^[A-Za-z]{3}$/;

/** ISO 4217 in capitals, or null. */
export function parseCurrency(value: unknown): string | null {
  return typeof value === 'string' && currencyShape.test(value.trim()) ? value.trim().toUpperCase() : null;
}
