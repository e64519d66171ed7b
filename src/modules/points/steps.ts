import { type Account, type Book, type Entry, enter, growth, type Movement, NeedsAll, side } from './book.ts';
import { type Lot, never, pick, removeLots, sumOf, usable } from './lots.ts';
import { refuse } from './schema.ts';

const dayMs = 86_400_000;
/** So that a balance, and the reserve times the ratio, are exact in a number. */
export const mostInAll = 90_000_000_000_000;

/** Enters movements after seeing that the reserve covers what they bring into circulation. */
export function carryOut(book: Book, plan: { movements: Movement[]; after?: () => void }): Entry[] {
  const grows = plan.movements.reduce((sum, m) => sum + growth(m), 0);
  if (grows > 0) needCover(book, grows);
  for (const { to, toSide, amount } of plan.movements) {
    if ((to.balances[toSide] ?? 0) + amount > mostInAll * 100)
      throw refuse('too-large', 'The balance would be larger than the books can hold.');
  }
  plan.after?.();
  return enter(book, plan.movements);
}

function needCover(book: Book, points: number): void {
  if (book.shard.budget >= points) return;
  if (!book.treasury) throw new NeedsAll();
  const missing = points - book.shard.budget;
  const money = Math.ceil(missing / book.policy.ratio);
  throw refuse(
    'reserve-short',
    `The reserve covers ${Math.max(0, book.shard.budget)} points more, ${missing} fewer than this takes. ` +
      `Pay in ${money} (minor units of the programme's currency) or more.`,
    { missing, missing_reserve: money },
  );
}

export function lotOf(
  book: Book,
  o: { origin: number; amount: number; expires?: string | null | undefined },
): Lot {
  const { expiresAfterDays } = book.policy;
  const byPolicy = expiresAfterDays === null ? never : book.today + expiresAfterDays;
  const expires = o.expires === undefined ? byPolicy : o.expires === null ? never : dayOf(o.expires);
  if (expires < book.today)
    throw refuse('expired-already', `The points could be used up to ${o.expires}, which is past.`);
  return { origin: o.origin, expires, day: book.today, amount: o.amount };
}

export function dayOf(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs);
}

/** Into a wallet; what is owed there is paid first, of which so much is paid already. */
export function into(account: Account, m: Omit<Movement, 'to' | 'toSide'>, paidBefore = 0): Movement[] {
  const owed = Math.min(m.amount, -(account.balances[side.receivable] ?? 0) - paidBefore);
  if (owed <= 0) return [{ ...m, to: account, toSide: side.wallet }];
  const paid: Movement = {
    ...m,
    to: account,
    toSide: side.receivable,
    amount: owed,
    lots: pick(m.lots, owed),
  };
  if (owed === m.amount) return [paid];
  const rest = m.lots.map((lot) => ({ ...lot }));
  removeLots(rest, paid.lots);
  return [paid, { ...m, to: account, toSide: side.wallet, amount: m.amount - owed, lots: rest }];
}

/** So many points of a party, the oldest expiry first over all its wallets. Refuses `not-enough`. */
export function outOf(
  book: Book,
  accounts: readonly Account[],
  amount: number,
): { from: Account; amount: number; lots: Lot[] }[] {
  const there = accounts.reduce((sum, account) => sum + usable(account.lots, book.today), 0);
  if (there < amount) {
    throw refuse(
      'not-enough',
      `There are ${there} points to be used, ${amount - there} fewer than asked for.`,
      {
        missing: amount - there,
      },
    );
  }
  const [only] = accounts;
  if (only && accounts.length === 1)
    return [{ from: only, amount, lots: pick(only.lots, amount, book.today) }];
  const all = accounts.flatMap((account) => account.lots.map((lot) => ({ account, lot })));
  all.sort((a, b) => a.lot.expires - b.lot.expires || a.account.id - b.account.id);
  const parts = new Map<Account, Lot[]>();
  let left = amount;
  for (const { account, lot } of all) {
    if (left === 0) break;
    if (lot.expires < book.today) continue;
    const take = Math.min(left, lot.amount);
    parts.set(account, [...(parts.get(account) ?? []), { ...lot, amount: take }]);
    left -= take;
  }
  return [...parts].map(([from, lots]) => ({ from, amount: sumOf(lots), lots }));
}

export function one(accounts: readonly Account[]): Account {
  const [account] = accounts;
  if (!account) throw new Error('An order without its account.');
  return account;
}
