import { BRAND, type Campaign, MARKETS, type Touchpoint } from './brand.ts';
import type { Id } from './identifiers.ts';
import type { Person } from './person.ts';
import type { Message, Oddity } from './post.ts';
import type { Dice } from './random.ts';
import type { World } from './world.ts';

/** Who a message says it is from, and what else goes with every message of one sitting. */
export interface Sender {
  readonly touchpoint: Touchpoint;
  readonly person: number;
  anonymousId?: string;
  userId?: string;
  /** The identifiers that `anonymousId`, `userId` and the context carry. */
  ids: Id[];
  readonly context: Record<string, unknown>;
  /** What the person agreed to; stamped on the first message of a sitting. */
  readonly consent?: Record<string, unknown>;
  /** The page's path for touchpoints that have pages. */
  readonly pages: boolean;
  /** How far the sender's clock is ahead of the truth, in ms. */
  readonly clockAheadMs: number;
  /** An offline sender keeps its messages until then; 0 when it is online. */
  readonly heldUntil: number;
  /** Mean time from the event to its arrival, in ms. */
  readonly latencyMs: number;
}

/**
 * One person at one touchpoint for a while. Time passes as they act; every act is a message that goes to the post.
 */
export class Sitting {
  readonly world: World;
  readonly dice: Dice;
  readonly sender: Sender;
  /** True time, in ms. */
  nowMs: number;
  #referrer: string;
  #asked = false;

  constructor(world: World, sender: Sender, nowMs: number, referrer = '') {
    this.world = world;
    this.dice = world.dice;
    this.sender = sender;
    this.nowMs = nowMs;
    this.#referrer = referrer;
  }

  /** The same sitting at the same moment with another sender: another touchpoint, or a connection that is gone. */
  at(sender: Sender): Sitting {
    return new Sitting(this.world, sender, this.nowMs, this.#referrer);
  }

  /** Lets about `seconds` pass. */
  wait(seconds: number): void {
    this.nowMs += Math.round(300 + seconds * 1000 * (0.4 + 0.6 * this.dice.exponential()));
  }

  track(event: string, properties: Record<string, unknown>, path = ''): void {
    const message = this.#message('track', path);
    message.event = event;
    message.properties = properties;
    this.#post(message, this.sender.ids);
  }

  page(name: string, path: string): void {
    const message = this.#message(this.sender.pages ? 'page' : 'screen', path);
    message.name = name;
    message.properties = this.sender.pages ? { path, url: `https://${BRAND.host}${path}`, title: name } : {};
    this.#post(message, this.sender.ids);
    this.#referrer = `https://${BRAND.host}${path}`;
  }

  /** `told` are the identifiers among the traits, in normal form. */
  identify(traits: Record<string, unknown>, told: readonly Id[], path = ''): void {
    const message = this.#message('identify', path);
    message.traits = traits;
    this.#post(message, told.length > 0 ? [...this.sender.ids, ...told] : this.sender.ids);
  }

  /** From here on the sender knows the account. */
  login(userId: string): void {
    this.sender.userId = userId;
    this.sender.ids = [...this.sender.ids, { kind: 'user_id', value: userId }];
  }

  #message(type: Message['type'], path: string): Message {
    const { sender } = this;
    const message: Message = {
      messageId: this.world.post.messageId(),
      type,
      timestamp: iso(this.nowMs + sender.clockAheadMs),
      context: this.#context(path),
    };
    if (sender.userId !== undefined) message.userId = sender.userId;
    if (sender.anonymousId !== undefined) message.anonymousId = sender.anonymousId;
    return message;
  }

  #context(path: string): Record<string, unknown> {
    const { context, consent, pages } = this.sender;
    const asks = consent !== undefined && !this.#asked;
    this.#asked = true;
    if (!pages) return asks ? { ...context, consent } : context;
    const page = { path, url: `https://${BRAND.host}${path}`, referrer: this.#referrer };
    return asks ? { ...context, page, consent } : { ...context, page };
  }

  #post(message: Message, ids: readonly Id[]): void {
    const { sender } = this;
    const onItsWay = this.nowMs + Math.round(20 + sender.latencyMs * this.dice.exponential());
    const late = sender.heldUntil > onItsWay;
    const arrivedAt = late ? sender.heldUntil + Math.round(this.dice.next() * 2000) : onItsWay;
    let oddity: Oddity | undefined;
    if (late) oddity = 'late';
    else if (sender.clockAheadMs !== 0) oddity = 'clock';
    else if (sender.person < 0) oddity = 'bot';
    const { touchpoint, person } = sender;
    const sentAt = arrivedAt - 15 + sender.clockAheadMs;
    this.world.post.send(
      oddity === undefined
        ? { arrivedAt, sentAt, touchpoint, message, person, ids }
        : { arrivedAt, sentAt, touchpoint, message, person, ids, oddity },
    );
  }
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** What people agreed to, in the shape of Segment's consent stamp. */
const AGREED = { Analytics: true, 'Marketing email': true, Personalisation: true, Sharing: true };
const RESERVED = { Analytics: true, 'Marketing email': false, Personalisation: true, Sharing: false };
const DENIED = { Analytics: false, 'Marketing email': false, Personalisation: false, Sharing: false };

export function consentOf(person: Person): Record<string, unknown> {
  const answer = person.analyticsDenied ? DENIED : person.index % 7 === 0 ? RESERVED : AGREED;
  return { categoryPreferences: answer, textVersion: '2025-03' };
}

const BROWSERS = {
  phone: [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 14; HUAWEI Mate 60) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  ],
  desk: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ],
  tablet: [
    'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1',
  ],
} as const;

const LIBRARY = { name: 'analytics.js', version: 'next-1.84.3' };

export function webContext(
  person: Person,
  screen: keyof typeof BROWSERS,
  which: number,
  campaign: Campaign | undefined,
): Record<string, unknown> {
  const market = MARKETS[person.market];
  const agents = BROWSERS[screen];
  const context: Record<string, unknown> = {
    library: LIBRARY,
    ip: addressOf(which),
    userAgent: agents[which % agents.length],
    locale: market.locale,
    timezone: market.timeZone,
  };
  if (campaign) context.campaign = campaign;
  return context;
}

/** An address from the ranges that are kept for examples (RFC 5737, RFC 2544). */
export function addressOf(which: number): string {
  return `198.${18 + (which & 1)}.${(which >>> 8) & 255}.${(which >>> 16) & 255}`;
}
