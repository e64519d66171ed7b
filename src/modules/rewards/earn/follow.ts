import type { Collect } from '#modules/collect';
import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import { acquaint } from './acquaint.ts';
import { happenedIn, readLines, takesBackOf, type Wanted } from './claims.ts';
import { decide } from './decide.ts';
import type { Rules, RulesNow } from './rules-now.ts';

const reader = 'rewards';
const mostBatches = 40;
const napMs = 250;
/** Steps one upon the other would each find one batch, and cost as much as one with all of them. */
const paceMs = 200;

interface FollowerDeps {
  pg: Postgres;
  collect: Collect;
  people: People;
  segments: Segments;
  clock: Clock;
  log: Log;
  rules: Rules;
  depth(workspaceId: number): Promise<number>;
  decided(workspaceId: number): void;
}

/**
 * Follows the event log. What is decided of a few batches commits together with the position in the log, so that a
 * crash repeats nothing; the ledger is asked afterwards, by what was decided (`pay.ts`).
 */
export class Follower {
  readonly #deps: FollowerDeps;
  readonly #rests: Rests;
  #running: Promise<void> | null = null;
  #stopHearing = () => {};

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#rests = new Rests(deps.clock);
  }

  start(): void {
    this.#rests.begin();
    this.#stopHearing = this.#deps.collect.reader.onCommit(() => this.#rests.wake());
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopHearing();
    this.#rests.end();
    await this.#running;
    this.#running = null;
  }

  async #run(): Promise<void> {
    const { collect, clock, log } = this.#deps;
    let registered = false;
    while (!this.#rests.hasEnded) {
      let worked = false;
      const began = clock.tick();
      try {
        if (!registered) await collect.reader.register(reader);
        registered = true;
        for (const workspaceId of await collect.reader.behind(reader)) {
          if (this.#rests.hasEnded) return;
          worked = (await this.#stepSafely(workspaceId)) || worked;
        }
      } catch (error) {
        log.warn({ reason: withoutValues(error) }, 'earning could not go on');
      }
      if (!worked) await this.#rests.rest(napMs);
      await this.#rests.pause(Math.max(0, paceMs - (clock.tick() - began)));
    }
  }

  async #stepSafely(workspaceId: number): Promise<boolean> {
    const { pg, collect, log } = this.#deps;
    try {
      return await this.step(workspaceId);
    } catch (error) {
      const reason = withoutValues(error);
      log.warn({ workspaceId, reason }, 'earning stays where it is in a workspace');
      await pg
        .inWorkspace(workspaceId, (tx) => collect.reader.saveError(tx, workspaceId, reader, reason))
        .catch(() => {});
      return false;
    }
  }

  /** The next batches of one workspace; false where there was nothing to do, or another process does it. */
  async step(workspaceId: number): Promise<boolean> {
    const { pg, collect } = this.#deps;
    const now = await this.#deps.rules.now(workspaceId);
    const isIdle = now.rules.length === 0;
    const read = await pg.inWorkspace(workspaceId, async (tx) => {
      const position = await collect.reader.lockPosition(tx, workspaceId, reader);
      if (position === null) return null;
      if (isIdle) {
        const head = await collect.reader.head(tx, workspaceId);
        if (head > position) await collect.reader.savePosition(tx, workspaceId, reader, head);
        return null;
      }
      return { position, batches: await collect.reader.after(tx, workspaceId, position, mostBatches) };
    });
    const last = read?.batches.at(-1);
    if (!read || !last) return false;
    const wanted = read.batches.flatMap(({ lines }) => readLines(lines, now));
    return this.#commit(workspaceId, now, { from: read.position, to: last.seq, wanted });
  }

  async #commit(
    workspaceId: number,
    now: RulesNow,
    o: { from: number; to: number; wanted: readonly Wanted[] },
  ): Promise<boolean> {
    const { pg, collect, clock } = this.#deps;
    const depth = await this.#deps.depth(workspaceId);
    const who = o.wanted.length === 0 ? null : await acquaint(this.#deps, workspaceId, o.wanted, depth);
    const happened = who ? o.wanted.flatMap((one) => happenedIn(one, now, who)) : [];
    const takesBack = takesBackOf(now);
    return pg.inWorkspace(workspaceId, async (tx) => {
      // Another process took these batches meanwhile.
      if ((await collect.reader.lockPosition(tx, workspaceId, reader)) !== o.from) return true;
      const decided = await decide(tx, workspaceId, happened, { takesBack, now: clock.now() });
      await collect.reader.savePosition(tx, workspaceId, reader, o.to);
      if (decided > 0) tx.afterCommit(() => this.#deps.decided(workspaceId));
      return true;
    });
  }

  lagMs(workspaceId: number): Promise<number> {
    const { pg, collect } = this.#deps;
    return pg.inWorkspace(workspaceId, (tx) => collect.reader.lagMs(tx, workspaceId, reader));
  }
}
