import type { ClickHouse } from '#platform/clickhouse';
import type { Overview } from './schema.ts';

/** The pulse of a workspace between two moments (`to` not included); null leaves a side open. */
export async function overview(
  ch: ClickHouse,
  workspaceId: number,
  o: { from: Date | null; to: Date | null; withoutBots: boolean },
): Promise<Overview> {
  const period = {
    ws: workspaceId,
    from: o.from?.getTime() ?? 0,
    to: o.to ? o.to.getTime() || 1 : 0,
    humans: o.withoutBots ? 1 : 0,
  };
  const [row] = await ch.query<Row>(counted, period);
  const number = (name: keyof Row) => Number(row?.[name] ?? 0);
  const sums = (revenue: Sums = [[], []]) =>
    Object.fromEntries(revenue[0].map((currency, i) => [currency, String(revenue[1][i])]));
  return {
    people: number('people'),
    known_people: number('known_people'),
    events: number('events'),
    orders: number('orders'),
    returns: number('returns'),
    buyers: number('buyers'),
    paid_orders: number('paid_orders'),
    revenue: sums(row?.revenue),
    known_revenue: sums(row?.known_revenue),
  };
}

/** Currencies, and the sum of each as text. */
type Sums = [currencies: string[], sums: string[]];

interface Row {
  people: string;
  known_people: string;
  events: string;
  orders: string;
  returns: string;
  buyers: string;
  paid_orders: string;
  revenue: Sums;
  known_revenue: Sums;
}

const within = `({humans:UInt8} = 0 or bot = 0) and ({from:Int64} = 0 or time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  and ({to:Int64} = 0 or time < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))`;

const sumsByCurrency = (condition: string) =>
  `sumMapIf([currency], [assumeNotNull(total)], is_order and total is not null${condition})`;
const asTexts = (sums: string) => `(${sums}.1, arrayMap(sum -> toString(sum), ${sums}.2))`;

/**
 * One pass over the period, and one over all that tells somebody, for who is known: people are counted by their keys
 * alone, as a row of figures for each of a million does not fit into the memory of a statement.
 */
const counted = `
  select uniqExact(person) as people, uniqExactIf(person, is_known) as known_people, count() as events,
         countIf(is_order) as orders, countIf(type = 'track' and event = 'Order Refunded') as returns,
         uniqExactIf(person, is_paid and is_known) as buyers, countIf(is_paid and is_known) as paid_orders,
         ${asTexts(sumsByCurrency(''))} as revenue, ${asTexts(sumsByCurrency(' and is_known'))} as known_revenue
    from (
      select person, event, type, currency, total, type = 'track' and event = 'Order Completed' as is_order,
             is_order and ifNull(total > 0, 0) as is_paid,
             known = 1 or person in (select person from people_events where workspace_id = {ws:UInt32} and known = 1) as is_known
        from people_events where workspace_id = {ws:UInt32} and ${within})`;
