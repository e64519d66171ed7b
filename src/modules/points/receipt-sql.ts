import type { Tx } from '#platform/postgres';

export interface ReceiptRow {
  id: number;
  at: number;
  kind: number;
  amount: number;
  from_side: number;
  to_side: number;
  from_kind: number;
  to_kind: number;
  from_secret: Buffer | null;
  to_secret: Buffer | null;
  from_after: number;
  to_after: number;
  origin: number | null;
  expires: number | null;
  day: number | null;
  lots: string | null;
  /** Of the programme. */
  slug: string;
}

const columns = `t.id, t.at, t.kind, t.amount, (t.from_account % 4)::int as from_side,
  (t.to_account % 4)::int as to_side, f.kind as from_kind, g.kind as to_kind, f.secret as from_secret,
  g.secret as to_secret, t.from_after, t.to_after, t.origin, t.expires, t.day, t.lots::text as lots, p.slug`;
const joined = `join points_accounts f on f.workspace_id = $1 and f.id = t.from_account / 4
  join points_accounts g on g.workspace_id = $1 and g.id = t.to_account / 4
  join points_programmes p on p.workspace_id = $1 and p.id = t.programme_id`;

/** `kept`: the hash of the party that was erased. */
export async function readForReceipt(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  id: number,
): Promise<(ReceiptRow & { kept: Buffer | null }) | null> {
  const [row] = await tx.query<ReceiptRow & { kept: Buffer | null }>(
    `select ${columns}, k.hash as kept from points_transfers t ${joined}
     left join points_kept_parties k on k.workspace_id = $1 and k.id = t.id
     where t.workspace_id = $1 and t.programme_id = $2 and t.id = $3`,
    [workspaceId, programmeId, id],
  );
  return row ?? null;
}

/** The accounts of these people, held by this transaction. */
export async function lockOwned(tx: Tx, workspaceId: number, owners: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select id from points_accounts where workspace_id = $1 and owner = any($2::bigint[]) order by id for update`,
    [workspaceId, owners],
  );
  return rows.map(({ id }) => id);
}

/** Movements between one of these accounts (it goes) and a party that is none of them (it stays), in order. */
export async function readShared(
  tx: Tx,
  workspaceId: number,
  o: { accounts: readonly number[]; after: number; most: number },
): Promise<(ReceiptRow & { goes: 'from' | 'to'; stays: number })[]> {
  return tx.query(
    `select ${columns}, s.goes, s.stays from (
       select t.id, 'from' as goes, t.to_account / 4 as stays from points_transfers t
       cross join generate_series(0, 2) as side cross join unnest($2::bigint[]) as a (id)
       where t.workspace_id = $1 and t.from_account = a.id * 4 + side
       union all
       select t.id, 'to', t.from_account / 4 from points_transfers t
       cross join generate_series(0, 2) as side cross join unnest($2::bigint[]) as a (id)
       where t.workspace_id = $1 and t.to_account = a.id * 4 + side
     ) s join points_transfers t on t.workspace_id = $1 and t.id = s.id ${joined}
     where s.id > $3 and s.stays <> all($2::bigint[]) and f.kind <= 1 and g.kind <= 1
       and f.secret is not null and g.secret is not null
     order by s.id limit $4`,
    [workspaceId, o.accounts, o.after, o.most],
  );
}

export async function keepParties(
  tx: Tx,
  workspaceId: number,
  kept: readonly { id: number; account: number; hash: Buffer }[],
): Promise<void> {
  if (kept.length === 0) return;
  await tx.query(
    `insert into points_kept_parties (workspace_id, id, account, hash)
     select $1, v.id, v.account, v.hash from unnest($2::bigint[], $3::bigint[], $4::bytea[]) as v (id, account, hash)`,
    [workspaceId, kept.map(({ id }) => id), kept.map(({ account }) => account), kept.map(({ hash }) => hash)],
  );
}

/** What was kept for these accounts, which now go themselves. */
export async function forgetKept(tx: Tx, workspaceId: number, accounts: readonly number[]): Promise<void> {
  await tx.query('delete from points_kept_parties where workspace_id = $1 and account = any($2::bigint[])', [
    workspaceId,
    accounts,
  ]);
}

export interface TotalsRow {
  programme_id: number;
  name: string;
  currency: string;
}

export async function programmeOfLog(tx: Tx, logId: number): Promise<TotalsRow | null> {
  const [row] = await tx.query<TotalsRow>(
    'select id as programme_id, name, currency from points_programmes where workspace_id = $1 and log_id = $2',
    [tx.workspaceId, logId],
  );
  return row ?? null;
}

export interface KindRow {
  kind: number;
  movements: number;
  /** Out of issued and into it, into redeemed and out of it, into expired, into debts. */
  issued: number;
  taken_back: number;
  spent: number;
  expired: number;
}

/** All movements, by kind, with what they moved between members and the programme. */
export async function sumByKind(tx: Tx, programmeId: number): Promise<KindRow[]> {
  return tx.query<KindRow>(
    `select t.kind, count(*) as movements,
       coalesce(sum(t.amount) filter (where f.kind = 2 and t.from_account % 4 = 0), 0)::bigint as issued,
       coalesce(sum(t.amount) filter (where g.kind = 2 and t.to_account % 4 = 0), 0)::bigint as taken_back,
       coalesce(sum(case when g.kind = 2 and t.to_account % 4 = 1 then t.amount
         when f.kind = 2 and t.from_account % 4 = 1 then -t.amount else 0 end), 0)::bigint as spent,
       coalesce(sum(t.amount) filter (where g.kind = 2 and t.to_account % 4 = 2), 0)::bigint as expired
     from points_transfers t
     left join points_accounts f on f.workspace_id = $1 and f.id = t.from_account / 4 and f.kind = 2
     left join points_accounts g on g.workspace_id = $1 and g.id = t.to_account / 4 and g.kind = 2
     where t.workspace_id = $1 and t.programme_id = $2 group by t.kind`,
    [tx.workspaceId, programmeId],
  );
}
