import { ADS, BRAND, type Campaign, CHANNELS, type Channel, LETTERS, MARKETS, POSTS } from './brand.ts';
import {
  cookieOf,
  DEVICE,
  type Device,
  deviceIdOf,
  emailOf,
  hasFamilyTablet,
  type Id,
  openIdOf,
  unionIdOf,
} from './identifiers.ts';
import type { Person } from './person.ts';
import { hash, share, token } from './random.ts';
import { addressOf, consentOf, type Sender, Sitting, webContext } from './sitting.ts';
import { externalId } from './telling.ts';
import { appHeldUntil, clockAhead } from './unkindness.ts';
import { dayOf, FLAG, type World } from './world.ts';

const SALT_HAS = 101;
const SALT_AGENT = 102;
const SALT_CODE = 103;

/** The device that somebody picks up: the app's people mostly their phone, families sometimes the tablet. */
export function pickUpDevice(world: World, person: Person): Device {
  const { seed, dice } = world;
  const p = person.index;
  const flags = world.flags[p] as number;
  if (flags & FLAG.app && dice.chance(0.5)) return DEVICE.app;
  if (person.wechat && dice.chance(0.5)) return DEVICE.wechat;
  if (hasFamilyTablet(seed, p) && dice.chance(0.3)) return DEVICE.tablet;
  const laptop = share(seed, SALT_HAS, p, 1) < 0.55;
  if (laptop && dice.chance(0.45)) return DEVICE.laptop;
  if (share(seed, SALT_HAS, p, 2) < 0.08 && dice.chance(0.3)) return DEVICE.work;
  return DEVICE.phone;
}

export interface Arrival {
  readonly channel: Channel;
  readonly campaign: Campaign | undefined;
  readonly referrer: string;
  /** The link of a friend that was followed, if one was. */
  readonly shareId: string | null;
}

/** How the visit came about. `viaShare` is the link of the one who brought a newcomer. */
export function arrive(world: World, person: Person, viaShare: string | null): Arrival {
  const { dice } = world;
  const { market } = person;
  let channel = viaShare === null ? dice.of(CHANNELS) : 'friend';
  const subscribed = ((world.flags[person.index] as number) & FLAG.subscribed) !== 0;
  if (channel === 'email' && !subscribed) channel = 'direct';
  const shareId = channel === 'friend' ? (viaShare ?? pickShare(world)) : null;
  if (channel === 'friend' && shareId === null) channel = 'direct';
  const friend: Campaign = {
    source: 'share',
    medium: 'friend',
    name: 'word-of-mouth',
    content: shareId ?? '',
  };
  switch (channel) {
    case 'search':
      return {
        channel,
        campaign: undefined,
        referrer: market === 'cn' ? 'https://www.baidu.com/' : 'https://www.google.com/',
        shareId,
      };
    case 'ads':
      return { channel, campaign: dice.pick(ADS[market]), referrer: '', shareId };
    case 'social':
      return { channel, campaign: dice.pick(POSTS[market]), referrer: '', shareId };
    case 'email':
      return { channel, campaign: dice.pick(LETTERS), referrer: '', shareId };
    case 'friend':
      return { channel, campaign: friend, referrer: '', shareId };
    default:
      return { channel, campaign: undefined, referrer: '', shareId };
  }
}

function pickShare(world: World): string | null {
  const { shares } = world.recent;
  return shares.length === 0 ? null : world.dice.pick(shares);
}

