import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import type { ComputedTrait, Statement } from '../rule/index.ts';

export interface ComputedRow {
  name: string;
  definition: ComputedTrait;
  created_at: Date;
  updated_at: Date;
}

export async function computedTraits(tx: Tx, workspaceId: number): Promise<ComputedRow[]> {
  return tx.query<ComputedRow>(
    'select name, definition, created_at, updated_at from computed_traits where workspace_id = $1 order by name',
    [workspaceId],
    'segments.computedTraits',
  );
}

/** False where there is one of the name. */
export async function insertComputed(
  tx: Tx,
  workspaceId: number,
  c: { name: string; definition: ComputedTrait; now: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into computed_traits (workspace_id, name, definition, created_at, updated_at)
     values ($1, $2, $3, $4, $4) on conflict do nothing returning name`,
    [workspaceId, c.name, JSON.stringify(c.definition), c.now],
  );
  return rows.length > 0;
}

export async function updateComputed(
  tx: Tx,
  workspaceId: number,
  c: { name: string; definition: ComputedTrait; now: Date },
): Promise<void> {
  await tx.query(
    'update computed_traits set definition = $3, updated_at = $4 where workspace_id = $1 and name = $2',
    [workspaceId, c.name, JSON.stringify(c.definition), c.now],
  );
}

export async function deleteComputed(tx: Tx, workspaceId: number, name: string): Promise<void> {
  await tx.query('delete from computed_traits where workspace_id = $1 and name = $2', [workspaceId, name]);
}

/** By person, a JSON text for each definition of the statement, '' for no value. */
export async function valuesFound(
  ch: ClickHouse,
  statement: Statement,
): Promise<Map<number, readonly string[]>> {
  const rows = await ch.query<{ person: string; found: string[] }>(statement.sql, statement.params);
  return new Map(rows.map(({ person, found }) => [Number(person), found]));
}
