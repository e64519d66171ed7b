import { type Fitted, fitPurchases, models } from './fit.ts';
import { pastOf } from './forecast.ts';
import { daysAWeek, type Histories } from './history.ts';
import { type ModelName, modelNames } from './model.ts';

/** Customers as they were at a day in the past, and how often they bought between it and now. */
export interface HeldOut extends Histories {
  readonly next: Int32Array;
}

export interface ModelCheck {
  model: ModelName;
  fit: Fitted;
  /** Purchases of all in the time that was held out, as foretold. */
  foretold: number;
  /** Root of the mean squared difference between foretold and real purchases of a customer. */
  error: number;
  /** By how often they had bought again, the last class open; mean purchases of each as foretold. */
  classes: number[];
}

export interface HoldOutCheck {
  weeks: number;
  customers: number;
  /** What happened. */
  purchases: number;
  classes: { x: number; customers: number; purchases: number }[];
  models: ModelCheck[];
  best: ModelName;
}

const openClass = 7;

/**
 * Fits each model on what was known at that day and lets it foretell what came then, by the expectation of each customer.
 * The best is the one whose foretelling of single customers is least wrong; a model that did not come to an end, or
 * whose parameters run away, is taken only where all do.
 */
export function checkModels(h: HeldOut, weeks: number): HoldOutCheck {
  const classOf = (i: number) => Math.min(h.x[i] as number, openClass);
  const classes = Array.from({ length: openClass + 1 }, (_, x) => ({ x, customers: 0, purchases: 0 }));
  let [customers, purchases] = [0, 0];
  for (let i = 0; i < h.x.length; i++) {
    const n = h.count[i] as number;
    const one = classes[classOf(i)] as (typeof classes)[number];
    one.customers += n;
    one.purchases += n * (h.next[i] as number);
    customers += n;
    purchases += n * (h.next[i] as number);
  }
  const checked = modelNames.map((model): ModelCheck => {
    const fit = fitPurchases(model, h);
    const sums = classes.map(() => 0);
    const known = new Map<string, number>();
    let [squares, foretold] = [0, 0];
    for (let i = 0; i < h.x.length; i++) {
      const key = `${h.x[i]},${h.last[i]},${h.age[i]}`;
      let expected = known.get(key);
      if (expected === undefined) {
        expected = models[model].expected(fit.values, pastOf(h, i), weeks);
        known.set(key, expected);
      }
      const n = h.count[i] as number;
      sums[classOf(i)] = (sums[classOf(i)] as number) + n * expected;
      foretold += n * expected;
      squares += n * ((h.next[i] as number) - expected) ** 2;
    }
    return {
      model,
      fit,
      foretold,
      error: customers > 0 ? Math.sqrt(squares / customers) : 0,
      classes: sums.map((sum, x) => (classes[x]?.customers ? sum / (classes[x]?.customers as number) : 0)),
    };
  });
  const sound = checked.filter(({ fit, error }) => fit.covariance !== null && Number.isFinite(error));
  const best = (sound.length > 0 ? sound : checked).reduce((a, b) => (b.error < a.error ? b : a)).model;
  return { weeks, customers, purchases, classes, models: checked, best };
}

/** When customers came: so many bought for the first time so many days before the end of the picture. */
export interface Arrivals {
  readonly age: ArrayLike<number>;
  readonly count: ArrayLike<number>;
}

/**
 * Purchases after the first of all customers from the first week to each, as a model expects them: the sum of what is to
 * be expected of somebody new in the time since they came. Ages are taken by whole weeks.
 */
export function cumulativeOf(
  model: ModelName,
  values: readonly number[],
  arrivals: Arrivals,
  weeks: number,
): number[] {
  const came = new Float64Array(weeks + 1);
  for (let i = 0; i < arrivals.age.length; i++) {
    const week = Math.floor(weeks - (arrivals.age[i] as number) / daysAWeek);
    if (week >= 0 && week <= weeks) came[week] = (came[week] as number) + (arrivals.count[i] as number);
  }
  const ofAge = Array.from({ length: weeks + 1 }, (_, week) =>
    models[model].expectedOfNew(values, Math.max(0, week - 0.5)),
  );
  return Array.from({ length: weeks }, (_, at) => {
    let sum = 0;
    for (let week = 0; week <= at; week++) sum += (came[week] as number) * (ofAge[at + 1 - week] as number);
    return sum;
  });
}
