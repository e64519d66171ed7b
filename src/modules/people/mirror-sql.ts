import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import { numbers } from './sql.ts';

/**
 * The oldest moves of all workspaces. They may be read before an older one commits: of one workspace that cannot
 * happen, since its graph has one writer at a time.
 */
export async function nextMoves(
  tx: Tx,
  most: number,
): Promise<{ id: number; key: number; person_key: number }[]> {
  return tx.query('select id, key, person_key from moves order by id limit $1', [most], 'people.nextMoves');
}

export async function deleteMoves(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.query('delete from moves where id = any($1::bigint[])', [numbers(ids)], 'people.deleteMoves');
}

/** Takes erased identifiers out of what was carried; resolves when they are gone. */
export async function removeKeys(ch: ClickHouse, keys: readonly number[]): Promise<void> {
  for (const table of ['moved_identifiers', 'person_identifiers']) {
    await ch.command(
      `alter table ${table} delete where key in ({keys:Array(UInt64)}) settings mutations_sync = 2`,
      { keys },
    );
  }
}
