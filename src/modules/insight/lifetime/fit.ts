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
  asked: number;
}

/** Starts are compared on as many rows; more do not change which is best. */
const rowsForStarts = 4000;
/** Of a 95% interval of the normal distribution. */
export const z95 = 1.959963984540054;

export function fitPurchases(name: ModelName, h: Histories): Fitted {
  const model = models[name];
  const few = thinned(h, rowsForStarts);
  const start = bestStart(inLogs(model.logLikelihood(few)), model.starts, customersOf(few));
  return fitted(model.parameters, model.logLikelihood(h), start, customersOf(h));
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
  return fitted(gammaGammaParameters, spendingLikelihood(s), start, weight);
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

function fitted(
  names: readonly string[],
  likelihood: Likelihood,
  start: Float64Array,
  customers: number,
): Fitted {
  const f = inLogs(likelihood);
  const found = highest(f, start, { scale: customers });
  const isInside = found.converged && found.at.every((x) => Math.abs(x) < edge - 1e-6);
  const { at, value, covariance } = isInside
    ? polished(f, found.at, customers)
    : { ...found, covariance: null };
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
    logLikelihood: value,
    customers,
    values,
    covariance,
    converged: found.converged,
    asked: found.asked,
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
