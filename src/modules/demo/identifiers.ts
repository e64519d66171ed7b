import type { Market } from './brand.ts';
import { FAMILY, FAMILY_ZH, GIVEN, GIVEN_ZH, MAIL_DOMAINS } from './names.ts';
import { householdOf, marketOf } from './person.ts';
import { type Dice, hash, share, token } from './random.ts';

export type IdKind =
  | 'user_id'
  | 'card'
  | 'wechat_unionid'
  | 'wechat_openid'
  | 'email'
  | 'phone'
  | 'device_id'
  | 'anonymous_id';

/** An identifier in its normal form: e-mail trimmed and in lower case, phone E.164. */
export interface Id {
  readonly kind: IdKind;
  readonly value: string;
  /** Several people may be behind it: a family tablet, a kiosk, the shop's phone, a number that changed hands. */
  readonly shared?: true;
}

/** The devices that somebody may use. */
export const DEVICE = { phone: 0, laptop: 1, app: 2, tablet: 3, work: 4, wechat: 5 } as const;
export type Device = (typeof DEVICE)[keyof typeof DEVICE];

const SALT = {
  given: 31,
  family: 32,
  mail: 33,
  cookie: 34,
  device: 35,
  user: 36,
  openid: 37,
  unionid: 38,
} as const;
const SALT_TABLET = 39;
const SALT_TWICE = 40;
const SALT_LIFE = 41;

/** Spreads numbers below `prime` over [0, prime) so that no two people meet (exact: it stays below 2^53). */
function spread(seed: number, index: number, prime: number): number {
  return (index * 7_368_787 + (seed >>> 0) * 104_729) % prime;
}

export interface Name {
  readonly given: string;
  readonly family: string;
  /** In Latin letters, small, as in an address. */
  readonly latin: readonly [string, string];
}

export function nameOf(seed: number, index: number): Name {
  const g = hash(seed, SALT.given, index);
  const f = hash(seed, SALT.family, householdOf(index));
  if (marketOf(seed, index) === 'cn') {
    const given = GIVEN_ZH[g % GIVEN_ZH.length] as readonly [string, string];
    const family = FAMILY_ZH[f % FAMILY_ZH.length] as readonly [string, string];
    return { given: given[0], family: family[0], latin: [given[1], family[1]] };
  }
  const given = GIVEN[g % GIVEN.length] as string;
  const family = FAMILY[f % FAMILY.length] as string;
  return { given, family, latin: [plain(given), plain(family)] };
}

function plain(name: string): string {
  return name.toLowerCase().replace('ë', 'e').replace("'", '');
}

export function emailOf(seed: number, index: number, second = false): string {
  const { latin } = nameOf(seed, index);
  const domains = MAIL_DOMAINS[marketOf(seed, index)];
  const style = hash(seed, SALT.mail, index);
  const number = spread(seed, index, 10_000_019);
  const local =
    style % 3 === 0
      ? `${latin[0]}.${latin[1]}${number}`
      : style % 3 === 1
        ? `${latin[0][0]}${latin[1]}.${number}`
        : `${latin[1]}_${latin[0]}${number}`;
  return `${second ? 'shop.' : ''}${local}@${domains[(style >>> 8) % domains.length]}`;
}

/** The number somebody has first, and the one after they gave that up. */
export function phoneOf(seed: number, index: number, second = false): string {
  const digits = String(spread(seed, index, 99_999_989)).padStart(8, '0');
  if (marketOf(seed, index) === 'cn') return `+8613${second ? '9' : '8'}${digits}`;
  return `+447${second ? '2' : '3'}${digits}`;
}

export function userIdOf(seed: number, index: number, second = false): string {
  return `u_${second ? 'b' : 'a'}${token(seed, SALT.user, index, 4)}${spread(seed, index, 10_000_019).toString(36)}`;
}

/** Registered twice and knows nothing of it: another account on the laptop. */
export function registersTwice(seed: number, index: number): boolean {
  return share(seed, SALT_TWICE, index) < 0.01;
}

export function cardOf(seed: number, index: number): string {
  return `6290${String(spread(seed, index, 99_999_989)).padStart(8, '0')}`;
}

export function openIdOf(seed: number, index: number, account: 'miniapp' | 'chat'): string {
  return `o${account === 'chat' ? 'Q' : 'M'}${token(seed, SALT.openid + (account === 'chat' ? 100 : 0), index, 26)}`;
}

