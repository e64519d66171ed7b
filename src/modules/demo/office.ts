import type { Store } from './brand.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { RETURN_RATE } from './catalog.ts';
import type { Id } from './identifiers.ts';
import type { Person } from './person.ts';
import { type Order, refundProperties } from './shopping.ts';
import { type Sender, Sitting } from './sitting.ts';
import { externalId } from './telling.ts';
import type { World } from './world.ts';

/** How a server of the brand knows a customer: the account, a card, a phone or e-mail, or only a receipt. */
export interface Known {
  readonly userId: string | null;
  readonly anonymousId: string | null;
  readonly ids: readonly Id[];
}

export interface Bought {
  readonly order: Order;
  readonly atMs: number;
  readonly known: Known;
  /** The message about the order is stuck somewhere, and the money goes back before it arrives. */
  readonly stuck: boolean;
}

const TELLING = new Set(['card', 'wechat_unionid', 'wechat_openid', 'email', 'phone']);

/** What stands on the order: the account if there is one, else what was typed, else the browser or receipt. */
export function knownBy(sender: Sender, typed: readonly Id[]): Known {
  const account = sender.ids.find((id) => id.kind === 'user_id');
  if (account) return { userId: account.value, anonymousId: null, ids: [account] };
  const telling = [...typed, ...sender.ids].find((id) => TELLING.has(id.kind));
  if (telling) return { userId: null, anonymousId: null, ids: [telling] };
  const anonymousId = sender.anonymousId ?? null;
  return { userId: null, anonymousId, ids: sender.ids.filter((id) => id.kind === 'anonymous_id') };
}

/** A sitting of one of the brand's own servers, about somebody that it knows. */
export function desk(
  world: World,
  touchpoint: Sender['touchpoint'],
  person: number,
  known: Known,
  nowMs: number,
): Sitting {
  const context: Record<string, unknown> = { library: { name: 'analytics-node', version: '3.1.0' } };
  const named = known.ids.filter((id) => TELLING.has(id.kind));
  if (named.length > 0) context.externalIds = named.map((id) => externalId(id.kind, id.value));
  const sender: Sender = {
    touchpoint,
    person,
    ids: [...known.ids],
    context,
    pages: false,
    clockAheadMs: 0,
    heldUntil: 0,
    latencyMs: 250,
  };
  if (known.userId !== null) sender.userId = known.userId;
  if (known.anonymousId !== null) sender.anonymousId = known.anonymousId;
  return new Sitting(world, sender, nowMs);
}

/** The first moment after `ms` when a shop is open (local 10 to 19), roughly. */
export function openingAfter(store: Store, ms: number, fraction: number): number {
  const shift = store.market === 'cn' ? 8 : 0;
  const local = ms + shift * HOUR_MS;
  const day = Math.floor(local / DAY_MS);
  const opens = day * DAY_MS + Math.floor((10 + fraction * 9) * HOUR_MS);
  return (opens > local ? opens : opens + DAY_MS) - shift * HOUR_MS;
}

/** What happens to an order after it was paid: it is collected, and sometimes it comes back. */
export function settleOrder(world: World, person: Person, bought: Bought): void {
  const { dice } = world;
  const { order, stuck } = bought;
  if (order.channel !== 'store' && order.store) {
    const ready = openingAfter(order.store, bought.atMs + (0.4 + 2.4 * dice.next()) * DAY_MS, dice.next());
    const counter = desk(world, `till-${order.store.id}`, person.index, bought.known, ready);
    counter.track('Pickup Completed', { order_id: order.id, store_id: order.store.id });
  }
  const back = order.lines.filter((line) => dice.chance(RETURN_RATE[line.product.category]));
  if (back.length === 0 && !stuck) return;
  const after = stuck ? 3 + 4 * dice.next() : (3 + 18 * dice.next()) * 24;
  const at = bought.atMs + Math.round(after * HOUR_MS);
  const everything = stuck || back.length === order.lines.length || dice.chance(0.25);
  const office = desk(world, 'office', person.index, bought.known, at);
  office.track('Order Refunded', refundProperties(order, everything ? 'all' : back, 'text'));
}
