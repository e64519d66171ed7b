import { Chance } from '../lifetime/chance.ts';

/** Points as rows of `size` numbers, one behind the other. */
export interface Points {
  readonly values: Float64Array;
  readonly size: number;
}

const mostRounds = 50;
/** Centres are found on as many points; more do not move them. */
const mostSampled = 20_000;
/** A person changes the group only where the new centre is nearer by so much: people at a border do not flicker. */
const hysteresis = 0.9;

const countOf = ({ values, size }: Points) => values.length / size;

/** So that every number counts alike: less the mean, by the deviation. */
export function standardised({
  values,
  size,
}: Points): Points & { mean: Float64Array; deviation: Float64Array } {
  const n = values.length / size;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let i = 0; i < values.length; i++)
    mean[i % size] = (mean[i % size] as number) + (values[i] as number) / n;
  for (let i = 0; i < values.length; i++)
    deviation[i % size] =
      (deviation[i % size] as number) + ((values[i] as number) - (mean[i % size] as number)) ** 2 / n;
  for (let k = 0; k < size; k++) deviation[k] = Math.sqrt(deviation[k] as number) || 1;
  const scaled = values.map((x, i) => (x - (mean[i % size] as number)) / (deviation[i % size] as number));
  return { values: scaled, size, mean, deviation };
}

function distance(a: Float64Array, i: number, b: Float64Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) {
    const d = (a[i * size + k] as number) - (b[j * size + k] as number);
    sum += d * d;
  }
  return sum;
}

function nearest(values: Float64Array, i: number, centres: Float64Array, size: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let j = 0; j < centres.length / size; j++) {
    const d = distance(values, i, centres, j, size);
    if (d < least) [best, least] = [j, d];
  }
  return best;
}

/**
 * Lloyd's k-means, begun from last week's centres where there are any, else by k-means++ (Arthur and Vassilvitskii,
 * 2007), seeded.
 */
export function centresOf(points: Points, k: number, seed: number, from: Float64Array | null): Float64Array {
  const { size } = points;
  const chance = new Chance(seed);
  const sample = sampled(points, chance);
  const n = countOf(sample);
  let centres = from && from.length === k * size ? from.slice() : begun(sample, k, chance);
  for (let round = 0; round < mostRounds; round++) {
    const sums = new Float64Array(k * size);
    const counts = new Float64Array(k);
    for (let i = 0; i < n; i++) {
      const own = nearest(sample.values, i, centres, size);
      counts[own] = (counts[own] as number) + 1;
      for (let d = 0; d < size; d++)
        sums[own * size + d] = (sums[own * size + d] as number) + (sample.values[i * size + d] as number);
    }
    // A group of nobody stays where it was.
    const next = sums.map((sum, i) => {
      const count = counts[Math.floor(i / size)] as number;
      return count > 0 ? sum / count : (centres[i] as number);
    });
    const moved = next.reduce((most, x, i) => Math.max(most, Math.abs(x - (centres[i] as number))), 0);
    centres = next;
    if (moved < 1e-6) break;
  }
  return centres;
}

function sampled(points: Points, chance: Chance): Points {
  const n = countOf(points);
  if (n <= mostSampled) return points;
  const { size } = points;
  const values = new Float64Array(mostSampled * size);
  for (let i = 0; i < mostSampled; i++) {
    const from = chance.below(n) * size;
    values.set(points.values.subarray(from, from + size), i * size);
  }
  return { values, size };
}

function begun({ values, size }: Points, k: number, chance: Chance): Float64Array {
  const n = values.length / size;
  const centres = new Float64Array(k * size);
  let place = chance.below(n);
  const least = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < k; j++) {
    centres.set(values.subarray(place * size, (place + 1) * size), j * size);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      least[i] = Math.min(least[i] as number, distance(values, i, centres, j, size));
      sum += least[i] as number;
    }
    let left = chance.next() * sum;
    for (place = 0; place < n - 1 && (left -= least[place] as number) > 0; ) place++;
  }
  return centres;
}

/** The group of each point; `was` (-1: none) holds somebody who is about as near to the old one. */
export function assigned(points: Points, centres: Float64Array, was: Int32Array | null): Int32Array {
  const { values, size } = points;
  return Int32Array.from({ length: countOf(points) }, (_, i) => {
    const best = nearest(values, i, centres, size);
    const old = was?.[i] ?? -1;
    if (old < 0 || old === best || old >= centres.length / size) return best;
    const [now, then] = [distance(values, i, centres, best, size), distance(values, i, centres, old, size)];
    return now < hysteresis ** 2 * then ? best : old;
  });
}

/**
 * Which new group is which old one, so that the distances add up to the least: the Hungarian method (Kuhn 1955) with
 * potentials, for as many rows as columns. `result[row]` is its column.
 */
export function matched(cost: readonly (readonly number[])[]): number[] {
  const n = cost.length;
  const [u, v] = [new Array<number>(n + 1).fill(0), new Array<number>(n + 1).fill(0)];
  const rowOf = new Array<number>(n + 1).fill(0);
  const way = new Array<number>(n + 1).fill(0);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    let column = 0;
    const least = new Array<number>(n + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Array<boolean>(n + 1).fill(false);
    do {
      used[column] = true;
      const at = rowOf[column] as number;
      let [step, next] = [Number.POSITIVE_INFINITY, 0];
      for (let j = 1; j <= n; j++) {
        if (used[j]) continue;
        const reduced = (cost[at - 1]?.[j - 1] as number) - (u[at] as number) - (v[j] as number);
        if (reduced < (least[j] as number)) {
          least[j] = reduced;
          way[j] = column;
        }
        if ((least[j] as number) < step) [step, next] = [least[j] as number, j];
      }
      for (let j = 0; j <= n; j++) {
        if (used[j]) {
          u[rowOf[j] as number] = (u[rowOf[j] as number] as number) + step;
          v[j] = (v[j] as number) - step;
        } else least[j] = (least[j] as number) - step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    do {
      const before = way[column] as number;
      rowOf[column] = rowOf[before] as number;
      column = before;
    } while (column !== 0);
  }
  const result = new Array<number>(n).fill(0);
  for (let j = 1; j <= n; j++) result[(rowOf[j] as number) - 1] = j - 1;
  return result;
}

/** New centres in the order of the old ones that they are nearest to. */
export function inOldOrder(centres: Float64Array, old: Float64Array, size: number): Float64Array {
  const k = old.length / size;
  const cost = Array.from({ length: k }, (_, i) =>
    Array.from({ length: k }, (__, j) => distance(old, i, centres, j, size)),
  );
  const order = matched(cost);
  const sorted = new Float64Array(centres.length);
  order.forEach((from, to) => {
    sorted.set(centres.subarray(from * size, (from + 1) * size), to * size);
  });
  return sorted;
}
