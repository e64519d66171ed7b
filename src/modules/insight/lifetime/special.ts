import digammaOf from '@stdlib/math-base-special-digamma';
import gammalnOf from '@stdlib/math-base-special-gammaln';
import hyp2f1Of from '@stdlib/math-base-special-hyp2f1';

/** ln Γ(x), its derivative ψ(x), and Gauss's 2F1(a, b; c; z) of the library, under the names of the papers. */
export const lnGamma: (x: number) => number = gammalnOf;
export const digamma: (x: number) => number = digammaOf;

/** For 0 <= z < 1. Where the library gives up (very large b or c), by the series, which then falls off quickly. */
export function hyp2f1(a: number, b: number, c: number, z: number): number {
  const found = hyp2f1Of(a, b, c, z);
  if (Number.isFinite(found)) return found;
  let [term, sum] = [1, 1];
  for (let k = 0; k < 100_000; k++) {
    term *= (((a + k) * (b + k)) / ((c + k) * (k + 1))) * z;
    sum += term;
    if (Math.abs(term) < 1e-16 * Math.abs(sum)) break;
  }
  return sum;
}

/** (e^(k y) - 1) / k, which is y where k is 0: no digits are lost near it. */
export function expm1Over(k: number, y: number): number {
  return k === 0 ? y : Math.expm1(k * y) / k;
}

/** Nodes and weights of Gauss and Legendre on [0, 1] (Newton's method on the Legendre polynomial). */
export function gaussLegendre(n: number): { at: Float64Array; weight: Float64Array } {
  const at = new Float64Array(n);
  const weight = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, now] = [1, x];
      for (let k = 2; k <= n; k++) [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      slope = (n * (x * now - before)) / (x * x - 1);
      const move = now / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    at[i] = (1 - x) / 2;
    weight[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { at, weight };
}
