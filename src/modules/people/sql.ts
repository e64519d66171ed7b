import { hash } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import type { Node } from './cache.ts';
import type { Decision, TieOutcome } from './graph.ts';

/** 0 links, 1 retired, 2 past its limit, 3 shared device, 4 blocked. */
export type State = 0 | 1 | 2 | 3 | 4;
export const outcomeCodes: Record<TieOutcome, number> = { joined: 0, conflict: 1, apart: 2, off: 3 };

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
  consent: Record<string, [boolean, number]> | null;
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

/** Writes what joining, limits and consent change of identifiers that exist. */
export async function updateIdentifiers(tx: Tx, workspaceId: number, rows: readonly Node[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update identifiers i
        set person_key = t.p, state = t.s, contested = t.c, denied = t.n, consent = t.a
       from unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::boolean[], $6::boolean[], $7::jsonb[])
         as t(k, p, s, c, n, a)
      where i.workspace_id = $1 and i.key = t.k`,
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

export interface NewTie {
  hash: string;
  keys: readonly number[];
  alias: { from: number; to: number } | null;
  rule: string;
  at: number;
  messageId: string;
  sourceId: number;
}

export interface TieRow {
  hash: string;
  keys: number[];
  alias_from: number | null;
  alias_to: number | null;
  rule: string;
  at: Date;
  message_id: string;
  source_id: number;
  received_at: Date;
  outcome: number;
}

const tieColumns =
  't.hash::text as hash, t.keys, t.alias_from, t.alias_to, t.rule, t.at, t.message_id, t.source_id, t.received_at, t.outcome';

export async function findTies(
  tx: Tx,
  workspaceId: number,
  hashes: readonly string[],
): Promise<{ hash: string; at: Date }[]> {
  return tx.query(
    `select i.* from unnest($2::bigint[]) as t(h) cross join lateral (
       select hash::text as hash, at from ties where workspace_id = $1 and hash = t.h limit 1) i`,
    [workspaceId, numbers(hashes)],
    'people.findTies',
  );
}

export async function insertTies(
  tx: Tx,
  workspaceId: number,
  ties: readonly NewTie[],
  now: Date,
): Promise<void> {
  if (ties.length === 0) return;
  await tx.query(
    `with new as (
       insert into ties (workspace_id, hash, keys, alias_from, alias_to, rule, at, message_id, source_id, received_at)
       select $1, h, k::bigint[], f, o, r, to_timestamp(a / 1000.0), m, s, $2
         from unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::float8[], $9::text[], $10::int[])
           as t(h, k, f, o, r, a, m, s)
       returning hash, keys)
     insert into tie_keys (workspace_id, key, hash, others) select $1, unnest(keys), hash, cardinality(keys) - 1 from new`,
    [
      workspaceId,
      now,
      numbers(ties.map((tie) => tie.hash)),
      ties.map((tie) => numbers(tie.keys)),
      numbers(ties.map((tie) => tie.alias?.from ?? 'null')),
      numbers(ties.map((tie) => tie.alias?.to ?? 'null')),
      ties.map((tie) => tie.rule),
      numbers(ties.map((tie) => tie.at)),
      ties.map((tie) => tie.messageId),
      numbers(ties.map((tie) => tie.sourceId)),
    ],
    'people.insertTies',
  );
}

/** An earlier event carried the tie: it is the evidence from now on. */
export async function moveTiesBack(tx: Tx, workspaceId: number, ties: readonly NewTie[]): Promise<void> {
  if (ties.length === 0) return;
  await tx.query(
    `update ties set at = to_timestamp(t.a / 1000.0), message_id = t.m, source_id = t.s
       from unnest($2::bigint[], $3::float8[], $4::text[], $5::int[]) as t(h, a, m, s)
      where workspace_id = $1 and hash = t.h`,
    [
      workspaceId,
      numbers(ties.map((tie) => tie.hash)),
      numbers(ties.map((tie) => tie.at)),
      ties.map((tie) => tie.messageId),
      numbers(ties.map((tie) => tie.sourceId)),
    ],
  );
}

/** At least how many identifiers each is tied to; who is not in the answer has no tie. */
export async function countTied(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<{ key: number; tied: number }[]> {
  return tx.query(
    `select t.k as key, i.tied from unnest($2::bigint[]) as t(k) cross join lateral (
       select sum(others)::int as tied from tie_keys where workspace_id = $1 and key = t.k) i
      where i.tied is not null`,
    [workspaceId, numbers(keys)],
    'people.countTied',
  );
}

export async function tiesOf(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<TieRow[]> {
  return tx.query<TieRow>(
    `select distinct on (t.hash) ${tieColumns} from unnest($2::bigint[]) as u(k)
      cross join lateral (select hash from tie_keys where workspace_id = $1 and key = u.k offset 0) i
      cross join lateral (select * from ties where workspace_id = $1 and ties.hash = i.hash limit 1) t`,
    [workspaceId, numbers(keys)],
    'people.tiesOf',
  );
}

export async function saveOutcomes(
  tx: Tx,
  workspaceId: number,
  outcomes: readonly { hash: string; outcome: number }[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(
    `update ties set outcome = t.o from unnest($2::bigint[], $3::smallint[]) as t(h, o)
      where workspace_id = $1 and hash = t.h`,
    [workspaceId, numbers(outcomes.map((o) => o.hash)), numbers(outcomes.map((o) => o.outcome))],
  );
}

interface DecisionRow {
  id: number;
  kind: Decision['kind'] | 'share' | 'unshare';
  left_keys: number[];
  right_keys: number[];
  bonds: [number, number][];
}

export async function decisionsOf(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<Decision[]> {
  const rows = await tx.query<DecisionRow>(
    `select distinct on (d.id) d.id, d.kind, d.left_keys, d.right_keys, d.bonds
       from decision_keys k join decisions d on d.workspace_id = k.workspace_id and d.id = k.decision_id
      where k.workspace_id = $1 and k.key = any($2::bigint[]) and d.kind in ('join', 'split')`,
    [workspaceId, numbers(keys)],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as Decision['kind'],
    left: row.left_keys,
    right: row.right_keys,
    bonds: row.bonds,
  }));
}

export async function insertDecision(
  tx: Tx,
  workspaceId: number,
  d: {
    kind: DecisionRow['kind'];
    left: number[];
    right: number[];
    bonds: [number, number][];
    actor: string;
    note: string | null;
    at: Date;
  },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into decisions (workspace_id, kind, left_keys, right_keys, bonds, actor, note, at)
     values ($1, $2, $3::bigint[], $4::bigint[], $5, $6, $7, $8) returning id`,
    [workspaceId, d.kind, numbers(d.left), numbers(d.right), JSON.stringify(d.bonds), d.actor, d.note, d.at],
  );
  if (!row) throw new Error('The decision was not written.');
  const keys = [...new Set([...d.left, ...d.right, ...d.bonds.flat()])];
  await tx.query(
    'insert into decision_keys (workspace_id, key, decision_id) select $1, unnest($2::bigint[]), $3',
    [workspaceId, numbers(keys), row.id],
  );
  return row.id;
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

