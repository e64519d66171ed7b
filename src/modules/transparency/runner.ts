import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import { Unavailable } from '#platform/refusal';
import { heldSentence } from './held.ts';
import type { Publisher } from './publish.ts';
import { readLog } from './read-sql.ts';
import type { Held } from './schema.ts';
import { logTotals, numberPending, type TellTotals } from './sequence.ts';
import { readWork, type WorkRow } from './sequence-sql.ts';
import { updateHeld } from './sql.ts';

interface Deps {
  pg: Postgres;
  clock: Clock;
  log: Log;
  secret: string;
  /** Keeps the files, where this process has a home of its own. */
  publisher: Publisher | undefined;
  tellTotals: () => TellTotals | undefined;
}

/** Follows what was committed: numbers, signs, publishes. Any number of processes may; a log is one's at a time. */
export interface Runner {
  wake(): void;
  start(): void;
  stop(): Promise<void>;
  /** All that was committed before is numbered, signed and, where this process publishes, public. */
  settled(): Promise<void>;
  /** Logs that are stopped, and why. */
  stopped(): { name: string; why: string }[];
}

const pace = {
  /** How often to look without having been woken. */
  look: 1000,
  /** So that what comes in one moment is one batch. */
  gather: 15,
  /** Between two checkpoints of a log; each costs a few files. */
  sign: 400,
  /** Between two looks for leaves that were committed behind later ones. */
  fullLook: 1000,
  away: 1000,
  /** Before totals that nobody told, or that could not be logged, are asked for again. */
  totals: 10_000,
};
const hourMs = 3_600_000;
const roundsAPass = 8;

interface LogState {
  /** Highest id that was numbered here; the usual look is above it. */
  last: number;
  fullLookAt: number;
  signedAt: number;
  published: number;
  publishing?: Promise<void>;
  totalsTriedAt: number;
  stopped?: Held;
}

