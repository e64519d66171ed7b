import type { Asking } from '../report/define.ts';

type Asked = Pick<Asking, 'ch' | 'rows' | 'timeZone' | 'allInOrder'> & {
  /** The beginning of the period before, in ms. */
  beforeMs: number;
  /** Names of events of the stage Share; `page` and `screen` stand for all of them. */
  share: readonly string[];
};

const before = "fromUnixTimestamp64Milli({before:Int64}, 'UTC')";
const anOrder = "(type = 'track' and event = 'Order Completed')";
const isShare =
  "if(type in ('page', 'screen'), type in {share:Array(String)}, event in {share:Array(String)})";
const paramsOf = ({ rows, beforeMs, share, timeZone }: Asked) => ({
  ...rows.params,
  ...{ before: beforeMs, share, zone: timeZone },
});

/** People, orders and what they did in both periods; numbers by name, those of the period before with `_before`. */
export async function figures(asked: Asked): Promise<(name: string) => number> {
  const { ch, rows } = asked;
  const [row = {}] = await ch.query<Record<string, string>>(
    `select ${['', '_before']
      .map(
        (
          of,
        ) => `countIf(here${of}) as people${of}, countIf(here${of} and began${of}) as newcomers${of}, countIf(paid${of} > 0) as buyers${of},
            countIf(shared${of}) as sharers${of}, sum(n${of}) as orders${of}, sum(n${of} * n${of}) as order_squares${of}, countIf(n${of} > 0) as orderers${of}`,
      )
      .join(',\n            ')}
       from (
         select who, first >= ${rows.from} as began, first >= ${before} and first < ${rows.from} as began_before,
                bitTest(did, 0) as here, bitTest(did, 1) as here_before, bitTest(did, 2) as shared, bitTest(did, 3) as shared_before,
                n, n_before, paid, paid_before
           from (
             select ${rows.who} as who, min(first) as first, groupBitOr(did) as did, sum(n) as n, sum(n_before) as n_before,
                    sum(paid) as paid, sum(paid_before) as paid_before
               from (
                 select key, any(person) as person, min(time) as first,
                        groupBitOr(if(time < ${before}, 0, bitShiftLeft(if(${isShare}, 5, 1), toUInt8(time < ${rows.from})))) as did,
                        countIf(${anOrder} and time >= ${rows.from}) as n, countIf(${anOrder} and time >= ${before} and time < ${rows.from}) as n_before,
                        countIf(${anOrder} and total > 0 and time >= ${rows.from}) as paid,
                        countIf(${anOrder} and total > 0 and time >= ${before} and time < ${rows.from}) as paid_before
                   from events where ${rows.where} and ${rows.untilEnd} group by key)
              group by who having ${rows.isMeant}))${asked.allInOrder}`,
    paramsOf(asked),
  );
  return (name) => Number(row[name] ?? 0);
}

export interface Money {
  currency: string;
  isBefore: boolean;
  sum: string;
  /** Of what each person paid; of each paid order; of how many each payer placed. */
  squares: number;
  order_squares: number;
  count_squares: number;
  orders: number;
  payers: number;
}

/** What was paid in both periods, by currency. */
export async function money(asked: Asked): Promise<Money[]> {
  const { ch, rows } = asked;
  const found = await ch.query<Record<string, string | number>>(
    `select currency, is_before, toString(sum(spent)) as sum, sum(pow(toFloat64(spent), 2)) as squares, sum(powers) as order_squares,
            sum(n * n) as count_squares, sum(n) as orders, count() as payers
       from (
         select ${rows.who} as who, currency, time < ${rows.from} as is_before, sum(assumeNotNull(total)) as spent,
                sum(pow(toFloat64(assumeNotNull(total)), 2)) as powers, count() as n
           from events
          where ${rows.where} and ${anOrder} and if(event = 'Order Completed', 1, 0) = 1 and total > 0 and time >= ${before} and time < ${rows.to}
          group by who, currency, is_before having ${rows.isMeant})
      group by currency, is_before order by currency, is_before`,
    paramsOf(asked),
  );
  return found.map((row) => ({
    currency: String(row.currency),
    isBefore: Number(row.is_before) === 1,
    sum: String(row.sum),
    squares: Number(row.squares),
    order_squares: Number(row.order_squares),
    count_squares: Number(row.count_squares),
    orders: Number(row.orders),
    payers: Number(row.payers),
  }));
}

