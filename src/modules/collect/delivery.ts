import type { Observation } from '#modules/people';
import type { BufferPool } from './buffer-pool.ts';
import { hashBytes, packId } from './id-memory.ts';
import type { Event } from './message.ts';
import { rowTail } from './row.ts';
import type { Source } from './source.ts';
import type { Quarantined } from './sql.ts';

/**
 * What one request brings, while it waits for its commit. Thousands of events wait at once under load, so what is kept
 * of each is mostly bytes: objects, the garbage collector would follow and move again and again.
 */
export interface Delivery {
  source: Source;
  /** Of its events; `ids`, `tails`, `marks` and `observations` tell about each in this order. */
  count: number;
  /** Hashes of the message ids, packed. */
  ids: Buffer;
  tails: Tails;
  marks: Uint8Array;
  observations: readonly Observation[];
  /** The traits of an identify, by its place. */
  profiles: ReadonlyMap<number, Record<string, unknown>>;
  quarantined: readonly Omit<Quarantined, 'sourceId'>[];
  analyticsByDefault: boolean;
}

/** What an event's byte in `marks` is made of. */
export const marks = {
  /** Not to be stored of somebody who denied analytics. */
  behaviour: 1,
  bot: 2,
} as const;

/** Takes over what commits need of the events; the events themselves can be forgotten. */
export function pack(
  pool: BufferPool,
  events: readonly Event[],
  from: {
    source: Source;
    /** ms */
    receivedAt: number;
    contractEvents: ReadonlySet<string>;
    analyticsByDefault: boolean;
    quarantined: Delivery['quarantined'];
  },
): Delivery {
  const { source, receivedAt, contractEvents, analyticsByDefault, quarantined } = from;
  const came = { sourceId: source.id, channel: source.kind, received: receivedAt };
  const ids = Buffer.allocUnsafe(events.length * hashBytes);
  const tails = new Tails(pool, events.length);
  const marked = new Uint8Array(events.length);
  const profiles = new Map<number, Record<string, unknown>>();
  const observations = events.map((event, place) => {
    packId(source.id, event.messageId, ids, place * hashBytes);
    tails.push(rowTail(event, came));
    const isBehaviour =
      event.type === 'page' ||
      event.type === 'screen' ||
      (event.type === 'track' && !contractEvents.has(event.event));
    marked[place] = (isBehaviour ? marks.behaviour : 0) | (event.bot ? marks.bot : 0);
    if (event.profile) profiles.set(place, event.profile);
    return event.observation;
  });
  return {
    source,
    count: events.length,
    ids,
    tails,
    marks: marked,
    observations,
    profiles,
    quarantined,
    analyticsByDefault,
  };
}

const roomForOne = 1024;

/** Texts as UTF-8, one behind the other. */
export class Tails {
  readonly #pool: BufferPool;
  #bytes: Buffer;
  readonly #ends: Uint32Array;
  #count = 0;
  /** In bytes. */
  length = 0;

  constructor(pool: BufferPool, count: number) {
    this.#pool = pool;
    this.#bytes = pool.take(count * roomForOne);
    this.#ends = new Uint32Array(count);
  }

  push(text: string): void {
    // No character of a JavaScript text takes more than three bytes.
    const most = this.length + text.length * 3;
    if (most > this.#bytes.length) this.#grow(most);
    this.length += this.#bytes.write(text, this.length);
    this.#ends[this.#count++] = this.length;
  }

  #grow(most: number): void {
    const larger = this.#pool.take(Math.max(most, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#pool.giveBack(this.#bytes);
    this.#bytes = larger;
  }

  /** Copies one into a buffer that has room for it; answers with where it ends there. */
  copy(place: number, into: Buffer, at: number): number {
    const from = place === 0 ? 0 : (this.#ends[place - 1] as number);
    return at + this.#bytes.copy(into, at, from, this.#ends[place] as number);
  }

  /** Nobody reads them any more. */
  release(): void {
    this.#pool.giveBack(this.#bytes);
    this.#bytes = Buffer.alloc(0);
  }
}
