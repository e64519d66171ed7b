import type { Slope } from './model.ts';
import { digamma, lnGamma } from './special.ts';

/**
 * Gamma-Gamma: P. S. Fader, B. G. S. Hardie, The Gamma-Gamma Model of Monetary Value (2013). What somebody spends at a
 * time is gamma(p, ν), ν is gamma(q, γ) over customers, and both are independent of how often they buy. Of each customer
 * the number of purchases and their mean are enough. Customers without a purchase above 0 say nothing.
 */
export interface Spendings {
  /** How many purchases the mean is of. */
  readonly x: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly count?: ArrayLike<number>;
}

export const gammaGammaParameters = ['p', 'q', 'v'] as const;

/** A search that begins anywhere near the size of the money would do: the mean is p γ / (q - 1). */
export const spendingStarts = (usual: number): readonly (readonly number[])[] => [
  [6, 4, usual / 2],
  [2, 3, usual],
  [1, 10, 9 * usual],
];

/**
 * Equation 1a: f(z | p, q, γ, x) = Γ(p x + q) / (Γ(p x) Γ(q)) γ^q z^(p x - 1) x^(p x) / (γ + x z)^(p x + q). What depends
 * on x alone is asked once for each x.
 */
export function spendingLikelihood({ x, mean, count }: Spendings): (parameters: ArrayLike<number>) => Slope {
  const size = x.length;
  const perX = new Map<number, { n: number; lnMeans: number }>();
  const sums = new Float64Array(size);
  let all = 0;
  for (let i = 0; i < size; i++) {
    const xi = x[i] as number;
    const n = count ? (count[i] as number) : 1;
    sums[i] = xi * (mean[i] as number);
    all += n;
    const known = perX.get(xi);
    const lnMean = n * Math.log(mean[i] as number);
    if (known) {
      known.n += n;
      known.lnMeans += lnMean;
    } else perX.set(xi, { n, lnMeans: lnMean });
  }
  return (parameters) => {
    const [p, q, v] = [parameters[0] as number, parameters[1] as number, parameters[2] as number];
    let value = all * (q * Math.log(v) - lnGamma(q));
    let byP = 0;
    let byQ = all * (Math.log(v) - digamma(q));
    let byV = (all * q) / v;
    for (const [xi, { n, lnMeans }] of perX) {
      const [px, ln, sum] = [p * xi, Math.log(xi), digamma(p * xi + q)];
      value += n * (lnGamma(px + q) - lnGamma(px) + px * ln) + (px - 1) * lnMeans;
      byP += xi * (n * (sum - digamma(px) + ln) + lnMeans);
      byQ += n * sum;
    }
    for (let i = 0; i < size; i++) {
      const xi = x[i] as number;
      const n = count ? (count[i] as number) : 1;
      const u = v + (sums[i] as number);
      const lnU = n * Math.log(u);
      value -= (p * xi + q) * lnU;
      byP -= xi * lnU;
      byQ -= lnU;
      byV -= (n * (p * xi + q)) / u;
    }
    return { value, gradient: Float64Array.of(byP, byQ, byV) };
  };
}

/**
 * Equation 5: what somebody with x purchases of this mean will spend at a time is between their own mean and everybody's,
 * the nearer to their own the more purchases there are. Null where the mean over customers is not finite (p x + q <= 1).
 */
export function expectedSpending(parameters: ArrayLike<number>, x: number, mean: number): number | null {
  const [p, q, v] = [parameters[0] as number, parameters[1] as number, parameters[2] as number];
  const under = p * x + q - 1;
  return under > 0 ? (p * (v + x * mean)) / under : null;
}
