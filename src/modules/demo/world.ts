import { DateTime } from 'luxon';
import { type Calendar, createCalendar, DAY_MS, HOUR_MS } from './calendar.ts';
import { type Id, phoneOf } from './identifiers.ts';
import { closenessOf, inCommunity, marketOf, type Person, personOf } from './person.ts';
import { Post } from './post.ts';
import { Dice, hash, share } from './random.ts';

export interface StoryOptions {
  /** The same seed, people, months and now tell the same story. */
  seed: number;
  /** People who turn up until `now`. */
  people: number;
  months: number;
  /** The end of the past, in ms. */
  now: number;
  /** Days that the story can go on after `now`. 0 when left out. */
  daysAfter?: number;
}

/** What has come of somebody so far: bits of `World.flags`. */
export const FLAG = {
  account: 1,
  card: 2,
  app: 4,
  subscribed: 8,
  bought: 16,
  gone: 32,
  /** The next visit is for buying. */
  buysNext: 64,
  /** Was here before. */
  seen: 128,
  /** Has told the chat who they are. */
  chat: 256,
  appLogin: 512,
} as const;

/** Some share of the people is known to the brand before the story begins. */
const KNOWN_BEFORE = 0.18;
const BROUGHT = 0.4;

/**
 * Everybody's state, a few numbers each in arrays side by side, so that a million people fit into some 40 MB.
 * People are numbered in the order in which they turn up. Who visits in an hour, and who invites in an hour, are
 * linked lists through `next` and `nextInvited`, headed by hour.
 */
export interface World {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly post: Post;
  readonly nowMs: number;
  /** People who turn up until now; those after them in the arrays come later. */
  readonly people: number;
  readonly existing: number;
  readonly total: number;
  readonly hours: number;
  readonly birthHour: Int32Array;
  /** Who brought them, or -1. Always somebody with a smaller number. */
  readonly parent: Int32Array;
  readonly flags: Uint16Array;
  /** One bit a device: the shop remembers the login. */
  readonly logins: Uint8Array;
  readonly orders: Uint16Array;
  readonly visits: Uint16Array;
  /** The product last looked at, plus one. */
  readonly looked: Uint8Array;
  readonly busy: Float32Array;
  readonly next: Int32Array;
  readonly visitors: Int32Array;
  readonly nextInvited: Int32Array;
  readonly invitations: Int32Array;
  /** Who took over whose phone number, and the hour in which the first owner gave it up. */
  readonly numberFrom: ReadonlyMap<number, number>;
  readonly numberGivenUp: ReadonlyMap<number, number>;
  readonly numberPassedOn: ReadonlySet<number>;
  readonly dice: Dice;
  recent: { shares: string[]; ideas: string[] };
  counters: { series: string; order: number; bot: number };
}

export function createWorld(options: StoryOptions): World {
  const { seed, people, months, now } = options;
  const start = DateTime.fromMillis(now, { zone: 'utc' }).minus({ months }).startOf('day').toMillis();
  const nowDay = Math.max(1, Math.ceil((now - start) / DAY_MS));
  // Who comes in the days after now is invited before.
  const daysAfter = Math.max(4, options.daysAfter ?? 0);
  const calendar = createCalendar(start, nowDay + daysAfter + 2);
  const existing = Math.floor(people * KNOWN_BEFORE);
  const busyNow = calendar.busyAt('gb', nowDay);
  const pace = (people - existing) / busyNow;
  const later = Math.floor((calendar.busyAt('gb', nowDay + daysAfter) - busyNow) * pace);
  const total = people + later;
  const hours = (calendar.days + 1) * 24;
  const world: World = {
    seed,
    calendar,
    post: new Post(seed, hash(seed, people, Math.floor(start / DAY_MS), months)),
    nowMs: now,
    people,
    existing,
    total,
    hours,
    birthHour: new Int32Array(total),
    parent: new Int32Array(total).fill(-1),
    flags: new Uint16Array(total),
    logins: new Uint8Array(total),
    orders: new Uint16Array(total),
    visits: new Uint16Array(total),
    looked: new Uint8Array(total),
    busy: new Float32Array(total),
    next: new Int32Array(total).fill(-1),
    visitors: new Int32Array(hours).fill(-1),
    nextInvited: new Int32Array(total).fill(-1),
    invitations: new Int32Array(hours).fill(-1),
    numberFrom: new Map(),
    numberGivenUp: new Map(),
    numberPassedOn: new Set(),
    dice: new Dice(),
    recent: { shares: [], ideas: [] },
    counters: { series: 'MK', order: 100_000, bot: 0 },
  };
  setTheScene(world, pace, nowDay);
  passOnNumbers(world);
  return world;
}