/** A browser is opened; a letter's link tells whose letter it was. */
export function openBrowser(
  world: World,
  person: Person,
  device: Device,
  nowMs: number,
  arrival: Arrival,
): Sitting {
  const { seed } = world;
  const cookie = cookieOf(seed, person.index, device, dayOf(world, nowMs));
  const screen = device === DEVICE.tablet ? 'tablet' : device === DEVICE.phone ? 'phone' : 'desk';
  const context = webContext(person, screen, hash(seed, SALT_AGENT, person.index, device), arrival.campaign);
  const anonymous: Id = { kind: 'anonymous_id', value: cookie };
  const ids: Id[] = [device === DEVICE.tablet ? { ...anonymous, shared: true } : anonymous];
  if (arrival.channel === 'email') {
    const email = emailOf(seed, person.index);
    context.externalIds = [externalId('email', email)];
    ids.push({ kind: 'email', value: email });
  }
  const sender: Sender = {
    touchpoint: 'web',
    person: person.index,
    anonymousId: cookie,
    ids,
    context,
    consent: consentOf(person),
    pages: true,
    clockAheadMs: clockAhead(seed, person.index, device),
    heldUntil: 0,
    latencyMs: 400,
  };
  return new Sitting(world, sender, nowMs, arrival.referrer);
}

export function openApp(world: World, person: Person, nowMs: number): Sitting {
  const { seed, dice } = world;
  const p = person.index;
  const device = deviceIdOf(seed, p);
  const installation = cookieOf(seed, p, DEVICE.app, 0);
  const apple = person.market === 'gb' ? p % 2 === 0 : p % 3 === 0;
  const context = {
    app: { name: 'Moss & Kettle', version: '3.4.1', build: '341' },
    device: { id: device, type: apple ? 'ios' : 'android', manufacturer: apple ? 'Apple' : 'Xiaomi' },
    os: { name: apple ? 'iOS' : 'Android', version: apple ? '18.5' : '15' },
    library: { name: apple ? 'analytics-swift' : 'analytics-kotlin', version: '1.8.0' },
    ip: addressOf(hash(seed, SALT_AGENT, p, DEVICE.app)),
    locale: MARKETS[person.market].locale,
    timezone: MARKETS[person.market].timeZone,
  };
  const sender: Sender = {
    touchpoint: 'app',
    person: p,
    anonymousId: installation,
    ids: [
      { kind: 'anonymous_id', value: installation },
      { kind: 'device_id', value: device },
    ],
    context,
    consent: consentOf(person),
    pages: false,
    clockAheadMs: clockAhead(seed, p, DEVICE.app),
    heldUntil: appHeldUntil(dice, nowMs),
    latencyMs: 9000,
  };
  return new Sitting(world, sender, nowMs);
}

/** WeChat's mini-program knows who it is from the start: an openid of its own and the brand's unionid. */
export function openMiniProgram(world: World, person: Person, nowMs: number): Sitting {
  const { seed } = world;
  const p = person.index;
  const openId = openIdOf(seed, p, 'miniapp');
  const unionId = unionIdOf(seed, p);
  const context = {
    app: { name: '苔与壶', version: '2.1.0', namespace: 'weapp' },
    library: { name: 'analytics-miniprogram', version: '1.0.4' },
    locale: 'zh-CN',
    timezone: 'Asia/Shanghai',
    externalIds: [externalId('wechat_openid', openId), externalId('wechat_unionid', unionId)],
  };
  const sender: Sender = {
    touchpoint: 'miniapp',
    person: p,
    ids: [
      { kind: 'wechat_openid', value: openId },
      { kind: 'wechat_unionid', value: unionId },
    ],
    context,
    consent: consentOf(person),
    pages: false,
    clockAheadMs: 0,
    heldUntil: 0,
    latencyMs: 1500,
  };
  return new Sitting(world, sender, nowMs);
}

/** A link that carries who shared it. */
export function shareIdOf(world: World, by: number, which: number): string {
  return `s${token(world.seed, SALT_CODE, by * 131 + which, 11)}`;
}

/** An invitation, one for each who is invited. */
export function inviteIdOf(world: World, invited: number): string {
  return `i${token(world.seed, SALT_CODE + 1, invited, 11)}`;
}

export function linkOf(shareId: string): string {
  return `https://${BRAND.host}/?s=${shareId}`;
}
