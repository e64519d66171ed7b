import { Chance } from './chance.ts';
import { daysAWeek, grouped, type Histories } from './history.ts';
import type { ModelName, Past } from './model.ts';

/** Customers as a model has them: what they did in `weeks`, having come evenly over its first third. */
export function simulateHistories(o: {
  model: ModelName;
  parameters: readonly number[];
  customers: number;
  weeks: number;
  seed: number;
}): Histories {
  const chance = new Chance(o.seed);
  const [x, last, age] = [0, 0, 0].map(() => new Int32Array(o.customers)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const days = o.weeks * daysAWeek;
  for (let i = 0; i < o.customers; i++) {
    const watched = days - chance.below(Math.floor(days / 3));
    const nature = natureOf(o.model, o.parameters, chance);
    let [bought, at] = [0, 0];
    for (const week of purchases(nature, watched / daysAWeek, chance)) {
      const day = Math.ceil(week * daysAWeek);
      if (day > watched) break;
      // Purchases of one day are one.
      if (day > at) bought++;
      at = day;
    }
    x[i] = bought;
    last[i] = at;
    age[i] = watched;
  }
  return grouped(x, last, age);
}

/** A rate of purchases; and either the chance of being lost at each (and at the first, or not), or a rate of being lost. */
interface Nature {
  rate: number;
  lostAtEach: number;
  lostRate: number;
  isLost: boolean;
}

function natureOf(model: ModelName, [r, alpha, c, d]: readonly number[], chance: Chance): Nature {
  const rate = chance.gamma(r as number, alpha as number);
  if (model === 'pareto-nbd')
    return { rate, lostAtEach: 0, lostRate: chance.gamma(c as number, d as number), isLost: false };
  const lostAtEach = chance.beta(c as number, d as number);
  return { rate, lostAtEach, lostRate: 0, isLost: model === 'mbg-nbd' && chance.next() < lostAtEach };
}

function* purchases(nature: Nature, weeks: number, chance: Chance): Generator<number> {
  if (nature.isLost) return;
  const end = nature.lostRate > 0 ? Math.min(weeks, chance.exponential(nature.lostRate)) : weeks;
  for (let t = chance.exponential(nature.rate); t <= end; t += chance.exponential(nature.rate)) {
    yield t;
    if (chance.next() < nature.lostAtEach) return;
  }
}

/**
 * How many purchases somebody with this past makes in the next weeks, `times` over. Of somebody who is still there, the
 * rate is gamma(r + x, α + T), and the chance (rate) of being lost beta(a, b + n) (gamma(s, β + T)), each by itself.
 */
export function simulateNext(
  o: {
    model: ModelName;
    parameters: readonly number[];
    past: Past;
    alive: number;
    weeks: number;
    times: number;
  },
  chance: Chance,
): Int32Array {
  const [r, alpha, c, d] = o.parameters as [number, number, number, number];
  const { x, age } = o.past;
  const n = x + (o.model === 'mbg-nbd' ? 1 : 0);
  return Int32Array.from({ length: o.times }, () => {
    if (chance.next() >= o.alive) return 0;
    const rate = chance.gamma(r + x, alpha + age);
    const nature =
      o.model === 'pareto-nbd'
        ? { rate, lostAtEach: 0, lostRate: chance.gamma(c, d + age), isLost: false }
        : { rate, lostAtEach: chance.beta(c, d + n), lostRate: 0, isLost: false };
    let count = 0;
    for (const _ of purchases(nature, o.weeks, chance)) count++;
    return count;
  });
}
