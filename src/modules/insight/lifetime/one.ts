import { Chance } from './chance.ts';
import { models } from './fit.ts';
import { expectedSpending } from './gamma-gamma.ts';
import { daysAWeek } from './history.ts';
import type { ModelName } from './model.ts';
import { simulateNext } from './simulate.ts';

/** As much of a fit as single customers are foretold by. */
interface Fit {
  readonly model: ModelName;
  readonly purchases: { readonly values: number[] };
}

export interface OneCustomer {
  x: number;
  /** Days. */
  last: number;
  age: number;
  /** In all x + 1 purchases. */
  paid: number;
}

/** What there is to say of one customer by a model that was fitted. */
export function foretold(
  fit: Fit & { spending: { readonly values: readonly number[] } | null },
  one: OneCustomer,
  weeks: number,
) {
  const model = models[fit.model];
  const { values } = fit.purchases;
  const past = { x: one.x, last: one.last / daysAWeek, age: one.age / daysAWeek };
  const alive = model.alive(values, past);
  const orders = model.expected(values, past, weeks);
  const bought = one.x + 1;
  const each = fit.spending ? expectedSpending(fit.spending.values, bought, one.paid / bought) : null;
  return { alive, orders, revenue: each === null ? null : orders * each };
}

const times = 2000;
const longestWeeks = 10 * 52;

/** Between how many purchases 95 of 100 such customers would make, by playing them on; seeded. */
export function rangeOf(
  fit: Fit,
  one: OneCustomer,
  o: { weeks: number; seed: number },
): { low: number; high: number } {
  const { model } = fit;
  const parameters = fit.purchases.values;
  const past = { x: one.x, last: one.last / daysAWeek, age: one.age / daysAWeek };
  const alive = models[model].alive(parameters, past);
  const chance = new Chance(o.seed);
  const played = simulateNext({ model, parameters, past, alive, weeks: o.weeks, times }, chance).sort();
  return {
    low: played[Math.floor(0.025 * times)] as number,
    high: played[Math.ceil(0.975 * times) - 1] as number,
  };
}

/**
 * In how many days a customer who is still there will have bought again with a probability of one half: the time to the
 * next purchase is a gamma mixture, P(later than t) = ((α + T) / (α + T + t))^(r + x). Null where that is years away.
 */
export function daysToNext(fit: Pick<Fit, 'purchases'>, one: OneCustomer): number | null {
  const [r, alpha] = fit.purchases.values as [number, number];
  const weeks = (alpha + one.age / daysAWeek) * (2 ** (1 / (r + one.x)) - 1);
  return weeks > longestWeeks ? null : Math.ceil(weeks * daysAWeek);
}
