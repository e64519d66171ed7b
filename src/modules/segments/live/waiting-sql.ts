import type { Tx } from '#platform/postgres';

export interface RoundRow {
  version: number;
  now_ms: number;
  /** null where the asker has it. */
  payload: Buffer | null;
}

export async function insertRound(
  tx: Tx,
  workspaceId: number,
  r: { version: number; nowMs: number; payload: Buffer },
): Promise<void> {
  await tx.query(
    'insert into segment_changes (workspace_id, version, now_ms, payload) values ($1, $2, $3, $4)',
    [workspaceId, r.version, r.nowMs, r.payload],
    'segments.insertRound',
  );
}

/** In order; those that are `known` come without content. */
export async function roundsOf(tx: Tx, workspaceId: number, known: readonly number[]): Promise<RoundRow[]> {
  return tx.query<RoundRow>(
    `select version, now_ms, case when version = any($2::bigint[]) then null else payload end as payload
       from segment_changes where workspace_id = $1 order by version`,
    [workspaceId, `{${known.join(',')}}`],
    'segments.roundsOf',
  );
}

/** Of all workspaces, the oldest of each first: a workspace's rows commit in the order of their numbers. */
export async function oldestRounds(
  tx: Tx,
  most: number,
): Promise<{ workspace_id: number; version: number }[]> {
  return tx.query(
    'select workspace_id, version from segment_changes order by workspace_id, version limit $1',
    [most],
    'segments.oldestRounds',
  );
}

export async function payloadsOf(
  tx: Tx,
  rounds: readonly { workspace_id: number; version: number }[],
): Promise<(RoundRow & { workspace_id: number })[]> {
  return tx.query(
    `select c.workspace_id, c.version, now_ms, payload from segment_changes c
       join unnest($1::int[], $2::bigint[]) as t(w, v) on c.workspace_id = t.w and c.version = t.v`,
    [
      `{${rounds.map((one) => one.workspace_id).join(',')}}`,
      `{${rounds.map((one) => one.version).join(',')}}`,
    ],
    'segments.payloadsOf',
  );
}

export async function deleteRounds(
  tx: Tx,
  rounds: readonly { workspaceId: number; version: number }[],
): Promise<void> {
  await tx.query(
    `delete from segment_changes c using unnest($1::int[], $2::bigint[]) as t(w, v)
      where c.workspace_id = t.w and c.version = t.v`,
    [
      `{${rounds.map((one) => one.workspaceId).join(',')}}`,
      `{${rounds.map((one) => one.version).join(',')}}`,
    ],
    'segments.deleteRounds',
  );
}
