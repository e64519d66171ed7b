import { MARKETS } from './brand.ts';
import { HOUR_MS } from './calendar.ts';
import type { Product } from './catalog.ts';
import {
  type Arrival,
  arrive,
  inviteIdOf,
  openApp,
  openBrowser,
  openMiniProgram,
  pickUpDevice,
} from './devices.ts';
import { DEVICE, type Device, type Id, JUNK, userIdOf } from './identifiers.ts';
import { type Bought, knownBy } from './office.ts';
import type { Person } from './person.ts';
import {
  type Amounts,
  amount,
  chooseProduct,
  fillBasket,
  orderProperties,
  placeOrder,
  productAt,
  productProperties,
} from './shopping.ts';
import type { Sitting } from './sitting.ts';
import { accountOn, fillIn, logIn, register, stillLoggedIn, subscribe, wouldRegister } from './telling.ts';
import { ARTICLES, SEARCHES } from './texts.ts';
import { HABITS } from './unkindness.ts';
import { FLAG, hourOf, phoneAt, type World } from './world.ts';

export interface OnlineVisit {
  readonly buys: boolean;
  readonly wanted: Product | null;
  /** Newcomers who were brought: the link they followed, and whether it was an invitation. */
  readonly viaShare: string | null;
  readonly invited: boolean;
}

/** A visit to the web shop, the app or the mini-program: the funnel from search to order, left at any step. */
export function visitOnline(world: World, person: Person, atMs: number, visit: OnlineVisit): Bought | null {
  const { dice } = world;
  const hour = hourOf(world, atMs);
  const newcomer = visit.viaShare !== null || visit.invited;
  const device = newcomer ? DEVICE.phone : pickUpDevice(world, person);
  const arrival = arrive(world, person, visit.viaShare);
  const sitting = open(world, person, device, hour, atMs, arrival);
  if (device !== DEVICE.app && device !== DEVICE.wechat) {
    land(sitting, person, arrival);
    comeIn(world, person, sitting, device, hour, visit);
  }
  const buys = visit.buys;
  const product = lookAround(world, person, sitting, visit);
  if (!buys && !dice.chance(0.14)) return null;
  const at: Place = { device, hour, market: person.market };
  const lines = fillBasket(person, dice, product);
  for (const line of lines) {
    const properties = {
      ...productProperties(line.product, person.market, 'number'),
      quantity: line.quantity,
    };
    sitting.track('Product Added', properties, `/p/${line.product.id}`);
    sitting.wait(12);
  }
  if (!buys && dice.chance(0.6)) return null;
  return checkOut(world, person, sitting, at, lines, buys);
}

interface Place {
  readonly device: Device;
  readonly hour: number;
  readonly market: Person['market'];
}

function open(
  world: World,
  person: Person,
  device: Device,
  hour: number,
  nowMs: number,
  arrival: Arrival,
): Sitting {
  const p = person.index;
  if (device === DEVICE.wechat) {
    const sitting = openMiniProgram(world, person, nowMs);
    sitting.page('首页', '/pages/index');
    return sitting;
  }
  if (device !== DEVICE.app) return openBrowser(world, person, device, nowMs, arrival);
  const sitting = openApp(world, person, nowMs);
  const flags = world.flags[p] as number;
  if (flags & FLAG.account) {
    if (flags & FLAG.appLogin) sitting.login(userIdOf(world.seed, p));
    else {
      sitting.track('Application Installed', { version: '3.4.1', build: '341' });
      sitting.wait(20);
      logIn(world, person, sitting, DEVICE.app, hour);
      world.flags[p] = flags | FLAG.appLogin;
    }
  } else if (world.dice.chance(HABITS.junkUserId)) sitting.sender.userId = world.dice.pick(JUNK.userId);
  sitting.track('Application Opened', { from_background: world.dice.chance(0.5) });
  sitting.wait(5);
  return sitting;
}

function land(sitting: Sitting, person: Person, arrival: Arrival): void {
  const { dice } = sitting;
  if (arrival.channel === 'friend' || arrival.channel === 'social' || dice.chance(0.12)) {
    readArticle(sitting, person, arrival.shareId);
  } else sitting.page(person.market === 'cn' ? '首页' : 'Home', '/');
  sitting.wait(15);
}

/** The journal's pages are in the same browser, but they are a source of their own. */
export function readArticle(sitting: Sitting, person: Person, shareId: string | null): void {
  const { dice, sender } = sitting;
  const article = dice.pick(ARTICLES);
  const properties: Record<string, unknown> = {
    content_id: article.id,
    title: article.title[person.market],
    content_type: article.kind,
    category: article.topic,
    language: person.market === 'cn' ? 'zh' : 'en',
    seconds: 20 + dice.below(220),
  };
  if (shareId !== null) properties.share_id = shareId;
  const journal = sitting.at({ ...sender, touchpoint: 'content' });
  journal.track('Content Viewed', properties, `/journal/${article.id}`);
  sitting.nowMs = journal.nowMs + (properties.seconds as number) * 1000;
}

