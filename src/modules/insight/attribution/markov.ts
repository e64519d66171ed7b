import { LuDecomposition, Matrix } from 'ml-matrix';

/** How often one state was left for another. Channels are 0 to n - 1. */
export interface Transition {
  from: number | 'start';
  to: number | 'order' | 'nothing';
  times: number;
}

export interface Chain {
  /** The probability that a path ends in an order. */
  conversion: number;
  /** By channel: of the orders, the part that would not be there if the channel led nowhere. */
  removal: number[];
}

/**
 * The removal effects of channels in the absorbing chain that the transitions make (Anderl, Becker, von Wangenheim and
 * Schumann 2016, Mapping the customer journey, section 3.2), exact, by the fundamental matrix N = (I - Q)^-1 (Kemeny and
 * Snell 1960, Finite Markov Chains, 3.2.1 to 3.3.7):
 *
 *   b = N r         the probability of an order from each channel
 *   h_i = (s N)_i / N_ii   the probability that a path ever comes by channel i
 *   removal_i = h_i b_i / (s b + s_order)
 *
 * Paths that come by i and end in an order are h_i b_i of all, and removing i is to lose exactly them: what holds for the
 * first time that i is entered holds, as the chain has no memory, for all that follows. So one decomposition answers for
 * all channels, and nothing is subtracted.
 */
export function chainOf(size: number, transitions: readonly Transition[]): Chain {
  const rows = Array.from({ length: size + 1 }, () => new Float64Array(size));
  const toOrder = new Float64Array(size + 1);
  const left = new Float64Array(size + 1);
  for (const { from, to, times } of transitions) {
    const row = from === 'start' ? size : from;
    left[row] = (left[row] ?? 0) + times;
    if (to === 'order') toOrder[row] = (toOrder[row] ?? 0) + times;
    else if (to !== 'nothing') {
      const own = rows[row] as Float64Array;
      own[to] = (own[to] ?? 0) + times;
    }
  }
  const part = (times: number, row: number) => ((left[row] ?? 0) > 0 ? times / (left[row] as number) : 0);
  if ((left[size] ?? 0) === 0) return { conversion: 0, removal: Array.from({ length: size }, () => 0) };

  const system = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      system.set(i, j, (i === j ? 1 : 0) - part((rows[i] as Float64Array)[j] as number, i));
  const fundamental = size > 0 ? new LuDecomposition(system).solve(Matrix.eye(size)) : Matrix.zeros(0, 0);

  const start = Array.from({ length: size }, (_, i) => part((rows[size] as Float64Array)[i] as number, size));
  const orders = Array.from({ length: size }, (_, i) => part(toOrder[i] as number, i));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const b = orders.map((_, i) => sum(orders.map((r, j) => fundamental.get(i, j) * r)));
  const visits = start.map((_, j) => sum(start.map((s, i) => s * fundamental.get(i, j))));
  const conversion = part(toOrder[size] as number, size) + sum(start.map((s, i) => s * (b[i] as number)));
  const removal = visits.map((n, i) =>
    conversion > 0 ? (n / fundamental.get(i, i)) * ((b[i] as number) / conversion) : 0,
  );
  return { conversion, removal };
}
