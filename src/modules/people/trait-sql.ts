import type { Tx } from '#platform/postgres';
import { numbers } from './sql.ts';
import type { StoredTraits } from './trait.ts';

/** What is known of these identifiers; nobody else changes or erases it until the transaction ends. */
export async function lockProfiles(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<{ key: number; traits: StoredTraits }[]> {
  return tx.query(
    `select p.* from unnest($2::bigint[]) as t(k) cross join lateral (
       select key, traits from profiles where workspace_id = $1 and key = t.k limit 1 for update) p`,
    [workspaceId, numbers(keys)],
    'people.lockProfiles',
  );
}

/** Traits as JSON texts; `words` are lexemes of tsvector. */
export async function putProfiles(
  tx: Tx,
  workspaceId: number,
  now: Date,
  rows: readonly { key: number; traits: string; words: string; name: string | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into profiles (workspace_id, key, traits, search, name, updated_at)
     select $1, k, t, w::tsvector, a, $2 from unnest($3::bigint[], $4::jsonb[], $5::text[], $6::text[]) as n(k, t, w, a)
     on conflict (workspace_id, key) do update
       set traits = excluded.traits, search = excluded.search, name = excluded.name, updated_at = excluded.updated_at`,
    [
      workspaceId,
      now,
      numbers(rows.map((row) => row.key)),
      rows.map((row) => row.traits),
      rows.map((row) => row.words),
      rows.map((row) => row.name),
    ],
    'people.putProfiles',
  );
}

export async function insertTraitTypes(
  tx: Tx,
  workspaceId: number,
  now: Date,
  types: readonly (readonly [name: string, type: string])[],
): Promise<void> {
  await tx.query(
    `insert into trait_types (workspace_id, name, type, first_seen)
     select $1, n, y, $2 from unnest($3::text[], $4::text[]) as t(n, y) on conflict do nothing`,
    [workspaceId, now, types.map(([name]) => name), types.map(([, type]) => type)],
    'people.insertTraitTypes',
  );
}
