import type { Tx } from '#platform/postgres';
import { numbers } from './sql.ts';

/** Merges traits, as JSON texts, into what is known; `named` where somebody may be found by one of them. */
export async function mergeProfiles(
  tx: Tx,
  workspaceId: number,
  now: Date,
  rows: readonly { key: number; traits: string; named: boolean }[],
): Promise<void> {
  await tx.query(
    `insert into profiles as p (workspace_id, key, traits, search, updated_at)
     select $1, k, t, words_of(t), $2 from unnest($3::bigint[], $4::jsonb[]) as n(k, t)
     on conflict (workspace_id, key) do update set
       traits = merge_traits(p.traits, excluded.traits), updated_at = excluded.updated_at,
       search = case when p.key = any($5::bigint[]) then words_of(merge_traits(p.traits, excluded.traits)) else p.search end`,
    [
      workspaceId,
      now,
      numbers(rows.map((row) => row.key)),
      rows.map((row) => row.traits),
      numbers(rows.filter((row) => row.named).map((row) => row.key)),
    ],
    'people.mergeProfiles',
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