export function createRunner(deps: Deps): Runner {
  const { pg, clock, log, publisher } = deps;
  const states = new Map<number, LogState>();
  const names = new Map<number, string>();
  const rests = new Rests(clock);
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!rests.hasEnded) {
      const restMs = await pass().catch((error: unknown) => {
        if (!(error instanceof Unavailable))
          log.error({ reason: withoutValues(error) }, 'the public log cannot go on; it tries again');
        return pace.away;
      });
      if (restMs > 0) await rests.rest(restMs);
      await rests.pause(pace.gather);
    }
  }

  /** Looks at every log once; resolves to how long there is nothing to do. */
  async function pass(): Promise<number> {
    let restMs = pace.look;
    for (const work of await pg.asSystem(readWork)) {
      if (rests.hasEnded) break;
      // What was read before a log was held does not say yet that it is.
      const isKnown = states.has(work.id);
      const state = await stateOf(work);
      if (state && isKnown) await mayGoOn(work, state);
      if (!state || state.stopped) continue;
      restMs = Math.min(restMs, await serve(work, state));
    }
    return restMs;
  }

  async function stateOf(work: WorkRow): Promise<LogState | undefined> {
    const known = states.get(work.id);
    if (known) return known;
    const row = await pg.inWorkspace(work.workspace_id, (tx) => readLog(tx, work.workspace_id, work.id));
    if (!row) return undefined;
    const held = await publisher?.objection(row);
    if (held) await hold(work, held);
    else if (publisher && row.held) await setHeld(work, null);
    const state: LogState = {
      last: 0,
      fullLookAt: Number.NEGATIVE_INFINITY,
      signedAt: Number.NEGATIVE_INFINITY,
      published: -1,
      totalsTriedAt: Number.NEGATIVE_INFINITY,
      ...(held ? { stopped: held } : {}),
    };
    states.set(work.id, state);
    names.set(work.id, work.name);
    return state;
  }

  /** Looked at before anything is numbered: whether this log is still what was public, and may go on. */
  async function mayGoOn(work: WorkRow, state: LogState): Promise<void> {
    const known = work.signed ?? 0;
    if (state.stopped) {
      // An operator said so.
      if (state.stopped.why === 'no-files' && !work.held) delete state.stopped;
    } else if (known < state.published) {
      state.stopped = { why: 'ahead', known, public: state.published };
      await hold(work, state.stopped);
    }
  }

  async function hold(work: WorkRow, held: Held): Promise<void> {
    log.error(
      { log: work.name, why: heldSentence(held) },
      'this public log is stopped, so that its history does not fork',
    );
    await setHeld(work, held);
  }

  const setHeld = (work: WorkRow, held: Held | null) =>
    pg.inWorkspace(work.workspace_id, (tx) => updateHeld(tx, work.workspace_id, work.id, held));

  async function serve(work: WorkRow, state: LogState): Promise<number> {
    const key = { workspaceId: work.workspace_id, logId: work.id };
    let restMs = pace.look;
    const mayBeSignedInMs = state.signedAt + pace.sign - clock.tick();
    const sign = mayBeSignedInMs <= 0;
    if (work.pending || work.size !== work.signed) {
      for (let round = 1; round <= roundsAPass; round++) {
        const isFull = state.fullLookAt + pace.fullLook <= clock.tick();
        const after = isFull ? 0 : state.last;
        const done = await numberPending(deps, key, { after, sign });
        // Another process is at it.
        if (!done) return pace.look;
        if (isFull && !done.more) state.fullLookAt = clock.tick();
        state.last = Math.max(state.last, done.last);
        if (done.more && round === roundsAPass) restMs = 0;
        if (!done.more) break;
      }
      if (sign) state.signedAt = clock.tick();
      else restMs = Math.min(restMs, mayBeSignedInMs);
    }
    if (await totalsAreDue(work, state)) await takeTotals(work, state);
    if (state.published !== work.signed) publish(work, state);
    return restMs;
  }

  async function totalsAreDue(work: WorkRow, state: LogState): Promise<boolean> {
    if (!deps.tellTotals() || state.totalsTriedAt + pace.totals > clock.tick()) return false;
    const hour = (at: Date) => Math.floor(at.getTime() / hourMs);
    return work.totals_at === null || hour(work.totals_at) < hour(clock.now());
  }

  async function takeTotals(work: WorkRow, state: LogState): Promise<void> {
    const tell = deps.tellTotals();
    if (!tell) return;
    try {
      const logged = await logTotals(deps, { workspaceId: work.workspace_id, logId: work.id }, tell);
      if (logged !== 'logged') state.totalsTriedAt = clock.tick();
    } catch (error) {
      state.totalsTriedAt = clock.tick();
      log.error(
        { log: work.name, reason: withoutValues(error) },
        'the totals could not be logged; they are tried again',
      );
    }
  }

  /** Beside the numbering, one at a time for a log. */
  function publish(work: WorkRow, state: LogState): void {
    if (!publisher || state.publishing) return;
    const one = publisher;
    state.publishing = pg
      .inWorkspace(work.workspace_id, (tx) => readLog(tx, work.workspace_id, work.id))
      .then(async (row) => {
        if (row) state.published = await one.publish(row);
      })
      .catch((error: unknown) => {
        if (!(error instanceof Unavailable))
          log.error(
            { log: work.name, reason: withoutValues(error) },
            'the files of the public log could not be written',
          );
      })
      .finally(() => {
        delete state.publishing;
      });
  }

  async function isSettled(): Promise<boolean> {
    const work = await pg.asSystem(readWork);
    return work.every((one) => {
      const state = states.get(one.id);
      // What an operator let go on is waited for.
      if (state?.stopped) return state.stopped.why !== 'no-files' || one.held;
      return !one.pending && one.size === one.signed && (!publisher || state?.published === one.signed);
    });
  }

  return {
    wake: () => rests.wake(),
    start() {
      running = run();
    },
    async stop() {
      rests.end();
      await running;
      await Promise.all([...states.values()].map(({ publishing }) => publishing));
    },
    async settled() {
      while (!(await isSettled())) {
        for (const state of states.values()) state.fullLookAt = Number.NEGATIVE_INFINITY;
        rests.wake();
        await clock.sleep(25);
      }
    },
    stopped: () =>
      [...states].flatMap(([id, { stopped }]) =>
        stopped ? [{ name: names.get(id) ?? '', why: heldSentence(stopped) }] : [],
      ),
  };
}
