import {
  type Account,
  accountOf,
  anyShard,
  type Book,
  type HoldRow,
  lessen,
  type Movement,
  type Past,
  side,
} from './book.ts';
import { type Lot, pick, removeLots, sumOf, without } from './lots.ts';
import type { ClawBack, Return } from './order.ts';
import { refuse } from './schema.ts';

interface Plan {
  movements: Movement[];
  after?: () => void;
}

const theirs = (past: Past) =>
  past.fromKind <= 1 && past.fromSide <= side.held && past.toAccount !== past.fromAccount;

/** Gives back what a spend or a settled hold took, to the wallets it came from, with the days it would have run out. */
export function giveBack(book: Book, order: Return): Plan {
  const legs = (book.past.get(Number(order.of)) ?? []).filter(theirs);
  const [first] = legs;
  if (!first || (first.kind !== 'spend' && first.kind !== 'settle'))
    throw refuse('no-such-transfer', 'No spend of this programme has this id.');
  const done = book.undone.get(Number(order.of)) ?? 0;
  const left = legs.reduce((sum, leg) => sum + leg.amount, 0) - done;
  const amount = order.amount ?? left;
  if (amount > left || left === 0) {
    throw refuse('more-than-was', `Of this spend ${left} points can still be given back.`, {
      missing: amount - left,
    });
  }
  const movements: Movement[] = [];
  const atSellers = new Map<Account, Lot[]>();
  let passed = done;
  let rest = amount;
  // What would have run out last comes back first.
  for (const leg of [...legs].reverse()) {
    const skip = Math.min(passed, leg.amount);
    passed -= skip;
    const part = Math.min(rest, leg.amount - skip);
    if (part === 0) continue;
    rest -= part;
    const lots = pick(without([...leg.lots].reverse(), skip), part);
    movements.push(backFrom(book, leg, { amount: part, lots, of: Number(order.of) }, atSellers));
  }
  return { movements, after: () => book.undone.set(Number(order.of), done + amount) };
}

function backFrom(
  book: Book,
  leg: Past,
  o: { amount: number; lots: Lot[]; of: number },
  atSellers: Map<Account, Lot[]>,
): Movement {
  const to = accountOf(book, leg.fromAccount);
  const base = { kind: 'return' as const, to, toSide: side.wallet, ...o };
  if (leg.toKind > 1) return { ...base, from: book.shard, fromSide: side.redeemed };
  const from = accountOf(book, leg.toAccount);
  // A seller gives back of what there is now: the very points may have gone on since.
  const still = atSellers.get(from) ?? from.lots.map((lot) => ({ ...lot }));
  const there = sumOf(still);
  if (there < o.amount) {
    throw refuse('not-enough', `The seller has ${there} points, ${o.amount - there} fewer than were spent.`, {
      missing: o.amount - there,
    });
  }
  const lots = pick(like(still, o.lots), o.amount);
  removeLots(still, lots);
  atSellers.set(from, still);
  return { ...base, from, fromSide: side.wallet, lots };
}

/** The same lots, those that are like the wanted ones first. */
function like(lots: readonly Lot[], wanted: readonly Lot[]): Lot[] {
  const isLike = (lot: Lot) => wanted.some((w) => w.origin === lot.origin && w.expires === lot.expires);
  return [...lots.filter(isLike), ...lots.filter((lot) => !isLike(lot))];
}

/** Takes back what was earned: what is held, then what is in the wallet, then as a debt; as far as the policy goes. */
export function clawBack(book: Book, order: ClawBack, from: readonly Account[]): Plan {
  const of = order.of === undefined ? null : Number(order.of);
  const earned = of === null ? [] : (book.past.get(of) ?? []);
  const wanted = wantedOf(book, order, earned);
  const accounts = [...new Set([...earned.map((leg) => accountOf(book, leg.toAccount)), ...from])];
  const main = accounts[0];
  if (!main) throw refuse('no-such-transfer', 'Say from whom, or of which movement, it is to be taken back.');
  const policy = order.policy ?? book.policy.clawBack;
  const movements: Movement[] = [];
  const changes: [HoldRow, Lot[]][] = [];
  const base = { kind: 'claw-back' as const, to: book.shard, toSide: side.issued, of };
  let rest = wanted;
  for (const row of holdsOf(book, of, accounts)) {
    const amount = Math.min(rest, row.amount);
    if (amount === 0) continue;
    rest -= amount;
    const lots = pick(row.lots, amount);
    changes.push([row, lots]);
    movements.push({ ...base, from: accountOf(book, row.account), fromSide: side.held, amount, lots });
  }
  for (const account of policy === 'held' ? [] : accounts) {
    const amount = Math.min(rest, account.balances[side.wallet] ?? 0);
    if (amount === 0) continue;
    rest -= amount;
    const same = earned.flatMap((leg) => leg.lots);
    movements.push({
      ...base,
      from: account,
      fromSide: side.wallet,
      amount,
      lots: pick(like(account.lots, same), amount),
    });
  }
  if (policy === 'receivable' && rest > 0)
    movements.push({ ...base, from: main, fromSide: side.receivable, amount: rest, lots: [] });
  if (movements.length === 0)
    throw refuse('not-enough', 'Nothing is left that the policy lets take back.', { missing: rest });
  const taken = movements.reduce((sum, m) => sum + m.amount, 0);
  return {
    movements,
    after() {
      for (const [row, lots] of changes) lessen(row, lots);
      if (of !== null) book.undone.set(of, (book.undone.get(of) ?? 0) + taken);
    },
  };
}

function wantedOf(book: Book, order: ClawBack, earned: readonly Past[]): number {
  if (order.of === undefined) {
    if (order.amount === undefined)
      throw refuse('more-than-was', 'Say how many points are to be taken back, or of which movement.');
    return order.amount;
  }
  if (earned[0]?.kind !== 'earn' && earned[0]?.kind !== 'adjust')
    throw refuse('no-such-transfer', 'Nothing was earned by a movement of this id.');
  const left = earned.reduce((sum, leg) => sum + leg.amount, 0) - (book.undone.get(Number(order.of)) ?? 0);
  const wanted = order.amount ?? left;
  if (wanted > left || left === 0) {
    throw refuse('more-than-was', `Of what was earned there ${left} points can still be taken back.`, {
      missing: wanted - left,
    });
  }
  return wanted;
}

/** The holds of this earn, or all earned and held points of these accounts. */
function holdsOf(book: Book, of: number | null, accounts: readonly Account[]): HoldRow[] {
  if (of !== null) return book.holds.get(of) ?? [];
  const ids = new Set(accounts.map((account) => account.id));
  return [...book.holds.values()]
    .flat()
    .filter((row) => ids.has(row.account) && row.back === anyShard.issued)
    .sort((a, b) => a.id - b.id);
}
