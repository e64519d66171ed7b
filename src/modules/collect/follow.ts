import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, type Tx, withoutValues } from '#platform/postgres';
import * as sql from './follow-sql.ts';
import type { Column } from './row.ts';
import { fromRow } from './row.ts';

const decompress = promisify(zstdDecompress);

export type LogEvent = Record<Column, string | null>;

/** One batch of the log, in order; what it does in the transaction commits together with the follower's position. */
export type BatchHandler = (
  tx: Tx,
  batch: { workspaceId: number; seq: number; at: Date; events: LogEvent[] },
) => Promise<void>;

const batchesAStep = 20;
/** Steps one upon the other would each find one batch, and cost as much as one with all of them. */
const paceMs = 100;

/**
 * Followers of the event log: each workspace's batches in order, each follower with a position of its own. The log
 * keeps a batch until every follower has passed it. Any number of processes may run the same follower.
 */
export class Following {
  readonly #deps: { pg: Postgres; clock: Clock; log: Log };
  readonly #followers: { name: string; handler: BatchHandler }[] = [];
  readonly #rests: Rests;
  #running: Promise<void> | null = null;

  constructor(deps: { pg: Postgres; clock: Clock; log: Log }) {
    this.#deps = deps;
    this.#rests = new Rests(deps.clock);
  }

  /** To be called before `start`. A new follower begins at the end of what is there; later workspaces it sees whole. */
  follow(name: string, handler: BatchHandler): void {
    this.#followers.push({ name, handler });
  }

  start(): void {
    this.#rests.begin();
    if (this.#followers.length > 0) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#rests.end();
    await this.#running;
    this.#running = null;
  }

  wake(): void {
    this.#rests.wake();
  }

  async #run(): Promise<void> {
    const { pg, clock, log } = this.#deps;
    const registered = new Set<string>();
    while (!this.#rests.hasEnded) {
      let worked = false;
      let isBehind = false;
      const began = clock.tick();
      for (const { name, handler } of this.#followers) {
        try {
          if (!registered.has(name)) await pg.asSystem((tx) => sql.registerFollower(tx, name));
          registered.add(name);
          for (const workspaceId of await pg.asSystem((tx) => sql.behind(tx, name))) {
            const batches = await this.#step(workspaceId, name, handler);
            worked ||= batches > 0;
            isBehind ||= batches === batchesAStep;
          }
        } catch (error) {
          log.warn({ follower: name, reason: withoutValues(error) }, 'a follower of the log could not go on');
        }
      }
      if (worked) {
        if (!isBehind) await this.#rests.pause(Math.max(0, paceMs - (clock.tick() - began)));
        continue;
      }
      await this.#rests.rest(250);
    }
  }

  /** How many batches of one workspace were taken; a handler that throws keeps only its own follower there, and is shown. */
  async #step(workspaceId: number, name: string, handler: BatchHandler): Promise<number> {
    try {
      return await this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
        const position = await sql.lockPosition(tx, workspaceId, name);
        if (position === null) return 0;
        const batches = await sql.batchesAfter(tx, workspaceId, position, batchesAStep);
        for (const batch of batches) {
          const text = (await decompress(batch.payload)).toString('utf8');
          const events = text === '' ? [] : text.slice(0, -1).split('\n').map(fromRow);
          await handler(tx, { workspaceId, seq: batch.seq, at: batch.at, events });
        }
        const last = batches.at(-1);
        if (last) await sql.savePosition(tx, workspaceId, name, last.seq);
        return batches.length;
      });
    } catch (error) {
      const reason = withoutValues(error);
      this.#deps.log.warn({ follower: name, workspaceId, reason }, 'a follower of the log failed');
      await this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.saveError(tx, workspaceId, name, reason));
      return 0;
    }
  }
}
