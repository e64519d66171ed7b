import { type Market, STORES, type Store } from './brand.ts';
import { CATEGORIES, type Category } from './catalog.ts';
import { CITIES } from './names.ts';
import { at, type Dice, hash, odds, share } from './random.ts';

/** How near somebody comes to the brand, if they stay: what they will have told about themselves. */
export type Closeness = 'stranger' | 'subscriber' | 'guest' | 'account' | 'member' | 'cardholder';

/** What does not change about somebody: a pure function of the seed and their number. */
export interface Person {
  readonly index: number;
  readonly market: Market;
  readonly closeness: Closeness;
  /** Takes part in the community: shares, invites, votes, and comes back more often. */
  readonly community: boolean;
  readonly city: string;
  /** The brand's shop in their city, if there is one. */
  readonly store: Store | null;
  /** Share of purchases made in the shop, where there is one. */
  readonly storeLove: number;
  readonly favourite: Category;
  readonly second: Category;
  /** 0 buys the cheap things, 1 the dear ones. */
  readonly purse: number;
  /** Purchases and looks a day of busy time, while the person has not dropped out. */
  readonly buying: number;
  readonly looking: number;
  /** Chance to drop out after each purchase. */
  readonly dropout: number;
  readonly analyticsDenied: boolean;
  /** Uses WeChat's mini-program (China only). */
  readonly wechat: boolean;
}

const CLOSENESS = odds<Closeness>([
  ['stranger', 33],
  ['subscriber', 9],
  ['guest', 13],
  ['account', 15],
  ['member', 20],
  ['cardholder', 10],
]);

/** Who came by word of mouth comes nearer. */
const CLOSENESS_BROUGHT = odds<Closeness>([
  ['stranger', 16],
  ['subscriber', 8],
  ['guest', 12],
  ['account', 22],
  ['member', 36],
  ['cardholder', 6],
]);

/**
 * The rates follow the shape of the BG/NBD model (Fader, Hardie and Lee 2005): each person buys at a rate of
 * their own, drawn from a gamma distribution, and may drop out after any purchase, with a chance of their own,
 * drawn from a beta distribution. Means are purchases and looks a year.
 */
const RATES: Record<Closeness, { buysAYear: number; looksAYear: number }> = {
  stranger: { buysAYear: 0.3, looksAYear: 1.6 },
  subscriber: { buysAYear: 0.5, looksAYear: 4 },
  guest: { buysAYear: 1.6, looksAYear: 2.5 },
  account: { buysAYear: 3, looksAYear: 5 },
  member: { buysAYear: 4.6, looksAYear: 8 },
  cardholder: { buysAYear: 4, looksAYear: 1.2 },
};

const BUYING_SHAPE = 0.9;
const LOOKING_SHAPE = 1.4;
const DROPOUT = { a: 0.7, b: 2.6 };
/** What the community adds to the rate of buying, and takes from the chance to drop out. */
const COMMUNITY_BUYS = 1.3;
const COMMUNITY_LEAVES = 0.6;

const FAVOURITES = odds<Category>([
  ['Tea', 46],
  ['Teaware', 20],
  ['Tableware', 11],
  ['Textiles', 7],
  ['Kitchen', 8],
  ['Gifts', 8],
]);

// One salt for each question asked about a person, so that the answers do not hang together.
const SALT = {
  market: 1,
  closeness: 2,
  community: 3,
  city: 4,
  store: 5,
  favourite: 6,
  second: 7,
  purse: 8,
} as const;
const SALT_DENIED = 9;
const SALT_WECHAT = 10;
const SALT_RATES = 11;

/** Two neighbours in the order of arrival make a household: same market, city and family name. */
export function householdOf(index: number): number {
  return index >>> 1;
}

export function marketOf(seed: number, index: number): Market {
  return share(seed, SALT.market, householdOf(index)) < 0.27 ? 'cn' : 'gb';
}

export function closenessOf(seed: number, index: number, brought: boolean): Closeness {
  return at(brought ? CLOSENESS_BROUGHT : CLOSENESS, share(seed, SALT.closeness, index));
}

export function inCommunity(seed: number, index: number, closeness: Closeness): boolean {
  const part = closeness === 'member' ? 0.45 : closeness === 'account' ? 0.18 : 0;
  return part > 0 && share(seed, SALT.community, index) < part;
}

export function personOf(seed: number, index: number, brought: boolean, dice: Dice): Person {
  const market = marketOf(seed, index);
  const closeness = closenessOf(seed, index, brought);
  const community = inCommunity(seed, index, closeness);
  const cities = CITIES[market];
  const city =
    cities[Math.floor(share(seed, SALT.city, householdOf(index)) * cities.length)] ?? (cities[0] as string);
  const store = STORES.find((one) => one.city === city) ?? null;
  const inStoreOnly = closeness === 'cardholder';
  const favourite = at(FAVOURITES, share(seed, SALT.favourite, index));
  const rates = RATES[closeness];
  dice.throwFor(seed, index, SALT_RATES);
  const buying = ((dice.gamma(BUYING_SHAPE) / BUYING_SHAPE) * rates.buysAYear) / 365;
  const looking = ((dice.gamma(LOOKING_SHAPE) / LOOKING_SHAPE) * rates.looksAYear) / 365;
  const dropout = dice.beta(DROPOUT.a, DROPOUT.b);
  return {
    index,
    market,
    closeness,
    community,
    city,
    store: store ?? (inStoreOnly ? homeStore(market, index) : null),
    storeLove: inStoreOnly ? 1 : share(seed, SALT.store, index) ** 1.5,
    favourite,
    second: CATEGORIES[hash(seed, SALT.second, index) % CATEGORIES.length] as Category,
    purse: share(seed, SALT.purse, index),
    buying: community ? buying * COMMUNITY_BUYS : buying,
    looking,
    dropout: community ? dropout * COMMUNITY_LEAVES : dropout,
    analyticsDenied: share(seed, SALT_DENIED, index) < 0.06,
    wechat: market === 'cn' && share(seed, SALT_WECHAT, index) < 0.6,
  };
}

/** Cardholders without a shop in their city travel to one. */
function homeStore(market: Market, index: number): Store {
  return STORES[market === 'cn' ? 2 : index % 2] as Store;
}
