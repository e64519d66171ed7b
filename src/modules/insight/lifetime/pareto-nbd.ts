import { distinctOf } from './beta-dropout.ts';
import { daysAWeek, type Histories } from './history.ts';
import type { Past, PurchaseModel, Slope } from './model.ts';
import { digamma, expm1Over, gaussLegendre, lnGamma } from './special.ts';

/**
 * Pareto/NBD: D. C. Schmittlein, D. G. Morrison, R. Colombo, Counting Your Customers, Management Science 33 (1987); as in
 * Fader and Hardie, A Note on Deriving the Pareto/NBD Model (2005). Purchases as in BG/NBD; a customer may be lost at any
 * time, at a rate that is gamma(s, β) over customers.
 *
 *   L = Γ(r + x) / Γ(r) α^r β^s { (α + T)^-(r + x) (β + T)^-s + s ∫ f(u) du from t_x to T },
 *   f(u) = (α + u)^-(r + x) (β + u)^-(s + 1)
 *
 * which is the note's equation before the integral becomes a difference of two 2F1 (test: they agree). As an integral it
 * has a gradient, does not lose digits where the two are nearly alike, and its parts by days serve all customers.
 */
export const paretoNbd: PurchaseModel = {
  name: 'pareto-nbd',
  parameters: ['r', 'alpha', 's', 'beta'],
  starts: [
    [0.5, 10, 0.6, 12],
    [1, 20, 0.3, 5],
    [2, 2, 2, 20],
  ],
  logLikelihood: likelihoodOf,
  alive: (parameters, past) => 1 / (1 + lostRatio(parameters, past)),
  /** Fader and Hardie (2005), the conditional expectation: nothing where they are lost, else that of somebody there. */
  expected(parameters, past, weeks) {
    const [r, alpha, s, beta] = read(parameters);
    const rate = (r + past.x) / (alpha + past.age);
    return rate * span(s, beta + past.age, weeks) * (1 / (1 + lostRatio(parameters, past)));
  },
  /** Schmittlein, Morrison, Colombo (1987), equation 17. */
  expectedOfNew(parameters, weeks) {
    const [r, alpha, s, beta] = read(parameters);
    return (r / alpha) * span(s, beta, weeks);
  },
};

function read(parameters: ArrayLike<number>): [r: number, alpha: number, s: number, beta: number] {
  return [parameters[0] as number, parameters[1] as number, parameters[2] as number, parameters[3] as number];
}

/** How long somebody who is there will be expected to be there of the next weeks: u / (s - 1) [1 - (u / (u + t))^(s - 1)]. */
const span = (s: number, u: number, weeks: number) =>
  weeks > 0 ? -u * expm1Over(s - 1, Math.log(u / (u + weeks))) : 0;

const nodesBetween = gaussLegendre(40);

/** How many times likelier it is that somebody was lost since their last purchase than that they are still there. */
function lostRatio(parameters: ArrayLike<number>, { x, last, age }: Past): number {
  const [r, alpha, s, beta] = read(parameters);
  if (!(age > last)) return 0;
  // In v = ln(α + u), where the integrand falls off evenly; beyond e^-45 of its height there is nothing to add.
  const from = Math.log(alpha + last);
  const to = Math.min(Math.log(alpha + age), from + 45 / (r + x));
  const there = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age);
  const { at, weight } = nodesBetween;
  let sum = 0;
  for (let i = 0; i < at.length; i++) {
    const v = from + (to - from) * (at[i] as number);
    const u = Math.exp(v) - alpha;
    sum += (weight[i] as number) * Math.exp((1 - r - x) * v - (s + 1) * Math.log(beta + u) - there);
  }
  return s * sum * (to - from);
}

const nodesADay = 5;
/** The first day is cut finer, since α and β may be a small part of it. */
const nodesOfFirst = 16;

/**
 * For every x the integrals from each day to the last are added up once, each as a multiple of f at its day, so that
 * nothing overflows; a customer's integral is the difference of two. `lnA`, `lnB`, `inA`, `inB`: of f times ln(α + u),
 * ln(β + u), 1 / (α + u), 1 / (β + u).
 */
