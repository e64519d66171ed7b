import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import type { Fact, FactHandler, StoredFact } from './fact.ts';
import { createFollowing, type Follower } from './follow.ts';
import { listen } from './listen.ts';
import { keepPlacesGrowing } from './shift.ts';
import {
  countBehind,
  deleteFactsAbout,
  deleteOldFacts,
  insertFacts,
  insertFollower,
  lastPlace,
  type Position,
  readBetween,
  readErrors,
} from './sql.ts';

export type { Fact, FactHandler, StoredFact } from './fact.ts';

export interface Facts {
  /** Belongs to the transaction: told when it commits, never when it does not. Needs a workspace's transaction. */
  record(tx: Tx, fact: Fact): Promise<void>;
  /** The same for many, told in this order. */
  recordMany(tx: Tx, facts: readonly Fact[]): Promise<void>;
  /**
   * Tells every fact of these types, also those of before, once to the follower of this name, however many processes
   * follow. What the handler does in its transaction and the follower's position are committed together. A handler that
   * throws is called again after a pause; the other followers go on. To be called before `start`.
   */
  follow(name: string, types: readonly string[] | '*', handler: FactHandler): void;
  /** Begins to tell facts; a process that only records need not. */
  start(): Promise<void>;
  /** Waits for the handlers that are at work. */
  stop(): Promise<void>;
  /** How many facts each follower of this program has before it, and why it is stuck, if it is. */
  lag(): Promise<{ name: string; behind: number; error?: string }[]>;
  /** Where the transaction's workspace stands: the text changes whenever facts of it can be told. */
  place(tx: Tx): Promise<string>;
  /**
   * The newest facts of these types between two places, in order; for who looks on without a position of his own.
   * Nothing where a text is no place.
   */
  between(
    tx: Tx,
    o: { types: readonly string[]; after: string; upTo: string; most: number },
  ): Promise<StoredFact[]>;
  /** Erases all that was recorded about these subjects in the transaction's workspace. */
  forget(tx: Tx, subjects: readonly string[]): Promise<void>;
  /** Removes facts of these types that are older and that every follower has passed. */
  forgetOld(types: readonly string[], before: Date): Promise<void>;
}

// Many commits in one moment are worth one notification.
const NOTIFY_AFTER_MS = 20;

/** The log of facts in this database. */
export async function createFacts(o: { pg: Postgres; log: Log; clock: Clock }): Promise<Facts> {
  const { pg, log, clock } = o;
  await pg.asSystem((tx) => keepPlacesGrowing(tx, log));
  const followers: Follower[] = [];
  const following = createFollowing({ pg, log, clock, followers });
  let notifying = false;
  let stopListening: (() => Promise<void>) | undefined;

  // Not within the recording transaction: Postgres lets transactions that notify commit only one after the other.
  async function notifyOthers(): Promise<void> {
    if (notifying) return;
    notifying = true;
    await clock.sleep(NOTIFY_AFTER_MS);
    notifying = false;
    await pg.raw.query('begin; set local synchronous_commit = off; notify pando_facts; commit');
  }

  function tell(): void {
    following.wake();
    // Who misses a notification looks by himself after a second.
    notifyOthers().catch(() => {});
  }

  async function recordMany(tx: Tx, facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    await insertFacts(tx, workspaceOf(tx), facts);
    tx.afterCommit(tell);
  }

  return {
    record: (tx, fact) => recordMany(tx, [fact]),
    recordMany,
    follow(name, types, handler) {
      if (stopListening) throw new Error(`The follower ${name} came after the start.`);
      if (followers.some((f) => f.name === name)) throw new Error(`There are two followers named ${name}.`);
      followers.push({ name, types: types === '*' ? null : types, handler });
    },
    async start() {
      await pg.asSystem(async (tx) => {
        for (const { name } of followers) await insertFollower(tx, name);
      });
      stopListening = listen({ url: pg.url, clock, heard: following.wake });
      following.start();
    },
    async stop() {
      await stopListening?.();
      await following.stop();
    },
    lag: () =>
      pg.asSystem(async (tx) => {
        const errors = await readErrors(tx);
        const lags: { name: string; behind: number; error?: string }[] = [];
        for (const { name, types } of followers) {
          const error = errors.get(name);
          lags.push({ name, behind: await countBehind(tx, name, types), ...(error ? { error } : {}) });
        }
        return lags;
      }),
    async place(tx) {
      const { place, factId } = await lastPlace(tx, workspaceOf(tx), following.gate());
      return `${place}.${factId}`;
    },
    async between(tx, { types, after, upTo, most }) {
      const [from, to] = [parsePlace(after), parsePlace(upTo)];
      return from && to ? readBetween(tx, workspaceOf(tx), { types, from, to, most }) : [];
    },
    forget: (tx, subjects) => deleteFactsAbout(tx, subjects),
    forgetOld: (types, before) => pg.asSystem((tx) => deleteOldFacts(tx, types, before)),
  };
}

function workspaceOf(tx: Tx): number {
  if (tx.workspaceId === null) throw new TypeError('A fact belongs into the transaction of its workspace.');
  return tx.workspaceId;
}

function parsePlace(text: string): Position | null {
  const [, place, factId] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  return place && factId ? { place: Number(place), factId: Number(factId) } : null;
}
