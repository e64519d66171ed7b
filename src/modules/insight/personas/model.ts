import { assigned, centresOf, inOldOrder, type Points, standardised } from './clusters.ts';
import type { KeptPersonas } from './personas-sql.ts';
import { leanings } from './schema.ts';

export const groups = 5;
/** With fewer people a group is an accident. */
export const leastPeople = 10 * groups;
const seed = 6_000_613;
const size = leanings.length;

/** New groups, each in the place of the old one that it is nearest to. */
export function modelOf(values: Float64Array, old: KeptPersonas | null): KeptPersonas {
  const { mean, deviation, ...points } = standardised({ values, size });
  // Last week's centres on this week's scale.
  const from = old
    ? Float64Array.from(old.centres, (x, i) => {
        const k = i % size;
        const raw = x * (old.deviation[k] as number) + (old.mean[k] as number);
        return (raw - (mean[k] as number)) / (deviation[k] as number);
      })
    : null;
  const found = centresOf(points, groups, seed, from);
  const centres =
    from && from.length === found.length ? inOldOrder(found, from, size) : bySize(points, found);
  return { centres: [...centres], mean: [...mean], deviation: [...deviation] };
}

/** The first time, the greatest group comes first. */
function bySize(points: Points, centres: Float64Array): Float64Array {
  const counts = new Array<number>(groups).fill(0);
  for (const own of assigned(points, centres, null)) counts[own] = (counts[own] ?? 0) + 1;
  const order = counts.map((_, i) => i).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  return Float64Array.from(
    centres,
    (_, i) => centres[(order[Math.floor(i / size)] ?? 0) * size + (i % size)] as number,
  );
}

/** The group of each; `was`: the one that they were in, or -1. */
export function groupsOf(values: Float64Array, model: KeptPersonas, was: Int32Array | null): Int32Array {
  const { mean, deviation } = model;
  const scaled = values.map((x, i) => (x - (mean[i % size] as number)) / (deviation[i % size] as number));
  return assigned({ values: scaled, size }, Float64Array.from(model.centres), was);
}

export const nameOf = (group: number) => `p${group + 1}`;
