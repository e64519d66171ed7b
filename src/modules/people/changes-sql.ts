import type { Tx } from '#platform/postgres';
import type { Answers } from './node.ts';
import { numbers } from './sql.ts';
import type { StoredTraits } from './trait.ts';

export async function insertPersonFollower(tx: Tx, name: string): Promise<void> {
  await tx.query('insert into person_followers (name) values ($1) on conflict do nothing', [name]);
}

/** Its number; null where nobody of this name follows. Held until the transaction ends: one process at a time. */
export async function lockFollower(tx: Tx, name: string): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    'select id from person_followers where name = $1 for update skip locked',
    [name],
    'people.lockFollower',
  );
  return row?.id ?? null;
}

/** Workspaces in which something changed that the follower has not taken. */
export async function workspacesWaiting(tx: Tx, name: string): Promise<number[]> {
  const rows = await tx.query<{ workspace_id: number }>(
    `select distinct workspace_id from person_changes
      where follower = (select id from person_followers where name = $1)`,
    [name],
    'people.workspacesWaiting',
  );
  return rows.map((row) => row.workspace_id);
}

export async function insertChanges(
  tx: Tx,
  workspaceId: number,
  name: string,
  keys: readonly number[],
): Promise<void> {
  await tx.query(
    `insert into person_changes (workspace_id, follower, keys)
     select $1, id, $3::bigint[] from person_followers where name = $2`,
    [workspaceId, name, numbers(keys)],
    'people.insertChanges',
  );
}

/** The oldest changes of one workspace, which are gone with this transaction. */
export async function takeChanges(
  tx: Tx,
  workspaceId: number,
  name: string,
  most: number,
): Promise<{ keys: number[] }[]> {
  return tx.query<{ keys: number[] }>(
    `with taken as (
       select id from person_changes
        where workspace_id = $1 and follower = (select id from person_followers where name = $2)
        order by id limit $3)
     delete from person_changes c using taken, person_followers f
      where c.workspace_id = $1 and f.name = $2 and c.follower = f.id and c.id = taken.id
      returning c.keys`,
    [workspaceId, name, most],
    'people.takeChanges',
  );
}

/** The oldest changes of all workspaces: for a system transaction. */
export async function takeOldest(
  tx: Tx,
  follower: number,
  most: number,
): Promise<{ workspace_id: number; keys: number[] }[]> {
  return tx.query(
    `delete from person_changes where (workspace_id, follower, id) in (
       select workspace_id, follower, id from person_changes where follower = $1 order by id limit $2)
     returning workspace_id, keys`,
    [follower, most],
    'people.takeOldest',
  );
}

/** Of rows that are written with it later ones win over earlier ones. */
export async function nextVersion(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ version: number }>("select nextval('person_versions') as version");
  if (!row) throw new Error('The sequence gave no number.');
  return row.version;
}

export interface ChangedKey {
  key: number;
  /** null: erased. */
  person_key: number | null;
  kind: string;
  consent: Answers | null;
  traits: StoredTraits | null;
}

/** How these identifiers stand now; of those that are gone, only the key. */
export async function readChanged(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<ChangedKey[]> {
  return tx.query<ChangedKey>(
    `select t.k as key, i.person_key, coalesce(i.kind, '') as kind, i.consent, p.traits
       from unnest($2::bigint[]) as t(k)
       left join lateral (select person_key, kind, consent from identifiers
                           where workspace_id = $1 and key = t.k limit 1) i on true
       left join lateral (select traits from profiles where workspace_id = $1 and key = t.k limit 1) p on true`,
    [workspaceId, numbers(keys)],
    'people.readChanged',
  );
}

export async function lastKey(tx: Tx, workspaceId: number): Promise<number> {
  const [row] = await tx.query<{ last: number }>(
    'select next_key - 1 as last from graphs where workspace_id = $1',
    [workspaceId],
  );
  return row?.last ?? 0;
}
