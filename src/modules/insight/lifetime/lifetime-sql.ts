import type { ClickHouse } from '#platform/clickhouse';
import type { Asking } from '../report/define.ts';
import type { Rows } from '../report/rows-sql.ts';
import type { Spent } from './forecast.ts';
import type { Spendings } from './gamma-gamma.ts';
import type { HeldOut } from './holdout.ts';

/** The expression is that of the projection, in which orders stand together. */
export const paidOrders =
  "type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1 and total > 0";

/** Whose purchases are looked at. */
export interface Buyers {
  ch: ClickHouse;
  rows: Rows;
  currency: string;
  timeZone: string;
  /** Also those who are not in the segment of the question: models are fitted on everybody. */
  everybody: boolean;
}

export const buyersOf = (asking: Asking, currency: string, everybody: boolean): Buyers => ({
  ch: asking.ch,
  rows: asking.rows,
  timeZone: asking.timeZone,
  currency,
  everybody,
});

const paramsOf = ({ rows, currency, timeZone }: Buyers) => ({ ...rows.params, currency, zone: timeZone });

/**
 * One row a customer: the days of their purchases in order (by the workspace's zone), and what they spent in all. Only
 * known people: a guest who comes again looks like somebody new. Those whose first purchase is in the period.
 */
const customers = ({ rows, everybody }: Buyers) => `
  select ${rows.who} as who, arraySort(groupUniqArray(toInt32(toDate(time, {zone:String})))) as days,
         sum(assumeNotNull(total)) as paid
    from events
   where ${rows.where} and ${rows.untilEnd} and ${paidOrders} and currency = {currency:String}
   group by who
  having max(known) = 1 and ${everybody ? 'who != 0' : rows.isMeant} and min(time) >= ${rows.from}`;

/** The last day of the question, as customers' days are numbered. */
const endDay = ({ rows }: Buyers) => `toInt32(toDate(${rows.to} - interval 1 millisecond, {zone:String}))`;

export async function currenciesOf(
  asking: Asking,
): Promise<{ currency: string; orders: number; customers: number }[]> {
  const { rows, ch } = asking;
  const found = await ch.query<{ currency: string; orders: string; customers: string }>(
    `select currency, count() as customers, sum(n) as orders
       from (
         select ${rows.who} as who, currency, count() as n from events
          where ${rows.where} and ${rows.untilEnd} and ${paidOrders} and currency != ''
          group by who, currency having max(known) = 1 and ${rows.isMeant} and min(time) >= ${rows.from})
      group by currency order by orders desc, currency`,
    rows.params,
  );
  return found.map((row) => ({
    currency: row.currency,
    orders: Number(row.orders),
    customers: Number(row.customers),
  }));
}

/** Customers as the models know them now, and the last day of the question. */
export async function historiesNow(b: Buyers): Promise<Spent & { end: number }> {
  const found = await b.ch.query<Record<'x' | 'last' | 'age' | 'spent' | 'end', number> & { n: string }>(
    `select x, last, age, ${endDay(b)} as end, count() as n, sum(toFloat64(paid)) as spent
       from (
         select toInt32(length(days) - 1) as x, days[-1] - days[1] as last, ${endDay(b)} - days[1] as age, paid
           from (${customers(b)}))
      group by x, last, age order by x, age, last`,
    paramsOf(b),
  );
  return {
    x: Int32Array.from(found, (row) => row.x),
    last: Int32Array.from(found, (row) => row.last),
    age: Int32Array.from(found, (row) => row.age),
    count: Float64Array.from(found, (row) => Number(row.n)),
    spent: Float64Array.from(found, (row) => row.spent),
    end: found[0]?.end ?? 0,
  };
}

/** Customers as they were known at the end of the day `cut`, and how often they bought afterwards. */
export async function historiesAt(b: Buyers, cut: number): Promise<HeldOut> {
  const found = await b.ch.query<{ x: number; last: number; age: number; next: number; n: string }>(
    `select toInt32(length(before) - 1) as x, before[-1] - before[1] as last, {cut:Int32} - before[1] as age,
            toInt32(length(days) - length(before)) as next, count() as n
       from (select days, arrayFilter(day -> day <= {cut:Int32}, days) as before from (${customers(b)}))
      where notEmpty(before)
      group by x, last, age, next order by x, age, last, next`,
    { ...paramsOf(b), cut },
  );
  return {
    x: Int32Array.from(found, (row) => row.x),
    last: Int32Array.from(found, (row) => row.last),
    age: Int32Array.from(found, (row) => row.age),
    next: Int32Array.from(found, (row) => row.next),
    count: Float64Array.from(found, (row) => Number(row.n)),
  };
}

/** Of those who came up to the day `cut`: when they came again, by weeks since `first`. */
export async function againByWeek(
  b: Buyers,
  { first, cut, weeks }: { first: number; cut: number; weeks: number },
): Promise<number[]> {
  const again = await b.ch.query<{ week: number; n: string }>(
    `select toInt32(intDiv(day - {first:Int32}, 7)) as week, count() as n
       from (${customers(b)}) array join arraySlice(days, 2) as day
      where days[1] <= {cut:Int32} group by week order by week`,
    { ...paramsOf(b), cut, first },
  );
  const counts = new Array<number>(weeks).fill(0);
  for (const { week, n } of again) if (week < weeks) counts[week] = Number(n);
  return counts;
}

/** So many customers tell what the rest spend: the error of the fit is then below half a percent. */
const mostSpendings = 200_000;

/** How often customers paid and how much at a time; of more, a part that is the same at every asking. */
export async function spendingsOf(b: Buyers): Promise<Spendings> {
  const found = await b.ch.query<{ x: number; mean: number; n: string }>(
    `select x, mean, count() as n
       from (
         select toInt32(length(days)) as x, toFloat64(paid) / x as mean
           from (${customers(b)}) order by cityHash64(who) limit ${mostSpendings})
      group by x, mean`,
    paramsOf(b),
  );
  return {
    x: Int32Array.from(found, (row) => row.x),
    mean: Float64Array.from(found, (row) => row.mean),
    count: Float64Array.from(found, (row) => Number(row.n)),
  };
}

/** Customers one by one, for what is told of each. */
export function eachCustomer(b: Buyers) {
  return b.ch.queryStream<{ who: string; x: number; last: number; age: number; paid: number }>(
    `select who, toInt32(length(days) - 1) as x, days[-1] - days[1] as last, ${endDay(b)} - days[1] as age,
            toFloat64(paid) as paid
       from (${customers(b)})`,
    paramsOf(b),
  );
}
