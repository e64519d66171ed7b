import type { Tx } from '#platform/postgres';

export async function writtenBatches(
  tx: Tx,
  workspaceId: number,
  after: number,
  most: number,
): Promise<{ seq: number; payload: Buffer }[]> {
  return tx.query(
    `select seq, payload from event_log
      where workspace_id = $1 and seq > $2 and seq <= (select seq from log_written where workspace_id = $1)
      order by seq limit $3`,
    [workspaceId, after, most],
  );
}

export async function replacePayload(
  tx: Tx,
  workspaceId: number,
  seq: number,
  payload: Buffer,
): Promise<void> {
  await tx.query('update event_log set payload = $3 where workspace_id = $1 and seq = $2', [
    workspaceId,
    seq,
    payload,
  ]);
}
