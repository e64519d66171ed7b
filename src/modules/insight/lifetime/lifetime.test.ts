import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder } from '../../../../test/data.ts';
import { fitPurchases, fitSpending, models } from './fit.ts';
import { forecastOf } from './forecast.ts';
import { spendingLikelihood } from './gamma-gamma.ts';
import { grouped } from './history.ts';
import { checkModels, cumulativeOf } from './holdout.ts';
import { modelNames } from './model.ts';
import { simulateHistories } from './simulate.ts';
import { hyp2f1 } from './special.ts';

const dayMs = 86_400_000;
const calibrationDays = 39 * 7;

interface Customer {
  first: number;
  days: Map<number, number>;
}

/** The 1/10 sample: days since 1997-01-01, and what was paid on each. */
function cdnow(): Customer[] {
  const customers = new Map<string, Customer>();
  const text = readFileSync(join(dataFolder() ?? '', 'cdnow', 'CDNOW_sample.txt'), 'utf8');
  for (const line of text.trim().split('\n')) {
    const [, id = '', date = '', , paid] = line.trim().split(/\s+/);
    const at = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
    const day = (at - Date.UTC(1997, 0, 1)) / dayMs;
    const one = customers.get(id) ?? { first: day, days: new Map() };
    one.days.set(day, (one.days.get(day) ?? 0) + Number(paid));
    customers.set(id, one);
  }
  return [...customers.values()];
}

/** What was known of them at the end of a day. */
function knownAt(customers: readonly Customer[], end: number) {
  return customers.map(({ first, days }) => {
    const bought = [...days.keys()].filter((day) => day <= end).sort((a, b) => a - b);
    return {
      x: bought.length - 1,
      last: (bought.at(-1) as number) - first,
      age: end - first,
      next: days.size - bought.length,
      paid: bought.slice(1).map((day) => days.get(day) as number),
    };
  });
}
type Known = ReturnType<typeof knownAt>;
const historiesOf = (known: Known) =>
  grouped(
    known.map(({ x }) => x),
    known.map(({ last }) => last),
    known.map(({ age }) => age),
  );

const run = dataFolder() ? test : test.skip;

run('on CDNOW, BG/NBD has the parameters of Fader, Hardie and Lee (2005), and their customer', () => {
  const fit = fitPurchases('bg-nbd', historiesOf(knownAt(cdnow(), calibrationDays - 1)));
  const { r, alpha, a, b } = fit.parameters as Record<string, number>;
  expect([r?.toFixed(3), alpha?.toFixed(3), a?.toFixed(3), b?.toFixed(3)]).toEqual([
    '0.243',
    '4.414',
    '0.793',
    '2.426',
  ]);
  expect(fit.logLikelihood.toFixed(1)).toBe('-9582.4');
  expect(fit.converged).toBe(true);
  // Their spreadsheet of the conditional expectation.
  const past = { x: 2, last: 30.43, age: 38.86 };
  expect(models['bg-nbd'].expected(fit.values, past, 39).toFixed(3)).toBe('1.226');
  for (const { error, low, high } of Object.values(fit.errors ?? {})) {
    expect(error).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(low);
  }
  expect(Object.keys(fit.errors ?? {})).toHaveLength(4);
});

run('on CDNOW, Pareto/NBD comes as high as in the literature', () => {
  const fit = fitPurchases('pareto-nbd', historiesOf(knownAt(cdnow(), calibrationDays - 1)));
  const { r, alpha, s, beta } = fit.parameters as Record<string, number>;
  expect([r?.toFixed(3), alpha?.toFixed(2), s?.toFixed(3), beta?.toFixed(2)]).toEqual([
    '0.553',
    '10.58',
    '0.606',
    '11.67',
  ]);
  expect(fit.logLikelihood).toBeGreaterThanOrEqual(-9594.98);
});

