import type { ClickHouse } from '#platform/clickhouse';
import type { Statement } from '../rule/index.ts';

/**
 * Compares everybody who bought with all others: three fifths from 1 to 5, and the group. Purchases are orders of known
 * people whose total is above 0. Recency is in days (5: the most recent), frequency in orders, those with as many ranked
 * in the order of the customer's number, and money is the sum. The edges of the fifths are linearly interpolated
 * quantiles, in whole numbers throughout (five times the edge), and each fifth holds its upper edge. Currencies are not
 * converted: of several, `currency` is the one that counts. Whoever was erased is left out once a buyer, behind the
 * grouping: the view `people_events` asks it of every row. Only columns of the projection are read, in which orders
 * stand together; an order without a number is one of its own.
 */
export function rfmStatement(o: {
  workspaceId: number;
  position: number;
  now: number;
  currency: string;
}): Statement {
  const edges = (list: string) =>
    `arrayMap(k -> 5 * ${list}[intDiv(k * (n - 1), 5) + 1] + ((k * (n - 1)) % 5) * (${list}[intDiv(k * (n - 1), 5) + 2] - ${list}[intDiv(k * (n - 1), 5) + 1]), [1, 2, 3, 4])`;
  const fifth = (value: string, of: string) => `1 + arrayCount(e -> e < 5 * ${value}, ${of})`;
  return {
    sql: `with buyers as (
       select who as person,
              toInt128(intDiv({now:Int64} - max(toUnixTimestamp64Milli(time)), 86400000)) as days,
              uniqExactIf(order_id, order_id != '') + countIf(order_id = '') as orders,
              toInt128(sum(total) * 1000000) as micros,
              minIf((length(order_user_id), order_user_id), order_user_id != '') as number
         from (select *, order_user_id, dictGetOrDefault('person_now', 'person', key, person) as who from events)
        where workspace_id = {ws:UInt32} and type = 'track' and event = 'Order Completed'
          and if(event = 'Order Completed', 1, 0) = 1 and contract = 0 and bot = 0
          and known = 1 and total > 0 and currency = {currency:String} and seq <= {position:UInt64}
          and time <= fromUnixTimestamp64Milli({now:Int64}, 'UTC')
        group by who having who != 0
     ), edged as (
       select arraySort(z -> (z.3, z.5, z.1), groupArray((person, days, orders, micros, number))) as ranked,
              toInt64(length(ranked)) as n,
              arraySort(groupArray(days)) as all_days,
              arraySort(groupArray(micros)) as all_micros,
              ${edges('all_days')} as day_edges,
              ${edges('all_micros')} as micro_edges
         from buyers
     ), scored as (
       select buyer.1 as person,
              6 - (${fifth('buyer.2', 'day_edges')}) as r,
              greatest(1, intDiv(5 * (place - 1) + greatest(n - 1, 1) - 1, greatest(n - 1, 1))) as f,
              ${fifth('buyer.4', 'micro_edges')} as m,
              multiIf(r <= 2 and f <= 2, 'hibernating', r <= 2 and f <= 4, 'at_risk', r <= 2, 'cant_lose',
                      r = 3 and f <= 2, 'about_to_sleep', r = 3 and f = 3, 'need_attention', r <= 4 and f >= 4, 'loyal',
                      r = 4 and f = 1, 'promising', r = 5 and f = 1, 'new', f <= 3, 'potential_loyalist', 'champions') as rfm
         from (select ranked, n, day_edges, micro_edges, arrayEnumerate(ranked) as places from edged)
        array join ranked as buyer, places as place
     )
     select person, r as rfm_recency, f as rfm_frequency, m as rfm_money, rfm as rfm_group from scored`,
    params: { ws: o.workspaceId, position: o.position, now: o.now, currency: o.currency },
  };
}

/** The currency in which most was ordered lately, by the number of orders; none where nothing was. */
export async function usualCurrency(
  ch: ClickHouse,
  o: { workspaceId: number; now: number },
): Promise<string | null> {
  const [row] = await ch.query<{ currency: string }>(
    `select currency from events
      where workspace_id = {ws:UInt32} and type = 'track' and event = 'Order Completed' and contract = 0 and bot = 0
        and total > 0 and currency != '' and time <= fromUnixTimestamp64Milli({now:Int64}, 'UTC')
      group by currency order by count() desc, currency limit 1`,
    { ws: o.workspaceId, now: o.now },
  );
  return row?.currency ?? null;
}
