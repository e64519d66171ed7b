import type { Tx } from '#platform/postgres';
import { type Account, type Entry, type HoldRow, kindNumber, type Past } from './book.ts';
import { fromLots, toLots } from './lots.ts';
import { kinds } from './schema.ts';

/** Numbers as an array for a statement; by hand, because there are many and the driver looks at each. */
const list = (values: readonly (number | bigint | string | null)[]) =>
  `{${values.map((v) => v ?? 'NULL').join(',')}}`;
/** The same for texts that may hold anything. */
const texts = (values: readonly (string | null)[]) =>
  `{${values.map((v) => (v === null ? 'NULL' : JSON.stringify(v))).join(',')}}`;

interface AccountRow {
  seq: number;
  id: number;
  kind: number;
  a: number;
  b: number;
  c: number;
  d: number;
  lots: string;
  budget: number;
  at: number;
  since: number;
  out_day: number;
  out_sum: number;
  policy: number;
  ratio: number;
  secret: Buffer | null;
  owned: boolean;
}

/**
 * Holds accounts until the transaction ends, in the order of their ids (so that nobody waits for each other in a
 * circle), and draws the number of the batch after all are held: of one account, greater numbers come later.
 * The statements that follow find every row by its key, whatever the tables hold: their plans are made once a connection
 * instead of every time.
 */
export async function lockAccounts(
  tx: Tx,
  workspaceId: number,
  ids: readonly number[],
): Promise<{ seq: number; accounts: Map<number, Account> }> {
  const rows = await tx.query<AccountRow>(
    `with locked as materialized (
       select held.* from unnest($2::bigint[]) as wanted (id) cross join lateral (
         select id, kind, a, b, c, d, lots, budget, at, since, out_day, out_sum, policy, ratio, secret,
           owner is not null or kind > 0 as owned
         from points_accounts where workspace_id = $1 and id = wanted.id limit 1 for update) held
     )
     , ways as materialized (
       select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
         set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
     )
     select (select nextval('points_batches') from (select count(*) from locked) as all_locked) as seq,
       l.id, l.kind, l.a, l.b, l.c, l.d, l.lots::text as lots, l.budget, l.at, l.since, l.out_day, l.out_sum,
       l.policy, l.ratio, l.secret, l.owned
     from locked l cross join (select count(*) from ways) as chosen`,
    [workspaceId, list(ids.toSorted((a, b) => a - b))],
    'points_lock_accounts',
  );
  const accounts = new Map<number, Account>();
  for (const row of rows) {
    accounts.set(row.id, {
      id: row.id,
      kind: row.kind,
      balances: [row.a, row.b, row.c, row.d],
      lots: toLots(row.lots),
      budget: row.budget,
      at: row.at,
      since: row.since,
      outDay: row.out_day,
      outSum: row.out_sum,
      policy: row.policy,
      ratio: row.ratio,
      secret: row.secret,
      owned: row.owned,
      changed: false,
    });
  }
  return { seq: rows[0]?.seq ?? 0, accounts };
}

/**
 * What a batch leaves behind in the books, in one statement: accounts as they now are, and the movements. The accounts
 * are found one by one and changed in their place, where this transaction holds them: joined by id, each was compared
 * with all of the workspace as long as the table had no statistics, and by that plan until the connection ended.
 */
