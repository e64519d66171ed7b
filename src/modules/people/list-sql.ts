import type { Tx } from '#platform/postgres';

/** The oldest first, or the newest: those identifiers that are their person's oldest, from beyond a key. */
export async function headsBeyond(
  tx: Tx,
  workspaceId: number,
  o: { after: number | null; oldestFirst: boolean; most: number },
): Promise<number[]> {
  const rows = o.oldestFirst
    ? await tx.query<{ key: number }>(
        `select key from identifiers where workspace_id = $1 and key > $2 and person_key = key order by key limit $3`,
        [workspaceId, o.after ?? 0, o.most],
      )
    : await tx.query<{ key: number }>(
        `select key from identifiers where workspace_id = $1 and key < $2 and person_key = key
          order by key desc limit $3`,
        [workspaceId, o.after ?? Number.MAX_SAFE_INTEGER, o.most],
      );
  return rows.map((row) => row.key);
}

/** Names in their order with whose they are; a person may come several times. */
export async function namesBeyond(
  tx: Tx,
  workspaceId: number,
  after: { name: string; key: number } | null,
  most: number,
): Promise<{ name: string; key: number; person: number }[]> {
  return tx.query(
    `select p.name, p.key, i.person_key as person from (
       select name, key from profiles
        where workspace_id = $1 and name is not null and (name, key) > ($2, $3::bigint)
        order by name, key limit $4) p
       join identifiers i on i.workspace_id = $1 and i.key = p.key
      order by p.name, p.key`,
    [workspaceId, after?.name ?? '', after?.key ?? 0, most],
  );
}

/** Whose identifiers have a trait of this value, in no order, each once; `most` bounds what is looked at. */
export async function withValue(tx: Tx, wanted: string, most: number): Promise<number[]> {
  const rows = await tx.query<{ key: number }>('select key from people_with_value($1, $2)', [wanted, most]);
  return [...new Set(rows.map((row) => row.key))];
}

/** The keys that the workspace's identifiers have had so far: from the first to below the second. */
export async function keySpan(tx: Tx, workspaceId: number): Promise<{ from: number; to: number } | null> {
  const [row] = await tx.query<{ from: number; to: number }>(
    `select (select min(key) from identifiers where workspace_id = $1) as "from", next_key as "to"
       from graphs where workspace_id = $1`,
    [workspaceId],
  );
  return row && row.from !== null ? row : null;
}

/** The first identifier at or after a key, with when it came. */
export async function firstFrom(
  tx: Tx,
  workspaceId: number,
  key: number,
): Promise<{ key: number; created_at: Date } | null> {
  const [row] = await tx.query<{ key: number; created_at: Date }>(
    'select key, created_at from identifiers where workspace_id = $1 and key >= $2 order by key limit 1',
    [workspaceId, key],
  );
  return row ?? null;
}

/** The persons whose oldest identifier stands in one of these stretches of keys. */
export async function headsIn(
  tx: Tx,
  workspaceId: number,
  starts: readonly number[],
  length: number,
): Promise<number[]> {
  const rows = await tx.query<{ key: number }>(
    `select i.key from unnest($2::bigint[]) as t(start) cross join lateral (
       select key, person_key from identifiers
        where workspace_id = $1 and key >= t.start and key < t.start + $3 offset 0) i
      where i.person_key = i.key`,
    [workspaceId, `{${starts.join(',')}}`, length],
  );
  return rows.map((row) => row.key);
}

export async function countHeads(tx: Tx, workspaceId: number): Promise<number> {
  const [row] = await tx.query<{ people: number }>(
    'select count(*) as people from identifiers where workspace_id = $1 and person_key = key',
    [workspaceId],
  );
  return Number(row?.people ?? 0);
}

export async function traitNames(
  tx: Tx,
  workspaceId: number,
  most: number,
): Promise<{ name: string; types: string[] }[]> {
  return tx.query(
    `select name, array_agg(type order by type) as types from trait_types
      where workspace_id = $1 group by name order by name limit $2`,
    [workspaceId, most],
  );
}
