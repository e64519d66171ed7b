/** Money as whole millionths, factors as fractions: nothing here is ever a float. */
export const million = 1_000_000n;

/** "12.5" as 12,500,000 millionths; null for what is no plain decimal of at most six places. */
export function micros(value: unknown): bigint | null {
  const text =
    typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 1e12
      ? value.toFixed(6)
      : typeof value === 'string'
        ? value.trim()
        : '';
  const [, sign, whole, fraction = ''] = /^([+-]?)(\d{1,12})(?:\.(\d{1,6})0*)?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const size = BigInt(whole) * million + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -size : size;
}

export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}
export const one: Fraction = { n: 1n, d: 1n };

/** "1.5" as 15,000 / 10,000. */
export function fraction(text: string): Fraction {
  const [whole = '0', places = ''] = text.split('.');
  return { n: BigInt(whole + places.padEnd(4, '0').slice(0, 4)), d: 10_000n };
}

export const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
export const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
export const floor = ({ n, d }: Fraction): bigint => (n < 0n ? 0n : n / d);
export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** "5.000000" as "5.00". */
export const plain = (decimal: string): string => decimal.replace(/(\.\d\d\d*?)0*$/, '$1');
