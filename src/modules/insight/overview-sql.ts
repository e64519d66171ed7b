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
  const [[counts], sums] = await Promise.all([
    ch.query<Record<string, string>>(
      `select countIf(done > 0) as people, countIf(done > 0 and is_known) as known_people, sum(done) as events,
              sum(ordered) as orders, sum(returned) as returns, countIf(is_known and paid > 0) as buyers,
              sumIf(paid, is_known) as paid_orders
         from (
           select person, max(known) as is_known, countIf(${within}) as done,
                  countIf(event = 'Order Completed' and type = 'track' and ${within}) as ordered,
                  countIf(event = 'Order Refunded' and type = 'track' and ${within}) as returned,
                  countIf(event = 'Order Completed' and type = 'track' and total > 0 and ${within}) as paid
             from people_events where workspace_id = {ws:UInt32} group by person)`,
      period,
    ),
    ch.query<{ currency: string; revenue: string; known_revenue: string }>(
      `select currency, toString(sum(spent)) as revenue, toString(sumIf(spent, is_known)) as known_revenue
         from (
           select person, currency, sum(total) as spent,
                  person in (select person from people_events where workspace_id = {ws:UInt32} and known = 1) as is_known
             from people_events
            where workspace_id = {ws:UInt32} and type = 'track' and event = 'Order Completed' and total is not null and ${within}
            group by person, currency)
        group by currency order by currency`,
      period,
    ),
  ]);
  const number = (name: string) => Number(counts?.[name] ?? 0);
  return {
    people: number('people'),
    known_people: number('known_people'),
    events: number('events'),
    orders: number('orders'),
    returns: number('returns'),
    buyers: number('buyers'),
    paid_orders: number('paid_orders'),
    revenue: Object.fromEntries(sums.map((row) => [row.currency, row.revenue])),
    known_revenue: Object.fromEntries(sums.map((row) => [row.currency, row.known_revenue])),
  };
}

const within = `({humans:UInt8} = 0 or bot = 0) and ({from:Int64} = 0 or time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  and ({to:Int64} = 0 or time < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))`;
