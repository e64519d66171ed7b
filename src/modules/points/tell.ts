import type { Clock } from '#platform/clock';
import type { Fact, Facts } from '#platform/facts';
import type { Tx } from '#platform/postgres';
import { type Account, type Entry, holderKinds, side } from './book.ts';
import { ownersOf } from './programme-sql.ts';
import type { Programme } from './programmes.ts';
import type { Kind } from './schema.ts';

/** What is told of a movement, by its kind; the reserve is nobody's wallet. */
export const factTypes: Partial<Record<Kind, string>> = {
  earn: 'points.earned',
  hold: 'points.held',
  settle: 'points.settled',
  void: 'points.voided',
  spend: 'points.spent',
  return: 'points.returned',
  transfer: 'points.transferred',
  expire: 'points.expired',
  'claw-back': 'points.clawed-back',
  adjust: 'points.adjusted',
};

/** What an order did to one member. */
interface Change {
  account: number;
  movement: string;
  /** By how many points each of their sides changed. */
  wallet: number;
  held: number;
  owed: number;
}

export type Telling = ReturnType<typeof createTelling>;

type Asked = (workspaceId: number) => Promise<ReadonlySet<string>>;

const knownForMs = 1_000;

/**
 * Facts about movements, one for each member that an order touches. They are written where somebody listens, and cost
 * nothing elsewhere but a look once a second: who begins to listen hears everything from a second later on.
 */
export function createTelling({ facts, clock }: { facts: Facts; clock: Clock }) {
  let asked: Asked | undefined;
  const known = new Map<number, { types: Promise<ReadonlySet<string>>; at: number }>();
  const nothing: ReadonlySet<string> = new Set();

  return {
    /** Who says of which types anybody wants to hear. */
    listen(ask: Asked): void {
      asked = ask;
    },
    /** Not within a transaction. */
    async wanted(workspaceId: number): Promise<ReadonlySet<string>> {
      if (!asked) return nothing;
      const last = known.get(workspaceId);
      if (last && last.at + knownForMs > clock.tick()) return last.types;
      const types = asked(workspaceId);
      known.set(workspaceId, { types, at: clock.tick() });
      types.catch(() => known.delete(workspaceId));
      return types;
    },
    async record(
      tx: Tx,
      programme: Programme,
      o: {
        wanted: ReadonlySet<string>;
        atMs: number;
        orders: readonly { kind: Kind; entries: readonly Entry[] }[];
      },
    ): Promise<void> {
      const about = o.orders.flatMap(({ kind, entries }) => {
        const type = factTypes[kind];
        return type !== undefined && o.wanted.has(type)
          ? membersOf(entries).map((one) => ({ type, ...one }))
          : [];
      });
      if (about.length === 0) return;
      const owners = await ownersOf(
        tx,
        programme.workspaceId,
        about.map(({ account }) => account),
      );
      const told = about.flatMap(({ type, account, ...change }): Fact[] => {
        const owner = owners.get(account);
        // Erased: nobody is to hear of them any more.
        if (owner === undefined) return [];
        return [{ type, subject: String(owner), data: { programme: programme.uuid, at: o.atMs, ...change } }];
      });
      await facts.recordMany(tx, told);
    },
  };
}

/** Each member's account among these legs, with what became of it. */
function membersOf(entries: readonly Entry[]): Change[] {
  const movement = String(entries[0]?.id ?? 0);
  const found = new Map<number, Change>();
  const change = (account: Account, of: number, by: number) => {
    if (account.kind !== holderKinds.member) return;
    const one = found.get(account.id) ?? { account: account.id, movement, wallet: 0, held: 0, owed: 0 };
    if (of === side.wallet) one.wallet += by;
    else if (of === side.held) one.held += by;
    else one.owed -= by;
    found.set(account.id, one);
  };
  for (const { from, fromSide, to, toSide, amount } of entries) {
    change(from, fromSide, -amount);
    change(to, toSide, amount);
  }
  return [...found.values()];
}
