import type { Tx } from '#platform/postgres';
import type { Decision, TieOutcome } from './graph.ts';
import { numbers } from './sql.ts';

export const outcomeCodes: Record<TieOutcome, number> = { joined: 0, conflict: 1, apart: 2, off: 3 };

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
       from unnest($2::bigint[], $3::float8[], $4::text[], $5::int[]) as t(h, a, m, s) cross join lateral (
         select ctid from ties where workspace_id = $1 and hash = t.h limit 1) held
      where ties.ctid = held.ctid and ties.workspace_id = $1`,
    [
      workspaceId,
      numbers(ties.map((tie) => tie.hash)),
      numbers(ties.map((tie) => tie.at)),
      ties.map((tie) => tie.messageId),
      numbers(ties.map((tie) => tie.sourceId)),
    ],
  );
}

export async function tiesByHash(tx: Tx, workspaceId: number, hashes: readonly string[]): Promise<TieRow[]> {
  if (hashes.length === 0) return [];
  return tx.query<TieRow>(
    `select ${tieColumns} from unnest($2::bigint[]) as u(h)
      cross join lateral (select * from ties where workspace_id = $1 and ties.hash = u.h limit 1) t`,
    [workspaceId, numbers(hashes)],
    'people.tiesByHash',
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
    `update ties set outcome = t.o from unnest($2::bigint[], $3::smallint[]) as t(h, o) cross join lateral (
         select ctid from ties where workspace_id = $1 and hash = t.h limit 1) held
      where ties.ctid = held.ctid and ties.workspace_id = $1`,
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

/** Identifiers that may be tied to more than so many others. */
export async function keysTiedTo(tx: Tx, workspaceId: number, moreThan: number): Promise<number[]> {
  const rows = await tx.query<{ key: number }>(
    'select key from tie_keys where workspace_id = $1 group by key having sum(others) > $2',
    [workspaceId, moreThan],
  );
  return rows.map((row) => row.key);
}
