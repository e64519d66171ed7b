import { MARKETS, type Store } from './brand.ts';
import type { Product } from './catalog.ts';
import { cardOf, DEVICE, deviceIdOf, emailOf, type Id, typedEmail, typedPhone, uuid } from './identifiers.ts';
import { type Bought, type Known, knownBy } from './office.ts';
import { nextOrderId } from './online.ts';
import type { Person } from './person.ts';
import { hash } from './random.ts';
import { chooseProduct, fillBasket, orderProperties, placeOrder, productProperties } from './shopping.ts';
import { consentOf, type Sender, Sitting, webContext } from './sitting.ts';
import { accountOn, externalId, fillIn, type Told } from './telling.ts';
import { doorClockAhead, HABITS, tillClockAhead, tillHeldUntil } from './unkindness.ts';
import { dayOf, FLAG, hourOf, phoneAt, type World } from './world.ts';

const SALT_DOOR = 121;

/** Somebody goes into a store: the door sees them, then the zones, perhaps the till, then the door again. */
export function visitStore(
  world: World,
  person: Person,
  store: Store,
  nowMs: number,
  visit: { buys: boolean; wanted: Product | null },
): Bought | null {
  const { dice } = world;
  const door = enter(world, person, store, nowMs);
  const about = { store_id: store.id, store_name: store.name };
  door.track('Store Entered', about);
  const wanted = visit.wanted ?? chooseProduct(person, dice);
  const stops = 1 + dice.below(visit.buys ? 3 : 2);
  for (let i = 0; i < stops; i++) {
    const zone = store.zones[(i === 0 ? wanted.zone : 1 + dice.below(9)) % (store.zones.length - 1)];
    door.wait(50);
    door.track('Zone Entered', { ...about, zone });
    door.wait(150);
  }
  if (dice.chance(HABITS.kiosk)) tryKiosk(world, person, store, door.nowMs, wanted);
  let bought: Bought | null = null;
  if (visit.buys) {
    bought = payAtTill(world, person, store, door.nowMs, wanted);
    door.nowMs = bought.atMs;
    door.wait(60);
  }
  door.track('Store Exited', { ...about, dwell_seconds: Math.round((door.nowMs - nowMs) / 1000) });
  return bought;
}

/** A phone with the app is told by its beacon; anybody else is a track from door to door, and gone after it. */
function enter(world: World, person: Person, store: Store, nowMs: number): Sitting {
  const { seed } = world;
  const p = person.index;
  const sender: Sender = {
    touchpoint: `door-${store.id}`,
    person: p,
    ids: [],
    context: { library: { name: 'door-sensor', version: '0.9' } },
    pages: false,
    clockAheadMs: doorClockAhead(store),
    heldUntil: 0,
    latencyMs: 2500,
  };
  if ((world.flags[p] as number) & FLAG.appLogin && world.dice.chance(0.7)) {
    const device = deviceIdOf(seed, p);
    sender.context.device = { id: device };
    sender.ids = [{ kind: 'device_id', value: device }];
  } else {
    const track = `door-${uuid(seed, SALT_DOOR, hash(seed, p, world.visits[p] as number)).slice(0, 18)}`;
    sender.anonymousId = track;
    sender.ids = [{ kind: 'anonymous_id', value: track }];
  }
  return new Sitting(world, sender, nowMs);
}

/** The kiosk is one browser for everybody, and nobody signs out. */
function tryKiosk(world: World, person: Person, store: Store, nowMs: number, product: Product): void {
  const cookie = uuid(world.seed, SALT_DOOR, -1 - store.index);
  const context = webContext(person, 'tablet', store.index, undefined);
  const device = `KIOSK-${store.id.toUpperCase()}`;
  context.device = { id: device, type: 'kiosk' };
  const sender: Sender = {
    touchpoint: 'web',
    person: person.index,
    anonymousId: cookie,
    ids: [
      { kind: 'anonymous_id', value: cookie, shared: true },
      { kind: 'device_id', value: device, shared: true },
    ],
    context,
    consent: consentOf(person),
    pages: true,
    clockAheadMs: 0,
    heldUntil: 0,
    latencyMs: 400,
  };
  const sitting = new Sitting(world, sender, nowMs);
  const flags = world.flags[person.index] as number;
  if (flags & FLAG.account) sitting.login(accountOn(world, person, DEVICE.phone).userId);
  else if (flags & FLAG.card) {
    const card = cardOf(world.seed, person.index);
    context.externalIds = [externalId('card', card)];
    sender.ids = [...sender.ids, { kind: 'card', value: card }];
  }
  sitting.track('Product Viewed', productProperties(product, person.market, 'number'), `/p/${product.id}`);
}

