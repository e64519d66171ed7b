import { type Book, type Entry, enter, type Known, NeedsAll, side } from './book.ts';
import type { Adjust, ReserveMovement } from './order.ts';
import { mostPoints, origins, refuse } from './schema.ts';
import { carryOut, into, lotOf, mostInAll, one, outOf } from './steps.ts';

export function adjust(book: Book, { order, from, to }: Known<Adjust>): Entry[] {
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

export function moveReserve(book: Book, order: ReserveMovement): Entry[] {
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
