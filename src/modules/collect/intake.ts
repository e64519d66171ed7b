import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { Observation, People } from '#modules/people';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { Refusal } from '#platform/refusal';
import { type Batch, compose, count, eachFresh, markErased, sightings } from './batch.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Delivery } from './delivery.ts';
import { IdMemory } from './id-memory.ts';
import { refuse } from './schema.ts';
import * as sql from './sql.ts';

const compress = promisify(zstdCompress);

export type Outcome = 'accepted' | 'duplicate' | 'quarantined' | 'withheld';
/** Erased: the person was, and may not come back by an import. */
export type Taken = Outcome | 'erased';

interface Waiting {
  delivery: Delivery;
  resolve(outcomes: Taken[]): void;
  reject(error: unknown): void;
}

const maxWaitingEvents = 50_000;
const maxCommitEvents = 4_000;
/** A commit costs the same for one request as for ten: from so many events a second on there is so long between two. */
const paced = { fromPerS: 1_000, everyMs: 20, overMs: 500 };
/** Larger than what most batches become, so that one round of the compressor does. */
const payloadChunk = 256 * 1024;

/**
 * Accepts events: requests are gathered while the batch before them is being committed; one transaction then drops
 * what was seen, resolves everybody, and appends the batch with the next number of the log. When it is committed the
 * answer goes out. One lane a workspace.
 */
export class Intake {
  readonly #lanes = new Map<number, Lane>();
  readonly #deps: IntakeDeps;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** Resolves when the delivery is on disk, with the outcome of each event in order. */
  accept(delivery: Delivery): Promise<Taken[]> {
    return this.#lane(delivery.source.workspaceId).accept(delivery);
  }

  /** How full the fullest lane is, 0 to 1: what works at low priority waits by this. */
  load(): number {
    let load = 0;
    for (const lane of this.#lanes.values()) load = Math.max(load, lane.load());
    return load;
  }

  /** Lets the memory start a part of its own before its older ids are folded. */
  lane(workspaceId: number): { recentIds: number; startPart(): void } {
    const lane = this.#lane(workspaceId);
    return { recentIds: lane.memory.recentSize, startPart: () => lane.memory.startPart() };
  }

  workspaces(): number[] {
    return [...this.#lanes.keys()];
  }

  /** Resolves when everything that was handed in is answered. */
  async drained(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drained()));
  }

  #lane(workspaceId: number): Lane {
    let lane = this.#lanes.get(workspaceId);
    if (!lane) this.#lanes.set(workspaceId, (lane = new Lane(workspaceId, this.#deps)));
    return lane;
  }
}

export interface IntakeDeps {
  pg: Postgres;
  people: People;
  clock: Clock;
  log: Log;
  /** Accepted events that ClickHouse may lack before new ones are refused. */
  bufferEvents: number;
  pool: BufferPool;
  /** Called after each commit; whoever is called takes the batch's memory over. */
  onCommit(workspaceId: number, seq: number, batch: Pick<Batch, 'rows' | 'memory'>): void;
}

class Lane {
  readonly memory: IdMemory;
  readonly #workspaceId: number;
  readonly #deps: IntakeDeps;
  #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #running: Promise<void> | null = null;
  #startedAt = Number.NEGATIVE_INFINITY;
  /** Events since a moment, and how many a second they were before that. */
  #since = Number.NEGATIVE_INFINITY;
  #sinceEvents = 0;
  #perS = 0;

  constructor(workspaceId: number, deps: IntakeDeps) {
    this.#workspaceId = workspaceId;
    this.#deps = deps;
    this.memory = new IdMemory(workspaceId);
  }

