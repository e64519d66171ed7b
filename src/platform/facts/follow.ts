import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, type Tx, withoutValues } from '#platform/postgres';
import { Unavailable } from '#platform/refusal';
import type { FactHandler } from './fact.ts';
import {
  findGate,
  lockPosition,
  lookForNews,
  type PlacedFact,
  readPage,
  updateError,
  updatePosition,
} from './sql.ts';

export interface Follower {
  name: string;
  /** null: all. */
  types: readonly string[] | null;
  handler: FactHandler;
}

const LOOK_EVERY_MS = 1_000;
// Facts that wait for an older transaction to end: it mostly does at once, and sometimes not for minutes.
const WAITING_MS = { first: 10, last: 500 };
// Then it is looked into whose transaction that is.
const PATIENCE_MS = 100;
const BACK_OFF_MS = { first: 1_000, last: 60_000 };
const AWAY_MS = 1_000;
const BATCH = 100;

/** Tells facts to followers, each at its own pace, until it is stopped. */
export function createFollowing(o: { pg: Postgres; log: Log; clock: Clock; followers: readonly Follower[] }) {
  const { pg, log, clock, followers } = o;
  const rests = new Rests(clock);
  const atWork = new Map<string, Promise<void>>();
  const runs = new Map<string, (signal: AbortSignal) => Promise<void>>();
  let looking: Promise<void> = Promise.resolve();
  let gate = 0;

  async function look(): Promise<void> {
    let waitingMs = WAITING_MS.first;
    while (!rests.hasEnded) {
      const news = await lookAround(waitingMs > PATIENCE_MS).catch((error: unknown) => {
        if (!(error instanceof Unavailable))
          log.error({ reason: withoutValues(error) }, 'cannot look for facts');
        return undefined;
      });
      for (const name of news?.ready ?? []) begin(name);
      waitingMs = news?.waiting ? Math.min(waitingMs * 2, WAITING_MS.last) : WAITING_MS.first;
      await rests.rest(news?.waiting ? waitingMs : LOOK_EVERY_MS);
    }
  }

  async function lookAround(closely: boolean): ReturnType<typeof lookForNews> {
    if (closely) gate = await pg.asSystem(findGate);
    return pg.asSystem((tx) => lookForNews(tx, gate));
  }

  function begin(name: string): void {
    const run = runs.get(name);
    if (!run || atWork.has(name)) return;
    atWork.set(
      name,
      run(rests.ended).finally(() => {
        atWork.delete(name);
        // What was recorded since its last look.
        rests.wake();
      }),
    );
  }

  return {
    wake: () => rests.wake(),
    /** Below this place, nothing comes any more. */
    gate: () => gate,
    start() {
      for (const follower of followers)
        runs.set(follower.name, createRun({ pg, log, clock, follower, gate: () => gate }));
      looking = look();
    },
    async stop() {
      rests.end();
      await looking;
      await Promise.all(atWork.values());
    },
  };
}

/** A function that tells one follower all there is to tell. It never rejects. */
function createRun(o: { pg: Postgres; log: Log; clock: Clock; follower: Follower; gate: () => number }) {
  const { pg, log, clock, follower, gate } = o;
  let batch = BATCH;
  let backOffMs = 0;

  return async function run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      try {
        const told = await pg.asSystem((tx) => tellNext(tx, follower, batch, gate()));
        if (!told) return;
        batch = BATCH;
        backOffMs = 0;
      } catch (error) {
        if (batch > 1) {
          // One by one, so that those before the bad one are done with.
          batch = 1;
          continue;
        }
        const reason = withoutValues(error);
        const away = error instanceof Unavailable;
        backOffMs = away ? AWAY_MS : Math.min(backOffMs * 2 || BACK_OFF_MS.first, BACK_OFF_MS.last);
        log.warn(
          { follower: follower.name, reason, backOffMs },
          'a follower of facts failed; it tries again',
        );
        await pg.asSystem((tx) => updateError(tx, follower.name, reason)).catch(() => {});
        await clock.sleep(backOffMs, stopping);
      }
    }
  };
}

/** Deals with the next facts, as far as the wanted ones are of one workspace. False when there is nothing to do. */
async function tellNext(tx: Tx, follower: Follower, batch: number, gate: number): Promise<boolean> {
  const position = await lockPosition(tx, follower.name);
  if (!position) return false;
  const page = await readPage(tx, position, follower.types, BATCH, gate);
  const { wanted, last } = takeOneWorkspace(page, batch);
  if (!last) return false;
  await updatePosition(tx, follower.name, { place: last.place, factId: last.id });
  const workspaceId = wanted[0]?.workspaceId;
  if (workspaceId !== undefined) {
    await tx.query(`set local role pando_app; set local pando.workspace = ${workspaceId}`);
    const inWorkspace: Tx = { workspaceId, query: tx.query, afterCommit: tx.afterCommit };
    for (const { place: _place, wanted: _wanted, ...fact } of wanted)
      await follower.handler(fact, inWorkspace);
  }
  return true;
}

/** The first facts of the page: at most `batch` wanted ones, all of one workspace, and what lies between them. */
function takeOneWorkspace(
  page: readonly PlacedFact[],
  batch: number,
): { wanted: PlacedFact[]; last: PlacedFact | undefined } {
  const wanted: PlacedFact[] = [];
  let last: PlacedFact | undefined;
  for (const fact of page) {
    if (fact.wanted) {
      const first = wanted[0] ?? fact;
      if (wanted.length === batch || fact.workspaceId !== first.workspaceId) break;
      wanted.push(fact);
    }
    last = fact;
  }
  return { wanted, last };
}