/** People and orders by day of both periods; a set of people a day, since rows of person and day would be nearly all rows. */
export async function byDay(
  asked: Asked,
): Promise<{ day: string; isBefore: boolean; people: number; orders: number }[]> {
  const { ch, rows } = asked;
  const found = await ch.query<Record<string, string | number>>(
    `select toString(day) as day, is_before, uniqExact(who) as people, countIf(is_order) as orders
       from (
         select ${rows.who} as who, toDate(toTimeZone(time, {zone:String})) as day, time < ${rows.from} as is_before, ${anOrder} as is_order
           from events
          where ${rows.where} and time >= ${before} and time < ${rows.to})
      where ${rows.isMeant}
      group by day, is_before order by day, is_before desc`,
    paramsOf(asked),
  );
  return found.map((row) => ({
    day: String(row.day),
    isBefore: Number(row.is_before) === 1,
    people: Number(row.people),
    orders: Number(row.orders),
  }));
}

export interface Silent {
  who: number;
  currency: string;
  spent: string;
  orders: number;
  usualDays: number;
  silentDays: number;
  chance: number;
}

/**
 * Who paid most in each currency, of those with three orders or more whose silence would be rare if they went on as
 * before. Times between orders taken as exponential with an unknown mean: of n orders over a time S, the next one is
 * later than t after the last with probability (S / (S + t))^(n - 1) (the posterior predictive under the prior 1 / mean).
 */
export async function silentPeople(asked: Asked): Promise<Silent[]> {
  const { ch, rows } = asked;
  const day = '86400000';
  const found = await ch.query<Record<string, string | number>>(
    `select who, currency, toString(spent) as spent_text, n as orders, span / (n - 1) / ${day} as usual, gone / ${day} as silent,
            pow(span / (span + gone), n - 1) as chance
       from (
         select ${rows.who} as who, currency, sum(assumeNotNull(total)) as spent, count() as n,
                toFloat64(toUnixTimestamp64Milli(max(time)) - toUnixTimestamp64Milli(min(time))) as span,
                toFloat64({q_to:Int64} - toUnixTimestamp64Milli(max(time))) as gone
           from events
          where ${rows.where} and ${anOrder} and if(event = 'Order Completed', 1, 0) = 1 and total > 0 and ${rows.untilEnd}
          group by who, currency having ${rows.isMeant} and n >= 3 and span > 0)
      where chance < 0.05 and gone < 400. * ${day}
      order by currency, spent desc, who limit 5 by currency`,
    paramsOf(asked),
  );
  return found.map((row) => ({
    who: Number(row.who),
    currency: String(row.currency),
    spent: String(row.spent_text),
    orders: Number(row.orders),
    usualDays: Number(row.usual),
    silentDays: Number(row.silent),
    chance: Number(row.chance),
  }));
}

/** Who passed more on in the last four weeks than in the four before. */
export async function risingSharers(
  asked: Asked,
): Promise<{ who: number; shares: number; before: number }[]> {
  const { ch, rows } = asked;
  const found = await ch.query<Record<string, string | number>>(
    `select who, now as shares, earlier as before
       from (
         select ${rows.who} as who, countIf(time >= ${rows.to} - interval 28 day) as now, countIf(time < ${rows.to} - interval 28 day) as earlier
           from events
          where ${rows.where} and ${isShare} and time >= ${rows.to} - interval 56 day and time < ${rows.to}
          group by who having ${rows.isMeant} and now > earlier)
      order by now - earlier desc, who limit 50`,
    paramsOf(asked),
  );
  return found.map((row) => ({
    who: Number(row.who),
    shares: Number(row.shares),
    before: Number(row.before),
  }));
}
