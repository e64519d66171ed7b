import type { Store } from './brand.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { takePart } from './community.ts';
import { visitOnline } from './online.ts';
import { type Person, personOf } from './person.ts';
import type { Delivery } from './post.ts';
import { hash } from './random.ts';
import { productAt } from './shopping.ts';
import { visitStore } from './stores.ts';
import { FLAG, hourOf, type World } from './world.ts';

/** A live visit may begin once in so many ms. */
export const SLOT_MS = 10_000;
/** Buyers are few among live visits: their orders come on top of what the story sells by itself. */
const BUYS = 0.03;
/** What would arrive later than this is left out. */
const HORIZON_MS = 2 * HOUR_MS;

/**
 * The messages of one visit that begins in slot `slot` (time since 1970 in units of `SLOT_MS`), in order of
 * arrival. A function of the story and the slot: it leaves the story as it was, and the same slot gives the same
 * messages under the same ids. Some slots stay empty.
 */
export function liveVisit(world: World, slot: number): Delivery[] {
  const p = somebody(world, slot);
  if (p === null) return [];
  const person = personOf(world.seed, p, (world.parent[p] as number) >= 0, world.dice);
  const atMs = slot * SLOT_MS + (hash(world.seed, slot, 3) % SLOT_MS);
  return aside(world, p, slot, () => {
    world.dice.throwFor(world.seed, slot, 0x11fe);
    callIn(world, person, atMs);
  })
    .filter((delivery) => delivery.arrivedAt < atMs + HORIZON_MS)
    .sort((a, b) => a.arrivedAt - b.arrivedAt);
}

/** Somebody who has turned up by now, and is not lost to the brand. */
function somebody(world: World, slot: number): number | null {
  const hour = hourOf(world, slot * SLOT_MS);
  for (let attempt = 0; attempt < 20; attempt++) {
    const p = hash(world.seed, slot, 1, attempt) % world.total;
    const flags = world.flags[p] as number;
    if ((world.birthHour[p] as number) < hour && flags & FLAG.seen && !(flags & FLAG.gone)) return p;
  }
  return null;
}

function callIn(world: World, person: Person, atMs: number): void {
  const { dice } = world;
  const { store } = person;
  const buys = dice.chance(BUYS) && person.closeness !== 'stranger';
  const wanted = productAt(world.looked[person.index] as number);
  if (store && isOpen(store, atMs) && dice.chance(person.storeLove * 0.6)) {
    visitStore(world, person, store, atMs, { buys, wanted });
    return;
  }
  const account = ((world.flags[person.index] as number) & FLAG.account) !== 0;
  if (person.community && account && dice.chance(0.25)) {
    takePart(world, person, atMs);
    return;
  }
  visitOnline(world, person, atMs, { buys, wanted: null, viaShare: null, invited: false });
}

/** Local 10 to 19; Britain's summer hour does not matter here. */
function isOpen(store: Store, atMs: number): boolean {
  const hour = ((atMs / HOUR_MS + (store.market === 'cn' ? 8 : 0)) % (DAY_MS / HOUR_MS)) | 0;
  return hour >= 10 && hour < 19;
}

/** Does `work` about one person without a trace in the story, and hands back what was sent. */
function aside(world: World, p: number, slot: number, work: () => void): Delivery[] {
  const { flags, logins, orders, visits, looked, counters, recent } = world;
  const kept = [flags[p], logins[p], orders[p], visits[p], looked[p]] as const;
  world.counters = { series: `MKL${slot.toString(36).toUpperCase()}-`, order: 0, bot: counters.bot };
  world.recent = { shares: [...recent.shares], ideas: [...recent.ideas] };
  try {
    return world.post.aside(`live${slot.toString(36)}`, work);
  } finally {
    [flags[p], logins[p], orders[p], visits[p], looked[p]] = kept as [number, number, number, number, number];
    world.counters = counters;
    world.recent = recent;
  }
}
