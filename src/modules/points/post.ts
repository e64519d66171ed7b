import { setImmediate as onceSent } from 'node:timers/promises';
import type { Transparency } from '#modules/transparency';
import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { Refusal } from '#platform/refusal';
import type { Named } from './accounts.ts';
import { type Account, type Book, doneOf, type Entry, idsABatch, NeedsAll, sideName } from './book.ts';
import { gatherIn, handOut } from './budget.ts';
import { decide } from './decide.ts';
import { leafOf } from './leaf.ts';
import type { Done, Order, Outcome } from './order.ts';
import { readPolicies } from './programme-sql.ts';
import { type Programme, policyAt } from './programmes.ts';
import { refuse } from './schema.ts';
import * as sql from './sql.ts';
import { dayOf } from './steps.ts';
import type { Telling } from './tell.ts';

/** An order, with what of it does not hang on the books. */
export interface Prepared {
  order: Order;
  named: Named;
  /** Keyed hashes: of the idempotency key, of what was asked for, of the shop's order. */
  key: string;
  content: bigint;
  ref: string | null;
}

interface How {
  /** All shards are held, so that what one has to spare can go to another. */
  all: boolean;
  /** Keys are looked up beforehand: one of them was used before. */
  checked: boolean;
  /** Facts that somebody listens to. */
  told: ReadonlySet<string>;
}

const uniqueViolation = '23505';

/**
 * The one place where movements are written: a batch of orders of one programme in one transaction, decided in their
 * order upon accounts that it holds. No lock is held over anything but Postgres.
 */
