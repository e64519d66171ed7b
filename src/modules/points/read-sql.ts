import type { Tx } from '#platform/postgres';

/** The accounts of a party: of these owners, or of the one of this name. */
export interface Whose {
  programmeId: number;
  owners: readonly number[];
  name: string | null;
}

const theirs = `select id, kind, a, b, c from points_accounts
  where workspace_id = $1 and programme_id = $2 and (owner = any($3::bigint[]) or name = $4)`;

export interface BalanceRow {
  wallet: number;
  held: number;
  receivable: number;
}

export async function balancesNow(tx: Tx, workspaceId: number, w: Whose): Promise<BalanceRow> {
  const [row] = await tx.query<BalanceRow>(
    `select coalesce(sum(a), 0)::bigint as wallet, coalesce(sum(b), 0)::bigint as held,
       coalesce(sum(c), 0)::bigint as receivable from (${theirs}) p`,
    [workspaceId, w.programmeId, w.owners, w.name],
  );
  return row ?? { wallet: 0, held: 0, receivable: 0 };
}

/** What the newest movement of each side up to then left there. */
export async function balancesAt(tx: Tx, workspaceId: number, w: Whose, atMs: number): Promise<BalanceRow> {
  const [row] = await tx.query<BalanceRow>(
    `select coalesce(sum(after) filter (where side = 0), 0)::bigint as wallet,
       coalesce(sum(after) filter (where side = 1), 0)::bigint as held,
       coalesce(sum(after) filter (where side = 2), 0)::bigint as receivable
     from (${theirs}) p cross join generate_series(0, 2) as side
     cross join lateral points_balance_at($1, p.id * 4 + side, $5) as after`,
    [workspaceId, w.programmeId, w.owners, w.name, atMs],
  );
  return row ?? { wallet: 0, held: 0, receivable: 0 };
}

export interface LotRow {
  origin: number;
  expires: number;
  day: number;
  amount: number;
}

/** Of the wallets, the oldest expiry first. */
export async function lotsOf(tx: Tx, workspaceId: number, w: Whose): Promise<LotRow[]> {
  return tx.query<LotRow>(
    `select l.origin, l.expires, min(l.day) as day, sum(l.amount)::bigint as amount
     from (${theirs}) p join points_lots l on l.workspace_id = $1 and l.account = p.id and l.hold = 0
     group by l.origin, l.expires order by l.expires, l.origin`,
    [workspaceId, w.programmeId, w.owners, w.name],
  );
}

export interface OpenHoldRow {
  id: number;
  amount: number;
  due: number | null;
  settles: boolean;
  back: number;
  lots: string;
}

export async function openHoldsOf(tx: Tx, workspaceId: number, w: Whose): Promise<OpenHoldRow[]> {
  return tx.query<OpenHoldRow>(
    `select h.first as id, sum(h.amount)::bigint as amount, min(h.due) as due, bool_and(h.settles) as settles,
       min(h.back) as back, min(h.lots::text) as lots
     from (${theirs}) p join points_holds h on h.workspace_id = $1 and h.account = p.id and h.amount > 0
     group by h.first order by h.first`,
    [workspaceId, w.programmeId, w.owners, w.name],
  );
}

export interface MovementRow {
  id: number;
  first: number | null;
  of: number | null;
  at: number;
  kind: number;
  from_account: number;
  to_account: number;
  from_kind: number;
  to_kind: number;
  from_name: string | null;
  to_name: string | null;
  amount: number;
  from_after: number;
  to_after: number;
  origin: number | null;
  expires: number | null;
  day: number | null;
  lots: string | null;
  policy: number;
  rule: string | null;
  order_ref: string | null;
  reason: string | null;
  by: string[] | null;
  /** Whether the side is one of the party that was asked about. */
  from_theirs?: boolean;
  to_theirs?: boolean;
}

const movementColumns = `t.id, t.first, t.of, t.at, t.kind, t.from_account, t.to_account, f.kind as from_kind, g.kind as to_kind,
  f.name as from_name, g.name as to_name, t.amount, t.from_after, t.to_after, t.origin, t.expires, t.day,
  t.lots::text as lots, t.policy, t.rule, n.order_ref, n.reason, n.by`;
const movementJoins = `join points_accounts f on f.workspace_id = $1 and f.id = t.from_account / 4
  join points_accounts g on g.workspace_id = $1 and g.id = t.to_account / 4
  left join points_notes n on n.workspace_id = $1 and n.id = coalesce(t.first, t.id)`;

/** Movements of a party's accounts, the newest first, before one of them. */
export async function movementsOf(
  tx: Tx,
  workspaceId: number,
  w: Whose,
  o: { before: number | null; most: number },
): Promise<MovementRow[]> {
  return tx.query<MovementRow>(
    `with sides as materialized (
       select p.id * 4 + side as address from (${theirs}) p cross join generate_series(0, 2) as side
     ), edge as (
       select coalesce((select at from points_transfers where workspace_id = $1 and id = $5), 9e15::bigint) as at,
         coalesce($5::bigint, 9e15::bigint) as id
     ), found as (
       select x.id, x.at from sides cross join edge cross join lateral (
         (select id, at from points_transfers where workspace_id = $1 and from_account = sides.address
            and (at, id) < (edge.at, edge.id) order by at desc, id desc limit $6)
         union all
         (select id, at from points_transfers where workspace_id = $1 and to_account = sides.address
            and (at, id) < (edge.at, edge.id) order by at desc, id desc limit $6)
       ) x
     )
     select ${movementColumns}, t.from_account in (select address from sides) as from_theirs,
       t.to_account in (select address from sides) as to_theirs
     from (select distinct id, at from found order by at desc, id desc limit $6) newest
     join points_transfers t on t.workspace_id = $1 and t.id = newest.id
     ${movementJoins}
     order by t.at desc, t.id desc`,
    [workspaceId, w.programmeId, w.owners, w.name, o.before, o.most],
  );
}

/** All legs of the order that a movement belongs to. */
export async function movementById(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  id: number,
): Promise<MovementRow[]> {
  return tx.query<MovementRow>(
    `with asked as (
       select coalesce(first, id) as first from points_transfers
       where workspace_id = $1 and programme_id = $2 and id = $3
     )
     select ${movementColumns} from asked
     join points_transfers t on t.workspace_id = $1 and (t.id = asked.first or t.first = asked.first)
     ${movementJoins} order by t.id`,
    [workspaceId, programmeId, id],
  );
}

/** What was moved for an order of the shop: first legs, the oldest first. */
export async function movementsByRef(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  ref: string,
): Promise<MovementRow[]> {
  return tx.query<MovementRow>(
    `select ${movementColumns} from points_transfers t ${movementJoins}
     where t.workspace_id = $1 and t.programme_id = $2 and t.ref = $3 order by t.id`,
    [workspaceId, programmeId, ref],
  );
}