export async function writeBatch(
  tx: Tx,
  workspaceId: number,
  o: {
    programmeId: number;
    at: number;
    policy: number;
    accounts: readonly Account[];
    entries: readonly (Entry & {
      key: string | null;
      content: bigint | null;
      ref: string | null;
      rule: string | null;
    })[];
  },
): Promise<void> {
  const { accounts, entries } = o;
  const balance = (n: number) => list(accounts.map((account) => account.balances[n] ?? 0));
  const single = entries.map(({ lots }) => (lots.length === 1 ? lots[0] : undefined));
  await tx.query(
    `with moved as (
       update points_accounts p set a = v.a, b = v.b, c = v.c, d = v.d, lots = v.lots::bigint[],
         next_expiry = v.next_expiry, budget = v.budget, at = v.at, since = v.since, out_day = v.out_day,
         out_sum = v.out_sum, policy = v.policy, ratio = v.ratio
       from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::int[],
         $9::bigint[], $10::bigint[], $11::bigint[], $12::int[], $13::bigint[], $14::int[], $15::int[])
         as v (id, a, b, c, d, lots, next_expiry, budget, at, since, out_day, out_sum, policy, ratio)
         cross join lateral (select ctid from points_accounts where workspace_id = $1 and id = v.id limit 1) held
       where p.ctid = held.ctid and p.workspace_id = $1
     )
     insert into points_transfers (workspace_id, programme_id, at, policy, id, from_account, to_account, amount,
       from_after, to_after, first, of, content, key, ref, kind, origin, expires, day, lots, rule)
     select $1, $16, $17, $18, v.id, v.from_account, v.to_account, v.amount, v.from_after, v.to_after, v.first, v.of,
       v.content, v.key, v.ref, v.kind, v.origin, v.expires, v.day, v.lots::bigint[], v.rule
     from unnest($19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[],
       $25::bigint[], $26::bigint[], $27::bigint[], $28::uuid[], $29::uuid[], $30::smallint[], $31::smallint[],
       $32::int[], $33::int[], $34::text[], $35::text[])
       as v (id, from_account, to_account, amount, from_after, to_after, first, of, content, key, ref, kind, origin,
         expires, day, lots, rule)`,
    [
      workspaceId,
      list(accounts.map((a) => a.id)),
      balance(0),
      balance(1),
      balance(2),
      balance(3),
      texts(accounts.map((a) => fromLots(a.lots))),
      list(accounts.map((a) => a.lots[0]?.expires ?? null)),
      list(accounts.map((a) => a.budget)),
      list(accounts.map((a) => a.at)),
      list(accounts.map((a) => a.since)),
      list(accounts.map((a) => a.outDay)),
      list(accounts.map((a) => a.outSum)),
      list(accounts.map((a) => a.policy)),
      list(accounts.map((a) => a.ratio)),
      o.programmeId,
      o.at,
      o.policy,
      list(entries.map((e) => e.id)),
      list(entries.map((e) => e.from.id * 4 + e.fromSide)),
      list(entries.map((e) => e.to.id * 4 + e.toSide)),
      list(entries.map((e) => e.amount)),
      list(entries.map((e) => e.fromAfter)),
      list(entries.map((e) => e.toAfter)),
      list(entries.map((e) => e.first)),
      list(entries.map((e) => e.of)),
      list(entries.map((e) => e.content)),
      list(entries.map((e) => e.key)),
      list(entries.map((e) => e.ref)),
      list(entries.map((e) => kindNumber(e.kind))),
      list(single.map((lot) => lot?.origin ?? null)),
      list(single.map((lot) => lot?.expires ?? null)),
      list(single.map((lot) => lot?.day ?? null)),
      texts(entries.map((e) => (e.lots.length > 1 ? fromLots(e.lots) : null))),
      texts(entries.map((e) => e.rule)),
    ],
    'points_write_batch',
  );
}

export async function writeHolds(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  holds: readonly HoldRow[],
): Promise<void> {
  if (holds.length === 0) return;
  await tx.query(
    `insert into points_holds (workspace_id, programme_id, id, first, account, amount, lots, target, back, due, settles)
     select $1, $2, v.id, v.first, v.account, v.amount, v.lots::bigint[], v.target, v.back, v.due, v.settles
     from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
       $10::bigint[], $11::boolean[])
       as v (id, first, account, amount, lots, target, back, due, settles)
     on conflict (workspace_id, id) do update set amount = excluded.amount, lots = excluded.lots`,
    [
      workspaceId,
      programmeId,
      list(holds.map((h) => h.id)),
      list(holds.map((h) => h.first)),
      list(holds.map((h) => h.account)),
      list(holds.map((h) => h.amount)),
      texts(holds.map((h) => fromLots(h.lots))),
      list(holds.map((h) => h.target)),
      list(holds.map((h) => h.back)),
      list(holds.map((h) => h.due)),
      list(holds.map((h) => String(h.settles))),
    ],
    'points_write_holds',
  );
}

export async function writeNotes(
  tx: Tx,
  workspaceId: number,
  notes: readonly { id: number; account: number; order: string | null; reason: string | null; by: string }[],
): Promise<void> {
  if (notes.length === 0) return;
  await tx.query(
    `insert into points_notes (workspace_id, id, account, order_ref, reason, by)
     select $1, v.id, v.account, v.order_ref, v.reason, nullif(string_to_array(v.by, ' '), '{}')
     from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[]) as v (id, account, order_ref, reason, by)`,
    [
      workspaceId,
      list(notes.map((n) => n.id)),
      list(notes.map((n) => n.account)),
      texts(notes.map((n) => n.order)),
      texts(notes.map((n) => n.reason)),
      texts(notes.map((n) => n.by)),
    ],
    'points_write_notes',
  );
}

