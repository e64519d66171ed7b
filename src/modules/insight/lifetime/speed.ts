import { Chance } from './chance.ts';
import { fitPurchases, fitSpending } from './fit.ts';
import { expectedSpending } from './gamma-gamma.ts';
import { grouped, type Histories } from './history.ts';
import { simulateHistories } from './simulate.ts';

/** Customers one by one, as a fit gets them before they are grouped. */
export interface Single {
  x: Int32Array;
  last: Int32Array;
  age: Int32Array;
  spentX: Int32Array;
  spentMean: Float64Array;
}

/** As many customers as wanted, as BG/NBD and Gamma-Gamma have them with the parameters of CDNOW, over 39 weeks. */
export function simulatedCustomers(customers: number, seed = 1): Single {
  const h = simulateHistories({
    model: 'bg-nbd',
    parameters: [0.243, 4.414, 0.793, 2.426],
    ...{ customers, weeks: 39, seed },
  });
  const chance = new Chance(seed + 1);
  const rows = Array.from(h.count, (n, i) => Array.from({ length: n }, () => i)).flat();
  const buyers = rows.filter((i) => (h.x[i] as number) > 0);
  return {
    x: Int32Array.from(rows, (i) => h.x[i] as number),
    last: Int32Array.from(rows, (i) => h.last[i] as number),
    age: Int32Array.from(rows, (i) => h.age[i] as number),
    spentX: Int32Array.from(buyers, (i) => h.x[i] as number),
    spentMean: Float64Array.from(buyers, (i) => {
      const x = h.x[i] as number;
      return chance.gamma(6.25 * x, chance.gamma(3.74, 15.44)) / x;
    }),
  };
}

/** What is timed: grouping, BG/NBD and Gamma-Gamma, each with its starts and its standard errors. */
export function fitCustomers(s: Single) {
  const h: Histories = grouped(s.x, s.last, s.age);
  const purchases = fitPurchases('bg-nbd', h);
  const spending = fitSpending({ x: s.spentX, mean: s.spentMean });
  return { rows: h.x.length, purchases, spending, usual: expectedSpending(spending.values, 0, 0) };
}