run('on CDNOW, Gamma-Gamma has the parameters of Fader and Hardie (2013)', () => {
  const buyers = knownAt(cdnow(), calibrationDays - 1).flatMap(({ paid }) => {
    const sum = paid.reduce((all, one) => all + one, 0);
    return sum > 0 ? [{ x: paid.length, mean: sum / paid.length }] : [];
  });
  expect(buyers).toHaveLength(946);
  const fit = fitSpending({ x: buyers.map(({ x }) => x), mean: buyers.map(({ mean }) => mean) });
  const { p, q, v } = fit.parameters as Record<string, number>;
  expect([p?.toFixed(2), q?.toFixed(2), v?.toFixed(2)]).toEqual(['6.25', '3.74', '15.44']);
});

run(
  'on CDNOW, every model foretells the half that was held out within a sixth, and the choice is the nearest',
  () => {
    const customers = cdnow();
    const known = knownAt(customers, calibrationDays - 1);
    const h = {
      x: Int32Array.from(known, ({ x }) => x),
      last: Int32Array.from(known, ({ last }) => last),
      age: Int32Array.from(known, ({ age }) => age),
      next: Int32Array.from(known, ({ next }) => next),
      count: Float64Array.from(known, () => 1),
    };
    const check = checkModels(h, 39);
    expect(check.customers).toBe(2357);
    expect(check.classes.reduce((sum, one) => sum + one.purchases, 0)).toBe(check.purchases);
    for (const { foretold, error } of check.models) {
      expect(Math.abs(foretold / check.purchases - 1)).toBeLessThan(1 / 6);
      expect(error).toBeGreaterThanOrEqual(
        check.models.find(({ model }) => model === check.best)?.error ?? 0,
      );
    }
    const arrivals = { age: customers.map(({ first }) => 39 * 7 - first), count: customers.map(() => 1) };
    const again = known.reduce((sum, { x }) => sum + x, 0);
    for (const { model, fit } of check.models) {
      const weekly = cumulativeOf(model, fit.values, arrivals, 39);
      expect(weekly).toHaveLength(39);
      expect(Math.abs((weekly.at(-1) as number) / again - 1)).toBeLessThan(0.05);
    }
  },
);

