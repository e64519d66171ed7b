import { hash } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import type { Answers, Node, State } from './node.ts';

/** The first 64 bits of SHA-1, signed, as text: what identifiers and ties are found by. */
export function hash64(text: string): string {
  return hash('sha1', text, 'buffer').readBigInt64BE(0).toString();
}

/** An array literal of numbers or of texts that are numbers: faster than the driver's own escaping. */
export function numbers(list: readonly (number | string)[]): string {
  return `{${list.join(',')}}`;
}

export async function lockGraph(tx: Tx, workspaceId: number): Promise<{ nextKey: number; version: number }> {
  const read = () =>
    tx.query<{ next_key: number; version: number }>(
      'select next_key, version from graphs where workspace_id = $1 for update',
      [workspaceId],
      'people.lockGraph',
    );
  let [row] = await read();
  if (!row) {
    await tx.query('insert into graphs (workspace_id, next_key) values ($1, $2) on conflict do nothing', [
      workspaceId,
      workspaceId * 2 ** 36 + 1,
    ]);
    [row] = await read();
  }
  if (!row) throw new Error('The graph row of the workspace could not be made.');
  return { nextKey: row.next_key, version: row.version };
}

export async function saveGraph(tx: Tx, workspaceId: number, nextKey: number): Promise<void> {
  await tx.query(
    'update graphs set next_key = $2, version = version + 1 where workspace_id = $1',
    [workspaceId, nextKey],
    'people.saveGraph',
  );
}

export interface IdentifierRow {
  key: number;
  person_key: number;
  kind: string;
  value: string;
  state: State;
  contested: boolean;
  denied: boolean | null;
  consent: Answers | null;
  created_at: Date;
}

/*
 * Sets of keys are looked up one by one through the index (`lateral ... limit`), because a table that has just begun to
 * grow has no statistics, and without them `= any(...)` is taken to match everything.
 */
const identifierColumns = 'key, person_key, kind, value, state, contested, denied, consent, created_at';

export async function findByHash(
  tx: Tx,
  workspaceId: number,
  hashes: readonly string[],
): Promise<IdentifierRow[]> {
  return tx.query<IdentifierRow>(
    `select i.* from unnest($2::bigint[]) as t(h) cross join lateral (
       select ${identifierColumns} from identifiers where workspace_id = $1 and hash = t.h limit 1) i`,
    [workspaceId, numbers(hashes)],
    'people.findByHash',
  );
}

