import { type Fitted, fitPurchases, fitSpending, models } from './fit.ts';
import { type Forecast, forecastOf, pastOf, type Spent } from './forecast.ts';
import { expectedSpending, type Spendings } from './gamma-gamma.ts';
import { type Arrivals, checkModels, cumulativeOf, type HeldOut, type HoldOutCheck } from './holdout.ts';
import type { ModelName } from './model.ts';

/** What is worked out beside the main thread: everything here can be sent from one thread to another. */
export interface LifetimeWork {
  everybody: Spent;
  /** For whom it is foretold. */
  meant: Spent;
  spendings: Spendings;
  heldOut: { histories: HeldOut; arrivals: Arrivals; weeks: number; totalWeeks: number } | null;
  asked: ModelName | null;
  weeks: number;
  seed: number;
}

export interface LifetimeWorked {
  model: ModelName;
  chosen: 'held-out' | 'asked' | 'unchecked';
  purchases: Fitted;
  spending: Fitted | null;
  check: (HoldOutCheck & { weekly: number[] }) | null;
  forecast: Forecast | null;
  bands: ({ from: number } & Crowd)[];
  atRisk: Crowd | null;
}

/** What is to be expected of some customers together. */
export interface Crowd {
  customers: number;
  purchases: number;
  revenue: number | null;
}

/**
 * At risk is whoever may be lost and is not lost yet, and of whom something is to be expected: worth an effort now.
 */
export const risk = { from: 0.2, below: 0.6, leastOrders: 0.5 } as const;

/** As it stands in the values of the night, so that a rule over these finds the same people. */
export const nightText = (value: number): string => value.toFixed(4);
const asKept = (value: number) => Number(nightText(value));

/** Where the past is too short to hold a part of it out. */
const usualModel: ModelName = 'mbg-nbd';
const mostPlausible = 0.999_999;

/** Chooses a model by what it would have foretold, fits it on everything known, and foretells. */
export function workOut(w: LifetimeWork): LifetimeWorked {
  const checked = w.heldOut ? checkModels(w.heldOut.histories, w.heldOut.weeks) : null;
  const model = w.asked ?? checked?.best ?? usualModel;
  const own = checked?.models.find((one) => one.model === model);
  const check =
    checked && w.heldOut && own
      ? { ...checked, weekly: cumulativeOf(model, own.fit.values, w.heldOut.arrivals, w.heldOut.totalWeeks) }
      : null;
  const purchases = fitPurchases(model, w.everybody);
  const spending = spendingOf(w.spendings);
  const isSound = purchases.converged && purchases.values.every(Number.isFinite);
  return {
    model,
    chosen: w.asked ? 'asked' : checked ? 'held-out' : 'unchecked',
    ...{ purchases, spending, check },
    forecast: isSound
      ? forecastOf(w.meant, { model, purchases, spending, weeks: w.weeks, seed: w.seed })
      : null,
    ...(isSound ? crowdsOf(w, model, purchases, spending) : { bands: [], atRisk: null }),
  };
}

/**
 * Where Gamma-Gamma does not fit (prices that never differ, or a mean over customers that is not finite): each customer's
 * own mean with one purchase of the usual size added, without an interval.
 */
function spendingOf(s: Spendings): Fitted | null {
  if (s.x.length === 0) return null;
  const fit = fitSpending(s);
  if (fit.converged && expectedSpending(fit.values, 1, 1) !== null) return fit;
  let [customers, sum] = [0, 0];
  for (let i = 0; i < s.x.length; i++) {
    const n = s.count ? (s.count[i] as number) : 1;
    customers += n;
    sum += n * (s.mean[i] as number);
  }
  const plain = 1e6;
  const values = [plain, plain + 1, sum / customers];
  return { ...fit, parameters: {}, errors: null, values, covariance: null, held: true };
}

/** Customers by the probability that they still are, and those at risk. */
function crowdsOf(w: LifetimeWork, model: ModelName, fit: Fitted, spending: Fitted | null) {
  const nobody = (): Crowd => ({ customers: 0, purchases: 0, revenue: spending ? 0 : null });
  const bands = Array.from({ length: 10 }, (_, i) => ({ from: i / 10, ...nobody() }));
  const atRisk = nobody();
  const h = w.meant;
  for (let i = 0; i < h.x.length; i++) {
    const past = pastOf(h, i);
    const n = h.count[i] as number;
    const alive = models[model].alive(fit.values, past);
    const band = bands[Math.floor(Math.min(alive, mostPlausible) * 10)] as (typeof bands)[number];
    const each = models[model].expected(fit.values, past, w.weeks);
    const bought = past.x + 1;
    const money = spending
      ? expectedSpending(spending.values, bought, (h.spent[i] as number) / n / bought)
      : null;
    const isAtRisk =
      asKept(alive) >= risk.from && asKept(alive) < risk.below && asKept(each) >= risk.leastOrders;
    for (const crowd of isAtRisk ? [band, atRisk] : [band]) {
      crowd.customers += n;
      crowd.purchases += n * each;
      if (crowd.revenue !== null) crowd.revenue += n * each * (money ?? 0);
    }
  }
  return { bands, atRisk };
}