function payAtTill(world: World, person: Person, store: Store, nowMs: number, wanted: Product): Bought {
  const { dice } = world;
  const day = dayOf(world, nowMs);
  const orderId = nextOrderId(world);
  const shown = showAtTill(world, person, store, hourOf(world, nowMs));
  const sender: Sender = {
    touchpoint: `till-${store.id}`,
    person: person.index,
    ids: [],
    context: { library: { name: 'till', version: '5.2' } },
    pages: false,
    clockAheadMs: tillClockAhead(world, store, day),
    heldUntil: tillHeldUntil(world, store, day),
    latencyMs: 700,
  };
  const till = new Sitting(world, sender, nowMs);
  if (shown.ids.length === 0) {
    sender.anonymousId = `receipt-${orderId}`;
    sender.ids = [{ kind: 'anonymous_id', value: sender.anonymousId }];
  } else {
    sender.ids = [...shown.ids];
    sender.context.externalIds = shown.external;
    if (shown.joins) joinAtTill(world, person, till, shown.joins);
  }
  const lines = fillBasket(person, dice, wanted);
  const order = placeOrder(orderId, store.market, lines, { channel: 'store', store, pickup: false }, dice);
  till.wait(40);
  till.track('Order Completed', orderProperties(order, 'text'));
  world.flags[person.index] = (world.flags[person.index] as number) | FLAG.bought;
  const known: Known = knownBy(sender, shown.ids);
  return { order, atMs: till.nowMs, known, stuck: sender.heldUntil > 0 && dice.chance(0.05) };
}

interface Shown {
  readonly ids: readonly Id[];
  readonly external: readonly Record<string, string>[];
  /** Filled in at the till when somebody becomes a member there. */
  readonly joins: Told | null;
}

const NOTHING: Shown = { ids: [], external: [], joins: null };

/** What somebody shows at the till: the card, the app's code, a phone number, an e-mail for the receipt, nothing. */
function showAtTill(world: World, person: Person, store: Store, hour: number): Shown {
  const { seed, dice } = world;
  const p = person.index;
  const flags = world.flags[p] as number;
  if (person.closeness === 'stranger') return NOTHING;
  const wouldJoin = person.closeness === 'member' || person.closeness === 'cardholder';
  if (!(flags & FLAG.card) && wouldJoin && dice.chance(0.75)) return signUp(world, person, store, hour);
  const u = dice.next();
  if (flags & FLAG.card) {
    const card = cardOf(seed, p);
    if (u < 0.62)
      return { ids: [{ kind: 'card', value: card }], external: [externalId('card', card)], joins: null };
    if (u < 0.88) return byPhone(world, person, hour);
    return NOTHING;
  }
  if (flags & FLAG.account && u < 0.35) return byPhone(world, person, hour);
  if (u < 0.6) {
    const email = emailOf(seed, p);
    const external = [externalId('email', typedEmail(email, dice))];
    return { ids: [{ kind: 'email', value: email }], external, joins: null };
  }
  return NOTHING;
}

function byPhone(world: World, person: Person, hour: number): Shown {
  const phone = phoneAt(world, person.index, hour);
  return {
    ids: [phone],
    external: [externalId('phone', typedPhone(phone.value, person.market, world.dice))],
    joins: null,
  };
}

/** A new member at the till; some clerks type the shop's own number to be done with it. */
function signUp(world: World, person: Person, store: Store, hour: number): Shown {
  const { dice } = world;
  const ownPhone = !dice.chance(HABITS.shopPhone);
  const told = fillIn(world, person, hour, {
    card: true,
    phone: ownPhone,
    email: dice.chance(0.55),
    name: true,
  });
  const ids = [...told.ids];
  if (!ownPhone) {
    told.traits.phone = store.phone;
    ids.push({ kind: 'phone', value: store.phone, shared: true });
  }
  const card = cardOf(world.seed, person.index);
  return {
    ids: [{ kind: 'card', value: card }],
    external: [externalId('card', card)],
    joins: { traits: { ...told.traits, country: MARKETS[store.market].country }, ids },
  };
}

function joinAtTill(world: World, person: Person, till: Sitting, told: Told): void {
  till.identify(told.traits, told.ids);
  till.wait(5);
  till.track('Membership Joined', { program: 'Kettle Club', tier: 'user', where: 'till' });
  world.flags[person.index] = (world.flags[person.index] as number) | FLAG.card;
}
