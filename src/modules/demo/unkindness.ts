import type { Store } from './brand.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import type { Device } from './identifiers.ts';
import { type Dice, hash, share } from './random.ts';
import type { World } from './world.ts';

/**
 * How devices and habits are unkind. What happens to single messages on their way (repeats, damage) is in
 * `post.ts`; typing errors and junk are in `identifiers.ts`. All rates are shares of what they are said of.
 */
export const HABITS = {
  /** Devices whose clock is hours off, and those that are years off. */
  clockHours: 0.015,
  clockYears: 0.004,
  /** App visits without a connection. */
  appOffline: 0.05,
  /** Days on which a till is offline and sends everything the next morning. */
  tillOffline: 0.03,
  /** E-mails and phones with a typing error, where they are typed. */
  mistypedEmail: 0.025,
  mistypedPhone: 0.02,
  /** Forms filled in with nothing that identifies. */
  junk: 0.02,
  /** App visits of people without an account that send a user id which is none. */
  junkUserId: 0.02,
  /** Till sign-ups for which the clerk types the shop's own phone. */
  shopPhone: 0.05,
  /** Web sessions in which the login comes only halfway, though the browser had remembered it once. */
  loginExpired: 0.3,
  /** Store visits with a look at the kiosk. */
  kiosk: 0.06,
  /** Web orders whose message is stuck in the browser for a day while the office refunds already. */
  refundFirst: 0.004,
} as const;

const SALT = { clock: 91, till: 92, tillClock: 93 } as const;

/** How far ahead of the truth a device's clock is, in ms; the same for as long as it lives. */
export function clockAhead(seed: number, person: number, device: Device): number {
  const u = share(seed, SALT.clock, person, device);
  if (u >= HABITS.clockHours + HABITS.clockYears) return 0;
  const way = hash(seed, SALT.clock, person, device + 8);
  if (u < HABITS.clockHours) {
    const hours = 1 + (way % 12);
    return (way & 0x10000 ? hours : -hours) * HOUR_MS;
  }
  return (way & 1 ? 1 : -(3 + (way % 7))) * 365 * DAY_MS;
}

/** Leith's till forgets daylight saving for some weeks, Soho's door counter is four minutes fast. */
export function tillClockAhead(world: World, store: Store, day: number): number {
  if (store.id !== 'leith') return 0;
  return share(world.seed, SALT.tillClock, Math.floor(day / 28)) < 0.12 ? HOUR_MS : 0;
}

export function doorClockAhead(store: Store): number {
  return store.id === 'soho' ? 4 * 60_000 : 0;
}

/** When a till that is offline on this day sends: the next morning. 0 when it is online. */
export function tillHeldUntil(world: World, store: Store, day: number): number {
  if (share(world.seed, SALT.till, store.index, day) >= HABITS.tillOffline) return 0;
  const openingUtc = store.market === 'cn' ? 1 : 8;
  return world.calendar.startMs + (day + 1) * DAY_MS + openingUtc * HOUR_MS;
}

export function appHeldUntil(dice: Dice, nowMs: number): number {
  return dice.chance(HABITS.appOffline) ? nowMs + Math.round((2 + dice.next() ** 3 * 140) * HOUR_MS) : 0;
}
