import type { Touchpoint } from './brand.ts';
import { HOUR_MS, STEP_MS } from './calendar.ts';
import type { Id } from './identifiers.ts';
import { hash, share } from './random.ts';

/** What is wrong with a message, if anything: how the world is unkind to whoever collects. */
export type Oddity =
  /** The same message once more. */
  | 'repeat'
  /** The same message once more, with another time. */
  | 'restamped'
  /** Sent hours or days after it happened. */
  | 'late'
  /** The sender's clock is off, in `timestamp` and `sentAt` alike. */
  | 'clock'
  | 'bot'
  /** Cannot be accepted as it is. */
  | 'malformed';

/** Segment's message, as far as the simulated brand uses it. */
export interface Message {
  messageId: string;
  type: 'track' | 'page' | 'screen' | 'identify';
  timestamp: string;
  event?: string;
  name?: string;
  userId?: string;
  anonymousId?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: Record<string, unknown>;
}

/** One message on arrival. */
export interface Delivery {
  /** True time of arrival, in ms. */
  readonly arrivedAt: number;
  /** What the sender's clock said when it sent, in ms. */
  readonly sentAt: number;
  readonly touchpoint: Touchpoint;
  /** A `Message`, but for the malformed ones. */
  readonly message: Message | Record<string, unknown>;
  /** The true person (0 and up), or a bot (below 0). */
  readonly person: number;
  /** The identifiers in the message that are some, in normal form. */
  readonly ids: readonly Id[];
  readonly oddity?: Oddity;
}

const UNKIND = {
  /** Share of messages that come again. */
  repeated: 0.012,
  /** Share of those that carry another time then. */
  restamped: 0.35,
  malformed: 0.0008,
} as const;

const SALT_REPEAT = 71;
const SALT_DELAY = 72;
const SALT_BROKEN = 73;

/** Everything that is on its way: sorted by the step of arrival, then, a step at a time, to the millisecond. */
export class Post {
  #byStep = new Map<number, Delivery[]>();
  #count = 0;
  #salt: number;
  #prefix: string;
  /** While set, deliveries go here instead, under ids of their own: see `aside`. */
  #aside: Delivery[] | null = null;

  constructor(seed: number, run: number) {
    this.#salt = seed;
    this.#prefix = `mk-${run.toString(36)}`;
  }

  /** Messages on their way. */
  get waiting(): number {
    let waiting = 0;
    for (const list of this.#byStep.values()) waiting += list.length;
    return waiting;
  }

  /** Messages begun so far; the next one's number. */
  get count(): number {
    return this.#count;
  }

  messageId(): string {
    this.#count++;
    return `${this.#prefix}-${this.#count.toString(36)}`;
  }

  /** Runs `work` and hands back what it sent, numbered apart by `name`, leaving what is on its way as it was. */
  aside(name: string, work: () => void): Delivery[] {
    const [prefix, count] = [this.#prefix, this.#count];
    this.#prefix = `${prefix}-${name}`;
    this.#count = 0;
    this.#aside = [];
    try {
      work();
      return this.#aside;
    } finally {
      this.#prefix = prefix;
      this.#count = count;
      this.#aside = null;
    }
  }

  send(delivery: Delivery): void {
    const number = this.#count;
    if (share(this.#salt, SALT_BROKEN, number) < UNKIND.malformed) {
      this.#put(broken(delivery, hash(this.#salt, SALT_BROKEN, number, 1)));
      return;
    }
    this.#put(delivery);
    if (share(this.#salt, SALT_REPEAT, number) < UNKIND.repeated) this.#put(this.#again(delivery, number));
  }

  #again(first: Delivery, number: number): Delivery {
    const wait = Math.floor(2000 + share(this.#salt, SALT_DELAY, number) ** 6 * 3 * 24 * HOUR_MS);
    const again = { ...first, arrivedAt: first.arrivedAt + wait, sentAt: first.sentAt + wait };
    if (share(this.#salt, SALT_DELAY, number, 1) >= UNKIND.restamped) return { ...again, oddity: 'repeat' };
    const message = { ...first.message, timestamp: new Date(again.sentAt - 40).toISOString() };
    return { ...again, message, oddity: 'restamped' };
  }

  #put(delivery: Delivery): void {
    if (this.#aside) {
      this.#aside.push(delivery);
      return;
    }
    const step = Math.floor(delivery.arrivedAt / STEP_MS);
    const list = this.#byStep.get(step);
    if (list) list.push(delivery);
    else this.#byStep.set(step, [delivery]);
  }

  /** What arrives in the step that begins at `ms`, in order of arrival. */
  arrivals(ms: number): Delivery[] {
    const step = Math.floor(ms / STEP_MS);
    const list = this.#byStep.get(step);
    if (!list) return [];
    this.#byStep.delete(step);
    // Array.sort is stable: what arrives in the same millisecond stays in the order in which it was sent.
    return list.sort((a, b) => a.arrivedAt - b.arrivedAt);
  }
}

/** A message that some sender spoilt; none of these can be accepted. */
function broken(delivery: Delivery, how: number): Delivery {
  const { messageId, timestamp, context, anonymousId, userId } = delivery.message as Message;
  const who = userId === undefined ? { anonymousId: anonymousId ?? 'lost' } : { userId };
  const message = [
    { messageId, timestamp, context, ...who, type: 'track', properties: { value: 1 } },
    { messageId, timestamp, context, ...who, type: 'trakc', event: 'Product Viewed' },
    { messageId, timestamp, context: {}, type: 'track', event: 'Product Viewed', properties: {} },
    {
      messageId,
      timestamp: 'yesterday, about noon',
      context,
      ...who,
      type: 'track',
      event: 'Product Viewed',
    },
    { messageId, timestamp, context, ...who, type: 'track', event: 'Product Viewed', properties: 'P001' },
    {
      messageId,
      timestamp,
      context,
      ...who,
      type: 'track',
      event: 'Blob Sent',
      properties: { x: 'x'.repeat(33_000) },
    },
  ][how % 6] as Record<string, unknown>;
  return { ...delivery, message, ids: [], oddity: 'malformed' };
}
