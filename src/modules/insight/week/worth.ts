import { decimalOf } from '../attribution/portion.ts';

/**
 * What a change of a product of factors is made of (logarithmic mean Divisia index, LMDI-I; Ang 2005, formulas 5 to 7):
 * each factor's part is L(R1, R0) ln(x1 / x0) with the logarithmic mean L(a, b) = (a - b) / (ln a - ln b). The parts sum
 * to the change; in whole units, to the last one. Null where a factor is 0 in one of the two.
 */
export function partsOfChange(
  now: { units: bigint; factors: readonly number[] },
  before: { units: bigint; factors: readonly number[] },
  scale: number,
): string[] | null {
  const all = [...now.factors, ...before.factors, Number(now.units), Number(before.units)];
  if (!all.every((one) => Number.isFinite(one) && one > 0)) return null;
  const [a, b] = [Number(now.units), Number(before.units)];
  const mean = a === b ? a : (a - b) / Math.log(a / b);
  const parts = now.factors.map((one, i) =>
    BigInt(Math.round(mean * Math.log(one / (before.factors[i] as number)))),
  );
  const rest = now.units - before.units - parts.reduce((sum, one) => sum + one, 0n);
  const size = (one: bigint) => (one < 0n ? -one : one);
  const largest = parts.reduce((best, one, i) => (size(one) > size(parts[best] as bigint) ? i : best), 0);
  return parts.map((one, i) => decimalOf(i === largest ? one + rest : one, scale));
}

/** The chance of `part` or more of `part + rest`, if each fell on either side alike. */
export function chanceOfMore(part: number, rest: number): number {
  const n = part + rest;
  let term = 2 ** -n;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= part) sum += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, sum);
}
