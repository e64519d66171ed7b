import type { Tx } from '#platform/postgres';
import type { Keys } from './voucher.ts';

export interface RewardRow {
  id: number;
  uuid: string;
  programme: string;
  name: string;
  description: string;
  cost: number;
  stock: number | null;
  taken: number;
  from_at: Date | null;
  to_at: Date | null;
  each: number | null;
  voucher: { worth?: string; currency?: string; days: number } | null;
  archived_at: Date | null;
}

const rewardColumns =
  'id, uuid, programme, name, description, cost, stock, taken, from_at, to_at, each, voucher, archived_at';

export function listRewards(tx: Tx, workspaceId: number, programme: string | null): Promise<RewardRow[]> {
  return tx.query(
    `select ${rewardColumns} from rewards where workspace_id = $1 and ($2::uuid is null or programme = $2) order by id`,
    [workspaceId, programme],
  );
}

/** Held until the transaction ends. */
export async function lockReward(tx: Tx, workspaceId: number, uuid: string): Promise<RewardRow | null> {
  const [row] = await tx.query<RewardRow>(
    `select ${rewardColumns} from rewards where workspace_id = $1 and uuid = $2 for update`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

type RewardContent = Omit<RewardRow, 'id' | 'taken' | 'archived_at'>;

/** False where the name is taken. */
export async function insertReward(
  tx: Tx,
  workspaceId: number,
  r: RewardContent,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into rewards (workspace_id, uuid, programme, name, description, cost, stock, from_at, to_at, each, voucher, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (workspace_id, programme, lower(name)) where archived_at is null do nothing returning id`,
    [
      ...[
        workspaceId,
        r.uuid,
        r.programme,
        r.name,
        r.description,
        r.cost,
        r.stock,
        r.from_at,
        r.to_at,
        r.each,
      ],
      r.voucher === null ? null : JSON.stringify(r.voucher),
      now,
    ],
  );
  return rows.length > 0;
}

export async function nameTaken(tx: Tx, workspaceId: number, r: RewardRow): Promise<boolean> {
  const rows = await tx.query(
    `select 1 as one from rewards where workspace_id = $1 and programme = $2 and lower(name) = lower($3)
        and id <> $4 and archived_at is null`,
    [workspaceId, r.programme, r.name, r.id],
  );
  return rows.length > 0;
}

export async function updateReward(tx: Tx, workspaceId: number, r: RewardRow): Promise<void> {
  await tx.query(
    `update rewards set name = $3, description = $4, cost = $5, stock = $6, taken = $7, from_at = $8, to_at = $9,
            each = $10, voucher = $11, archived_at = $12
      where workspace_id = $1 and id = $2`,
    [
      ...[workspaceId, r.id, r.name, r.description, r.cost, r.stock, r.taken, r.from_at, r.to_at, r.each],
      r.voucher === null ? null : JSON.stringify(r.voucher),
      r.archived_at,
    ],
  );
}

export async function addTaken(tx: Tx, workspaceId: number, rewardId: number, by: number): Promise<void> {
  await tx.query('update rewards set taken = greatest(0, taken + $3) where workspace_id = $1 and id = $2', [
    workspaceId,
    rewardId,
    by,
  ]);
}

export interface RedemptionRow {
  id: number;
  uuid: string;
  content: string;
  programme: string;
  reward_id: number | null;
  reward_uuid: string | null;
  reward_name: string | null;
  person: number | null;
  points: number;
  order_id: string | null;
  worth: string | null;
  currency: string | null;
  at: Date;
  state: number;
  spend: string | null;
}

const redemption = `select d.id, d.uuid, d.content, d.programme, d.reward_id, r.uuid as reward_uuid, r.name as reward_name,
    d.person, d.points, d.order_id, d.worth, d.currency, d.at, d.state, d.spend
  from reward_redemptions d left join rewards r on r.workspace_id = d.workspace_id and r.id = d.reward_id`;

export async function redemptionByKey(
  tx: Tx,
  workspaceId: number,
  key: string,
): Promise<RedemptionRow | null> {
  const [row] = await tx.query<RedemptionRow>(`${redemption} where d.workspace_id = $1 and d.key = $2`, [
    workspaceId,
    key,
  ]);
  return row ?? null;
}

/** Held until the transaction ends. */
export async function lockRedemption(
  tx: Tx,
  workspaceId: number,
  uuid: string,
): Promise<RedemptionRow | null> {
  const [row] = await tx.query<RedemptionRow>(
    `${redemption} where d.workspace_id = $1 and d.uuid = $2 for update of d`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

/** The newest first. */
export function listRedemptions(
  tx: Tx,
  workspaceId: number,
  o: { keys: readonly number[] | null; before: number | null; most: number },
): Promise<RedemptionRow[]> {
  return tx.query(
    `${redemption} where d.workspace_id = $1 and ($2::bigint[] is null or d.person = any($2))
        and ($3::bigint is null or d.id < $3) order by d.id desc limit $4`,
    [workspaceId, o.keys, o.before, o.most],
  );
}

/** False where the key was taken meanwhile. */
export async function insertRedemption(
  tx: Tx,
  workspaceId: number,
  d: {
    uuid: string;
    key: string;
    content: string;
    programme: string;
    rewardId: number | null;
    person: number;
    points: number;
    orderId: string | null;
    worth: string | null;
    currency: string | null;
    at: Date;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into reward_redemptions (workspace_id, uuid, key, content, programme, reward_id, person, points, order_id, worth,
            currency, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (workspace_id, key) do nothing returning id`,
    [
      ...[
        workspaceId,
        d.uuid,
        d.key,
        d.content,
        d.programme,
        d.rewardId,
        d.person,
        d.points,
        d.orderId,
        d.worth,
      ],
      d.currency,
      d.at,
    ],
  );
  return rows.length > 0;
}

export async function timesHad(
  tx: Tx,
  workspaceId: number,
  o: { rewardId: number; keys: readonly number[] },
): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*) as n from reward_redemptions
      where workspace_id = $1 and reward_id = $2 and person = any($3) and state in (0, 1)`,
    [workspaceId, o.rewardId, o.keys],
  );
  return row?.n ?? 0;
}

export async function setRedemption(
  tx: Tx,
  workspaceId: number,
  d: { id: number; state: number; spend: string | null; now: Date },
): Promise<void> {
  await tx.query(
    `update reward_redemptions set state = $3::smallint, spend = coalesce($4, spend),
            reversed_at = case when $3::smallint = 3 then $5::timestamptz end
      where workspace_id = $1 and id = $2`,
    [workspaceId, d.id, d.state, d.spend, d.now],
  );
}

export async function deleteRedemption(tx: Tx, workspaceId: number, id: number): Promise<void> {
  await tx.query('delete from reward_redemptions where workspace_id = $1 and id = $2', [workspaceId, id]);
}

/** Begun and not finished since: their process died. */
export function openRedemptions(tx: Tx, before: Date): Promise<{ workspace_id: number; uuid: string }[]> {
  return tx.query('select workspace_id, uuid from reward_redemptions where state = 0 and at < $1 limit 100', [
    before,
  ]);
}

// --- vouchers ---

export interface VoucherRow {
  number: number;
  redemption_id: number;
  worth: string | null;
  currency: string | null;
  expires: Date;
  used_at: Date | null;
  used_key: string | null;
  order_id: string | null;
  reversed_at: Date | null;
  reward_name: string | null;
}

const voucher = `select v.number, v.redemption_id, v.worth, v.currency, v.expires, v.used_at, v.used_key, v.order_id,
    v.reversed_at, r.name as reward_name
  from reward_vouchers v
  join reward_redemptions d on d.workspace_id = v.workspace_id and d.id = v.redemption_id
  left join rewards r on r.workspace_id = d.workspace_id and r.id = d.reward_id`;

/** Held until the transaction ends. */
export async function lockVoucher(tx: Tx, workspaceId: number, number: number): Promise<VoucherRow | null> {
  const [row] = await tx.query<VoucherRow>(
    `${voucher} where v.workspace_id = $1 and v.number = $2 for update of v`,
    [workspaceId, number],
  );
  return row ?? null;
}

export function vouchersOf(
  tx: Tx,
  workspaceId: number,
  redemptions: readonly number[],
): Promise<VoucherRow[]> {
  return tx.query(`${voucher} where v.workspace_id = $1 and v.redemption_id = any($2)`, [
    workspaceId,
    redemptions,
  ]);
}

export async function insertVoucher(
  tx: Tx,
  workspaceId: number,
  v: { number: number; redemptionId: number; worth: string | null; currency: string | null; expires: Date },
): Promise<void> {
  await tx.query(
    `insert into reward_vouchers (workspace_id, number, redemption_id, worth, currency, expires)
     values ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, v.number, v.redemptionId, v.worth, v.currency, v.expires],
  );
}