export interface KnownKey {
  key: string;
  id: number;
  content: string | null;
  at: number;
}

/** What was carried out under these keys before. */
export async function findKeys(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  keys: readonly string[],
): Promise<Map<string, KnownKey>> {
  const rows = await tx.query<KnownKey>(
    `select replace(t.key::text, '-', '') as key, t.id, t.content::text as content, t.at
     from unnest($3::uuid[]) as wanted (key) cross join lateral (
       select key, id, content, at from points_transfers
       where workspace_id = $1 and programme_id = $2 and key = wanted.key limit 1) t`,
    [workspaceId, programmeId, list(keys)],
    'points_find_keys',
  );
  return new Map(rows.map((row) => [row.key, row]));
}

interface PastRow {
  id: number;
  first: number;
  kind: number;
  from_account: number;
  to_account: number;
  from_kind: number;
  to_kind: number;
  amount: number;
  at: number;
  origin: number | null;
  expires: number | null;
  day: number | null;
  lots: string | null;
}

export type PastLeg = Past & { first: number; at: number };

/** All legs of these movements of a programme, in order. */
export async function findLegs(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  ids: readonly number[],
): Promise<PastLeg[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<PastRow>(
    `select t.id, coalesce(t.first, t.id) as first, t.kind, t.from_account, t.to_account, t.amount, t.at, t.origin, t.expires,
       t.day, t.lots::text as lots,
       (select kind from points_accounts where workspace_id = $1 and id = t.from_account / 4) as from_kind,
       (select kind from points_accounts where workspace_id = $1 and id = t.to_account / 4) as to_kind
     from (
       select * from points_transfers where workspace_id = $1 and id = any($3::bigint[])
       union all
       select * from points_transfers where workspace_id = $1 and first = any($3::bigint[])
     ) t
     where t.programme_id = $2 order by t.id`,
    [workspaceId, programmeId, list(ids)],
    'points_find_legs',
  );
  return rows.map((row) => ({
    id: row.id,
    first: row.first,
    at: row.at,
    kind: kinds[row.kind] ?? 'adjust',
    fromAccount: Math.floor(row.from_account / 4),
    fromSide: row.from_account % 4,
    fromKind: row.from_kind,
    toAccount: Math.floor(row.to_account / 4),
    toSide: row.to_account % 4,
    toKind: row.to_kind,
    amount: row.amount,
    lots:
      row.origin === null
        ? toLots(row.lots)
        : [{ origin: row.origin, expires: row.expires ?? 0, day: row.day ?? 0, amount: row.amount }],
  }));
}

/** How much of these movements was given back or taken back since. */
export async function sumUndone(
  tx: Tx,
  workspaceId: number,
  ids: readonly number[],
): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ of: number; sum: number }>(
    `select of, sum(amount)::bigint as sum from points_transfers
     where workspace_id = $1 and of = any($2::bigint[]) and kind = any($3) group by of`,
    [workspaceId, list(ids), [kindNumber('return'), kindNumber('claw-back')]],
    'points_sum_undone',
  );
  return new Map(rows.map((row) => [row.of, row.sum]));
}

interface HoldSqlRow {
  id: number;
  first: number;
  account: number;
  amount: number;
  lots: string;
  target: number;
  back: number;
  due: number | null;
  settles: boolean;
}

/** Holds by the id they are named by, and the open ones of some accounts. */
export async function findHolds(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { first: readonly number[]; accounts: readonly number[] },
): Promise<HoldRow[]> {
  if (o.first.length === 0 && o.accounts.length === 0) return [];
  const rows = await tx.query<HoldSqlRow>(
    `select id, first, account, amount, lots::text as lots, target, back, due, settles from points_holds
     where workspace_id = $1 and programme_id = $2
       and (first = any($3::bigint[]) or (account = any($4::bigint[]) and amount > 0))
     order by id`,
    [workspaceId, programmeId, list(o.first), list(o.accounts)],
    'points_find_holds',
  );
  return rows.map((row) => ({ ...row, lots: toLots(row.lots), changed: false }));
}
