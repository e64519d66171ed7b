import type { ClickHouse } from '#platform/clickhouse';

/** Told by the first column of the order, nearly for nothing; with those who were erased, until they are gone. */
export async function countEvents(ch: ClickHouse, workspaceId: number): Promise<number> {
  const [row] = await ch.query<{ events: string }>(
    'select count() as events from events where workspace_id = {ws:UInt32}',
    { ws: workspaceId },
  );
  return Number(row?.events ?? 0);
}

/** Workspaces with so many events or more. */
export async function largeWorkspaces(ch: ClickHouse, events: number): Promise<number[]> {
  const rows = await ch.query<{ id: number }>(
    'select workspace_id as id from events group by workspace_id having count() >= {events:UInt64}',
    { events },
  );
  return rows.map(({ id }) => id);
}
