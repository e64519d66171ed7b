import type { ClickHouse } from '#platform/clickhouse';

export interface Size {
  events: number;
  /** When the first and the last of them were, in ms. */
  from: number;
  to: number;
}

/** With those who were erased, until they are gone. */
export async function sizeOf(ch: ClickHouse, workspaceId: number): Promise<Size> {
  const [row] = await ch.query<{ events: string; first: string; last: string }>(
    `select count() as events, toUnixTimestamp64Milli(min(time)) as first, toUnixTimestamp64Milli(max(time)) as last
       from events where workspace_id = {ws:UInt32}`,
    { ws: workspaceId },
  );
  return { events: Number(row?.events ?? 0), from: Number(row?.first ?? 0), to: Number(row?.last ?? 0) };
}

/** Workspaces with so many events or more. */
export async function largeWorkspaces(ch: ClickHouse, events: number): Promise<number[]> {
  const rows = await ch.query<{ id: number }>(
    'select workspace_id as id from events group by workspace_id having count() >= {events:UInt64}',
    { events },
  );
  return rows.map(({ id }) => id);
}
