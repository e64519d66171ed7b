import {
  type Account,
  accountOf,
  address,
  anyShard,
  type Book,
  type Entry,
  enter,
  growth,
  type HoldRow,
  holderKinds,
  lessen,
  type Movement,
  NeedsAll,
  side,
} from './book.ts';
import { clawBack, giveBack } from './decide-undo.ts';
import { type Lot, never, pick, removeLots, sumOf, usable } from './lots.ts';
import type {
  Adjust,
  Earn,
  Expire,
  Hold,
  Order,
  ReserveMovement,
  SettleOrVoid,
  Spend,
  Transfer,
} from './order.ts';
import { mostPoints, origins, refuse } from './schema.ts';

/** An order with the accounts that it names, the first first. */
export interface Known<O extends Order = Order> {
  order: O;
  from: readonly Account[];
  to: readonly Account[];
}

const dayMs = 86_400_000;
/** So that a balance, and the reserve times the ratio, are exact in a number. */
const mostInAll = 90_000_000_000_000;

/** Decides an order on the book as the orders before it left it, and carries it out; throws a Refusal, then having changed nothing. */
export function decide(book: Book, known: Known): Entry[] {
  switch (known.order.kind) {
    case 'earn':
      return earn(book, known as Known<Earn>);
    case 'hold':
      return hold(book, known as Known<Hold>);
    case 'settle':
    case 'void':
      return settleOrVoid(book, known.order);
    case 'spend':
      return spend(book, known as Known<Spend>);
    case 'transfer':
      return transfer(book, known as Known<Transfer>);
    case 'expire':
      return expire(book, known as Known<Expire>);
    case 'return':
      return carryOut(book, giveBack(book, known.order));
    case 'claw-back':
      return carryOut(book, clawBack(book, known.order, known.from));
    case 'adjust':
      return adjust(book, known as Known<Adjust>);
    case 'pay-in':
    case 'pay-out':
      return moveReserve(book, known.order);
  }
}