/** Logs in, makes an account, leaves an e-mail, or stays a stranger. */
function comeIn(
  world: World,
  person: Person,
  sitting: Sitting,
  device: Device,
  hour: number,
  visit: OnlineVisit,
): void {
  const { dice } = world;
  const flags = world.flags[person.index] as number;
  if (flags & FLAG.account) {
    if (stillLoggedIn(world, person, device)) sitting.login(accountOn(world, person, device).userId);
    else if (dice.chance(0.3)) {
      sitting.page('Sign in', '/sign-in');
      sitting.wait(12);
      logIn(world, person, sitting, device, hour);
    }
    return;
  }
  if (wouldRegister(person) && (visit.invited || dice.chance(0.22))) {
    register(world, person, sitting, device, hour);
    if (visit.invited) acceptInvitation(world, person, sitting);
  } else if (!(flags & FLAG.subscribed) && person.closeness !== 'stranger' && dice.chance(0.35)) {
    subscribe(world, person, sitting, hour);
  }
}

function acceptInvitation(world: World, person: Person, sitting: Sitting): void {
  const parent = world.parent[person.index] as number;
  const properties: Record<string, unknown> = { invite_id: inviteIdOf(world, person.index), channel: 'link' };
  if ((world.flags[parent] as number) & FLAG.account) properties.inviter_id = userIdOf(world.seed, parent);
  sitting.wait(3);
  sitting.track('Invite Accepted', properties, '/welcome');
}

/** Searches and looks; returns what they liked most. */
function lookAround(world: World, person: Person, sitting: Sitting, visit: OnlineVisit): Product {
  const { dice } = world;
  const { market } = person;
  if (dice.chance(0.22)) {
    sitting.track('Products Searched', { query: dice.pick(SEARCHES[market]) }, '/search');
    sitting.wait(8);
  } else if (dice.chance(0.4)) {
    const list = { list_id: person.favourite.toLowerCase(), category: person.favourite };
    sitting.track('Product List Viewed', list, `/c/${list.list_id}`);
    sitting.wait(14);
  }
  const before = productAt(world.looked[person.index] as number);
  let liked = visit.wanted ?? (before !== null && dice.chance(0.35) ? before : chooseProduct(person, dice));
  const looks = 1 + (dice.chance(0.45) ? 1 : 0) + (dice.chance(0.2) ? 1 : 0);
  for (let i = 0; i < looks; i++) {
    const product = i === 0 ? liked : chooseProduct(person, dice);
    sitting.track('Product Viewed', productProperties(product, market, 'number'), `/p/${product.id}`);
    sitting.wait(25);
    if (i > 0 && visit.wanted === null && dice.chance(0.3)) liked = product;
  }
  world.looked[person.index] = liked.index + 1;
  return liked;
}

function checkOut(
  world: World,
  person: Person,
  sitting: Sitting,
  at: Place,
  lines: ReturnType<typeof fillBasket>,
  buys: boolean,
): Bought | null {
  const { dice } = world;
  const channel = at.device === DEVICE.app ? 'app' : at.device === DEVICE.wechat ? 'miniapp' : 'web';
  const as: Amounts = 'number';
  const pickup = person.store !== null && dice.chance(0.18);
  const orderId = buys ? nextOrderId(world) : 'draft';
  const order = placeOrder(
    orderId,
    at.market,
    lines,
    { channel, store: pickup ? person.store : null, pickup },
    dice,
  );
  sitting.track(
    'Checkout Started',
    { value: amount(order.totalMinor, as), currency: MARKETS[at.market].currency },
    '/checkout',
  );
  sitting.wait(30);
  if (!buys) return null;
  const typed = sayWho(world, person, sitting, at);
  const properties = orderProperties(order, as);
  if (pickup) properties.fulfilment = 'pickup';
  // The office refunds at once now and then, while the browser that bought is still offline.
  const stuck = channel === 'web' && dice.chance(HABITS.refundFirst);
  const till = stuck ? sitting.at({ ...sitting.sender, heldUntil: sitting.nowMs + 26 * HOUR_MS }) : sitting;
  till.track('Order Completed', properties, '/thank-you');
  world.flags[person.index] = (world.flags[person.index] as number) | FLAG.bought;
  return { order, atMs: sitting.nowMs, known: knownBy(sitting.sender, typed), stuck };
}

/** The checkout asks: the account, or at least an e-mail. */
function sayWho(world: World, person: Person, sitting: Sitting, at: Place): readonly Id[] {
  const { dice } = world;
  const flags = world.flags[person.index] as number;
  if (at.device === DEVICE.wechat) {
    // WeChat hands over the verified number when the buyer agrees.
    if (flags & FLAG.bought || dice.chance(0.4)) return [];
    const phone = phoneAt(world, person.index, at.hour);
    sitting.identify({ phone: phone.value, nickname: `茶友${person.index % 9973}` }, [phone]);
    return [phone];
  }
  if (sitting.sender.userId !== undefined && flags & FLAG.account) return [];
  if (flags & FLAG.account) {
    logIn(world, person, sitting, at.device, at.hour);
    return [];
  }
  if (wouldRegister(person) && dice.chance(0.8)) {
    register(world, person, sitting, at.device, at.hour);
    return [];
  }
  const told = fillIn(world, person, at.hour, { email: true, phone: dice.chance(0.5), name: true });
  sitting.identify(told.traits, told.ids, '/checkout');
  sitting.wait(20);
  return told.ids;
}

export function nextOrderId(world: World): string {
  world.counters.order++;
  return `${world.counters.series}${world.counters.order}`;
}