  load(): number {
    return Math.min(1, this.#waitingEvents / (maxCommitEvents * 2));
  }

  async drained(): Promise<void> {
    await this.#running;
  }

  accept(delivery: Delivery): Promise<Taken[]> {
    if (this.#waitingEvents + delivery.count > maxWaitingEvents) {
      throw refuse(
        'busy',
        'More events arrive than can be stored right now; send this request again in a second.',
        {
          retryAfterS: 1,
        },
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject });
      this.#waitingEvents += delivery.count + 1;
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // One turn of the loop, so that requests that arrived together are committed together.
    await new Promise(setImmediate);
    const { clock } = this.#deps;
    while (this.#waiting.length > 0) {
      const early = paced.everyMs - (clock.tick() - this.#startedAt);
      if (early > 0 && this.#perS >= paced.fromPerS) await clock.sleep(early);
      this.#startedAt = clock.tick();
      const taken = this.#take();
      this.#count(taken, this.#startedAt);
      try {
        await this.#commit(taken);
      } catch (error) {
        // A full buffer is refused before anything was looked up, and asked about again and again.
        if (!(error instanceof Refusal)) {
          this.memory.forget();
          this.#deps.people.forget(this.#workspaceId);
        }
        for (const { reject } of taken) reject(error);
      }
      for (const { delivery } of taken) delivery.tails.release();
    }
    this.#running = null;
  }

  #count(taken: readonly Waiting[], now: number): void {
    const over = now - this.#since;
    if (over >= paced.overMs) {
      this.#perS = (this.#sinceEvents / over) * 1_000;
      this.#since = now;
      this.#sinceEvents = 0;
    }
    for (const { delivery } of taken) this.#sinceEvents += delivery.count;
  }

  #take(): Waiting[] {
    let events = 0;
    let count = 0;
    for (const { delivery } of this.#waiting) {
      if (count > 0 && events + delivery.count > maxCommitEvents) break;
      events += delivery.count;
      count++;
    }
    const taken = this.#waiting.splice(0, count);
    this.#waitingEvents -= events + count;
    return taken;
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    const { pg, people, clock, pool } = this.#deps;
    const workspaceId = this.#workspaceId;
    const deliveries = taken.map(({ delivery }) => delivery);
    const ids = Buffer.concat(deliveries.map((delivery) => delivery.ids));
    const done = await pg.inWorkspace(workspaceId, async (tx) => {
      const head = await sql.lockHead(tx, workspaceId);
      this.#checkBuffer(head);
      await this.memory.catchUp(tx, head);
      const seen = await this.memory.known(tx, ids);
      await markErased(deliveries, seen, (identifiers) => people.suppressed(tx, workspaceId, identifiers));
      const fresh: Observation[] = [];
      eachFresh(deliveries, seen, ({ observations }, place) =>
        fresh.push(observations[place] as Observation),
      );
      const resolved = await people.resolve(tx, workspaceId, fresh);
      const seq = fresh.length > 0 ? head.head + 1 : null;
      const batch = compose(pool, workspaceId, deliveries, seen, resolved, head.head + 1);
      const now = clock.now();
      // The statements run one after the other; compressing goes on meanwhile.
      await Promise.all([
        people.saveProfiles(tx, workspaceId, batch.profiles),
        sql.insertQuarantine(tx, workspaceId, now, quarantinedIn(deliveries)),
        sql.countSources(tx, workspaceId, now, count(deliveries, seen, batch)),
        seq === null ? null : this.#append(tx, seq, now, batch),
      ]);
      return { seen, batch, seq };
    });
    if (done.seq !== null) {
      this.memory.remember([done.batch.ids, done.batch.keptIds], done.seq);
      this.#deps.onCommit(workspaceId, done.seq, done.batch);
    }
    let at = 0;
    for (const { delivery, resolve } of taken) {
      const outcomes: Taken[] = [];
      for (let i = 0; i < delivery.count; i++, at++) outcomes.push(outcomeOf(done, at));
      resolve(outcomes);
    }
  }

  async #append(tx: Tx, seq: number, at: Date, batch: Batch): Promise<void> {
    const payload = await compress(batch.rows, {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
      chunkSize: payloadChunk,
    });
    const { stored: events, ids, keptIds } = batch;
    await sql.appendBatch(tx, this.#workspaceId, { seq, at, events, ids, keptIds, payload });
  }

  #checkBuffer(head: sql.LockedHead): void {
    const waiting = head.acceptedEvents - head.writtenEvents;
    if (waiting >= this.#deps.bufferEvents) {
      throw refuse(
        'buffer-full',
        `ClickHouse is behind or away, and ${waiting} accepted events wait for it, as many as PANDO_BUFFER_EVENTS allows. Send this request again later.`,
        { retryAfterS: 5 },
      );
    }
  }
}

function outcomeOf({ seen, batch }: { seen: Uint8Array; batch: Batch }, at: number): Taken {
  if (seen[at]) return seen[at] === sightings.erased ? 'erased' : 'duplicate';
  return batch.withheld.has(at) ? 'withheld' : 'accepted';
}

function quarantinedIn(deliveries: readonly Delivery[]): sql.Quarantined[] {
  return deliveries.flatMap(({ source, quarantined }) =>
    quarantined.map((row) => ({ ...row, sourceId: source.id })),
  );
}
