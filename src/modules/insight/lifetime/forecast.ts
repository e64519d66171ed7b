import { Chance } from './chance.ts';
import { type Fitted, models, varianceOf, z95 } from './fit.ts';
import { expectedSpending } from './gamma-gamma.ts';
import { daysAWeek, type Histories } from './history.ts';
import type { ModelName } from './model.ts';
import { simulateNext } from './simulate.ts';

/** A number with the 95% interval around it; null where nothing can be said about it. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** What each group of customers spent altogether, over all x + 1 purchases. */
export interface Spent extends Histories {
  readonly spent: Float64Array;
}

export interface Forecast {
  customers: number;
  /** How many of them are still customers. */
  alive: Estimate;
  purchases: Estimate;
  revenue: Estimate | null;
}

/** Months as the calendar has them on average. */
export const weeksOfMonths = (months: number) => (months * 365.2425) / 12 / daysAWeek;

/** So many customers are played on to learn how much luck there is in a total. */
const played = 400;
const timesPlayed = 50;

/**
 * What all of these customers will do in the next weeks. The intervals hold what the parameters may be (delta method) and,
 * for purchases and revenue, the luck that is left when they are known (by playing customers on, seeded).
 */
export function forecastOf(
  h: Spent,
  o: { model: ModelName; purchases: Fitted; spending: Fitted | null; weeks: number; seed: number },
): Forecast {
  const model = models[o.model];
  const { values } = o.purchases;
  const customers = h.count.reduce((sum, n) => sum + n, 0);
  const total = (of: (at: number[], i: number) => number) => (at: number[]) => {
    let sum = 0;
    for (let i = 0; i < h.x.length; i++) sum += of(at, i);
    return sum;
  };
  const expected = expectedByRow(h, o.model, o.weeks);
  const alive = total((at, i) => (h.count[i] as number) * model.alive(at, pastOf(h, i)));
  const purchasesOf = total((at, i) => (h.count[i] as number) * expected(at, i));
  const luck = luckOf(h, o);
  const spread = (own: number | null, more: number) => (own === null ? null : own + more);
  const purchases = purchasesOf(values);
  const forecast: Forecast = {
    customers,
    alive: between(alive(values), varianceOf(o.purchases, alive), 0, customers),
    purchases: between(purchases, spread(varianceOf(o.purchases, purchasesOf), luck), 0),
    revenue: null,
  };
  if (!o.spending) return forecast;
  const { spending } = o;
  if (expectedSpending(spending.values, 1, 1) === null) return forecast;
  const revenueOf = (at: number[], money: number[]) =>
    total((p, i) => expected(p, i) * spendingOfRow(h, i, money))(at);
  const revenue = revenueOf(values, spending.values);
  const [byPurchases, bySpending] = [
    varianceOf(o.purchases, (at) => revenueOf(at, spending.values)),
    varianceOf(spending, (money) => revenueOf(values, money)),
  ];
  const each = purchases > 0 ? revenue / purchases : 0;
  forecast.revenue = between(
    revenue,
    byPurchases === null || bySpending === null ? null : byPurchases + bySpending + luck * each * each,
    0,
  );
  return forecast;
}

/** The sum of what the customers of a row will each spend at a time, which is linear in what they spent. */
function spendingOfRow(h: Spent, i: number, [p, q, v]: readonly number[]): number {
  const bought = (h.x[i] as number) + 1;
  const n = h.count[i] as number;
  const [a, b, c] = [p as number, q as number, v as number];
  return (a * (c * n + (h.spent[i] as number))) / (a * bought + b - 1);
}

export const pastOf = (h: Histories, i: number) => ({
  x: h.x[i] as number,
  last: (h.last[i] as number) / daysAWeek,
  age: (h.age[i] as number) / daysAWeek,
});

/**
 * Expectations of somebody who is still a customer depend on x and T alone and are remembered by these for the
 * parameters that were asked last, as they take the longest.
 */
function expectedByRow(h: Histories, name: ModelName, weeks: number): (at: number[], i: number) => number {
  const model = models[name];
  let known = new Map<number, number>();
  let of: number[] = [];
  return (at, i) => {
    if (at !== of) {
      known = new Map();
      of = at;
    }
    const key = (h.x[i] as number) * 65_536 + (h.age[i] as number);
    const past = pastOf(h, i);
    const alive = model.alive(at, past);
    let there = known.get(key);
    if (there === undefined) {
      // Of somebody who bought on the last day, where there is no doubt to divide by.
      const sure = { ...past, last: past.age };
      there = model.expected(at, sure, weeks) / model.alive(at, sure);
      known.set(key, there);
    }
    return there * alive;
  };
}

/** The variance of the sum of purchases when the parameters are known. */
function luckOf(
  h: Histories,
  o: { model: ModelName; purchases: Fitted; weeks: number; seed: number },
): number {
  const chance = new Chance(o.seed);
  const customers = h.count.reduce((sum, n) => sum + n, 0);
  const { values } = o.purchases;
  let [at, upTo, sum] = [0, h.count[0] ?? 0, 0];
  const steps = Math.min(played, Math.ceil(customers));
  for (let step = 0; step < steps; step++) {
    const wanted = ((step + 0.5) / steps) * customers;
    while (upTo < wanted && at < h.x.length - 1) upTo += h.count[++at] as number;
    const past = pastOf(h, at);
    const next = simulateNext(
      {
        model: o.model,
        parameters: values,
        past,
        alive: models[o.model].alive(values, past),
        weeks: o.weeks,
        times: timesPlayed,
      },
      chance,
    );
    const mean = next.reduce((all, n) => all + n, 0) / timesPlayed;
    sum += next.reduce((all, n) => all + (n - mean) ** 2, 0) / (timesPlayed - 1);
  }
  return steps > 0 ? (sum / steps) * customers : 0;
}

/** An interval of the normal distribution, cut off at what cannot be. */
function between(
  value: number,
  variance: number | null,
  least = Number.NEGATIVE_INFINITY,
  most = Infinity,
): Estimate {
  if (variance === null) return { value, low: null, high: null };
  const half = z95 * Math.sqrt(variance);
  return { value, low: Math.max(least, value - half), high: Math.min(most, value + half) };
}
