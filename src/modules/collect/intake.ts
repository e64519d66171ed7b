import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { People } from '#modules/people';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { hashBytes, IdMemory, packId } from './id-memory.ts';
import type { Event } from './message.ts';
import { toRow } from './row.ts';
import { refuse } from './schema.ts';
import type { Source } from './source.ts';
import * as sql from './sql.ts';

const compress = promisify(zstdCompress);

export type Outcome = 'accepted' | 'duplicate' | 'quarantined' | 'withheld';

/** What one request brings: its events, and what was set aside. */
export interface Delivery {
  source: Source;
  /** ms */
  receivedAt: number;
  events: readonly Event[];
  quarantined: readonly Omit<sql.Quarantined, 'sourceId'>[];
  contractEvents: ReadonlySet<string>;
  analyticsByDefault: boolean;
}

interface Waiting {
  delivery: Delivery;
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

const maxWaitingEvents = 50_000;
const maxCommitEvents = 4_000;

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
  accept(delivery: Delivery): Promise<Outcome[]> {
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
  /** Called after each commit. */
  onCommit(workspaceId: number, seq: number): void;
}

class Lane {
  readonly memory: IdMemory;
  readonly #workspaceId: number;
  readonly #deps: IntakeDeps;
  #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #running: Promise<void> | null = null;

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

  accept(delivery: Delivery): Promise<Outcome[]> {
    if (this.#waitingEvents + delivery.events.length > maxWaitingEvents) {
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
      this.#waitingEvents += delivery.events.length + 1;
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // One turn of the loop, so that requests that arrived together are committed together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const taken = this.#take();
      try {
        await this.#commit(taken);
      } catch (error) {
        this.memory.forget();
        this.#deps.people.forget(this.#workspaceId);
        for (const { reject } of taken) reject(error);
      }
    }
    this.#running = null;
  }