/** Enters movements after seeing that the reserve covers what they bring into circulation. */
function carryOut(book: Book, plan: { movements: Movement[]; after?: () => void }): Entry[] {
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

function lotOf(book: Book, o: { origin: number; amount: number; expires?: string | null | undefined }): Lot {
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
function into(account: Account, m: Omit<Movement, 'to' | 'toSide'>, paidBefore = 0): Movement[] {
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

function earn(book: Book, { order, to }: Known<Earn>): Entry[] {
  const account = one(to);
  const lots = [lotOf(book, { ...order, origin: origins.indexOf(order.origin) })];
  const base = {
    kind: 'earn',
    from: book.shard,
    fromSide: side.issued,
    amount: order.amount,
    lots,
    of: null,
  } as const;
  if (!order.hold) return carryOut(book, { movements: into(account, base) });
  const entries = carryOut(book, { movements: [{ ...base, to: account, toSide: side.held }] });
  newHold(book, entries, {
    target: address(account, side.wallet),
    back: anyShard.issued,
    due: order.hold.until.getTime(),
    settles: order.hold.atEnd === 'settle',
  });
  return entries;
}

function newHold(
  book: Book,
  entries: readonly Entry[],
  o: Pick<HoldRow, 'target' | 'due' | 'settles'> & { back?: number },
): void {
  for (const { id, first, to, amount, lots } of entries) {
    const row: HoldRow = {
      id,
      first: first ?? id,
      account: to.id,
      amount,
      lots: lots.map((lot) => ({ ...lot })),
      target: o.target,
      back: o.back ?? address(to, side.wallet),
      due: o.due,
      settles: o.settles,
      changed: true,
    };
    book.newHolds.push(row);
  }
}

/** So many points of a party, the oldest expiry first over all its wallets. Refuses `not-enough`. */
function outOf(
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

function hold(book: Book, { order, from, to }: Known<Hold>): Entry[] {
  const [target] = to;
  const movements = outOf(book, from, order.amount).map((part) => ({
    kind: 'hold' as const,
    ...part,
    fromSide: side.wallet,
    to: part.from,
    toSide: side.held,
    of: null,
  }));
  const entries = carryOut(book, { movements });
  newHold(book, entries, {
    target: target ? address(target, side.wallet) : anyShard.redeemed,
    due: order.until?.getTime() ?? null,
    settles: order.atEnd === 'settle',
  });
  return entries;
}

function settleOrVoid(book: Book, order: SettleOrVoid): Entry[] {
  const rows = book.holds.get(Number(order.hold)) ?? [];
  if (rows.length === 0) throw refuse('no-such-hold', 'No hold of this programme has this id.');
  const left = rows.reduce((sum, row) => sum + row.amount, 0);
  const amount = order.amount ?? left;
  if (left < amount || left === 0) {
    throw refuse('hold-closed', `Of the hold ${left} points are left, ${amount} were asked for.`, {
      missing: amount - left,
    });
  }
  const movements: Movement[] = [];
  const changes: [HoldRow, Lot[]][] = [];
  let rest = amount;
  for (const row of rows) {
    const part = Math.min(rest, row.amount);
    if (part === 0) continue;
    rest -= part;
    const lots = pick(row.lots, part);
    changes.push([row, lots]);
    const paid = movements.reduce((sum, m) => sum + (m.toSide === side.receivable ? m.amount : 0), 0);
    movements.push(...released(book, row, { kind: order.kind, amount: part, lots }, paid));
  }
  return carryOut(book, {
    movements,
    after() {
      for (const [row, lots] of changes) lessen(row, lots);
    },
  });
}

function released(
  book: Book,
  row: HoldRow,
  o: { kind: 'settle' | 'void'; amount: number; lots: Lot[] },
  paid: number,
): Movement[] {
  const from = accountOf(book, row.account);
  const base = { ...o, from, fromSide: side.held, of: row.first };
  const where = o.kind === 'settle' ? row.target : row.back;
  if (where === anyShard.issued) return [{ ...base, to: book.shard, toSide: side.issued }];
  if (where === anyShard.redeemed) return [{ ...base, to: book.shard, toSide: side.redeemed }];
  const to = accountOf(book, Math.floor(where / 4));
  // What was earned and held pays debts when it becomes theirs; what was theirs and was held comes back whole.
  return o.kind === 'settle' ? into(to, base, paid) : [{ ...base, to, toSide: side.wallet }];
}

function spend(book: Book, { order, from, to }: Known<Spend>): Entry[] {
  const [partner] = to;
  if (partner && from.includes(partner)) throw sameAccount();
  const movements = outOf(book, from, order.amount).map((part) => ({
    kind: 'spend' as const,
    ...part,
    fromSide: side.wallet,
    to: partner ?? book.shard,
    toSide: partner ? side.wallet : side.redeemed,
    of: null,
  }));
  return carryOut(book, { movements });
}

const sameAccount = () => refuse('same-account', 'Points cannot go to where they come from.');

function transfer(book: Book, { order, from, to }: Known<Transfer>): Entry[] {
  const receiver = one(to);
  if (from.includes(receiver)) throw sameAccount();
  const members = from.filter((account) => account.kind === holderKinds.member);
  if (members.length > 0) mayGive(book, members, order.amount);
  const parts = outOf(book, from, order.amount);
  const movements = parts.map((part) => ({
    kind: 'transfer' as const,
    ...part,
    fromSide: side.wallet,
    to: receiver,
    toSide: side.wallet,
    of: null,
  }));
  return carryOut(book, {
    movements,
    after: () => {
      for (const { from: giver, amount } of parts) {
        giver.outSum = amount + (giver.outDay === book.today ? giver.outSum : 0);
        giver.outDay = book.today;
      }
    },
  });
}

function mayGive(book: Book, accounts: readonly Account[], amount: number): void {
  const { allowed, most, mostADay, coolingHours } = book.policy.transfers;
  if (!allowed)
    throw refuse('transfers-off', 'The policy of this programme lets nobody give points to others.');
  if (most !== null && amount > most)
    throw refuse('over-limit', `At most ${most} points can be given away at once.`, { most });
  const given = accounts.reduce((sum, a) => sum + (a.outDay === book.today ? a.outSum : 0), 0);
  if (mostADay !== null && given + amount > mostADay) {
    throw refuse(
      'over-limit',
      `At most ${mostADay} points can be given away in a day; ${given} were today already.`,
      { most: Math.max(0, mostADay - given) },
    );
  }
  const since = Math.min(...accounts.map((a) => a.since || book.at));
  const from = since + coolingHours * 3_600_000;
  if (book.at < from) {
    throw refuse(
      'cooling',
      `Points of this wallet can be given away from ${new Date(from).toISOString()} on.`,
      {
        from: new Date(from).toISOString(),
      },
    );
  }
}

function expire(book: Book, { from }: Known<Expire>): Entry[] {
  const account = one(from);
  // Nobody is left who could use what somebody had who was erased.
  const lots = account.owned ? account.lots.filter((lot) => lot.expires < book.today) : [...account.lots];
  const amount = sumOf(lots);
  if (amount === 0) throw refuse('not-enough', 'Nothing here has run out.');
  return carryOut(book, {
    movements: [
      {
        kind: 'expire',
        from: account,
        fromSide: side.wallet,
        to: book.shard,
        toSide: side.expired,
        amount,
        lots: lots.map((lot) => ({ ...lot })),
        of: null,
      },
    ],
  });
}

function adjust(book: Book, { order, from, to }: Known<Adjust>): Entry[] {
  twoPeople(order.by);
  if (order.amount === 0 || Math.abs(order.amount) > mostPoints)
    throw refuse('too-large', `An adjustment is of 1 to ${mostPoints} points, to either side.`);
  if (order.amount < 0) {
    const movements = outOf(book, from, -order.amount).map((part) => ({
      kind: 'adjust' as const,
      ...part,
      fromSide: side.wallet,
      to: book.shard,
      toSide: side.issued,
      of: null,
    }));
    return carryOut(book, { movements });
  }
  const lots = [lotOf(book, { ...order, origin: origins.indexOf(order.origin ?? 'adjustment') })];
  const base = {
    kind: 'adjust',
    from: book.shard,
    fromSide: side.issued,
    amount: order.amount,
    lots,
    of: null,
  } as const;
  return carryOut(book, { movements: into(one(to), base) });
}

function twoPeople([first, second]: readonly [string, string]): void {
  if (first === second) throw refuse('two-people', 'Somebody else than who asked for it has to agree.');
}

function moveReserve(book: Book, order: ReserveMovement): Entry[] {
  twoPeople(order.by);
  const { treasury, shard, policy } = book;
  if (!treasury) throw new NeedsAll();
  const there = treasury.balances[side.reserve] ?? 0;
  const covers = order.amount * policy.ratio;
  const base = { kind: order.kind, amount: order.amount, lots: [], of: null };
  if (order.kind === 'pay-in') {
    if (there + order.amount > mostInAll)
      throw refuse('too-large', `A reserve holds at most ${mostInAll}, in minor units.`);
    shard.budget += covers;
    shard.changed = true;
    return enter(book, [
      { ...base, from: treasury, fromSide: side.funding, to: treasury, toSide: side.reserve },
    ]);
  }
  const free = Math.min(there, Math.floor(Math.max(0, shard.budget) / policy.ratio));
  if (free < order.amount) {
    const missing = order.amount - free;
    throw refuse(
      'reserve-short',
      `Of the reserve ${free} is free to be taken out, ${missing} less than asked for.`,
      {
        missing: covers - Math.max(0, shard.budget),
        missing_reserve: missing,
      },
    );
  }
  shard.budget -= covers;
  shard.changed = true;
  return enter(book, [
    { ...base, from: treasury, fromSide: side.reserve, to: treasury, toSide: side.funding },
  ]);
}

function one(accounts: readonly Account[]): Account {
  const [account] = accounts;
  if (!account) throw new Error('An order without its account.');
  return account;
}
