import type { Tx } from '#platform/postgres';
import type { Held } from './schema.ts';

export interface LogRow {
  workspace_id: number;
  id: number;
  name: string;
  origin: string;
  size: number;
  totals_index: number | null;
  totals_at: Date | null;
  held: Held | null;
}

const columns = 'workspace_id, id, name, origin, size, totals_index, totals_at, held';

/** Null where the name is taken, in whatever workspace. */
export async function insertLog(
  tx: Tx,
  workspaceId: number,
  o: { name: string; origin: string; now: Date },
): Promise<LogRow | null> {
  const [row] = await tx.query<LogRow>(
    `insert into transparency_logs (workspace_id, name, origin, created_at) values ($1, $2, $3, $4)
     on conflict do nothing returning ${columns}`,
    [workspaceId, o.name, o.origin, o.now],
  );
  return row ?? null;
}

export async function insertKey(
  tx: Tx,
  workspaceId: number,
  o: { logId: number; publicKey: Uint8Array; sealedKey: Uint8Array; now: Date },
): Promise<void> {
  await tx.query(
    `insert into transparency_keys (workspace_id, log_id, number, public_key, sealed_key, created_at)
     select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 from transparency_keys
      where workspace_id = $1 and log_id = $2`,
    [workspaceId, o.logId, o.publicKey, o.sealedKey, o.now],
  );
}

/** Leaves of one length, one after the other in one value: the cheapest that a statement can be given. */
export async function insertPending(
  tx: Tx,
  workspaceId: number,
  logId: number,
  o: { ids: readonly bigint[]; leaves: Uint8Array; leafBytes: number },
): Promise<void> {
  await tx.query(
    `insert into transparency_pending (workspace_id, log_id, id, leaf)
     select $1, $2, p.id, substr($4::bytea, (p.nth::int - 1) * $5::int + 1, $5::int)
       from unnest($3::bigint[]) with ordinality as p (id, nth)`,
    [workspaceId, logId, `{${o.ids.join(',')}}`, o.leaves, o.leafBytes],
    'transparency.insertPending',
  );
}

/** All but the newest stop to sign. */
export async function retireOlderKeys(tx: Tx, workspaceId: number, logId: number, now: Date): Promise<void> {
  await tx.query(
    `update transparency_keys set retired_at = $3 where workspace_id = $1 and log_id = $2 and retired_at is null
      and number < (select max(number) from transparency_keys where workspace_id = $1 and log_id = $2)`,
    [workspaceId, logId, now],
  );
}

/** Of what is held already, the graver reason stays: that files are missing says less than that they are ahead. */
export async function updateHeld(
  tx: Tx,
  workspaceId: number,
  logId: number,
  held: Held | null,
): Promise<void> {
  await tx.query(
    `update transparency_logs set held = $3::jsonb where workspace_id = $1 and id = $2
       and not (coalesce(held->>'why', 'no-files') <> 'no-files' and coalesce($3::jsonb->>'why', '') = 'no-files')`,
    [workspaceId, logId, held && JSON.stringify(held)],
  );
}