  #take(): Waiting[] {
    let events = 0;
    let count = 0;
    for (const { delivery } of this.#waiting) {
      if (count > 0 && events + delivery.events.length > maxCommitEvents) break;
      events += delivery.events.length;
      count++;
    }
    const taken = this.#waiting.splice(0, count);
    this.#waitingEvents -= events + count;
    return taken;
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    const { pg, people, clock } = this.#deps;
    const packed = packIds(taken.map(({ delivery }) => delivery));
    const done = await pg.inWorkspace(this.#workspaceId, async (tx) => {
      const head = await sql.lockHead(tx, this.#workspaceId);
      await this.memory.catchUp(tx, head);
      await this.#checkBuffer(tx, head);
      const seen = await this.memory.known(tx, packed);
      const fresh = pick(taken, packed, seen);
      const resolved = await people.resolve(
        tx,
        this.#workspaceId,
        fresh.map(({ event }) => event.observation),
      );
      const seq = head.head + 1;
      const batch = compose(this.#workspaceId, fresh, resolved, seq);
      const now = clock.now();
      await people.saveProfiles(tx, this.#workspaceId, batch.profiles);
      await sql.insertQuarantine(tx, this.#workspaceId, now, batch.quarantine(taken));
      await sql.countSources(tx, this.#workspaceId, now, count(taken, seen, batch));
      const appended = fresh.length > 0;
      if (appended) {
        const payload = await compress(batch.rows, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
        await sql.appendBatch(tx, this.#workspaceId, {
          seq,
          at: now,
          events: batch.stored,
          ids: batch.ids,
          keptIds: batch.keptIds,
          payload,
        });
      }
      return { seen, batch, seq: appended ? seq : null };
    });
    if (done.seq !== null) {
      this.memory.remember([done.batch.ids, done.batch.keptIds], done.seq);
      this.#deps.onCommit(this.#workspaceId, done.seq);
    }
    let at = 0;
    for (const { delivery, resolve } of taken) {
      const outcomes: Outcome[] = [];
      for (let i = 0; i < delivery.events.length; i++, at++) {
        outcomes.push(done.seen[at] ? 'duplicate' : done.batch.withheld.has(at) ? 'withheld' : 'accepted');
      }
      resolve(outcomes);
    }
  }

  async #checkBuffer(tx: Tx, head: sql.Head): Promise<void> {
    const waiting = head.acceptedEvents - (await sql.writtenEvents(tx, this.#workspaceId));
    if (waiting >= this.#deps.bufferEvents) {
      throw refuse(
        'buffer-full',
        `ClickHouse is behind or away, and ${waiting} accepted events wait for it, as many as PANDO_BUFFER_EVENTS allows. Send this request again later.`,
        { retryAfterS: 5 },
      );
    }
  }
}

function packIds(deliveries: readonly Delivery[]): Buffer {
  let count = 0;
  for (const { events } of deliveries) count += events.length;
  const packed = Buffer.allocUnsafe(count * hashBytes);
  let at = 0;
  for (const { source, events } of deliveries) {
    for (const { messageId } of events) {
      packId(source.id, messageId, packed, at);
      at += hashBytes;
    }
  }
  return packed;
}

interface Fresh {
  event: Event;
  delivery: Delivery;
  /** Its place among all events of the commit. */
  at: number;
  id: Buffer;
}

function pick(taken: readonly Waiting[], packed: Buffer, seen: Uint8Array): Fresh[] {
  const fresh: Fresh[] = [];
  let at = 0;
  for (const { delivery } of taken) {
    for (const event of delivery.events) {
      if (!seen[at])
        fresh.push({ event, delivery, at, id: packed.subarray(at * hashBytes, (at + 1) * hashBytes) });
      at++;
    }
  }
  return fresh;
}

interface Composed {
  rows: string;
  stored: number;
  ids: Buffer;
  keptIds: Buffer;
  withheld: Set<number>;
  bots: Map<number, number>;
  profiles: { key: number; at: number; traits: Record<string, unknown> }[];
  quarantine(taken: readonly Waiting[]): sql.Quarantined[];
}

/** The batch as it will stand in the log: what is stored, what is only counted, whose traits change. */
function compose(
  workspaceId: number,
  fresh: readonly Fresh[],
  resolved: readonly { key: number; person: number; denied: boolean | null; known: boolean }[],
  seq: number,
): Composed {
  const rows: string[] = [];
  const ids: Buffer[] = [];
  const keptIds: Buffer[] = [];
  const withheld = new Set<number>();
  const bots = new Map<number, number>();
  const profiles: Composed['profiles'] = [];
  fresh.forEach(({ event, delivery, at, id }, i) => {
    const who = resolved[i];
    if (!who) throw new Error('An event of the batch was not resolved.');
    const { source } = delivery;
    (source.kind === 'import' ? keptIds : ids).push(id);
    const denied = who.denied ?? !delivery.analyticsByDefault;
    const isBehaviour =
      (event.type === 'track' && !delivery.contractEvents.has(event.event)) ||
      event.type === 'page' ||
      event.type === 'screen';
    if (event.profile) profiles.push({ key: who.key, at: event.time, traits: event.profile });
    if (denied && isBehaviour) {
      withheld.add(at);
      return;
    }
    if (event.bot) bots.set(source.id, (bots.get(source.id) ?? 0) + 1);
    rows.push(
      toRow(
        event,
        {
          workspaceId,
          key: who.key,
          person: who.person,
          received: delivery.receivedAt,
          sourceId: source.id,
          channel: source.kind,
          known: who.known,
          contract: denied,
        },
        seq,
      ),
    );
  });
  return {
    rows: rows.join(''),
    stored: rows.length,
    ids: Buffer.concat(ids),
    keptIds: Buffer.concat(keptIds),
    withheld,
    bots,
    profiles,
    quarantine: (taken) =>
      taken.flatMap(({ delivery }) =>
        delivery.quarantined.map((row) => ({ ...row, sourceId: delivery.source.id })),
      ),
  };
}

function count(taken: readonly Waiting[], seen: Uint8Array, batch: Composed): sql.SourceCount[] {
  const counts = new Map<number, sql.SourceCount>();
  let at = 0;
  for (const { delivery } of taken) {
    const sourceId = delivery.source.id;
    let line = counts.get(sourceId);
    if (!line) {
      line = {
        sourceId,
        accepted: 0,
        duplicates: 0,
        quarantined: 0,
        withheld: 0,
        bots: batch.bots.get(sourceId) ?? 0,
      };
      counts.set(sourceId, line);
    }
    line.quarantined += delivery.quarantined.length;
    for (let i = 0; i < delivery.events.length; i++, at++) {
      if (seen[at]) line.duplicates++;
      else if (batch.withheld.has(at)) line.withheld++;
      else line.accepted++;
    }
  }
  return [...counts.values()];
}
