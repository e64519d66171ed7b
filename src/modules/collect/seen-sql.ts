import type { ClickHouse } from '#platform/clickhouse';

/** Which events tell it; `names` are those of a stage (`page` and `screen` are types), all where the list is empty. */
export interface SeenRows {
  from: number;
  channel: string;
  names: readonly string[];
}

/** Who denied analytics has no diary. */
const rows = `workspace_id = {ws:UInt32} and contract = 0
  and ({from:Int64} = 0 or time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  and ({channel:String} = '' or channel = {channel:String})
  and (empty({names:Array(String)}) or if(type in ('page', 'screen'), type, event) in {names:Array(String)})`;

export async function lastSeen(
  ch: ClickHouse,
  workspaceId: number,
  keys: readonly number[],
  wanted: SeenRows,
): Promise<{ key: string; last: string }[]> {
  return ch.query(
    `select toString(key) as key, toString(toUnixTimestamp64Milli(max(time))) as last from people_events
      where key in ({keys:Array(UInt64)}) and ${rows} group by people_events.key`,
    { ws: workspaceId, keys, ...wanted },
  );
}

/** People by their newest such event; `before` is where a page ended. */
export async function byLast(
  ch: ClickHouse,
  workspaceId: number,
  wanted: SeenRows,
  before: { person: number; last: number } | null,
  most: number,
): Promise<{ person: string; last: string }[]> {
  return ch.query(
    `select toString(who) as person, toString(at) as last from (
       select person as who, toUnixTimestamp64Milli(max(time)) as at from people_events where ${rows} group by who)
      where {last:Int64} = -1 or (at, who) < ({last:Int64}, {person:UInt64})
      order by at desc, who desc limit {most:UInt32}`,
    parametersOf(workspaceId, wanted, before, most),
  );
}

/** People with such an event, by when they were met. */
export async function byPerson(
  ch: ClickHouse,
  workspaceId: number,
  wanted: SeenRows,
  after: { person: number; last: number } | null,
  most: number,
  oldestFirst: boolean,
): Promise<{ person: string; last: string }[]> {
  const [sign, order] = oldestFirst ? ['>', 'asc'] : ['<', 'desc'];
  return ch.query(
    `select toString(who) as person, toString(toUnixTimestamp64Milli(max(time))) as last from (
       select person as who, time from people_events where ${rows})
      where {last:Int64} = -1 or who ${sign} {person:UInt64}
      group by who order by who ${order} limit {most:UInt32}`,
    parametersOf(workspaceId, wanted, after, most),
  );
}

export async function countSeen(ch: ClickHouse, workspaceId: number, wanted: SeenRows): Promise<number> {
  const [row] = await ch.query<{ people: string }>(
    `select toString(uniqExact(person)) as people from people_events where ${rows}`,
    { ws: workspaceId, ...wanted },
  );
  return Number(row?.people ?? 0);
}

function parametersOf(
  workspaceId: number,
  wanted: SeenRows,
  place: { person: number; last: number } | null,
  most: number,
): Record<string, unknown> {
  return { ws: workspaceId, ...wanted, last: place?.last ?? -1, person: place?.person ?? 0, most };
}
