import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import type { Slope } from './model.ts';

export interface Found {
  at: Float64Array;
  value: number;
  /** No step leads higher, and the slope is flat. */
  converged: boolean;
  /** How often the function was asked. */
  asked: number;
}

const mostSteps = 200;
/** e^±18: a parameter that goes there wants to be 0 or infinite. */
export const edge = 18;

/**
 * The highest place of a smooth function, by the method of Broyden, Fletcher, Goldfarb and Shanno with a line search that
 * asks for enough of a rise and a flatter slope (Nocedal and Wright, Numerical Optimization, algorithms 6.1 and 3.5).
 * `scale`: what the function is divided by, so that tolerances mean the same for ten customers and a million.
 */
export function highest(
  f: (at: Float64Array) => Slope,
  start: ArrayLike<number>,
  o: { scale: number; tolerance?: number },
): Found {
  const { scale, tolerance = 1e-5 } = o;
  const size = start.length;
  let asked = 0;
  const ask = (at: Float64Array): Place => {
    asked++;
    const { value, gradient } = f(at);
    return { at, value: -value / scale, gradient: gradient.map((g) => -g / scale) };
  };
  let here = ask(Float64Array.from(start));
  let inverseCurve = identity(size);
  let isFresh = true;
  for (let step = 0; step < mostSteps; step++) {
    if (largest(here.gradient) < tolerance)
      return { at: here.at, value: -here.value * scale, converged: true, asked };
    let way = inverseCurve.map((row) => -dot(row, here.gradient));
    let slope = dot(way, here.gradient);
    if (!(slope < 0)) {
      inverseCurve = identity(size);
      way = Array.from(here.gradient, (g) => -g);
      slope = dot(way, here.gradient);
      isFresh = true;
    }
    // The first step is short: nothing is known of the shape yet.
    const first = isFresh ? Math.min(1, 0.5 / largest(way)) : 1;
    const next = alongLine(ask, here, way, slope, first);
    if (!next) {
      if (isFresh) break;
      inverseCurve = identity(size);
      isFresh = true;
      continue;
    }
    const moved = next.at.map((x, i) => x - (here.at[i] as number));
    const turned = next.gradient.map((g, i) => g - (here.gradient[i] as number));
    const curve = dot(moved, turned);
    if (curve > 1e-14) {
      if (isFresh) inverseCurve = identity(size, curve / dot(turned, turned));
      inverseCurve = updated(inverseCurve, moved, turned, curve);
      isFresh = false;
    }
    here = next;
  }
  return { at: here.at, value: -here.value * scale, converged: largest(here.gradient) < 1e-4, asked };
}

interface Place {
  at: Float64Array;
  value: number;
  gradient: Float64Array;
}

/** A place on the line that lies low enough and is flat enough; null where there is none to be found. */
function alongLine(
  ask: (at: Float64Array) => Place,
  here: Place,
  way: readonly number[],
  slope: number,
  first: number,
): Place | null {
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let step = first;
  let best: Place | null = null;
  for (let i = 0; i < 40; i++) {
    const at = here.at.map((x, k) => Math.max(-edge, Math.min(edge, x + step * (way[k] as number))));
    const next = ask(at);
    // Near the top values differ by less than they are exact.
    const isLow = next.value <= here.value + 1e-4 * step * slope + 1e-14 * Math.abs(here.value);
    if (!isLow || !Number.isFinite(next.value)) {
      high = step;
    } else {
      best = next;
      const now = dot(way, next.gradient);
      if (Math.abs(now) <= 0.9 * Math.abs(slope) || now > 0 || at.every((x) => Math.abs(x) === edge))
        return next;
      low = step;
    }
    step = high === Number.POSITIVE_INFINITY ? 2 * step : (low + high) / 2;
    if (best && high - low < 1e-3 * high) return best;
  }
  return best;
}

/** Formula 6.17 of the book. */
function updated(inverse: number[][], s: Float64Array, y: Float64Array, curve: number): number[][] {
  const hy = inverse.map((row) => dot(row, y));
  const factor = (1 + dot(hy, y) / curve) / curve;
  return inverse.map((row, i) =>
    row.map(
      (value, j) =>
        value +
        factor * (s[i] as number) * (s[j] as number) -
        ((hy[i] as number) * (s[j] as number) + (s[i] as number) * (hy[j] as number)) / curve,
    ),
  );
}

/**
 * The last digits by Newton's method, where differences of values say nothing any more, and the covariance of what was
 * fitted: the inverse of the observed information, which is the curvature of the log-likelihood, here by central
 * differences of its exact gradient. The covariance is null where it is not bowl-shaped.
 */
export function polished(
  f: (at: Float64Array) => Slope,
  start: Float64Array,
  scale: number,
): Slope & { at: Float64Array; covariance: number[][] | null } {
  let at = start;
  let here = f(at);
  let covariance = inverseInformation(f, at);
  for (let step = 0; step < 3 && covariance && largest(here.gradient) / scale > 1e-10; step++) {
    const next = at.map((x, i) => x + dot(covariance?.[i] as number[], here.gradient));
    const there = f(next);
    // A step that leads away from the top was one too many.
    if (!(largest(there.gradient) < largest(here.gradient))) break;
    [at, here] = [next, there];
    if (step === 0) covariance = inverseInformation(f, at);
  }
  return { ...here, at, covariance };
}

function inverseInformation(f: (at: Float64Array) => Slope, at: Float64Array): number[][] | null {
  const size = at.length;
  const step = 1e-4;
  const rows = Array.from(at, (_, i) => {
    const shifted = (by: number) => f(at.map((x, k) => (k === i ? x + by : x))).gradient;
    const [up, down] = [shifted(step), shifted(-step)];
    return Array.from(up, (g, k) => -(g - (down[k] as number)) / (2 * step));
  });
  const information = new Matrix(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      information.set(i, j, ((rows[i]?.[j] as number) + (rows[j]?.[i] as number)) / 2);
  if (information.to1DArray().some((x) => !Number.isFinite(x))) return null;
  const { realEigenvalues } = new EigenvalueDecomposition(information, { assumeSymmetric: true });
  const [least, most] = [Math.min(...realEigenvalues), Math.max(...realEigenvalues)];
  return least > 1e-12 * most ? inverse(information).to2DArray() : null;
}

const identity = (size: number, by = 1): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? by : 0)));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};
const largest = (a: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] as number));
  return most;
};
