import { addLots, type Lot, removeLots, sumOf } from './lots.ts';
import type { Done, Order } from './order.ts';
import { type Kind, kinds, type Policy } from './schema.ts';

/** What a row of accounts is; its number there. */
export const holderKinds = { member: 0, partner: 1, shard: 2, treasury: 3 } as const;

/** The sides of an account, by their number. */
export const side = {
  wallet: 0,
  held: 1,
  receivable: 2,
  issued: 0,
  redeemed: 1,
  expired: 2,
  suspense: 3,
  reserve: 0,
  funding: 1,
} as const;

const sideNames = [
  ['wallet', 'held', 'receivable', 'none'],
  ['wallet', 'held', 'receivable', 'none'],
  ['issued', 'redeemed', 'expired', 'suspense'],
  ['reserve', 'funding', 'none', 'none'],
] as const;

export function sideName(kind: number, of: number): string {
  return sideNames[kind]?.[of] ?? 'none';
}

/** Targets of a hold that are a side of whichever shard settles it. */
export const anyShard = { issued: -1, redeemed: -2 } as const;

/** A row of accounts, held by this transaction. */
export interface Account {
  readonly id: number;
  readonly kind: number;
  balances: number[];
  lots: Lot[];
  budget: number;
  /** Of its newest movement and of its first, ms; 0: none yet. */
  at: number;
  since: number;
  outDay: number;
  outSum: number;
  policy: number;
  ratio: number;
  /** Opens its commitments; null where the person was erased. */
  readonly secret: Buffer | null;
  readonly owned: boolean;
  changed: boolean;
}

export interface HoldRow {
  id: number;
  first: number;
  account: number;
  amount: number;
  lots: Lot[];
  target: number;
  back: number;
  due: number | null;
  settles: boolean;
  changed: boolean;
}

/** One movement from a side of an account to a side of another (or of the same). */
export interface Movement {
  kind: Kind;
  from: Account;
  fromSide: number;
  to: Account;
  toSide: number;
  amount: number;
  lots: readonly Lot[];
  /** The hold, spend or earn that it is about. */
  of: number | null;
}

/** A movement as it stands in the books. */
export interface Entry extends Movement {
  id: number;
  fromAfter: number;
  toAfter: number;
  first: number | null;
}

/** An earlier movement, with what others took of it since. */
export interface Past {
  id: number;
  kind: Kind;
  fromAccount: number;
  fromSide: number;
  toAccount: number;
  toSide: number;
  fromKind: number;
  toKind: number;
  amount: number;
  lots: Lot[];
}

/** An order with the accounts that it names, the first first. */
export interface Known<O extends Order = Order> {
  order: O;
  from: readonly Account[];
  to: readonly Account[];
}

/** Thrown where an order needs more than its shard has at hand: the batch is done again with all shards held. */
export class NeedsAll extends Error {}

/** What the orders of a batch are decided upon, in their order: everything they touch, held by this transaction. */
export interface Book {
  readonly accounts: Map<number, Account>;
  /** By the id they are named by. */
  readonly holds: Map<number, HoldRow[]>;
  /** By the id of the first leg. */
  readonly past: Map<number, Past[]>;
  /** How much of them was given back or taken back already. */
  readonly undone: Map<number, number>;
  readonly shard: Account;
  /** There where the whole programme is held. */
  readonly treasury: Account | undefined;
  readonly policy: Policy;
  readonly policyVersion: number;
  /** Of this batch, ms: not before any movement of its accounts. */
  readonly at: number;
  readonly today: number;
  readonly firstId: number;
  readonly entries: Entry[];
  readonly newHolds: HoldRow[];
}

/** How many ids a batch has for its movements. */
export const idsABatch = 8192;

const inCirculation = (account: Account, of: number) => account.kind <= 1 && of <= side.held;

/** By how much a movement changes what is in circulation. */
export function growth(m: Movement): number {
  return (inCirculation(m.to, m.toSide) ? m.amount : 0) - (inCirculation(m.from, m.fromSide) ? m.amount : 0);
}

export function address(account: Account, of: number): number {
  return account.id * 4 + of;
}

/** Carries out what was decided; the only place where balances and lots change. */
export function enter(book: Book, movements: readonly Movement[]): Entry[] {
  const entries: Entry[] = [];
  for (const m of movements) {
    const { from, to, amount } = m;
    if (amount <= 0) throw new Error('A movement of nothing.');
    from.balances[m.fromSide] = (from.balances[m.fromSide] ?? 0) - amount;
    to.balances[m.toSide] = (to.balances[m.toSide] ?? 0) + amount;
    if (from.kind <= 1 && m.fromSide === side.wallet) removeLots(from.lots, m.lots);
    if (to.kind <= 1 && m.toSide === side.wallet) {
      if (sumOf(m.lots) !== amount) throw new Error('Points came without their lots.');
      addLots(to.lots, m.lots);
    }
    book.shard.budget -= growth(m);
    book.shard.changed = true;
    book.shard.at = book.at;
    for (const account of [from, to]) {
      account.at = book.at;
      if (account.since === 0) account.since = book.at;
      account.changed = true;
    }
    const id = book.firstId + book.entries.length;
    const entry: Entry = {
      ...m,
      id,
      fromAfter: from.balances[m.fromSide] ?? 0,
      toAfter: to.balances[m.toSide] ?? 0,
      first: entries[0]?.id ?? null,
    };
    entries.push(entry);
    book.entries.push(entry);
  }
  return entries;
}

export function doneOf(key: string, atMs: number, entries: readonly Entry[]): Done {
  const [first] = entries;
  if (!first) throw new Error('Nothing was done.');
  return {
    ok: true,
    key,
    id: String(first.id),
    at: new Date(atMs),
    amount: entries.reduce((sum, e) => sum + e.amount, 0),
    legs: entries.map((e) => ({
      id: String(e.id),
      from: sideName(e.from.kind, e.fromSide),
      to: sideName(e.to.kind, e.toSide),
      amount: e.amount,
    })),
    repeated: false,
  };
}

export function kindNumber(kind: Kind): number {
  return kinds.indexOf(kind);
}

/** Takes lots out of a hold. */
export function lessen(row: HoldRow, lots: readonly Lot[]): void {
  removeLots(row.lots, lots);
  row.amount -= sumOf(lots);
  row.changed = true;
}

export function accountOf(book: Book, id: number): Account {
  const account = book.accounts.get(id);
  if (!account) throw new Error('An account was not held.');
  return account;
}
