import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chance } from '../../src/modules/insight/lifetime/chance.ts';
import { fitPurchases, fitSpending } from '../../src/modules/insight/lifetime/fit.ts';
import { expectedSpending } from '../../src/modules/insight/lifetime/gamma-gamma.ts';
import { grouped, type Histories } from '../../src/modules/insight/lifetime/history.ts';
import { simulateHistories } from '../../src/modules/insight/lifetime/simulate.ts';
import { dataFolder } from '../../test/data.ts';

/** Customers one by one, as a fit gets them before they are grouped. */
interface Single {
  x: Int32Array;
  last: Int32Array;
  age: Int32Array;
  spentX: Int32Array;
  spentMean: Float64Array;
}

/** As many customers as wanted, as BG/NBD and Gamma-Gamma have them with the parameters of CDNOW, over 39 weeks. */
function simulatedCustomers(customers: number, seed = 1): Single {
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
function fitCustomers(s: Single) {
  const h: Histories = grouped(s.x, s.last, s.age);
  const purchases = fitPurchases('bg-nbd', h);
  const spending = fitSpending({ x: s.spentX, mean: s.spentMean });
  return { rows: h.x.length, purchases, spending, usual: expectedSpending(spending.values, 0, 0) };
}

/** The first runs are slow until the engine of JavaScript has translated what they run; a living program has it so. */
const warmingRuns = 30;
const runs = 31;

/**
 * How long lifetime value takes to fit on one core: BG/NBD with its starts and standard errors on the 1/10 sample of CDNOW
 * (ms, warm, the middle of the runs; null without the data), and grouping, BG/NBD and Gamma-Gamma on a million (s).
 */
export function lifetimeFigures(): { clv_fit_cdnow_ms: number | null; clv_fit_1m_s: number } {
  const known = cdnow();
  const times = (known ? Array.from({ length: warmingRuns + runs }) : [])
    .map(() =>
      took(() => fitPurchases('bg-nbd', grouped(known?.x ?? [], known?.last ?? [], known?.age ?? []))),
    )
    .slice(warmingRuns);
  const million = simulatedCustomers(1_000_000);
  const seconds = Array.from({ length: 3 }, () => took(() => fitCustomers(million)) / 1000);
  return {
    clv_fit_cdnow_ms: times.length > 0 ? Math.round(middleOf(times) * 10) / 10 : null,
    clv_fit_1m_s: Math.round(middleOf(seconds) * 100) / 100,
  };
}

function took(act: () => unknown): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}

const middleOf = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;

/** As Fader, Hardie and Lee have it: days since the first purchase, up to the end of week 39. */
function cdnow() {
  const folder = dataFolder();
  if (!folder) return null;
  const days = new Map<string, Set<number>>();
  for (const line of readFileSync(join(folder, 'cdnow', 'CDNOW_sample.txt'), 'utf8')
    .trim()
    .split('\n')) {
    const [, id = '', date = ''] = line.trim().split(/\s+/);
    const at = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
    const day = (at - Date.UTC(1997, 0, 1)) / 86_400_000;
    if (day < 39 * 7) days.set(id, (days.get(id) ?? new Set()).add(day));
  }
  const all = [...days.values()].map((one) => [...one].sort((a, b) => a - b));
  const first = all.map(([day = 0]) => day);
  return {
    x: all.map(({ length }) => length - 1),
    last: all.map((one, i) => (one.at(-1) ?? 0) - (first[i] ?? 0)),
    age: first.map((day) => 39 * 7 - 1 - day),
  };
}