export async function useVoucher(
  tx: Tx,
  workspaceId: number,
  v: { number: number; key: string; orderId: string | null; now: Date },
): Promise<void> {
  await tx.query(
    'update reward_vouchers set used_at = $3, used_key = $4, order_id = $5 where workspace_id = $1 and number = $2',
    [workspaceId, v.number, v.now, v.key, v.orderId],
  );
}

export async function reverseVouchers(
  tx: Tx,
  workspaceId: number,
  redemptionId: number,
  now: Date,
): Promise<void> {
  await tx.query(
    'update reward_vouchers set reversed_at = $3 where workspace_id = $1 and redemption_id = $2 and used_at is null',
    [workspaceId, redemptionId, now],
  );
}

export async function readKeys(tx: Tx, workspaceId: number): Promise<Keys | null> {
  const [row] = await tx.query<{ private_key: Buffer; public_key: Buffer }>(
    'select private_key, public_key from reward_keys where workspace_id = $1',
    [workspaceId],
    'rewards.readKeys',
  );
  return row ? { privateKey: row.private_key, publicKey: row.public_key } : null;
}

export async function insertKeys(tx: Tx, workspaceId: number, keys: Keys): Promise<void> {
  await tx.query(
    'insert into reward_keys (workspace_id, private_key, public_key) values ($1, $2, $3) on conflict do nothing',
    [workspaceId, keys.privateKey, keys.publicKey],
  );
}

/** Who is erased is in no redemption; the vouchers they hold stay good for whoever has them. */
export async function forgetRedeemers(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<void> {
  await tx.query(
    `update reward_vouchers set order_id = null where workspace_id = $1 and redemption_id in
       (select id from reward_redemptions where workspace_id = $1 and person = any($2))`,
    [workspaceId, keys],
  );
  await tx.query(
    `update reward_redemptions set person = null, order_id = null, spend = null, content = ''
      where workspace_id = $1 and person = any($2)`,
    [workspaceId, keys],
  );
}