test.each(modelNames)('%s: the gradient is the slope of the likelihood', (name) => {
  const h = grouped(
    [0, 0, 1, 2, 5, 30, 130],
    [0, 0, 20, 213, 90, 250, 260],
    [10, 272, 21, 272, 91, 260, 261],
  );
  const f = models[name].logLikelihood(h);
  for (const at of [
    [0.3, 4, 0.8, 2.4],
    [2, 0.5, 1, 0.2],
    [0.05, 40, 3, 30],
  ]) {
    const { gradient } = f(at);
    at.forEach((value, i) => {
      const step = value * 1e-5;
      const beside = (by: number) => f(at.map((v, k) => (k === i ? v + by : v))).value;
      const slope = (beside(step) - beside(-step)) / (2 * step);
      expect(Math.abs((gradient[i] as number) - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
    });
  }
});

test('Gamma-Gamma: the gradient is the slope of the likelihood', () => {
  const f = spendingLikelihood({ x: [1, 2, 40, 1], mean: [10, 3.5, 20, 900], count: [3, 1, 1, 2] });
  const at = [6, 3.7, 15];
  const { gradient } = f(at);
  at.forEach((value, i) => {
    const beside = (by: number) => f(at.map((v, k) => (k === i ? v + by : v))).value;
    const slope = (beside(value * 1e-5) - beside(-value * 1e-5)) / (2e-5 * value);
    expect(Math.abs((gradient[i] as number) - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
  });
});

/** Fader and Hardie (2005), equations 20 to 22: the likelihood by the difference of two 2F1. */
function paretoByFunctions([r, alpha, s, beta]: number[], x: number, last: number, age: number): number {
  const [A, B, S, R] = [alpha as number, beta as number, s as number, r as number];
  const f = (t: number) =>
    A >= B
      ? hyp2f1(R + S + x, S + 1, R + S + x + 1, (A - B) / (A + t)) / (A + t) ** (R + S + x)
      : hyp2f1(R + S + x, R + x, R + S + x + 1, (B - A) / (B + t)) / (B + t) ** (R + S + x);
  const gammas = Array.from({ length: x }, (_, k) => R + k).reduce((product, one) => product * one, 1);
  const there = 1 / ((A + age) ** (R + x) * (B + age) ** S);
  return Math.log(gammas * A ** R * B ** S * (there + (S / (R + S + x)) * (f(last) - f(age))));
}

test.each([[[0.553, 10.58, 0.606, 11.67]], [[2, 12, 0.3, 3]], [[0.9, 0.5, 2.5, 20]]])(
  'Pareto/NBD: its integral is the difference of two 2F1',
  (parameters) => {
    for (const [x, last, age] of [
      [0, 0, 272],
      [1, 7, 100],
      [2, 213, 272],
      [9, 270, 272],
    ] as const) {
      const { value } = models['pareto-nbd'].logLikelihood(grouped([x], [last], [age]))(parameters);
      const plain = paretoByFunctions(parameters, x, last / 7, age / 7);
      expect(Math.abs(value - plain)).toBeLessThan(1e-9 * Math.abs(plain));
    }
  },
);

test.each(modelNames)(
  '%s finds the parameters that made the customers, and foretells in its intervals',
  (name) => {
    const parameters = name === 'pareto-nbd' ? [0.6, 60, 0.6, 50] : [0.6, 60, 0.8, 2.5];
    const h = simulateHistories({ model: name, parameters, customers: 20_000, weeks: 104, seed: 7 });
    const fit = fitPurchases(name, h);
    expect(fit.converged).toBe(true);
    fit.values.forEach((value, i) => {
      // Whole days blur what happened a little.
      const { low = 0, high = 0 } = Object.values(fit.errors ?? {})[i] ?? {};
      expect(parameters[i]).toBeGreaterThan(value - 2 * (value - low));
      expect(parameters[i]).toBeLessThan(value + 2 * (high - value));
    });
    const spent = { ...h, spent: h.count.map((n, i) => n * ((h.x[i] as number) + 1) * 20) };
    const told = forecastOf(spent, { model: name, purchases: fit, spending: null, weeks: 52, seed: 1 });
    const { value, low, high } = told.purchases;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(told.alive.value).toBeLessThan(20_000);
  },
);

test('customers who hardly differ leave parameters open; these are held, and what is foretold has an interval', () => {
  // Everybody is lost with the same chance, and spends the same but for a little.
  const h = simulateHistories({
    model: 'mbg-nbd',
    parameters: [1, 6, 5000, 20_000],
    ...{ customers: 200, weeks: 40, seed: 5 },
  });
  const fit = fitPurchases('mbg-nbd', h);
  expect(fit.held).toBe(true);
  expect((fit.parameters.a ?? 0) / ((fit.parameters.a ?? 0) + (fit.parameters.b ?? 0))).toBeCloseTo(0.2, 1);
  const spent = { ...h, spent: h.count.map((n, i) => n * ((h.x[i] as number) + 1) * 20) };
  const { purchases } = forecastOf(spent, {
    ...{ model: 'mbg-nbd', purchases: fit, spending: null, weeks: 20, seed: 1 },
  });
  expect(purchases.low).toBeLessThan(purchases.value);
  expect(purchases.high).toBeGreaterThan(purchases.value);
});

test.each(modelNames)('%s: whatever the past, a probability is one and expectations are finite', (name) => {
  for (const parameters of [
    [0.243, 4.414, 1, 2.426],
    [0.243, 4.414, 0.6, 0.4],
    [5, 0.01, 8, 0.2],
    [0.001, 500, 1e-4, 900],
  ])
    for (const past of [
      { x: 0, last: 0, age: 0 },
      { x: 0, last: 0, age: 500 },
      { x: 1, last: 1 / 7, age: 500 },
      { x: 3000, last: 499, age: 500 },
      { x: 400, last: 60, age: 500 },
    ]) {
      const alive = models[name].alive(parameters, past);
      expect(alive).toBeGreaterThanOrEqual(0);
      expect(alive).toBeLessThanOrEqual(1);
      let before = 0;
      for (const weeks of [0, 1, 52, 5000]) {
        const expected = models[name].expected(parameters, past, weeks);
        expect(expected).toBeGreaterThanOrEqual(before - 1e-6 * before);
        expect(Number.isFinite(expected)).toBe(true);
        before = expected;
      }
    }
});
