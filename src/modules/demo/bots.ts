import { PRODUCTS } from './catalog.ts';
import { uuid } from './identifiers.ts';
import { productProperties } from './shopping.ts';
import { addressOf, type Sender, Sitting } from './sitting.ts';
import { hourMs, type World } from './world.ts';

const CRAWLERS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
] as const;

/** Passes for a person, but looks at every price from the first to the last, always at night. */
const HIDDEN =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36';

const SALT = 151;

/** Crawl sessions in an hour, for each thousand people. */
const CRAWLS = 0.0015;
const SCRAPES = 0.0012;

/** Lets the bots have their hour. */
export function crawl(world: World, hour: number): void {
  const { dice, seed } = world;
  dice.throwFor(seed, hour, SALT);
  const thousands = world.people / 1000;
  for (let left = CRAWLS * thousands; left > 0; left--) {
    if (dice.next() < left) walk(world, hour, dice.pick(CRAWLERS), 8 + dice.below(24), 20);
  }
  if (hour % 24 > 4) return;
  for (let left = SCRAPES * 4 * thousands; left > 0; left--) {
    if (dice.next() < left) walk(world, hour, HIDDEN, PRODUCTS.length, 1.5);
  }
}

function walk(world: World, hour: number, userAgent: string, pages: number, seconds: number): void {
  const { dice, seed, counters } = world;
  counters.bot++;
  const cookie = uuid(seed, SALT, counters.bot);
  const sender: Sender = {
    touchpoint: 'web',
    person: -counters.bot,
    anonymousId: cookie,
    ids: [{ kind: 'anonymous_id', value: cookie }],
    context: {
      library: { name: 'analytics.js', version: 'next-1.84.3' },
      ip: addressOf(dice.below(1 << 24)),
      userAgent,
    },
    pages: true,
    clockAheadMs: 0,
    heldUntil: 0,
    latencyMs: 300,
  };
  const sitting = new Sitting(world, sender, hourMs(world, hour) + dice.below(1_800_000));
  const from = pages === PRODUCTS.length ? 0 : dice.below(PRODUCTS.length);
  for (let i = 0; i < pages; i++) {
    const product = PRODUCTS[(from + i) % PRODUCTS.length];
    if (!product) continue;
    sitting.track('Product Viewed', productProperties(product, 'gb', 'number'), `/p/${product.id}`);
    sitting.wait(seconds);
  }
}
