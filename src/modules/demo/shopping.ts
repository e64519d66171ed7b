import { MARKETS, type Market, type Store } from './brand.ts';
import { BY_CATEGORY, CATEGORIES, decimal, PRODUCTS, type Product } from './catalog.ts';
import type { Person } from './person.ts';
import type { Dice } from './random.ts';

export interface Line {
  readonly product: Product;
  readonly quantity: number;
}

/** What somebody is drawn to: mostly their favourite things, within what they like to spend. */
export function chooseProduct(person: Person, dice: Dice): Product {
  const u = dice.next();
  const category =
    u < 0.55 ? person.favourite : u < 0.75 ? person.second : CATEGORIES[dice.below(CATEGORIES.length)];
  const shelf = BY_CATEGORY[category ?? 'Tea'];
  const [one, other] = [dice.pick(shelf), dice.pick(shelf)];
  const dearFirst = one.minor.gb > other.minor.gb;
  return dice.next() < person.purse === dearFirst ? one : other;
}

export function fillBasket(person: Person, dice: Dice, wanted: Product | null): Line[] {
  const lines: Line[] = [{ product: wanted ?? chooseProduct(person, dice), quantity: quantityOf(dice) }];
  while (lines.length < 5 && dice.chance(0.36)) {
    const product = chooseProduct(person, dice);
    if (!lines.some((line) => line.product === product)) lines.push({ product, quantity: quantityOf(dice) });
  }
  return lines;
}

function quantityOf(dice: Dice): number {
  return dice.chance(0.8) ? 1 : 2 + dice.below(3);
}

/** How a touchpoint writes amounts: web and app as JSON numbers, tills and the office as text. */
export type Amounts = 'number' | 'text';

export function amount(minor: number, as: Amounts): number | string {
  return as === 'text' ? decimal(minor) : Number(decimal(minor));
}

export function productProperties(product: Product, market: Market, as: Amounts): Record<string, unknown> {
  return {
    product_id: product.id,
    sku: product.sku,
    name: product.name[market],
    category: product.category,
    brand: 'Moss & Kettle',
    price: amount(product.minor[market], as),
    currency: MARKETS[market].currency,
  };
}

function lineProperties({ product, quantity }: Line, market: Market, as: Amounts): Record<string, unknown> {
  return {
    product_id: product.id,
    sku: product.sku,
    name: product.name[market],
    price: amount(product.minor[market], as),
    quantity,
    category: product.category,
  };
}

export interface Order {
  readonly id: string;
  readonly market: Market;
  readonly lines: readonly Line[];
  readonly discountMinor: number;
  readonly shippingMinor: number;
  readonly totalMinor: number;
  readonly coupon: string | null;
  readonly channel: 'web' | 'app' | 'miniapp' | 'store';
  readonly store: Store | null;
}

const FREE_FROM: Record<Market, number> = { gb: 4000, cn: 19_900 };
const SHIPPING: Record<Market, number> = { gb: 395, cn: 1200 };

export function placeOrder(
  id: string,
  market: Market,
  lines: readonly Line[],
  at: { channel: Order['channel']; store: Store | null; pickup: boolean },
  dice: Dice,
): Order {
  const goods = lines.reduce((sum, line) => sum + line.product.minor[market] * line.quantity, 0);
  const coupon = dice.chance(0.08) ? (dice.chance(0.5) ? 'WELCOME10' : 'LETTER10') : null;
  const discountMinor = coupon ? Math.floor(goods / 10) : 0;
  const ships = at.channel !== 'store' && !at.pickup && goods - discountMinor < FREE_FROM[market];
  const shippingMinor = ships ? SHIPPING[market] : 0;
  const totalMinor = goods - discountMinor + shippingMinor;
  return {
    id,
    market,
    lines,
    discountMinor,
    shippingMinor,
    totalMinor,
    coupon,
    channel: at.channel,
    store: at.store,
  };
}

/** `Order Completed` by Segment's names; total = price x quantity - discount + shipping. */
export function orderProperties(order: Order, as: Amounts): Record<string, unknown> {
  const properties: Record<string, unknown> = {
    order_id: order.id,
    total: amount(order.totalMinor, as),
    discount: amount(order.discountMinor, as),
    shipping: amount(order.shippingMinor, as),
    currency: MARKETS[order.market].currency,
    channel: order.channel,
    products: order.lines.map((line) => lineProperties(line, order.market, as)),
  };
  if (order.coupon) properties.coupon = order.coupon;
  if (order.store) properties.store_id = order.store.id;
  return properties;
}

/** `Order Refunded`: everything, or some of the lines at what was paid for them. */
export function refundProperties(
  order: Order,
  lines: readonly Line[] | 'all',
  as: Amounts,
): Record<string, unknown> {
  const back = lines === 'all' ? order.lines : lines;
  const goods = back.reduce((sum, line) => sum + line.product.minor[order.market] * line.quantity, 0);
  const total = lines === 'all' ? order.totalMinor : goods - (order.coupon ? Math.floor(goods / 10) : 0);
  const properties: Record<string, unknown> = {
    order_id: order.id,
    total: amount(total, as),
    currency: MARKETS[order.market].currency,
    channel: order.channel,
    reason: lines === 'all' ? 'returned' : 'part-returned',
    products: back.map((line) => lineProperties(line, order.market, as)),
  };
  if (order.store) properties.store_id = order.store.id;
  return properties;
}

export function productAt(looked: number): Product | null {
  return looked > 0 ? (PRODUCTS[looked - 1] ?? null) : null;
}