const SALT = { birth: 51, hour: 52, brought: 53, parent: 54, accept: 55, invite: 56, before: 57 } as const;
const SALT_NUMBER = 58;

/** Gives everybody the hour in which they turn up, and to some the one who brought them. */
function setTheScene(world: World, pace: number, nowDay: number): void {
  const { seed, calendar, existing, total, people } = world;
  let day = 0;
  let couldInvite = 0;
  for (let p = 0; p < total; p++) {
    if (p < existing) {
      world.birthHour[p] = -1 - Math.floor(share(seed, SALT.birth, p) * 3 * 365 * 24);
      rememberFromBefore(world, p);
      scheduleReturn(world, p, nowDay);
      continue;
    }
    const busy = (p - existing + share(seed, SALT.birth, p)) / pace;
    while (day + 1 < calendar.days && calendar.busyAt('gb', day + 1) <= busy) day++;
    if (p < people && day >= nowDay) day = nowDay - 1;
    const hour = calendar.hourAt(marketOf(seed, p), day, 'web', share(seed, SALT.hour, p));
    world.birthHour[p] = hour;
    world.busy[p] = busy;
    enqueue(world, p, hour);
    while (couldInvite < p && (world.birthHour[couldInvite] as number) < hour - 72) couldInvite++;
    if (share(seed, SALT.brought, p) < BROUGHT) findParent(world, p, couldInvite, hour);
  }
}

/** Heavy-tailed: few people bring many. */
function influence(world: World, index: number): number {
  const closeness = closenessOf(world.seed, index, (world.parent[index] as number) >= 0);
  if (inCommunity(world.seed, index, closeness))
    return share(world.seed, SALT.accept, index) < 0.05 ? 1 : 0.2;
  return closeness === 'member' || closeness === 'account' ? 0.05 : closeness === 'stranger' ? 0.005 : 0.02;
}

function findParent(world: World, p: number, among: number, hour: number): void {
  const { seed } = world;
  for (let attempt = 0; attempt < 40 && among > 0; attempt++) {
    const u = share(seed, SALT.parent, p, attempt);
    const candidate = among - 1 - Math.floor(u * u * among);
    if (share(seed, SALT.accept, p, attempt + 1) >= influence(world, candidate)) continue;
    world.parent[p] = candidate;
    const ahead = 1 + Math.floor(share(seed, SALT.invite, p) ** 2 * 60);
    const inviteHour = Math.max(0, hour - ahead);
    world.nextInvited[p] = world.invitations[inviteHour] as number;
    world.invitations[inviteHour] = p;
    return;
  }
}

/** People who were customers before the story begins have accounts, cards and the app already. */
function rememberFromBefore(world: World, p: number): void {
  const closeness = closenessOf(world.seed, p, false);
  const u = share(world.seed, SALT.before, p);
  let flags = FLAG.seen;
  if (closeness === 'account' || closeness === 'member')
    flags |= FLAG.account | FLAG.bought | FLAG.subscribed;
  if (closeness === 'member' || closeness === 'cardholder') flags |= FLAG.card | FLAG.bought;
  if (closeness === 'member' && u < 0.6) flags |= FLAG.app;
  world.flags[p] = flags;
}

/** Everybody who was known before shows up once in the story; when, is left to chance. */
function scheduleReturn(world: World, p: number, nowDay: number): void {
  const { seed, calendar } = world;
  const person = personOf(seed, p, false, world.dice);
  const soon = world.dice.exponential() / (person.buying + person.looking);
  const latest = share(seed, SALT.before, p, 1) * calendar.busyAt(person.market, nowDay - 1);
  const busy = Math.min(soon, latest);
  world.busy[p] = busy;
  if (world.dice.next() * (person.buying + person.looking) < person.buying) {
    world.flags[p] = (world.flags[p] as number) | FLAG.buysNext;
  }
  const day = calendar.dayAt(person.market, busy);
  enqueue(world, p, calendar.hourAt(person.market, day, 'web', share(seed, SALT.hour, p)));
}