export interface NewConsent {
  key: number;
  purpose: string;
  granted: boolean;
  at: number;
  source: string;
  textVersion: string | null;
  messageId: string | null;
}

export async function insertConsents(
  tx: Tx,
  workspaceId: number,
  answers: readonly NewConsent[],
  now: Date,
): Promise<void> {
  if (answers.length === 0) return;
  await tx.query(
    `insert into consents (workspace_id, key, purpose, granted, at, source, text_version, message_id, received_at)
     select $1, k, p, g, to_timestamp(a / 1000.0), s, v, m, $2
       from unnest($3::bigint[], $4::text[], $5::boolean[], $6::float8[], $7::text[], $8::text[], $9::text[]) as t(k, p, g, a, s, v, m)`,
    [
      workspaceId,
      now,
      numbers(answers.map((answer) => answer.key)),
      answers.map((answer) => answer.purpose),
      answers.map((answer) => answer.granted),
      numbers(answers.map((answer) => answer.at)),
      answers.map((answer) => answer.source),
      answers.map((answer) => answer.textVersion),
      answers.map((answer) => answer.messageId),
    ],
  );
}

export async function setState(tx: Tx, workspaceId: number, key: number, state: State): Promise<void> {
  await tx.query('update identifiers set state = $3 where workspace_id = $1 and key = $2', [
    workspaceId,
    key,
    state,
  ]);
}
