import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { ClickHouse } from '#platform/clickhouse';
import { type Clock, Rests } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { FreshRows } from './fresh-rows.ts';
import { columns } from './row.ts';
import * as sql from './writer-sql.ts';

const decompress = promisify(zstdDecompress);

const maxEventsAnInsert = 20_000;
const manyEvents = 1_000;
const leaseMs = 2_000;

/**
 * Carries the log into ClickHouse, batch after batch, exactly once: what goes out is written down first, with the
 * token under which ClickHouse recognises it; after a crash the same batches go out under the same token.
 * Any number of processes may run one; a lease keeps them from doing the same work twice (which would do no harm).
 */
export class Writer {
  readonly #deps: WriterDeps;
  readonly #written = new Map<number, number>();
  readonly #waiters: { workspaceId: number; seq: number; resolve(): void }[] = [];
  readonly #rests: Rests;
  /** Cut short by who waits for what is there already. */
  readonly #gathering: Rests;
  #running: Promise<void> | null = null;
  #behindSince: number | null = null;
  error: string | null = null;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.#rests = new Rests(deps.clock);
    this.#gathering = new Rests(deps.clock);
  }

  start(): void {
    this.#rests.begin();
    this.#gathering.begin();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#rests.end();
    this.#gathering.end();
    await this.#running;
    this.#running = null;
  }

  /** Something was appended. */
  wake(): void {
    this.#rests.wake();
  }

  /** How long there has been something to write that is not written, in ms. */
  behindMs(): number {
    return this.#behindSince === null ? 0 : Math.round(this.#deps.clock.tick() - this.#behindSince);
  }

  /** Resolves when the workspace's log is in ClickHouse up to this batch. */
  async reached(workspaceId: number, seq: number): Promise<void> {
    if ((this.#written.get(workspaceId) ?? 0) >= seq) return;
    const known = await this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.writtenSeq(tx, workspaceId));
    if (known >= seq) return;
    await new Promise<void>((resolve) => {
      this.#waiters.push({ workspaceId, seq, resolve });
      this.#gathering.wake();
      this.wake();
    });
  }

  async #run(): Promise<void> {
    const { clock, log, gatherMs, pollMs } = this.#deps;
    const owner = uuidv7(clock);
    let failures = 0;
    while (!this.#rests.hasEnded) {
      const started = clock.tick();
      try {
        const wrote = await this.#round(owner);
        failures = 0;
        this.error = null;
        if (wrote === 0) {
          this.#behindSince = null;
          // Another process's wake-up does not reach us, so look now and then.
          await this.#rests.rest(pollMs);
        } else if (wrote < maxEventsAnInsert) {
          // Few large parts are cheaper for ClickHouse than many small ones; under load most of all.
          const least = wrote < manyEvents ? gatherMs : gatherMs * 2;
          if (this.#waiters.length === 0)
            await this.#gathering.rest(Math.max(5, least - (clock.tick() - started)));
        }
      } catch (error) {
        failures++;
        this.error = error instanceof Error ? error.message : String(error);
        if (failures === 1 || failures % 20 === 0) {
          log.warn({ failures, reason: this.error }, 'events wait to be written to ClickHouse');
        }
        await this.#rests.pause(Math.min(5_000, 100 * 2 ** Math.min(failures, 6)));
      }
    }
  }

  /** Writes one insert's worth; how many events it had. */
  async #round(owner: string): Promise<number> {
    const { pg, ch, clock, freshRows } = this.#deps;
    const plan = await pg.asSystem((tx) => sql.takePlan(tx, owner, leaseMs, maxEventsAnInsert));
    if (plan === null) {
      await this.#tellWaiters();
      return 0;
    }
    this.#behindSince ??= clock.tick();
    const batches = freshRows.of(plan.ranges) ?? (await this.#readLog(plan.ranges));
    if (batches.some((rows) => rows.length > 0)) {
      await ch.insert('events', columns, 'TabSeparated', batches, { dedupToken: plan.token });
    }
    await pg.asSystem((tx) => sql.finishPlan(tx, plan));
    for (const { workspaceId, to } of plan.ranges) this.#written.set(workspaceId, to);
    freshRows.drop(plan.ranges);
    this.#notify();
    if (plan.events < maxEventsAnInsert) this.#behindSince = null;
    return plan.events;
  }

  async #readLog(ranges: readonly sql.Range[]): Promise<Buffer[]> {
    const payloads = await this.#deps.pg.asSystem((tx) => sql.readPayloads(tx, ranges));
    return Promise.all(payloads.map((payload) => decompress(payload, { chunkSize: 1024 * 1024 })));
  }

  /** Another process may have written what somebody waits for here. */
  async #tellWaiters(): Promise<void> {
    for (const workspaceId of new Set(this.#waiters.map((waiter) => waiter.workspaceId))) {
      const seq = await this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.writtenSeq(tx, workspaceId));
      this.#written.set(workspaceId, seq);
    }
    this.#notify();
  }

  #notify(): void {
    for (let i = this.#waiters.length - 1; i >= 0; i--) {
      const waiter = this.#waiters[i];
      if (waiter && (this.#written.get(waiter.workspaceId) ?? 0) >= waiter.seq) {
        this.#waiters.splice(i, 1);
        waiter.resolve();
      }
    }
    for (const [workspaceId, seq] of this.#written) this.#deps.onWritten(workspaceId, seq);
  }
}

export interface WriterDeps {
  pg: Postgres;
  freshRows: FreshRows;
  ch: ClickHouse;
  clock: Clock;
  log: Log;
  /** The least time between two inserts, in ms. */
  gatherMs: number;
  /** How often to look for what other processes appended, in ms. */
  pollMs: number;
  onWritten(workspaceId: number, seq: number): void;
}
