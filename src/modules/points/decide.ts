import {
  type Account,
  accountOf,
  address,
  anyShard,
  type Book,
  type Entry,
  type HoldRow,
  holderKinds,
  type Known,
  lessen,
  type Movement,
  side,
} from './book.ts';
import { adjust, moveReserve } from './decide-team.ts';
import { clawBack, giveBack } from './decide-undo.ts';
import { type Lot, pick, sumOf } from './lots.ts';
import type { Adjust, Earn, Expire, Hold, SettleOrVoid, Spend, Transfer } from './order.ts';
import { origins, refuse } from './schema.ts';
import { carryOut, into, lotOf, one, outOf } from './steps.ts';

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
