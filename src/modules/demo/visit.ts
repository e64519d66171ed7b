import type { Store } from './brand.ts';
import { DAY_MS, HOUR_MS, STEP_MS } from './calendar.ts';
import type { Product } from './catalog.ts';
import { broughtByShare, speakUp, takePart, wasInvited } from './community.ts';
import { arrive, openBrowser } from './devices.ts';
import { DEVICE } from './identifiers.ts';
import { type Bought, openingAfter, settleOrder } from './office.ts';
import { readArticle, visitOnline } from './online.ts';
import { type Person, personOf } from './person.ts';
import { productAt } from './shopping.ts';
import { visitStore } from './stores.ts';
import { FLAG, hourOf, planNext, type World } from './world.ts';

/** Chance that a newcomer buys on the first visit, by how near they will come. */
const FIRST_BUY = {
  stranger: 0.03,
  subscriber: 0.04,
  guest: 0.5,
  account: 0.35,
  member: 0.35,
  cardholder: 0.8,
};

/** Somebody's turn, within the step that begins at `stepMs`: what they do, what follows, when they come again. */
export function visit(world: World, p: number, stepMs: number): void {
  const brought = (world.parent[p] as number) >= 0;
  const person = personOf(world.seed, p, brought, world.dice);
  const ordinal = world.visits[p] as number;
  world.dice.throwFor(world.seed, p, ordinal);
  world.visits[p] = ordinal + 1;
  const flags = world.flags[p] as number;
  const first = !(flags & FLAG.seen);
  world.flags[p] = flags | FLAG.seen;
  const buys = first ? world.dice.chance(FIRST_BUY[person.closeness]) : (flags & FLAG.buysNext) !== 0;
  const atMs = stepMs + world.dice.below(STEP_MS);
  const bought = act(world, person, atMs, buys, first && brought);
  if (bought) afterwards(world, person, bought);
  planNext(world, person, hourOf(world, stepMs));
}

function act(world: World, person: Person, atMs: number, buys: boolean, justBrought: boolean): Bought | null {
  const { dice } = world;
  const p = person.index;
  if (justBrought) {
    const invited = wasInvited(world, p);
    const viaShare = invited ? null : broughtByShare(world, p);
    if (person.closeness !== 'cardholder') {
      return visitOnline(world, person, atMs, { buys, wanted: null, viaShare, invited });
    }
  }
  const { store } = person;
  const inStore = store !== null && dice.chance(buys ? person.storeLove : person.storeLove * 0.5);
  // Who has never told anything pays in cash or not at all.
  if (buys && person.closeness === 'stranger' && !inStore) return online(world, person, atMs, false, null);
  if (store && inStore) {
    if (!buys || person.closeness === 'cardholder' || dice.chance(0.55)) {
      const openMs = openingAfter(store, atMs, dice.next());
      return visitStore(world, person, store, openMs, { buys, wanted: wantedFrom(world, person) });
    }
    return lookedOnlineFirst(world, person, store, atMs);
  }
  if (!buys) return passTime(world, person, atMs);
  if (store && dice.chance(0.12)) {
    // Looked in the store, bought at home.
    const openMs = openingAfter(store, atMs, dice.next());
    visitStore(world, person, store, openMs, { buys: false, wanted: wantedFrom(world, person) });
    const homeMs = openMs + Math.round(dice.between(1.5, 6) * HOUR_MS);
    return online(world, person, homeMs, true, wantedFrom(world, person));
  }
  return online(world, person, atMs, true, null);
}

function online(
  world: World,
  person: Person,
  atMs: number,
  buys: boolean,
  wanted: Product | null,
): Bought | null {
  return visitOnline(world, person, atMs, { buys, wanted, viaShare: null, invited: false });
}

function wantedFrom(world: World, person: Person): Product | null {
  return productAt(world.looked[person.index] as number);
}

/** A look on the phone now, and the same thing from the shelf within three days. */
function lookedOnlineFirst(world: World, person: Person, store: Store, atMs: number): Bought | null {
  const { dice } = world;
  online(world, person, atMs, false, null);
  const then = openingAfter(store, atMs + HOUR_MS + dice.below(1.5 * DAY_MS), dice.next());
  return visitStore(world, person, store, then, { buys: true, wanted: wantedFrom(world, person) });
}

/** A visit without a purchase in mind: looking, reading, or taking part in the community. */
function passTime(world: World, person: Person, atMs: number): Bought | null {
  const { dice } = world;
  const account = ((world.flags[person.index] as number) & FLAG.account) !== 0;
  if (person.community && account && dice.chance(0.42)) {
    takePart(world, person, atMs);
    if (dice.chance(0.5)) return null;
  }
  if (dice.chance(0.15)) {
    const arrival = arrive(world, person, null);
    const sitting = openBrowser(world, person, DEVICE.phone, atMs, arrival);
    readArticle(sitting, person, arrival.shareId);
    if (dice.chance(0.4)) readArticle(sitting, person, null);
    return null;
  }
  return online(world, person, atMs, false, null);
}

/** What a purchase brings with it later: collection, returns, a word about it, and sometimes the end. */
function afterwards(world: World, person: Person, bought: Bought): void {
  const { dice } = world;
  const p = person.index;
  world.orders[p] = (world.orders[p] as number) + 1;
  settleOrder(world, person, bought);
  const known = bought.known.anonymousId === null;
  if (known && dice.chance(person.community ? 0.16 : 0.07)) {
    const product = bought.order.lines[0]?.product.index ?? 0;
    speakUp(world, person, product, bought.atMs + Math.round((2 + 9 * dice.next()) * DAY_MS));
  }
  if (dice.chance(person.dropout)) world.flags[p] = (world.flags[p] as number) | FLAG.gone;
}
