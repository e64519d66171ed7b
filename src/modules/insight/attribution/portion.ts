import type { Ratio } from './shapley.ts';

/** Money and orders are handed out in whole units, so that the parts sum to the total to the last one. */

/** Units of a decimal with `scale` places. */
export function unitsOf(decimal: string, scale: number): bigint {
  const [, sign = '', whole = '0', places = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  const units = BigInt(whole + places.padEnd(scale, '0').slice(0, scale));
  return sign === '-' ? -units : units;
}

export function decimalOf(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
  return units < 0n ? `-${text}` : text;
}

/** As many places as the amounts need, two at least. */
export function scaleOf(decimals: readonly string[]): number {
  return Math.max(2, ...decimals.map((decimal) => decimal.split('.')[1]?.length ?? 0));
}

/**
 * The total by weights, by the largest remainder (Hamilton's method): everybody gets the whole part, and what is left
 * goes, a unit each, to the largest rests, of equal ones to the first. Weights that are all 0 get nothing.
 */
export function portions(total: bigint, weights: readonly number[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (!(sum > 0)) return weights.map(() => 0n);
  // 2^-52 of the weight is far below a unit of any total that is paid.
  const fine = weights.map((weight) => BigInt(Math.round((weight / sum) * 2 ** 52)));
  return byRatio(total, { over: fine, under: fine.reduce((all, one) => all + one, 0n) });
}

/** As `portions`, of exact weights, which sum to 1. */
export function byRatio(total: bigint, { over, under }: Ratio): bigint[] {
  const [sign, whole] = total < 0n ? [-1n, -total] : [1n, total];
  if (under <= 0n) return over.map(() => 0n);
  const parts = over.map((one, place) => {
    const exact = whole * one;
    return { place, units: exact / under, rest: exact % under };
  });
  let left = whole - parts.reduce((sum, { units }) => sum + units, 0n);
  for (const part of [...parts].sort((a, b) =>
    a.rest === b.rest ? a.place - b.place : a.rest > b.rest ? -1 : 1,
  )) {
    if (left <= 0n) break;
    part.units += 1n;
    left -= 1n;
  }
  return parts.map(({ units }) => sign * units);
}
