import { daysAWeek, type Histories } from './history.ts';
import type { ModelName, Past, PurchaseModel, Slope } from './model.ts';
import { digamma, hyp2f1, lnGamma } from './special.ts';

/**
 * What BG/NBD and MBG/NBD have in common: purchases come at a rate that is gamma(r, α) over customers, and after some
 * purchases a customer is lost with a probability that is beta(a, b) over customers. They differ in how many times
 * somebody could have been lost: n = x + `extra` (BG/NBD: after each purchase but the first, 0; MBG/NBD: after the first
 * too, 1). With B(a + 1, b + n - 1) / B(a, b + n) = a / (b + n - 1):
 *
 *   ln L = ln Γ(r + x) - ln Γ(r) + r ln α + ln B(a, b + n) - ln B(a, b)
 *        + ln[ (α + T)^-(r + x) + (n > 0) a / (b + n - 1) (α + t_x)^-(r + x) ]
 */
export function betaDropout(name: ModelName, extra: 0 | 1): PurchaseModel {
  return {
    name,
    parameters: ['r', 'alpha', 'a', 'b'],
    starts: [
      [0.5, 8, 0.8, 2.5],
      [1, 20, 0.3, 3],
      [2, 2, 2, 6],
    ],
    logLikelihood: (h) => likelihoodOf(h, extra),
    alive(parameters, past) {
      const n = past.x + extra;
      return n === 0 ? 1 : 1 / (1 + lostRatio(parameters, past, n));
    },
    /** Fader, Hardie, Lee (2005), equation 10; Batislam et al. (2007), the conditional expectation. */
    expected(parameters, past, weeks) {
      const [r, alpha, a, b] = read(parameters);
      const n = past.x + extra;
      const gain = growth(r + past.x, alpha + past.age, a, b + n, weeks);
      return n === 0 ? gain : gain / (1 + lostRatio(parameters, past, n));
    },
    /** Fader, Hardie, Lee (2005), equation 9: the same with nothing known, since a new customer is not lost yet. */
    expectedOfNew(parameters, weeks) {
      const [r, alpha, a, b] = read(parameters);
      return growth(r, alpha, a, b + extra, weeks) * (extra === 0 ? 1 : b / (a + b));
    },
  };
}

function read(parameters: ArrayLike<number>): [r: number, alpha: number, a: number, b: number] {
  return [parameters[0] as number, parameters[1] as number, parameters[2] as number, parameters[3] as number];
}

/** How many times likelier it is that somebody was lost at their last purchase than that they are still there. */
function lostRatio(parameters: ArrayLike<number>, { x, last, age }: Past, n: number): number {
  const [r, alpha, a, b] = read(parameters);
  return (a / (b + n - 1)) * Math.exp((r + x) * (Math.log(alpha + age) - Math.log(alpha + last)));
}

/**
 * (a + b - 1) / (a - 1) [1 - (u / (u + t))^r 2F1(r, b; a + b - 1; t / (u + t))] for somebody who is there. By Euler's
 * transform of the function the bracket is 1 - y^(a - 1) 2F1(a + b - 1 - r, a - 1; a + b - 1; 1 - y), y = u / (u + t),
 * which does not overflow. At a = 1 and at a + b = 1 it is 0 / 0: near them, the mean of both sides.
 */
function growth(r: number, u: number, a: number, b: number, weeks: number): number {
  if (!(weeks > 0)) return 0;
  const near = 1e-4;
  if (Math.abs(a - 1) < near / 2)
    return (growth(r, u, 1 - near, b, weeks) + growth(r, u, 1 + near, b, weeks)) / 2;
  const c = a + b - 1;
  if (Math.abs(c) < near / 2)
    return (growth(r, u, a, b - near, weeks) + growth(r, u, a, b + near, weeks)) / 2;
  const y = u / (u + weeks);
  const bracket = 1 - Math.exp((a - 1) * Math.log(y)) * hyp2f1(c - r, a - 1, c, weeks / (u + weeks));
  return Math.max(0, (c / (a - 1)) * bracket);
}

/** Logarithms of days are looked up, and functions of x alone are asked once for each x. */
function likelihoodOf(h: Histories, extra: 0 | 1): (parameters: ArrayLike<number>) => Slope {
  const rows = h.x.length;
  const { xs, counts, of } = distinctOf(h);
  const days = h.age.reduce((most, day) => Math.max(most, day), 0) + 1;
  const logs = new Float64Array(days);
  const inverses = new Float64Array(days);
  const perX = new Float64Array(xs.length);
  return (parameters) => {
    const [r, alpha, a, b] = read(parameters);
    for (let day = 0; day < days; day++) {
      const u = alpha + day / daysAWeek;
      logs[day] = Math.log(u);
      inverses[day] = 1 / u;
    }
    const gradient = new Float64Array(4);
    let [value, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0];
    const [lnAlpha, gR, pR] = [Math.log(alpha), lnGamma(r), digamma(r)];
    const [gAB, gB, pAB, pB] = [lnGamma(a + b), lnGamma(b), digamma(a + b), digamma(b)];
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i] as number;
      const n = x + extra;
      const many = counts[i] as number;
      const all = digamma(a + b + n);
      const stayed = digamma(b + n);
      value += many * (lnGamma(r + x) - gR + r * lnAlpha + lnGamma(b + n) - lnGamma(a + b + n) + gAB - gB);
      byR += many * (digamma(r + x) - pR + lnAlpha);
      byAlpha += (many * r) / alpha;
      byA += many * (pAB - all);
      byB += many * (pAB - all + stayed - pB);
      perX[i] = n > 0 ? Math.log(a / (b + n - 1)) : Number.NEGATIVE_INFINITY;
    }
    for (let i = 0; i < rows; i++) {
      const x = h.x[i] as number;
      const at = of[i] as number;
      const many = h.count[i] as number;
      const power = r + x;
      const old = h.age[i] as number;
      const recent = h.last[i] as number;
      const lnOld = logs[old] as number;
      const lnRecent = logs[recent] as number;
      const ratio = Math.exp((perX[at] as number) + power * (lnOld - lnRecent));
      // Where it overflows, the customer is lost for certain.
      const lost = ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio);
      const there = 1 - lost;
      value +=
        many * (lost === 1 ? (perX[at] as number) - power * lnRecent : Math.log1p(ratio) - power * lnOld);
      byR -= many * (there * lnOld + lost * lnRecent);
      byAlpha -= many * power * (there * (inverses[old] as number) + lost * (inverses[recent] as number));
      byA += (many * lost) / a;
      byB -= lost === 0 ? 0 : (many * lost) / (b + x + extra - 1);
    }
    gradient.set([byR, byAlpha, byA, byB]);
    return { value, gradient };
  };
}

/** The different x, how many customers have each, and which of them every row has. */
export function distinctOf(h: Histories): { xs: Int32Array; counts: Float64Array; of: Int32Array } {
  const places = new Map<number, number>();
  const of = new Int32Array(h.x.length);
  const counts: number[] = [];
  for (let i = 0; i < h.x.length; i++) {
    const x = h.x[i] as number;
    let place = places.get(x);
    if (place === undefined) {
      place = places.size;
      places.set(x, place);
      counts.push(0);
    }
    of[i] = place;
    counts[place] = (counts[place] as number) + (h.count[i] as number);
  }
  return { xs: Int32Array.from(places.keys()), counts: Float64Array.from(counts), of };
}
