/** How many digits a currency has behind the point: 2 for most, 0 for the yen. */
function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** Minor units as the decimal that people write: 1050 of EUR is 10.50. */
export function fromMinor(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${amount < 0 ? '-' : ''}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}

/** Null for what is no amount of this currency. */
export function toMinor(text: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const found = /^(\d{1,10})(?:\.(\d+))?$/.exec(text.trim());
  const part = found?.[2] ?? '';
  if (!found || part.length > digits) return null;
  return Number(found[1]) * 10 ** digits + Number(part.padEnd(digits, '0'));
}
