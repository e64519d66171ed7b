/**
 * What the models of purchases need to know of customers, grouped: `count` customers each bought `x` times again after
 * their first purchase, the last time `last` days after it, and are watched for `age` days since it. Purchases of one
 * day are one. Times are whole days; the models count in weeks, as the papers do.
 */
export interface Histories {
  readonly x: Int32Array;
  readonly last: Int32Array;
  readonly age: Int32Array;
  readonly count: Float64Array;
}

export const daysAWeek = 7;

export const customersOf = (h: Histories) => h.count.reduce((sum, n) => sum + n, 0);

/** Equal histories become one row, in the order of x, then age, then last. */
export function grouped(
  x: ArrayLike<number>,
  last: ArrayLike<number>,
  age: ArrayLike<number>,
  count?: ArrayLike<number>,
): Histories {
  let mostDays = 0;
  for (let i = 0; i < age.length; i++) mostDays = Math.max(mostDays, age[i] as number);
  // One number for (x, age, last): exact up to 2^53, which is some 60 million purchases over 30 years.
  const base = mostDays + 1;
  const keys = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++)
    keys[i] = ((x[i] as number) * base + (age[i] as number)) * base + (last[i] as number);
  const sorted = count ? null : keys.slice().sort();
  const counts = new Map<number, number>();
  if (count) for (let i = 0; i < keys.length; i++) add(counts, keys[i] as number, count[i] as number);
  const distinct = sorted ? runsOf(sorted) : [...counts].sort(([a], [b]) => a - b);
  const h = {
    x: new Int32Array(distinct.length),
    last: new Int32Array(distinct.length),
    age: new Int32Array(distinct.length),
    count: new Float64Array(distinct.length),
  };
  distinct.forEach(([key, n], i) => {
    const rest = Math.floor(key / base);
    h.last[i] = key - rest * base;
    h.x[i] = Math.floor(rest / base);
    h.age[i] = rest - (h.x[i] as number) * base;
    h.count[i] = n;
  });
  return h;
}

const add = (counts: Map<number, number>, key: number, n: number) =>
  counts.set(key, (counts.get(key) ?? 0) + n);

function runsOf(sorted: Float64Array): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i + 1;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    runs.push([sorted[i] as number, end - i]);
    i = end;
  }
  return runs;
}

/** Every so-many-th row, so that about `most` are left: enough to compare starts and models by. */
export function thinned(h: Histories, most: number): Histories {
  const step = Math.ceil(h.x.length / most);
  if (step <= 1) return h;
  const rows = Array.from({ length: Math.ceil(h.x.length / step) }, (_, i) => i * step);
  return {
    x: Int32Array.from(rows, (i) => h.x[i] as number),
    last: Int32Array.from(rows, (i) => h.last[i] as number),
    age: Int32Array.from(rows, (i) => h.age[i] as number),
    count: Float64Array.from(rows, (i) => h.count[i] as number),
  };
}
