import type { Tx } from '#platform/postgres';
import { numbers } from './sql.ts';

export async function insertErasure(
  tx: Tx,
  workspaceId: number,
  e: { keys: readonly number[]; now: Date; dueAt: Date },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into erasures (workspace_id, keys, requested_at, due_at) values ($1, $2::bigint[], $3, $4) returning id`,
    [workspaceId, numbers(e.keys), e.now, e.dueAt],
  );
  if (!row) throw new Error('The erasure was not written.');
  return row.id;
}

export async function insertSuppressions(
  tx: Tx,
  workspaceId: number,
  hashes: readonly Buffer[],
  now: Date,
): Promise<void> {
  await tx.query(
    'insert into suppressions (workspace_id, hash, at) select $1, h, $3 from unnest($2::bytea[]) as t(h) on conflict do nothing',
    [workspaceId, hashes, now],
  );
}

export async function suppressed(
  tx: Tx,
  workspaceId: number,
  hashes: readonly Buffer[],
): Promise<Set<string>> {
  const rows = await tx.query<{ hash: Buffer }>(
    'select hash from suppressions where workspace_id = $1 and hash = any($2::bytea[])',
    [workspaceId, hashes],
  );
  return new Set(rows.map((row) => row.hash.toString('base64')));
}

export async function hasSuppressions(tx: Tx, workspaceId: number): Promise<boolean> {
  const rows = await tx.query('select 1 from suppressions where workspace_id = $1 limit 1', [workspaceId]);
  return rows.length > 0;
}

/** A tie or a decision that names an erased identifier goes with it; who else was in it keeps the ties of its own. */
export async function deletePerson(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<void> {
  const list = numbers(keys);
  await tx.query(
    `with gone as (
       delete from ties where workspace_id = $1 and hash in (
         select hash from tie_keys where workspace_id = $1 and key = any($2::bigint[])) returning hash)
     delete from tie_keys where workspace_id = $1 and hash in (select hash from gone)`,
    [workspaceId, list],
  );
  await tx.query(
    `with gone as (
       delete from decisions where workspace_id = $1 and id in (
         select decision_id from decision_keys where workspace_id = $1 and key = any($2::bigint[])) returning id)
     delete from decision_keys where workspace_id = $1 and decision_id in (select id from gone)`,
    [workspaceId, list],
  );
  for (const table of ['profiles', 'consents', 'identifiers']) {
    await tx.query(`delete from ${table} where workspace_id = $1 and key = any($2::bigint[])`, [
      workspaceId,
      list,
    ]);
  }
}

export interface ErasureRow {
  id: number;
  keys: number[];
  due_at: Date;
}

export async function openErasures(tx: Tx, workspaceId: number): Promise<ErasureRow[]> {
  return tx.query<ErasureRow>(
    'select id, keys, due_at from erasures where workspace_id = $1 and done_at is null order by id',
    [workspaceId],
  );
}

export async function finishErasures(
  tx: Tx,
  workspaceId: number,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  await tx.query(
    `update erasures set done_at = $3, keys = '{}' where workspace_id = $1 and id = any($2::bigint[])`,
    [workspaceId, numbers(ids), now],
  );
}
