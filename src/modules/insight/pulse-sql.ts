import type { ClickHouse } from '#platform/clickhouse';
import { compareShares, compareTotals } from './difference.ts';
import { type Period, parametersOf, personNow } from './period.ts';
import type { Pulse } from './schema.ts';

/** How a workspace is doing in a period, against as long a one before. `share`: the names of the stage Share. */
export async function pulse(
  ch: ClickHouse,
  workspaceId: number,
  o: Period & { share: readonly string[] },
): Promise<Pulse> {
  const period = { ...parametersOf(workspaceId, o), share: o.share };
  const [[first], [came = {}], [bought = {}], money] = await Promise.all([
    ch.query('select 1 as one from events where workspace_id = {ws:UInt32} limit 1', period),
    ch.query<Record<string, string>>(whoCame, period),
    ch.query<Record<string, string>>(whoBought, period),
    ch.query<MoneyRow>(whatTheyPaid, period),
  ]);
  const count = (row: Record<string, string>, name: string) => Number(row[name] ?? 0);
  const rate = (now: { part: number; of: number }, before: { part: number; of: number }) => ({
    now,
    before,
    difference: compareShares(now, before),
  });
  const people = { now: count(came, 'people'), before: count(came, 'people_before') };
  const orders = (suffix: string) => ({
    sum: count(bought, `orders${suffix}`),
    squares: count(bought, `order_squares${suffix}`),
    people: count(bought, `orderers${suffix}`),
  });
  const ones = (n: number) => ({ sum: n, squares: n, people: n });
  return {
    has_events: first !== undefined,
    people: { ...people, difference: compareTotals(ones(people.now), ones(people.before)) },
    orders: {
      now: count(bought, 'orders'),
      before: count(bought, 'orders_before'),
      difference: compareTotals(orders(''), orders('_before')),
    },
    repeat_rate: rate(
      { part: count(bought, 'repeaters'), of: count(bought, 'buyers') },
      { part: count(bought, 'repeaters_before'), of: count(bought, 'buyers_before') },
    ),
    share_rate: rate(
      { part: count(came, 'sharers'), of: people.now },
      { part: count(came, 'sharers_before'), of: people.before },
    ),
    revenue: money.map((row) => ({
      currency: row.currency,
      now: row.revenue,
      before: row.revenue_before,
      difference: compareTotals(
        { sum: Number(row.revenue), squares: row.squares, people: Number(row.payers) },
        { sum: Number(row.revenue_before), squares: row.squares_before, people: Number(row.payers_before) },
      ),
    })),
  };
}

interface MoneyRow {
  currency: string;
  revenue: string;
  revenue_before: string;
  squares: number;
  squares_before: number;
  payers: string;
  payers_before: string;
}

const from = "fromUnixTimestamp64Milli({from:Int64}, 'UTC')";
const to = "fromUnixTimestamp64Milli({to:Int64}, 'UTC')";
const before = "fromUnixTimestamp64Milli({before:Int64}, 'UTC')";
const ofThem = 'workspace_id = {ws:UInt32} and ({humans:UInt8} = 0 or bot = 0)';
/** The expression is that of the projection, in which orders stand together. */
const anOrder = "type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1";

/** As `if(type in ('page', 'screen'), type, event)` in the names, but told by the few different values of a column. */
const isShare = `if(type in ('page', 'screen'), type in {share:Array(String)}, event in {share:Array(String)})`;

/**
 * Behaviour: without what is stored for a contract only. Four bits a person: was here, was here before, passed something
 * on, did so before.
 */
const whoCame = `
  select countIf(bitTest(did, 0)) as people, countIf(bitTest(did, 1)) as people_before,
         countIf(bitTest(did, 2)) as sharers, countIf(bitTest(did, 3)) as sharers_before
    from (
      select ${personNow} as who, groupBitOr(bitShiftLeft(if(${isShare}, toUInt8(5), toUInt8(1)), toUInt8(time < ${from}))) as did
        from events where ${ofThem} and contract = 0 and time >= ${before} and time < ${to}
       group by who having who != 0)`;

/** Who bought, and whether for the first time; that asks for all orders up to the period's end. */
const whoBought = `
  select sum(n) as orders, sum(n_before) as orders_before, countIf(n > 0) as orderers, countIf(n_before > 0) as orderers_before,
         sum(n * n) as order_squares, sum(n_before * n_before) as order_squares_before,
         countIf(paid > 0) as buyers, countIf(paid_before > 0) as buyers_before,
         countIf(paid > 0 and paid + paid_until > 1) as repeaters,
         countIf(paid_before > 0 and paid_until > 1) as repeaters_before
    from (
      select ${personNow} as who, countIf(time >= ${from}) as n, countIf(time >= ${before} and time < ${from}) as n_before,
             countIf(total > 0 and time >= ${from}) as paid,
             countIf(total > 0 and time >= ${before} and time < ${from}) as paid_before,
             countIf(total > 0 and time < ${from}) as paid_until
        from events where ${ofThem} and ${anOrder} and time < ${to}
       group by who having who != 0)`;

/**
 * Squares are for the test only, and may be approximate; sums of money are exact, and 0, not null, where a currency was
 * paid in one of the periods only.
 */
const whatTheyPaid = `
  select currency, toString(sum(spent)) as revenue, toString(sum(spent_before)) as revenue_before,
         sum(pow(toFloat64(spent), 2)) as squares, sum(pow(toFloat64(spent_before), 2)) as squares_before,
         countIf(spent != 0) as payers, countIf(spent_before != 0) as payers_before
    from (
      select ${personNow} as who, currency, sumIf(assumeNotNull(total), time >= ${from}) as spent,
             sumIf(assumeNotNull(total), time < ${from}) as spent_before
        from events
       where ${ofThem} and ${anOrder} and total is not null and time >= ${before} and time < ${to}
       group by who, currency having who != 0)
   group by currency order by currency`;
