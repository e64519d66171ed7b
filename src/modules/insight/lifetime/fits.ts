import type { ClickHouse } from '#platform/clickhouse';
import type { Rows } from '../report/rows-sql.ts';
import { workOutBeside } from './beside.ts';
import { weeksOfMonths } from './forecast.ts';
import { customersOf } from './history.ts';
import { againByWeek, type Buyers, historiesAt, historiesNow, spendingsOf } from './lifetime-sql.ts';
import type { ModelName } from './model.ts';
import type { LifetimeWorked } from './work.ts';

/** With less, parameters are guesses. */
const leastCustomers = 30;
const leastRepeaters = 10;
/** A third of the past is held out, a year at most; of less than four weeks nothing is to be learned. */
const heldOutPart = 3;
const mostHeldOutWeeks = 52;
const leastHeldOutWeeks = 4;
/** What chance is needed for is the same at every asking. */
const seed = 20_050_224;

type Histories = Awaited<ReturnType<typeof historiesNow>>;
export const repeatersOf = (h: Pick<Histories, 'x' | 'count'>) =>
  h.count.reduce((sum, n, i) => sum + ((h.x[i] as number) > 0 ? n : 0), 0);
const areEnough = (h: Parameters<typeof customersOf>[0]) =>
  customersOf(h) >= leastCustomers && repeatersOf(h) >= leastRepeaters;

/** Fits on everybody and foretells those who are meant; null where there are too few to learn from. */
export async function fitAndForetell(
  b: Buyers,
  o: { everybody: Histories; meant: Histories; months: number; model: ModelName | null },
): Promise<(LifetimeWorked & { again: readonly number[] }) | null> {
  if (!areEnough(o.everybody)) return null;
  const heldOut = await heldOutOf(b, o.everybody);
  const worked = await workOutBeside({
    ...{ everybody: o.everybody, meant: o.meant, seed },
    spendings: await spendingsOf(b),
    heldOut: heldOut?.work ?? null,
    asked: o.model,
    weeks: weeksOfMonths(o.months),
  });
  return { ...worked, again: heldOut?.again ?? [] };
}

/** The same of everybody, for what is told of single customers. */
export async function fitsOf(o: {
  ch: ClickHouse;
  rows: Rows;
  currency: string;
  timeZone: string;
  months: number;
}) {
  const b: Buyers = { ...o, everybody: true };
  const everybody = await historiesNow(b);
  return fitAndForetell(b, { everybody, meant: everybody, months: o.months, model: null });
}

/** The last part of the past, if what is before it is enough to learn from. Ages tell when customers came. */
async function heldOutOf(b: Buyers, { age, end }: Histories) {
  const span = age.reduce((most, days) => Math.max(most, days), 0);
  const first = end - span;
  const weeks = Math.min(mostHeldOutWeeks, Math.floor(span / 7 / heldOutPart));
  if (weeks < leastHeldOutWeeks) return null;
  const cut = end - weeks * 7;
  const histories = await historiesAt(b, cut);
  if (!areEnough(histories)) return null;
  const totalWeeks = Math.floor(span / 7) + 1;
  const again = await againByWeek(b, { first, cut, weeks: totalWeeks });
  const arrivals = { age: histories.age.map((days) => days + end - cut), count: histories.count };
  return { work: { histories, arrivals, weeks, totalWeeks }, again };
}