export async function findByKey(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<IdentifierRow[]> {
  return tx.query<IdentifierRow>(
    `select i.* from unnest($2::bigint[]) as t(k) cross join lateral (
       select ${identifierColumns} from identifiers where workspace_id = $1 and key = t.k limit 1) i`,
    [workspaceId, numbers(keys)],
    'people.findByKey',
  );
}

/** All identifiers of the persons with these keys. */
export async function membersOf(
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
): Promise<IdentifierRow[]> {
  return tx.query<IdentifierRow>(
    `select i.* from unnest($2::bigint[]) as t(p) cross join lateral (
       (select ${identifierColumns} from identifiers where workspace_id = $1 and key = t.p and person_key = key limit 1)
       union all
       (select ${identifierColumns} from identifiers
         where workspace_id = $1 and person_key = t.p and person_key <> key offset 0)) i`,
    [workspaceId, numbers(persons)],
    'people.membersOf',
  );
}

/** Identifiers by their hashes and by their keys, each with the keys of all identifiers of its person. */
export async function findWithMembers(
  tx: Tx,
  workspaceId: number,
  o: { hashes: readonly string[]; keys: readonly number[] },
): Promise<{ key: number; kind: string; value: string; created_ms: number; members: number[] }[]> {
  const found =
    'select key, person_key, kind, value, created_at from identifiers where workspace_id = $1 and';
  return tx.query(
    `select i.key, i.kind, i.value, (extract(epoch from i.created_at) * 1000)::bigint as created_ms, array(
         (select key from identifiers where workspace_id = $1 and key = i.person_key and person_key = key limit 1)
         union all
         (select key from identifiers
           where workspace_id = $1 and person_key = i.person_key and person_key <> key offset 0)) as members
     from (
       select h.* from unnest($2::bigint[]) as t(h) cross join lateral (${found} hash = t.h limit 1) h
       union all
       select k.* from unnest($3::bigint[]) as t(k) cross join lateral (${found} key = t.k limit 1) k) i`,
    [workspaceId, numbers(o.hashes), numbers(o.keys)],
    'people.findWithMembers',
  );
}

export async function insertIdentifiers(
  tx: Tx,
  workspaceId: number,
  rows: readonly (Node & { hash: string })[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into identifiers (workspace_id, key, person_key, kind, value, hash, contested, denied, consent, created_at)
     select $1, k, p, kind, value, h, c, n, s, $2
       from unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::boolean[],
                   $9::boolean[], $10::jsonb[]) as t(k, p, kind, value, h, c, n, s)`,
    [
      workspaceId,
      now,
      numbers(rows.map((row) => row.key)),
      numbers(rows.map((row) => row.person)),
      rows.map((row) => row.kind),
      rows.map((row) => row.value),
      numbers(rows.map((row) => row.hash)),
      `{${rows.map((row) => (row.contested ? 't' : 'f')).join(',')}}`,
      `{${rows.map((row) => (row.denied === null ? 'null' : row.denied ? 't' : 'f')).join(',')}}`,
      rows.map((row) => (row.consent ? JSON.stringify(row.consent) : null)),
    ],
    'people.insertIdentifiers',
  );
}

/**
 * Writes what joining, limits and consent change of identifiers that exist. Rows are found one by one here too, and then
 * changed in their place, which nobody else does while the graph is locked: joined by key, a table without statistics
 * was read whole for every batch.
 */
export async function updateIdentifiers(tx: Tx, workspaceId: number, rows: readonly Node[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update identifiers i
        set person_key = t.p, state = t.s, contested = t.c, denied = t.n, consent = t.a
       from unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::boolean[], $6::boolean[], $7::jsonb[])
         as t(k, p, s, c, n, a) cross join lateral (
           select ctid from identifiers where workspace_id = $1 and key = t.k limit 1) held
      where i.ctid = held.ctid and i.workspace_id = $1`,
    [
      workspaceId,
      numbers(rows.map((row) => row.key)),
      numbers(rows.map((row) => row.person)),
      numbers(rows.map((row) => row.state)),
      `{${rows.map((row) => (row.contested ? 't' : 'f')).join(',')}}`,
      `{${rows.map((row) => (row.denied === null ? 'null' : row.denied ? 't' : 'f')).join(',')}}`,
      rows.map((row) => (row.consent ? JSON.stringify(row.consent) : null)),
    ],
    'people.updateIdentifiers',
  );
}

/** Identifiers whose person changed, for the dictionary in ClickHouse. */
export async function insertMoves(
  tx: Tx,
  workspaceId: number,
  moves: readonly { key: number; person: number }[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(
    'insert into moves (workspace_id, key, person_key) select $1, k, p from unnest($2::bigint[], $3::bigint[]) as t(k, p)',
    [workspaceId, numbers(moves.map((move) => move.key)), numbers(moves.map((move) => move.person))],
    'people.insertMoves',
  );
}

export async function setState(tx: Tx, workspaceId: number, key: number, state: State): Promise<void> {
  await tx.query('update identifiers set state = $3 where workspace_id = $1 and key = $2', [
    workspaceId,
    key,
    state,
  ]);
}

export async function changeState(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
  from: readonly State[],
  to: State,
): Promise<void> {
  await tx.query(
    'update identifiers set state = $4 where workspace_id = $1 and key = any($2::bigint[]) and state = any($3::smallint[])',
    [workspaceId, numbers(keys), numbers(from), to],
  );
}

export async function keysInState(tx: Tx, workspaceId: number, state: State): Promise<number[]> {
  const rows = await tx.query<{ key: number }>(
    'select key from identifiers where workspace_id = $1 and state = $2',
    [workspaceId, state],
  );
  return rows.map((row) => row.key);
}
