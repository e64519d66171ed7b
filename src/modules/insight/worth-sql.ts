import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import { type Period, parametersOf } from './period.ts';
import type { Worth } from './schema.ts';

/** What the members of a segment ordered in a period, against everybody else; who they are is told as of now. */
export async function worth(
  deps: { ch: ClickHouse; segments: Pick<Segments, 'membersStatement'> },
  workspaceId: number,
  o: Period & { segment: string },
): Promise<Worth> {
  const members = await deps.segments.membersStatement(workspaceId, o.segment);
  const params = { ...parametersOf(workspaceId, o), ...members.params };
  const [counted, bought] = await Promise.all([
    deps.ch.query<{ inside: number; people: string }>(everybody(members.sql), params),
    deps.ch.query<BoughtRow>(whatTheyBought(members.sql), params),
  ]);
  const side = (inside: number) => {
    const row = bought.find((one) => one.inside === inside);
    const [currencies, sums] = row?.revenue ?? [[], []];
    return {
      people: Number(counted.find((one) => one.inside === inside)?.people ?? 0),
      buyers: Number(row?.buyers ?? 0),
      orders: Number(row?.orders ?? 0),
      revenue: Object.fromEntries(currencies.map((currency, i) => [currency, String(sums[i])])),
    };
  };
  return { members: side(1), others: side(0) };
}

interface BoughtRow {
  inside: number;
  buyers: string;
  orders: string;
  revenue: [currencies: string[], sums: string[]];
}

const everybody = (members: string) => `
  select person in (${members}) as inside, count() as people from people_now
   where workspace_id = {ws:UInt32} and person = key group by inside`;

/** The expression is that of the projection, in which orders stand together. */
const whatTheyBought = (members: string) => `
  select inside, buyers, orders, (sums.1, arrayMap(sum -> toString(sum), sums.2)) as revenue
    from (
      select inside, uniqExactIf(person, ifNull(total > 0, 0)) as buyers, count() as orders,
             sumMapIf([currency], [assumeNotNull(total)], total is not null) as sums
        from (
          select person, total, currency, person in (${members}) as inside from people_events
           where workspace_id = {ws:UInt32} and ({humans:UInt8} = 0 or bot = 0)
             and type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1
             and time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and time < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
       group by inside)`;