export function createPosting(deps: {
  pg: Postgres;
  transparency: Pick<Transparency, 'submit'>;
  telling: Pick<Telling, 'wanted' | 'record'>;
  clock: Clock;
  dayIn: (programme: Programme, atMs: number) => string;
}) {
  const { pg, transparency, telling, clock, dayIn } = deps;
  /** An outcome for each order, in their order. `lane`: those of different lanes seldom wait for each other. */
  async function post(programme: Programme, orders: readonly Prepared[], lane: number): Promise<Outcome[]> {
    const told = await telling.wanted(programme.workspaceId);
    const how: How = { all: orders.some(({ order }) => isOfReserve(order)), checked: false, told };
    for (;;) {
      try {
        return await pg.inWorkspace(programme.workspaceId, (tx) => attempt(tx, programme, orders, lane, how));
      } catch (error) {
        if (error instanceof NeedsAll && !how.all) how.all = true;
        else if (isUsedKey(error) && !how.checked) how.checked = true;
        else throw error;
      }
    }
  }

  async function attempt(
    tx: Tx,
    programme: Programme,
    orders: readonly Prepared[],
    lane: number,
    how: How,
  ): Promise<Outcome[]> {
    const { workspaceId, id: programmeId } = programme;
    const about = wantedBefore(orders);
    const legs = await sql.findLegs(tx, workspaceId, programmeId, about.past);
    const holdsBefore = await sql.findHolds(tx, workspaceId, programmeId, {
      first: about.holds,
      accounts: [],
    });
    const shardId = programme.shards[lane % programme.shards.length] ?? 0;
    const { seq, accounts } = await sql.lockAccounts(tx, workspaceId, [
      ...new Set([
        ...(how.all ? [...programme.shards, programme.treasury] : [shardId]),
        ...orders.flatMap(({ order, named }) => [
          ...named.from.filter((id) => id !== null),
          ...named.to.filter((id) => id !== null),
          ...(order.kind === 'expire' ? [order.account] : []),
        ]),
        ...legs.flatMap((leg) => [
          ...(leg.fromKind <= 1 ? [leg.fromAccount] : []),
          ...(leg.toKind <= 1 ? [leg.toAccount] : []),
        ]),
        ...holdsBefore.flatMap((row) => [
          row.account,
          ...(row.target > 0 ? [Math.floor(row.target / 4)] : []),
        ]),
      ]),
    ]);
    const book = await open(tx, programme, { accounts, seq, shardId, how, about, legs });
    const known = how.checked
      ? await repeats(
          tx,
          programme,
          orders,
          await sql.findKeys(
            tx,
            workspaceId,
            programmeId,
            orders.map((o) => o.key),
          ),
        )
      : new Map<number, Outcome>();
    const written: { entries: Entry[]; from: Prepared }[] = [];
    const outcomes = decideAll(book, orders, known, (entries, from) => written.push({ entries, from }));
    if (how.all) handOut(book, programme);
    await write(tx, programme, book, written);
    if (how.told.size > 0) {
      const done = written.map(({ entries, from }) => ({ kind: from.order.kind, entries }));
      await telling.record(tx, programme, { wanted: how.told, atMs: book.at, orders: done });
    }
    return how.checked ? outcomes : repeatsOfRefused(tx, programme, orders, outcomes);
  }

  async function open(
    tx: Tx,
    programme: Programme,
    o: {
      accounts: Map<number, Account>;
      seq: number;
      shardId: number;
      how: How;
      about: Wanted;
      legs: readonly sql.PastLeg[];
    },
  ): Promise<Book> {
    const { workspaceId, id: programmeId } = programme;
    const { accounts, how, about } = o;
    const shard = accounts.get(o.shardId);
    if (!shard) throw new Error('A programme without its shard.');
    let at = clock.ms();
    for (const account of accounts.values()) at = Math.max(at, account.at);
    const policies = how.all ? await readPolicies(tx, workspaceId, programmeId) : programme.policies;
    const { policy, version } = policyAt(policies, at);
    if (!how.all && shard.policy !== version) throw new NeedsAll();
    const rows = await sql.findHolds(tx, workspaceId, programmeId, {
      first: about.holds,
      accounts: about.holdsOf,
    });
    const book: Book = {
      accounts,
      holds: Map.groupBy(rows, (row) => row.first),
      past: Map.groupBy(o.legs, (leg) => leg.first),
      undone: await sql.sumUndone(tx, workspaceId, about.past),
      shard,
      treasury: how.all ? accounts.get(programme.treasury) : undefined,
      policy,
      policyVersion: version,
      at,
      today: dayOf(dayIn(programme, at)),
      firstId: o.seq * idsABatch,
      entries: [],
      newHolds: [],
    };
    if (how.all) gatherIn(book, programme);
    return book;
  }

  async function write(
    tx: Tx,
    programme: Programme,
    book: Book,
    written: readonly { entries: Entry[]; from: Prepared }[],
  ): Promise<void> {
    const { workspaceId, id: programmeId } = programme;
    const accounts = [...book.accounts.values()].filter((account) => account.changed);
    if (accounts.length === 0) return;
    const entries = written.flatMap(({ entries: legs, from }) =>
      legs.map((leg, i) => ({
        ...leg,
        key: i === 0 ? from.key : null,
        content: i === 0 ? from.content : null,
        ref: i === 0 ? from.ref : null,
        rule: from.order.rule ?? null,
      })),
    );
    if (entries.length > idsABatch) throw new Error('A batch of more movements than it has ids for.');
    const { log_id: logId } = programme;
    if (logId === null) throw new Error('A programme without its log.');
    const { at, policyVersion: policy } = book;
    // While Postgres writes, the leaves are made: what comes next to these accounts waits for both.
    const [, leaves] = await Promise.all([
      sql.writeBatch(tx, workspaceId, { programmeId, at, policy, accounts, entries }),
      onceSent().then(() =>
        entries.map((entry) => ({ id: BigInt(entry.id), leaf: leafOf(entry, programme.slug, at) })),
      ),
    ]);
    const holds = [...book.holds.values()].flat().filter((row) => row.changed);
    await sql.writeHolds(tx, workspaceId, programmeId, [...book.newHolds, ...holds]);
    await sql.writeNotes(tx, workspaceId, written.flatMap(noteOf));
    await transparency.submit(tx, logId, leaves);
  }

  /** What was carried out before under the keys of these orders; by their place. */
  async function repeats(
    tx: Tx,
    programme: Programme,
    orders: readonly Prepared[],
    keys: ReadonlyMap<string, sql.KnownKey>,
  ): Promise<Map<number, Outcome>> {
    const found = new Map<number, Outcome>();
    if (keys.size === 0) return found;
    const legs = await sql.findLegs(
      tx,
      programme.workspaceId,
      programme.id,
      [...keys.values()].map((row) => row.id),
    );
    const byFirst = Map.groupBy(legs, (leg) => leg.first);
    orders.forEach((prepared, i) => {
      const row = keys.get(prepared.key);
      if (!row) return;
      const same = row.content === prepared.content.toString();
      found.set(i, same ? toldAgain(prepared, byFirst.get(row.id) ?? []) : keyReused(prepared));
    });
    return found;
  }

  /** Who was refused now may have been served before: then that is the answer. Refusals changed nothing. */
  async function repeatsOfRefused(
    tx: Tx,
    programme: Programme,
    orders: readonly Prepared[],
    outcomes: Outcome[],
  ): Promise<Outcome[]> {
    const refused = orders.filter((_, i) => outcomes[i]?.ok === false);
    if (refused.length === 0) return outcomes;
    const keys = await sql.findKeys(
      tx,
      programme.workspaceId,
      programme.id,
      refused.map((o) => o.key),
    );
    // What this very batch wrote stands there too, and is the first of two orders under one key.
    const found = await repeats(tx, programme, orders, keys);
    return outcomes.map((outcome, i) => (outcome.ok ? outcome : (found.get(i) ?? outcome)));
  }

  return { post };
}

