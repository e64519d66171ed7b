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
}

export async function readForReceipt(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  id: number,
): Promise<ReceiptRow | null> {
  const [row] = await tx.query<ReceiptRow>(
    `select t.id, t.at, t.kind, t.amount, (t.from_account % 4)::int as from_side, (t.to_account % 4)::int as to_side,
       f.kind as from_kind, g.kind as to_kind, f.secret as from_secret, g.secret as to_secret, t.from_after, t.to_after,
       t.origin, t.expires, t.day, t.lots::text as lots
     from points_transfers t
     join points_accounts f on f.workspace_id = $1 and f.id = t.from_account / 4
     join points_accounts g on g.workspace_id = $1 and g.id = t.to_account / 4
     where t.workspace_id = $1 and t.programme_id = $2 and t.id = $3`,
    [workspaceId, programmeId, id],
  );
  return row ?? null;
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
