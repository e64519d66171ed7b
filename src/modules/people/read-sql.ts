import type { Tx } from '#platform/postgres';
import type { IdentifierRow } from './sql.ts';
import { numbers } from './sql.ts';
import type { TieRow } from './tie-sql.ts';
import type { StoredTraits } from './trait.ts';

export async function profilesOf(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<{ key: number; traits: StoredTraits; name: string | null }[]> {
  return tx.query(
    'select key, traits, name from profiles where workspace_id = $1 and key = any($2::bigint[])',
    [workspaceId, numbers(keys)],
  );
}

export interface ConsentRow {
  key: number;
  purpose: string;
  granted: boolean;
  at: Date;
  source: string;
  text_version: string | null;
  message_id: string | null;
  received_at: Date;
}

export async function consentsOf(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<ConsentRow[]> {
  return tx.query(
    `select key, purpose, granted, at, source, text_version, message_id, received_at from consents
      where workspace_id = $1 and key = any($2::bigint[]) order by at, granted desc, id`,
    [workspaceId, numbers(keys)],
  );
}

export interface DecisionRow {
  id: number;
  kind: string;
  left_keys: number[];
  right_keys: number[];
  actor: string;
  note: string | null;
  at: Date;
}

export async function decisionRowsOf(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<DecisionRow[]> {
  return tx.query(
    `select distinct on (d.id) d.id, d.kind, d.left_keys, d.right_keys, d.actor, d.note, d.at
       from decision_keys k join decisions d on d.workspace_id = k.workspace_id and d.id = k.decision_id
      where k.workspace_id = $1 and k.key = any($2::bigint[]) order by d.id`,
    [workspaceId, numbers(keys)],
  );
}

export async function searchPeople(
  tx: Tx,
  wanted: readonly string[],
  words: string,
  most: number,
): Promise<number[]> {
  const rows = await tx.query<{ key: number }>('select key from search_people($1, $2, $3)', [
    wanted,
    words,
    most,
  ]);
  return [...new Set(rows.map((row) => row.key))];
}

export async function listConflicts(
  tx: Tx,
  workspaceId: number,
  before: { at: Date; hash: string } | null,
  most: number,
): Promise<TieRow[]> {
  return tx.query<TieRow>(
    `select hash::text as hash, keys, alias_from, alias_to, rule, at, message_id, source_id, received_at, outcome
       from ties where workspace_id = $1 and outcome = 1
        and ($2::timestamptz is null or (received_at, ties.hash) < ($2, $3::bigint))
      order by received_at desc, ties.hash desc limit $4`,
    [workspaceId, before?.at ?? null, before?.hash ?? '0', most],
  );
}

export async function countConflicts(
  tx: Tx,
  workspaceId: number,
): Promise<{ open: number; newest: Date | null }> {
  const [row] = await tx.query<{ open: number; newest: Date | null }>(
    `select count(*)::bigint as open, max(received_at) as newest from ties where workspace_id = $1 and outcome = 1`,
    [workspaceId],
    'people.countConflicts',
  );
  return row ?? { open: 0, newest: null };
}

export async function findConflict(tx: Tx, workspaceId: number, hash: string): Promise<TieRow | null> {
  const [row] = await tx.query<TieRow>(
    `select hash::text as hash, keys, alias_from, alias_to, rule, at, message_id, source_id, received_at, outcome
       from ties where workspace_id = $1 and hash = $2::bigint and outcome = 1`,
    [workspaceId, hash],
  );
  return row ?? null;
}

/** What is marked as shared now, by its latest mark, newest first. Marks are few: each was made by hand. */
export async function listShared(
  tx: Tx,
  workspaceId: number,
  before: number | null,
  most: number,
): Promise<{ id: number; kind: string; value: string; actor: string; note: string | null; at: Date }[]> {
  return tx.query(
    `select d.id, i.kind, i.value, d.actor, d.note, d.at
       from (select left_keys[1] as key, max(id) as id from decisions
              where workspace_id = $1 and kind = 'share' group by 1) m
       join decisions d on d.workspace_id = $1 and d.id = m.id
       join identifiers i on i.workspace_id = $1 and i.key = m.key and i.state = 3
      where $2::bigint is null or d.id < $2
      order by d.id desc limit $3`,
    [workspaceId, before, most],
  );
}

/** Every identifier of the workspace, by pages of keys. */
export async function identifiersAfter(
  tx: Tx,
  workspaceId: number,
  key: number,
  most: number,
): Promise<IdentifierRow[]> {
  return tx.query<IdentifierRow>(
    `select key, person_key, kind, value, state, contested, denied, consent, created_at from identifiers
      where workspace_id = $1 and key > $2 order by key limit $3`,
    [workspaceId, key, most],
  );
}

/** Of these persons, the oldest identifier's row: what their ids are made of. */
export async function headsOf(
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
): Promise<{ key: number; created_at: Date }[]> {
  return tx.query(
    'select key, created_at from identifiers where workspace_id = $1 and key = any($2::bigint[])',
    [workspaceId, numbers(persons)],
  );
}