interface Wanted {
  past: number[];
  holds: number[];
  holdsOf: number[];
}

function wantedBefore(orders: readonly Prepared[]): Wanted {
  const wanted: Wanted = { past: [], holds: [], holdsOf: [] };
  for (const { order, named } of orders) {
    if (order.kind === 'settle' || order.kind === 'void') wanted.holds.push(Number(order.hold));
    if (order.kind === 'return') wanted.past.push(Number(order.of));
    if (order.kind === 'claw-back') {
      if (order.of === undefined) wanted.holdsOf.push(...named.from.filter((id) => id !== null));
      else {
        wanted.past.push(Number(order.of));
        wanted.holds.push(Number(order.of));
      }
    }
  }
  return wanted;
}

function decideAll(
  book: Book,
  orders: readonly Prepared[],
  known: ReadonlyMap<number, Outcome>,
  write: (entries: Entry[], from: Prepared) => void,
): Outcome[] {
  const inBatch = new Map<string, { content: bigint; done: Done }>();
  return orders.map((prepared, i) => {
    const { order, named, key, content } = prepared;
    const before = known.get(i);
    if (before) return before;
    const twin = inBatch.get(key);
    if (twin) return twin.content === content ? { ...twin.done, repeated: true } : keyReused(prepared);
    try {
      const entries = decide(book, {
        order,
        from: order.kind === 'expire' ? [held(book, order.account)] : theirs(book, named.from),
        to: receivers(book, named.to),
      });
      write(entries, prepared);
      const done = doneOf(order.key, book.at, entries);
      inBatch.set(key, { content, done });
      return done;
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, key: order.key, refusal: error };
      throw error;
    }
  });
}

/** Accounts that are somebody's; of several wallets those that there are. */
function theirs(book: Book, ids: readonly (number | null)[]): Account[] {
  return ids.flatMap((id) => {
    const account = id === null ? undefined : book.accounts.get(id);
    return account?.owned ? [account] : [];
  });
}

function receivers(book: Book, ids: readonly (number | null)[]): Account[] {
  const found = theirs(book, ids);
  if (ids.length > 0 && found.length === 0)
    throw refuse('no-such-person', 'Nobody who is known here can have points under this identifier.');
  return found;
}

function held(book: Book, id: number): Account {
  const account = book.accounts.get(id);
  if (!account || account.kind > 1) throw refuse('no-such-person', 'No account of a member has this number.');
  return account;
}

function toldAgain(prepared: Prepared, legs: readonly sql.PastLeg[]): Done {
  const [first] = legs;
  if (!first) throw new Error('A key without its movement.');
  return {
    ok: true,
    key: prepared.order.key,
    id: String(first.id),
    at: new Date(first.at),
    amount: legs.reduce((sum, leg) => sum + leg.amount, 0),
    legs: legs.map((leg) => ({
      id: String(leg.id),
      from: sideName(leg.fromKind, leg.fromSide),
      to: sideName(leg.toKind, leg.toSide),
      amount: leg.amount,
    })),
    repeated: true,
  };
}

function keyReused({ order }: Prepared): Outcome {
  return {
    ok: false,
    key: order.key,
    refusal: refuse(
      'key-reused',
      'Under this idempotency key another order was carried out; send a new order under a new key.',
    ),
  };
}

function noteOf({ entries, from: { order } }: { entries: Entry[]; from: Prepared }) {
  const [first] = entries;
  const by = 'by' in order ? order.by.join(' ') : '';
  if (!first || (order.order === undefined && order.reason === undefined && by === '')) return [];
  const member = [first.from, first.to].find((account) => account.kind <= 1) ?? first.from;
  return [{ id: first.id, account: member.id, order: order.order ?? null, reason: order.reason ?? null, by }];
}

const isOfReserve = (order: Order) => order.kind === 'pay-in' || order.kind === 'pay-out';

function isUsedKey(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === uniqueViolation &&
    'constraint' in error &&
    error.constraint === 'points_transfers_by_key'
  );
}
