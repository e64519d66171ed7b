import type { Tx } from '#platform/postgres';
import type { LogRow } from './sql.ts';

/** By its name in the address, whoever owns it: a public log is for everybody. */
export async function readLogByName(tx: Tx, name: string): Promise<LogRow | undefined> {
  const [row] = await tx.query<LogRow>(
    `select workspace_id, id, name, origin, size, totals_index, totals_at, held from transparency_logs where name = $1`,
    [name],
    'transparency.readLogByName',
  );
  return row;
}

export async function readLog(tx: Tx, workspaceId: number, logId: number): Promise<LogRow | undefined> {
  const [row] = await tx.query<LogRow>(
    `select workspace_id, id, name, origin, size, totals_index, totals_at, held from transparency_logs
      where workspace_id = $1 and id = $2`,
    [workspaceId, logId],
    'transparency.readLog',
  );
  return row;
}

export async function readBundles(
  tx: Tx,
  workspaceId: number,
  logId: number,
  bundles: readonly number[],
): Promise<{ n: number; entries: Buffer }[]> {
  if (bundles.length === 0) return [];
  return tx.query(
    `select n, entries from transparency_bundles where workspace_id = $1 and log_id = $2 and n = any($3)`,
    [workspaceId, logId, bundles],
    'transparency.readBundles',
  );
}

/** Pairs of id and index, one after the other, of the buckets in which these ids are. */
export async function readPlaces(
  tx: Tx,
  workspaceId: number,
  logId: number,
  ids: readonly number[],
): Promise<{ pairs: number[] }[]> {
  return tx.query(
    `select pairs from transparency_places
      where workspace_id = $1 and log_id = $2 and bucket in (select unnest($3::bigint[]) / 256)`,
    [workspaceId, logId, ids],
    'transparency.readPlaces',
  );
}

/** Takes ids out of the pairs: nothing says any longer which leaves are theirs. */
export async function deletePlaces(
  tx: Tx,
  workspaceId: number,
  logId: number,
  ids: readonly number[],
): Promise<void> {
  await tx.query(
    `update transparency_places t
        set pairs = coalesce((
          select array_agg(p.value order by p.nth)
            from unnest(t.pairs) with ordinality as p (value, nth)
           where t.pairs[p.nth - (p.nth + 1) % 2] <> all($3::bigint[])), '{}')
      where workspace_id = $1 and log_id = $2 and bucket in (select unnest($3::bigint[]) / 256)`,
    [workspaceId, logId, ids],
  );
}

/** All keys ever, those that no longer sign too: older checkpoints were signed by them. */
export async function readPublicKeys(
  tx: Tx,
  workspaceId: number,
  logId: number,
): Promise<{ public_key: Buffer; retired_at: Date | null }[]> {
  return tx.query(
    `select public_key, retired_at from transparency_keys where workspace_id = $1 and log_id = $2 order by number`,
    [workspaceId, logId],
  );
}

export async function countPending(tx: Tx, workspaceId: number, logId: number): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    'select count(*) as n from transparency_pending where workspace_id = $1 and log_id = $2',
    [workspaceId, logId],
  );
  return row?.n ?? 0;
}
