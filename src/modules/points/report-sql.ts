import type { Tx } from '#platform/postgres';

export interface NowRow {
  wallets: number;
  held: number;
  owed: number;
  issued: number;
  redeemed: number;
  expired: number;
  reserve: number;
  ratio: number;
  free: number;
}

export async function readNow(tx: Tx, workspaceId: number, programmeId: number): Promise<NowRow> {
  const [row] = await tx.query<NowRow>(
    `select coalesce(sum(a) filter (where kind <= 1), 0)::bigint as wallets,
       coalesce(sum(b) filter (where kind <= 1), 0)::bigint as held,
       coalesce(-sum(c) filter (where kind <= 1), 0)::bigint as owed,
       coalesce(-sum(a) filter (where kind = 2), 0)::bigint as issued,
       coalesce(sum(b) filter (where kind = 2), 0)::bigint as redeemed,
       coalesce(sum(c) filter (where kind = 2), 0)::bigint as expired,
       coalesce(sum(a) filter (where kind = 3), 0)::bigint as reserve,
       coalesce(max(ratio) filter (where kind = 3), 0) as ratio, sum(budget)::bigint as free
     from points_accounts where workspace_id = $1 and programme_id = $2`,
    [workspaceId, programmeId],
  );
  if (!row) throw new Error('A programme without accounts.');
  return row;
}

/** What is there, by origin and by weeks of age. */
export async function readThere(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  today: number,
): Promise<{ origin: number; week: number; amount: number }[]> {
  return tx.query(
    `select origin, greatest(0, ($3 - day) / 7) as week, sum(amount)::bigint as amount from points_lots
     where workspace_id = $1 and programme_id = $2 group by 1, 2`,
    [workspaceId, programmeId, today],
  );
}

/** What left, by weeks of age: spent (net of what was given back) or lost. Sides are addresses of the programme. */
export async function readLeft(
  tx: Tx,
  workspaceId: number,
  o: { redeemed: readonly number[]; lost: readonly number[] },
): Promise<{ spent: boolean; week: number; amount: number }[]> {
  return tx.query(
    `select spent, greatest(0, ((at / 86400000)::int - day) / 7) as week, sum(amount)::bigint as amount
     from (
       select t.at, t.to_account = any($2::bigint[]) as spent, l.day, l.amount
       from points_transfers t cross join lateral (
         select t.day, t.amount where t.day is not null
         union all
         select t.lots[n + 2]::int, t.lots[n + 3] from generate_series(1, cardinality(t.lots), 4) as n
       ) as l (day, amount)
       where t.workspace_id = $1 and t.to_account = any($2::bigint[] || $3::bigint[])
     ) gone group by 1, 2`,
    [workspaceId, o.redeemed, o.lost],
  );
}

export interface DayRow {
  day: string;
  issued: number;
  spent: number;
  expired: number;
  taken_back: number;
  growth: number;
}

/** What came into circulation and what left it, by day of the brand; nothing where nothing moved. */
export async function readDays(
  tx: Tx,
  workspaceId: number,
  o: {
    issued: readonly number[];
    redeemed: readonly number[];
    expired: readonly number[];
    from: string;
    timeZone: string;
  },
): Promise<DayRow[]> {
  return tx.query<DayRow>(
    `select to_char(to_timestamp(at / 1000.0) at time zone $6, 'YYYY-MM-DD') as day,
       coalesce(sum(amount) filter (where from_account = any($2::bigint[])), 0)::bigint as issued,
       coalesce(sum(case when to_account = any($3::bigint[]) then amount else -amount end)
         filter (where to_account = any($3::bigint[]) or from_account = any($3::bigint[])), 0)::bigint as spent,
       coalesce(sum(amount) filter (where to_account = any($4::bigint[])), 0)::bigint as expired,
       coalesce(sum(amount) filter (where to_account = any($2::bigint[])), 0)::bigint as taken_back,
       coalesce(sum(case when from_account = any($7::bigint[]) and to_account % 4 <= 1 then amount
         when to_account = any($7::bigint[]) and from_account % 4 <= 1 then -amount
         when to_account % 4 = 2 and from_account % 4 = 1 then -amount else 0 end), 0)::bigint as growth
     from (
       select at, amount, from_account, to_account from points_transfers
       where workspace_id = $1 and from_account = any($7::bigint[]) and at >= (extract(epoch from $5::timestamp at time zone $6) * 1000)::bigint
       union all
       select at, amount, from_account, to_account from points_transfers
       where workspace_id = $1 and to_account = any($7::bigint[]) and at >= (extract(epoch from $5::timestamp at time zone $6) * 1000)::bigint
     ) t group by 1 order by 1`,
    [
      workspaceId,
      o.issued,
      o.redeemed,
      o.expired,
      o.from,
      o.timeZone,
      [...o.issued, ...o.redeemed, ...o.expired],
    ],
  );
}
