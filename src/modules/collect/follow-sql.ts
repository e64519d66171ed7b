import type { Tx } from '#platform/postgres';

/** Makes the follower known; a new one stands at the end of every log that is there. */
export async function registerFollower(tx: Tx, follower: string): Promise<void> {
  const [isNew] = await tx.query(
    'insert into log_followers (name) values ($1) on conflict do nothing returning name',
    [follower],
  );
  if (!isNew) return;
  await tx.query(
    'insert into log_positions (workspace_id, follower, seq) select workspace_id, $1, head from log_heads on conflict do nothing',
    [follower],
  );
}

/** Workspaces in which the follower has something before it. */
export async function behind(tx: Tx, follower: string): Promise<number[]> {
  const rows = await tx.query<{ workspace_id: number }>(
    `select h.workspace_id from log_heads h
       left join log_positions p on p.workspace_id = h.workspace_id and p.follower = $1
      where coalesce(p.seq, 0) < h.head`,
    [follower],
    'collect.behind',
  );
  return rows.map((row) => row.workspace_id);
}

/** The position, held until the transaction ends; null where another process has it. */
export async function lockPosition(tx: Tx, workspaceId: number, follower: string): Promise<number | null> {
  const lock = () =>
    tx.query<{ seq: number }>(
      'select seq from log_positions where workspace_id = $1 and follower = $2 for update skip locked',
      [workspaceId, follower],
      'collect.lockPosition',
    );
  const [row] = await lock();
  if (row) return row.seq;
  await tx.query(
    'insert into log_positions (workspace_id, follower, seq) values ($1, $2, 0) on conflict do nothing',
    [workspaceId, follower],
  );
  return (await lock())[0]?.seq ?? null;
}

export async function batchesAfter(
  tx: Tx,
  workspaceId: number,
  seq: number,
  most: number,
): Promise<{ seq: number; at: Date; payload: Buffer }[]> {
  return tx.query(
    'select seq, at, payload from event_log where workspace_id = $1 and seq > $2 order by seq limit $3',
    [workspaceId, seq, most],
    'collect.batchesAfter',
  );
}

export async function savePosition(
  tx: Tx,
  workspaceId: number,
  follower: string,
  seq: number,
): Promise<void> {
  await tx.query(
    'update log_positions set seq = $3, error = null where workspace_id = $1 and follower = $2',
    [workspaceId, follower, seq],
    'collect.savePosition',
  );
}

export async function saveError(tx: Tx, workspaceId: number, follower: string, error: string): Promise<void> {
  await tx.query('update log_positions set error = $3 where workspace_id = $1 and follower = $2', [
    workspaceId,
    follower,
    error.slice(0, 1000),
  ]);
}

export async function headOf(tx: Tx, workspaceId: number): Promise<number> {
  const [row] = await tx.query<{ head: number }>(
    'select head from log_heads where workspace_id = $1',
    [workspaceId],
    'collect.headOf',
  );
  return row?.head ?? 0;
}

export async function lagOf(tx: Tx, workspaceId: number, follower: string): Promise<number> {
  const [row] = await tx.query<{ lag: string | null }>(
    `select greatest(0, extract(epoch from clock_timestamp() - min(at)) * 1000)::bigint::text as lag from event_log
      where workspace_id = $1
        and seq > coalesce((select seq from log_positions where workspace_id = $1 and follower = $2), 0)`,
    [workspaceId, follower],
  );
  return Number(row?.lag ?? 0);
}
