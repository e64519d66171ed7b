import { bgNbd } from './bg-nbd.ts';
import { gammaGammaParameters, type Spendings, spendingLikelihood, spendingStarts } from './gamma-gamma.ts';
import { customersOf, type Histories, thinned } from './history.ts';
import { mbgNbd } from './mbg-nbd.ts';
import type { ModelName, PurchaseModel, Slope } from './model.ts';
import { edge, highest, polished } from './optimise.ts';
import { paretoNbd } from './pareto-nbd.ts';

export const models: Readonly<Record<ModelName, PurchaseModel>> = {
  'bg-nbd': bgNbd,
  'mbg-nbd': mbgNbd,
  'pareto-nbd': paretoNbd,
};

export interface Fitted {
  parameters: Record<string, number>;
  /** Standard errors, and 95% intervals that are even on the scale of logarithms; null where they cannot be had. */
  errors: Record<string, { error: number; low: number; high: number }> | null;
  logLikelihood: number;
  customers: number;
  /** In the order of the model's parameters. */
  values: number[];
  /** Of the logarithms of the parameters; null: nothing can be said about uncertainty. */
  covariance: number[][] | null;
  converged: boolean;
  /**
   * The data leave something open (such as how much customers differ, where they hardly do), so that parameters would
   * run away: they are held near the usual ones by a prior, and intervals hold it, too.
   */
  held: boolean;
}

/** Starts are compared on as many rows; more do not change which is best. */
const rowsForStarts = 4000;
/** Of a 95% interval of the normal distribution. */
export const z95 = 1.959963984540054;

export function fitPurchases(name: ModelName, h: Histories): Fitted {
  const model = models[name];
  const few = thinned(h, rowsForStarts);
  const start = bestStart(inLogs(model.logLikelihood(few)), model.starts, customersOf(few));
  const usual = model.starts[0] as readonly number[];
  return fitted(model.parameters, model.logLikelihood(h), start, usual, customersOf(h));
}

export function fitSpending(s: Spendings): Fitted {
  let [weight, total] = [0, 0];
  for (let i = 0; i < s.x.length; i++) {
    const n = s.count ? (s.count[i] as number) : 1;
    weight += n;
    total += n * (s.mean[i] as number);
  }
  const few = thinnedSpendings(s);
  const start = bestStart(
    inLogs(spendingLikelihood(few)),
    spendingStarts(total / weight),
    few.count ? Array.from(few.count).reduce((sum, n) => sum + n, 0) : few.x.length,
  );
  const usual = spendingStarts(total / weight)[0] as readonly number[];
  return fitted(gammaGammaParameters, spendingLikelihood(s), start, usual, weight);
}

function thinnedSpendings(s: Spendings): Spendings {
  const step = Math.ceil(s.x.length / rowsForStarts);
  if (step <= 1) return s;
  const rows = Array.from({ length: Math.ceil(s.x.length / step) }, (_, i) => i * step);
  const picked = (from: ArrayLike<number>) => rows.map((i) => from[i] as number);
  return { x: picked(s.x), mean: picked(s.mean), ...(s.count ? { count: picked(s.count) } : {}) };
}

type Likelihood = (at: ArrayLike<number>) => Slope;

/** As a function of the logarithms of the parameters, which are then free to go anywhere. */
function inLogs(likelihood: Likelihood): (logs: Float64Array) => Slope {
  return (logs) => {
    const at = logs.map(Math.exp);
    const { value, gradient } = likelihood(at);
    return { value, gradient: gradient.map((g, i) => g * (at[i] as number)) };
  };
}

function bestStart(
  f: (logs: Float64Array) => Slope,
  starts: readonly (readonly number[])[],
  customers: number,
): Float64Array {
  const found = starts.map((start) => highest(f, start.map(Math.log), { scale: customers, tolerance: 1e-3 }));
  return found.reduce((best, one) => (one.value > best.value ? one : best)).at;
}

/** Of the logarithm of a parameter around the usual one, as a normal distribution. */
const priorDeviation = 1.5;
/** A parameter that is not known within a factor of e^6 is not known. */
const mostDeviation = 3;

function fitted(
  names: readonly string[],
  likelihood: Likelihood,
  start: Float64Array,
  usual: readonly number[],
  customers: number,
): Fitted {
  const f = inLogs(likelihood);
  const free = top(f, start, customers);
  const isKnown = free.covariance?.every((row, i) => Math.sqrt(row[i] as number) < mostDeviation) ?? false;
  const centre = Float64Array.from(usual, Math.log);
  const found = isKnown ? free : top(withPrior(f, centre), centre, customers);
  const { at, covariance, converged } = found;
  const values = Array.from(at, Math.exp);
  return {
    parameters: Object.fromEntries(names.map((name, i) => [name, values[i] as number])),
    errors: covariance
      ? Object.fromEntries(
          names.map((name, i) => {
            const value = values[i] as number;
            const deviation = Math.sqrt(covariance[i]?.[i] as number);
            const times = Math.exp(z95 * deviation);
            return [name, { error: value * deviation, low: value / times, high: value * times }];
          }),
        )
      : null,
    logLikelihood: f(at).value,
    ...{ customers, values, covariance, converged, held: !isKnown },
  };
}

/** The highest place, and how sharp it is there. */
function top(f: (logs: Float64Array) => Slope, start: Float64Array, customers: number) {
  const found = highest(f, start, { scale: customers });
  const isInside = found.converged && found.at.every((x) => Math.abs(x) < edge - 1e-6);
  const { at, covariance } = isInside ? polished(f, found.at, customers) : { ...found, covariance: null };
  return { at, covariance, converged: found.converged };
}

function withPrior(f: (logs: Float64Array) => Slope, centre: Float64Array): (logs: Float64Array) => Slope {
  const precision = 1 / priorDeviation ** 2;
  return (logs) => {
    const { value, gradient } = f(logs);
    const away = logs.map((x, i) => x - (centre[i] as number));
    return {
      value: value - away.reduce((sum, x) => sum + (precision * x * x) / 2, 0),
      gradient: gradient.map((g, i) => g - precision * (away[i] as number)),
    };
  };
}

/**
 * The variance of a number that is derived from the parameters, by the delta method: its slope along each logarithm, by
 * central differences, and the covariance. Null where there is none.
 */
export function varianceOf(
  fit: Pick<Fitted, 'values' | 'covariance'>,
  of: (values: number[]) => number,
): number | null {
  const { values, covariance } = fit;
  if (!covariance) return null;
  const step = 1e-3;
  const slopes = values.map((_, i) => {
    const at = (by: number) => of(values.map((v, k) => (k === i ? v * Math.exp(by) : v)));
    return (at(step) - at(-step)) / (2 * step);
  });
  let variance = 0;
  for (const [i, row] of covariance.entries())
    for (const [j, c] of row.entries()) variance += c * (slopes[i] as number) * (slopes[j] as number);
  return Number.isFinite(variance) && variance >= 0 ? variance : null;
}