export function unionIdOf(seed: number, index: number): string {
  return `oU${token(seed, SALT.unionid, index, 26)}`;
}

export function hasFamilyTablet(seed: number, index: number): boolean {
  return share(seed, SALT_TABLET, householdOf(index)) < 0.07;
}

/** A browser's cookie: it lives for some months, then the browser is a stranger again. */
export function cookieOf(seed: number, index: number, device: Device, day: number): string {
  if (device === DEVICE.tablet) return uuid(seed, SALT_TABLET, householdOf(index));
  const life = 60 + 340 * share(seed, SALT_LIFE, index, device);
  const turn = Math.floor((day + life * share(seed, SALT_LIFE + 100, index, device)) / life);
  return uuid(seed, SALT.cookie + 16 * device, index * 64 + turn);
}

/** What the app or a phone's beacon tells of the device. */
export function deviceIdOf(seed: number, index: number): string {
  return uuid(seed, SALT.device, index).toUpperCase();
}

export function uuid(seed: number, a: number, b: number): string {
  const h1 = hash(seed, a, b, 1);
  const h2 = hash(seed, a, b, 2);
  const h3 = hash(seed, a, b, 3);
  const h4 = hash(seed, a, b, 4);
  return `${hex8(h1)}-${hex4(h2)}-4${hex4(h2 >>> 16).slice(1)}-a${hex4(h3).slice(1)}-${hex4(h3 >>> 16)}${hex8(h4)}`;
}

function hex8(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}

function hex4(n: number): string {
  return (n & 0xffff).toString(16).padStart(4, '0');
}

/** An address as people type it: the same letters, in many dresses. */
export function typedEmail(email: string, dice: Dice): string {
  const u = dice.next();
  if (u < 0.72) return email;
  if (u < 0.86) return (email[0] as string).toUpperCase() + email.slice(1);
  if (u < 0.92) return email.toUpperCase();
  return u < 0.97 ? `${email} ` : ` ${email}`;
}

/** A number as people type it. Numbers from abroad carry their prefix, or nobody could know the country. */
export function typedPhone(phone: string, market: Market, dice: Dice): string {
  const u = dice.next();
  if (market === 'cn') {
    const local = phone.slice(3);
    if (u < 0.45) return phone;
    if (u < 0.8) return `+86 ${local.slice(0, 3)} ${local.slice(3, 7)} ${local.slice(7)}`;
    return `0086-${local.slice(0, 3)}-${local.slice(3, 7)}-${local.slice(7)}`;
  }
  const local = phone.slice(3);
  if (u < 0.3) return phone;
  if (u < 0.55) return `0${local.slice(0, 4)} ${local.slice(4)}`;
  if (u < 0.75) return `0${local}`;
  if (u < 0.87) return `+44 ${local.slice(0, 4)} ${local.slice(4)}`;
  if (u < 0.95) return `(0${local.slice(0, 4)}) ${local.slice(4, 7)}-${local.slice(7)}`;
  return `0044 ${local.slice(0, 4)} ${local.slice(4)}`;
}

/** Two letters swapped, one forgotten, or a domain that does not exist. */
export function mistypedEmail(email: string, dice: Dice): string {
  const cut = email.indexOf('@');
  const i = 1 + dice.below(cut - 2);
  const u = dice.next();
  if (u < 0.4) return email.slice(0, i) + email[i + 1] + email[i] + email.slice(i + 2);
  if (u < 0.75) return email.slice(0, i) + email.slice(i + 1);
  return email.replace(/\.[a-z]+$/, '.con');
}

export function mistypedPhone(phone: string, dice: Dice): string {
  const i = phone.length - 1 - dice.below(6);
  return phone.slice(0, i) + ((Number(phone[i]) + 1 + dice.below(8)) % 10) + phone.slice(i + 1);
}

/** What forms hold when a person or a program had nothing to say. */
export const JUNK = {
  email: ['test@test.com', '', 'null', 'undefined', 'none@none.com', 'n/a', 'asdf@asdf.com'],
  phone: ['000-0000', '0000000000', '', 'null', 'unknown', '-'],
  userId: ['undefined', 'null', '', 'anonymous', '[object Object]', '0'],
} as const;
