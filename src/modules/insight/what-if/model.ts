import { Chance } from '../lifetime/chance.ts';

/** A number that may be anywhere in a range. */
export interface Range {
  value: number;
  low: number;
  high: number;
}

/** A traditional shop: so many visitors, of whom a part buys, for so much, and of those a part buys again. */
export interface Shop {
  visitors: number;
  conversion: number;
  basket: number;
  repurchase: number;
}

/** What a community makes of a shop, and how many people each knows. */
export interface Community {
  conversionTimes: number;
  basketTimes: number;
  repurchaseTimes: number;
  contacts: number;
}

/** The defaults of the material that this was thought up from: 500 and 16,250, and 27,930 people. */
export const usualShop: Shop = { visitors: 100, conversion: 0.05, basket: 1000, repurchase: 0.1 };
export const usualCommunity: Community = {
  conversionTimes: 5,
  basketTimes: 1.3,
  repurchaseTimes: 5,
  contacts: 30,
};

/** visitors x conversion x basket x repurchase. */
export const revenueOf = ({ visitors, conversion, basket, repurchase }: Shop) =>
  visitors * conversion * basket * repurchase;

/** The same shop with a community; nobody can do more than everybody. */
export const withCommunity = (shop: Shop, c: Community): Shop => ({
  visitors: shop.visitors,
  conversion: Math.min(1, shop.conversion * c.conversionTimes),
  basket: shop.basket * c.basketTimes,
  repurchase: Math.min(1, shop.repurchase * c.repurchaseTimes),
});

/** Whom one reaches over acquaintances of the first, second and third degree. */
export const reachOf = (contacts: number): [number, number, number] => [
  contacts,
  contacts ** 2,
  contacts ** 3,
];

/** A share that was measured: Jeffreys' posterior, beta(part + 1/2, rest + 1/2). */
export interface Measured {
  part: number;
  of: number;
}
/** A mean that was measured, with its standard error. */
export interface MeasuredMean {
  value: number;
  error: number;
}

export interface Uncertain {
  /** Shares and means in place of numbers, where they were measured. */
  conversion?: Measured;
  repurchase?: Measured;
  basket?: MeasuredMean;
}

const draws = 4000;

/**
 * Both shops, with 95% ranges where something was measured: the formula over draws from what the numbers may be (seeded).
 * What was put in by hand is taken to be sure.
 */
export function whatIf(
  shop: Shop,
  community: Community,
  measured: Uncertain,
  seed: number,
): { traditional: Range; community: Range; conversion: Range; basket: Range; repurchase: Range } {
  const chance = new Chance(seed);
  const share = (m: Measured | undefined, sure: number) =>
    m ? chance.beta(m.part + 0.5, m.of - m.part + 0.5) : sure;
  const rows = Array.from({ length: draws }, () => {
    const drawn: Shop = {
      visitors: shop.visitors,
      conversion: share(measured.conversion, shop.conversion),
      basket: Math.max(
        0,
        measured.basket ? measured.basket.value + measured.basket.error * chance.normal() : shop.basket,
      ),
      repurchase: share(measured.repurchase, shop.repurchase),
    };
    return { drawn, a: revenueOf(drawn), b: revenueOf(withCommunity(drawn, community)) };
  });
  const range = (value: number, of: (row: (typeof rows)[number]) => number): Range => {
    const sorted = Float64Array.from(rows, of).sort();
    return {
      value,
      low: Math.min(value, sorted[Math.floor(0.025 * draws)] as number),
      high: Math.max(value, sorted[Math.ceil(0.975 * draws) - 1] as number),
    };
  };
  return {
    traditional: range(revenueOf(shop), ({ a }) => a),
    community: range(revenueOf(withCommunity(shop, community)), ({ b }) => b),
    conversion: range(shop.conversion, ({ drawn }) => drawn.conversion),
    basket: range(shop.basket, ({ drawn }) => drawn.basket),
    repurchase: range(shop.repurchase, ({ drawn }) => drawn.repurchase),
  };
}