function likelihoodOf(h: Histories): (parameters: ArrayLike<number>) => Slope {
  const { xs, counts, of } = distinctOf(h);
  const rowsOf = Array.from(xs, (): number[] => []);
  for (let i = 0; i < of.length; i++) (rowsOf[of[i] as number] as number[]).push(i);
  const days = h.age.reduce((most, day) => Math.max(most, day), 0) + 1;
  const nodes = nodesOfDays(days);
  const size = nodes.at.length;
  const [lnAlphaAt, lnBetaAt] = [new Float64Array(size), new Float64Array(size)];
  const [inAlphaAt, inBetaAt] = [new Float64Array(size), new Float64Array(size)];
  const [lnA, lnB] = [new Float64Array(days), new Float64Array(days)];
  const sums = Array.from({ length: 5 }, () => new Float64Array(days));
  const [total, byLnA, byLnB, byInA, byInB] = sums as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (parameters) => {
    const [r, alpha, s, beta] = read(parameters);
    for (let i = 0; i < size; i++) {
      const u = nodes.at[i] as number;
      lnAlphaAt[i] = Math.log(alpha + u);
      lnBetaAt[i] = Math.log(beta + u);
      inAlphaAt[i] = 1 / (alpha + u);
      inBetaAt[i] = 1 / (beta + u);
    }
    for (let day = 0; day < days; day++) {
      lnA[day] = Math.log(alpha + day / daysAWeek);
      lnB[day] = Math.log(beta + day / daysAWeek);
    }
    let [value, byR, byAlpha, byS, byBeta] = [0, 0, 0, 0, 0];
    for (let place = 0; place < xs.length; place++) {
      const x = xs[place] as number;
      const many = counts[place] as number;
      value += many * (lnGamma(r + x) - lnGamma(r) + r * Math.log(alpha) + s * Math.log(beta));
      byR += many * (digamma(r + x) - digamma(r) + Math.log(alpha));
      byAlpha += (many * r) / alpha;
      byS += many * Math.log(beta);
      byBeta += (many * s) / beta;
      const rows = rowsOf[place] as number[];
      let [first, end] = [days, 0];
      for (const i of rows) {
        first = Math.min(first, h.last[i] as number);
        end = Math.max(end, h.age[i] as number);
      }
      for (const sum of sums) sum[end] = 0;
      const power = r + x;
      for (let day = end - 1; day >= first; day--) {
        const height = -power * (lnA[day] as number) - (s + 1) * (lnB[day] as number);
        const next = -power * (lnA[day + 1] as number) - (s + 1) * (lnB[day + 1] as number);
        const rest = Math.exp(next - height);
        let t = (total[day + 1] as number) * rest;
        let a = (byLnA[day + 1] as number) * rest;
        let b = (byLnB[day + 1] as number) * rest;
        let c = (byInA[day + 1] as number) * rest;
        let d = (byInB[day + 1] as number) * rest;
        for (let i = nodes.from(day); i < nodes.from(day + 1); i++) {
          const la = lnAlphaAt[i] as number;
          const lb = lnBetaAt[i] as number;
          const f = (nodes.weight[i] as number) * Math.exp(-power * la - (s + 1) * lb - height);
          t += f;
          a += f * la;
          b += f * lb;
          c += f * (inAlphaAt[i] as number);
          d += f * (inBetaAt[i] as number);
        }
        total[day] = t;
        byLnA[day] = a;
        byLnB[day] = b;
        byInA[day] = c;
        byInB[day] = d;
      }
      for (const i of rows) {
        const from = h.last[i] as number;
        const to = h.age[i] as number;
        const n = h.count[i] as number;
        const la = lnA[to] as number;
        const lb = lnB[to] as number;
        const height = -power * (lnA[from] as number) - (s + 1) * (lnB[from] as number);
        // f at T as a multiple of f at t_x; f(T) (β + T) is the part of those who are still there.
        const g = Math.exp(-power * la - (s + 1) * lb - height);
        const u = beta + to / daysAWeek;
        const there = g * u;
        const lost = s * ((total[from] as number) - (total[to] as number) * g);
        const all = there + lost;
        value += n * (height + Math.log(all));
        const between = (sum: Float64Array) => (sum[from] as number) - (sum[to] as number) * g;
        byR -= (n * (there * la + s * between(byLnA))) / all;
        byAlpha -= (n * power * (there / (alpha + to / daysAWeek) + s * between(byInA))) / all;
        byS -= (n * (there * lb + s * between(byLnB) - lost / s)) / all;
        byBeta -= (n * ((s * there) / u + s * (s + 1) * between(byInB))) / all;
      }
    }
    return { value, gradient: Float64Array.of(byR, byAlpha, byS, byBeta) };
  };
}

/** Where the integrand is asked, in weeks: so many places a day. */
function nodesOfDays(days: number) {
  const [first, usual] = [gaussLegendre(nodesOfFirst), gaussLegendre(nodesADay)];
  const from = (day: number) => (day === 0 ? 0 : nodesOfFirst + (day - 1) * nodesADay);
  const at = new Float64Array(from(days + 1));
  const weight = new Float64Array(at.length);
  for (let day = 0; day < days; day++) {
    const rule = day === 0 ? first : usual;
    rule.at.forEach((x, i) => {
      at[from(day) + i] = (day + x) / daysAWeek;
      weight[from(day) + i] = (rule.weight[i] as number) / daysAWeek;
    });
  }
  return { at, weight, from };
}