/** Puts somebody down for a visit in `hour`; who is down for none stays away. */
function enqueue(world: World, p: number, hour: number): void {
  if (hour >= world.hours) return;
  world.next[p] = world.visitors[hour] as number;
  world.visitors[hour] = p;
}

/**
 * When does this person come next, and for what: two Poisson processes in busy time, looking and buying; who has
 * dropped out buys no more, and seldom looks in.
 */
export function planNext(world: World, person: Person, hour: number): void {
  const { calendar, dice } = world;
  const p = person.index;
  const gone = ((world.flags[p] as number) & FLAG.gone) !== 0;
  const buying = gone ? 0 : person.buying;
  const looking = gone ? person.looking * 0.12 : person.looking;
  const rate = buying + looking;
  if (rate < 1e-6) return;
  const busy = (world.busy[p] as number) + dice.exponential() / rate;
  world.busy[p] = busy;
  const buys = dice.next() * rate < buying;
  world.flags[p] = ((world.flags[p] as number) & ~FLAG.buysNext) | (buys ? FLAG.buysNext : 0);
  const day = calendar.dayAt(person.market, busy);
  if (day >= calendar.days) return;
  const inStore = person.store !== null && person.storeLove > 0.6;
  const at = calendar.hourAt(person.market, day, inStore ? 'store' : 'web', dice.next());
  enqueue(world, p, Math.max(at, hour + 1));
}

/** Lets some people give up their phone number, and others get it some weeks later. */
function passOnNumbers(world: World): void {
  const from = world.numberFrom as Map<number, number>;
  const givenUp = world.numberGivenUp as Map<number, number>;
  const passedOn = world.numberPassedOn as Set<number>;
  const free: Record<'gb' | 'cn', number[]> = { gb: [], cn: [] };
  for (let p = 0; p < world.total; p++) {
    const u = share(world.seed, SALT_NUMBER, p);
    if (u >= 0.12 || !givesPhone(world, p)) continue;
    const list = free[marketOf(world.seed, p)];
    const bornAt = world.birthHour[p] as number;
    if (u < 0.06) {
      const i = list.slice(0, 50).findIndex((q) => (givenUp.get(q) as number) + 30 * 24 < bornAt);
      const [previous] = i < 0 ? [] : list.splice(i, 1);
      if (previous === undefined) continue;
      from.set(p, previous);
      passedOn.add(previous);
    } else {
      givenUp.set(p, Math.max(0, bornAt) + (60 + (hash(world.seed, SALT_NUMBER, p, 1) % 120)) * 24);
      list.push(p);
    }
  }
}

/** Whether somebody will ever tell a phone number, more or less. */
function givesPhone(world: World, p: number): boolean {
  const closeness = closenessOf(world.seed, p, (world.parent[p] as number) >= 0);
  return closeness === 'account' || closeness === 'member' || closeness === 'cardholder';
}

/** Somebody's phone number in an hour, in normal form. */
export function phoneAt(world: World, p: number, hour: number): Id {
  const previous = world.numberFrom.get(p);
  if (previous !== undefined) return { kind: 'phone', value: phoneOf(world.seed, previous), shared: true };
  const givenUp = world.numberGivenUp.get(p);
  if (givenUp === undefined) return { kind: 'phone', value: phoneOf(world.seed, p) };
  if (hour >= givenUp) return { kind: 'phone', value: phoneOf(world.seed, p, true) };
  const value = phoneOf(world.seed, p);
  return world.numberPassedOn.has(p) ? { kind: 'phone', value, shared: true } : { kind: 'phone', value };
}

export function hourMs(world: World, hour: number): number {
  return world.calendar.startMs + hour * HOUR_MS;
}

/** The hour of the story at a moment. */
export function hourOf(world: World, ms: number): number {
  return Math.floor((ms - world.calendar.startMs) / HOUR_MS);
}

export function dayOf(world: World, ms: number): number {
  return Math.floor((ms - world.calendar.startMs) / DAY_MS);
}
