import type { Tx } from '#platform/postgres';
import {
  basisFromJson,
  basisToJson,
  factorFromText,
  factorToText,
  type Refund,
  refundFromJson,
  refundToJson,
} from '../rule/basis.ts';
import { type Award, Book, type Claim, capPlace } from '../rule/book.ts';
import * as sql from './award-sql.ts';

/** A claim with what is kept of it. */
export interface LiveClaim extends Claim {
  readonly version: number;
  readonly messageId: string;
  readonly at: Date;
  readonly heldUntil: Date | null;
  readonly expires: string | null;
  /** All keys that the person has now, under which they may have been paid before. */
  readonly keys: readonly number[];
}
export interface LiveRefund {
  readonly messageId: string;
  readonly orderId: string;
  readonly event: string;
  readonly key: number;
  readonly refund: Refund;
}
/** In the order in which they came. */
export type Happened = { claim: LiveClaim } | { refund: LiveRefund };

/** Rules that take back for an event of this name. */
export type TakesBack = (event: string) => ReadonlySet<number>;

const wantsPeople = (claim: LiveClaim) => claim.caps.day !== undefined || claim.caps.person !== undefined;

/** Decides what came in, within the transaction, over what was decided before. Answers with how many decisions fell. */
export async function decide(
  tx: Tx,
  workspaceId: number,
  happened: readonly Happened[],
  o: { takesBack: TakesBack; now: Date },
): Promise<number> {
  const claims = happened.flatMap((one) => ('claim' in one ? one.claim : []));
  const refunds = happened.flatMap((one) => ('refund' in one ? one.refund : []));
  if (happened.length === 0) return 0;
  const orders = new Set(refunds.map((one) => one.orderId));
  for (const claim of claims) if (claim.orderId !== null) orders.add(claim.orderId);

  const book = new Book<LiveClaim>();
  // Held until the end, so that nobody else counts for the same cap meanwhile.
  const totals = await sql.usedByRules(tx, workspaceId, [...new Set(claims.map((claim) => claim.rule))]);
  const asked = { keys: claims.map((claim) => claim.key), orders: [...orders] };
  const rows = await sql.awardsAbout(tx, workspaceId, asked);
  const ids = new Map<string, number>();
  for (const row of rows) {
    ids.set(row.key, row.id);
    const claim = { ...claimOf(row), caps: capsOf(claims, row.rule_id) };
    book.recall({ claim, granted: BigInt(row.granted), target: BigInt(row.target) });
    if (claim.caps.order !== undefined && row.order_id !== null)
      book.use(`${row.rule_id} order ${row.order_id}`, BigInt(row.target));
  }
  for (const { id, points } of totals) book.use(`${id} all`, BigInt(points));
  await recallPeople(tx, workspaceId, claims.filter(wantsPeople), book);
  for (const row of await sql.refundsOf(tx, workspaceId, [...orders]))
    book.refund(row.message_id, row.order_id, o.takesBack(row.event), refundFromJson(row.refund));

  for (const one of happened) {
    if ('claim' in one) book.earn(one.claim);
    else {
      const { messageId, orderId, event, refund } = one.refund;
      book.refund(messageId, orderId, o.takesBack(event), refund);
    }
  }
  await sql.insertRefunds(
    tx,
    workspaceId,
    refunds.map((one) => ({
      order_id: one.orderId,
      message_id: one.messageId,
      event: one.event,
      key: one.key,
      refund: refundToJson(one.refund),
    })),
  );
  const changed = book.changed();
  const before = new Map(rows.map((row) => [row.key, row.target]));
  const fresh = changed.filter(({ claim }) => !ids.has(claim.key));
  const lowered = changed.flatMap(({ claim, target }) => {
    const id = ids.get(claim.key);
    return id === undefined ? [] : [{ id, target: Number(target) }];
  });
  await sql.insertAwards(
    tx,
    workspaceId,
    fresh.map((award) => rowOf(award, o.now)),
    o.now,
  );
  await sql.lowerAwards(tx, workspaceId, lowered, o.now);
  const counts = [...Map.groupBy(changed, ({ claim }) => claim.rule)].map(([rule, awards]) => ({
    rule,
    points: awards.reduce((sum, { claim, target }) => sum + Number(target) - (before.get(claim.key) ?? 0), 0),
    awards: awards.filter(({ claim }) => !ids.has(claim.key)).length,
  }));
  await sql.countForRules(tx, workspaceId, counts);
  return changed.length;
}

/** Somebody has several keys; what was paid under any of them counts for the one that they have now. */
async function recallPeople(
  tx: Tx,
  workspaceId: number,
  claims: readonly LiveClaim[],
  book: Book<LiveClaim>,
) {
  if (claims.length === 0) return;
  const personOf = new Map(claims.flatMap(({ keys, person }) => keys.map((key) => [key, person] as const)));
  const used = await sql.usedByPeople(tx, workspaceId, {
    rules: [...new Set(claims.map((claim) => claim.rule))],
    keys: [...personOf.keys()],
  });
  for (const { rule_id, person, day, points } of used) {
    const of = { rule: rule_id, person: personOf.get(person) ?? person, day, orderId: null };
    book.use(capPlace('day', of) ?? '', BigInt(points));
    book.use(capPlace('person', of) ?? '', BigInt(points));
  }
}

/** Of what was decided before, only caps that count in this batch matter; those of its rule are as good as its own. */
function capsOf(claims: readonly LiveClaim[], rule: number): LiveClaim['caps'] {
  return claims.find((claim) => claim.rule === rule)?.caps ?? {};
}

function claimOf(row: sql.AwardRow): LiveClaim {
  return {
    key: row.key,
    rule: row.rule_id,
    version: row.version,
    role: row.role,
    person: row.person,
    keys: [],
    messageId: row.message_id,
    orderId: row.order_id,
    day: row.day,
    at: row.at,
    basis: basisFromJson(row.basis),
    factor: factorFromText(row.factor),
    caps: {},
    heldUntil: row.held_until,
    expires: row.expires,
  };
}

function rowOf({ claim, granted, target }: Award<LiveClaim>, now: Date): sql.NewAward {
  return {
    key: claim.key,
    rule_id: claim.rule,
    version: claim.version,
    role: claim.role,
    person: claim.person,
    message_id: claim.messageId,
    order_id: claim.orderId,
    day: claim.day,
    at: claim.at,
    basis: basisToJson(claim.basis),
    factor: factorToText(claim.factor),
    granted: Number(granted),
    target: Number(target),
    // Settled here and now, so that a repeat asks the ledger for the same, whenever it comes.
    held_until: claim.heldUntil !== null && claim.heldUntil > now ? claim.heldUntil : null,
    expires: claim.expires,
  };
}
