import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from './calendar.ts';
import type { Delivery, Message } from './post.ts';
import { deliveries } from './simulate.ts';
import { createWorld, type StoryOptions, type World } from './world.ts';

const now = Date.UTC(2026, 10, 20, 15, 30);
const brand: StoryOptions = { seed: 7, people: 3000, months: 12, now };

let world: World;
let told: Delivery[];

beforeAll(() => {
  world = createWorld(brand);
  told = [...deliveries(world)];
});

const messages = () => told.filter((d) => d.oddity !== 'malformed').map((d) => d.message as Message);
const events = (name: string) => messages().filter((m) => m.event === name);
const once = (list: Delivery[]) => list.filter((d) => d.oddity !== 'repeat' && d.oddity !== 'restamped');
const is = (name: string) => (d: Delivery) => (d.message as Message).event === name;

function digest(options: StoryOptions, until?: number): string {
  const hash = createHash('sha256');
  for (const { arrivedAt, sentAt, touchpoint, message, person } of deliveries(createWorld(options), until)) {
    hash.update(JSON.stringify([arrivedAt, sentAt, touchpoint, message, person]));
  }
  return hash.digest('hex');
}

describe('the story can be told again', () => {
  const small = { ...brand, people: 400 };

  test('the same seed tells the same, message for message', () => {
    expect(digest(small)).toBe(digest(small));
  });

  test.each([{ seed: 8 }, { people: 401 }, { months: 11 }])('%o tells another', (other) => {
    expect(digest({ ...small, ...other })).not.toBe(digest(small));
  });

  test('going on after now changes nothing of what was before', () => {
    expect(digest({ ...small, daysAfter: 60 }, now)).toBe(digest(small));
  });

  test('after now the brand lives on, and newcomers still turn up', () => {
    const longer = createWorld({ ...small, daysAfter: 60 });
    const after = [...deliveries(longer, now + 50 * 24 * HOUR_MS)].filter((d) => d.arrivedAt >= now);
    expect(after.length).toBeGreaterThan(200);
    expect(after.some((d) => d.person >= small.people)).toBe(true);
  });
});

test('messages come in order of arrival, from the beginning until now', () => {
  let last = world.calendar.startMs;
  for (const { arrivedAt } of told) {
    expect(arrivedAt).toBeGreaterThanOrEqual(last);
    last = arrivedAt;
  }
  expect(last).toBeLessThan(now);
  expect(now - last).toBeLessThan(24 * HOUR_MS);
});

test('nearly everybody turns up, at every touchpoint', () => {
  const seen = new Set(told.map((d) => d.person).filter((p) => p >= 0));
  expect(seen.size).toBeGreaterThan(brand.people * 0.98);
  expect(seen.size).toBeLessThanOrEqual(brand.people);
  expect(new Set(told.map((d) => d.touchpoint)).size).toBe(13);
});

test('what is on its way stays little, however long the story', () => {
  const long = createWorld({ ...brand, people: 20_000 });
  let most = 0;
  let count = 0;
  for (const _ of deliveries(long)) if (++count % 5000 === 0) most = Math.max(most, long.post.waiting);
  expect(count).toBeGreaterThan(300_000);
  expect(most).toBeLessThan(count / 100);
});

describe('the brand has what reports look for', () => {
  test('all the events of a shop, its stores and its community', () => {
    const names = new Set(messages().map((m) => m.event ?? m.type));
    for (const name of [
      ...['Products Searched', 'Product List Viewed', 'Product Viewed', 'Product Added', 'Checkout Started'],
      ...[
        'Order Completed',
        'Order Refunded',
        'Pickup Completed',
        'Store Entered',
        'Zone Entered',
        'Store Exited',
      ],
      ...[
        'Content Viewed',
        'Content Shared',
        'Invite Sent',
        'Invite Accepted',
        'Idea Submitted',
        'Idea Voted',
      ],
      ...[
        'Feedback Given',
        'Survey Answered',
        'Membership Joined',
        'Signed Up',
        'page',
        'screen',
        'identify',
      ],
    ]) {
      expect(names, name).toContain(name);
    }
  });

  test('the funnel narrows', () => {
    const steps = ['Product Viewed', 'Product Added', 'Checkout Started'].map((name) => events(name).length);
    const bought = events('Order Completed').filter((m) => m.properties?.channel !== 'store').length;
    const funnel = [...steps, bought];
    expect(funnel).toEqual(funnel.toSorted((a, b) => b - a));
  });

  test('an order is the sum of its lines, in the currency of its market', () => {
    const totals = new Map<string, number>();
    for (const { properties } of once(told)
      .filter(is('Order Completed'))
      .map((d) => d.message as Message)) {
      const { total, discount, shipping, products, currency } = properties as Record<string, unknown>;
      const minor = (value: unknown) => Math.round(Number(value) * 100);
      const lines = products as { price: unknown; quantity: number }[];
      const goods = lines.reduce((sum, line) => sum + minor(line.price) * line.quantity, 0);
      expect(minor(total)).toBe(goods - minor(discount) + minor(shipping));
      totals.set(String(currency), (totals.get(String(currency)) ?? 0) + minor(total));
    }
    expect([...totals.keys()].sort()).toEqual(['CNY', 'GBP']);
    for (const total of totals.values()) expect(total).toBeGreaterThan(10_000_00);
  });

  test('order ids are never used twice', () => {
    const ids = once(told)
      .filter(is('Order Completed'))
      .map((d) => (d.message as Message).properties?.order_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('November is busier than February, the weekend than Monday', () => {
    const orders = events('Order Completed').map((m) => new Date(m.timestamp));
    const inMonth = (month: number) => orders.filter((at) => at.getUTCMonth() === month).length;
    expect(inMonth(11)).toBeGreaterThan(inMonth(1));
    const onDay = (day: number) => orders.filter((at) => at.getUTCDay() === day).length;
    expect(onDay(6)).toBeGreaterThan(onDay(1));
  });

  test('some look online and buy the same thing from the shelf within three days', () => {
    const looked = new Map<number, { product: unknown; at: number }>();
    let found = 0;
    for (const delivery of told) {
      const { event, properties } = delivery.message as Message;
      if (event === 'Product Viewed' && delivery.person >= 0) {
        looked.set(delivery.person, { product: properties?.product_id, at: delivery.arrivedAt });
      }
      if (event !== 'Order Completed' || properties?.channel !== 'store') continue;
      const before = looked.get(delivery.person);
      const lines = properties.products as { product_id: unknown }[];
      const fresh = before !== undefined && delivery.arrivedAt - before.at < 3 * 24 * HOUR_MS;
      if (fresh && lines[0]?.product_id === before.product) found++;
    }
    expect(found).toBeGreaterThan(50);
  });

  test('the community buys again more often than other members do', () => {
    const orders = new Map<number, number>();
    const community = new Set<number>();
    const members = new Set<number>();
    for (const { person, message, touchpoint } of told) {
      const { event } = message as Message;
      if (event === 'Order Completed') orders.set(person, (orders.get(person) ?? 0) + 1);
      if (touchpoint === 'community' && event !== undefined) community.add(person);
      if (event === 'Membership Joined') members.add(person);
    }
    const mean = (who: number[]) => who.reduce((sum, p) => sum + (orders.get(p) ?? 0), 0) / who.length;
    const others = [...members].filter((p) => !community.has(p));
    expect(community.size).toBeGreaterThan(100);
    expect(mean([...members].filter((p) => community.has(p)))).toBeGreaterThan(mean(others) * 1.2);
  });
});

describe('word of mouth', () => {
  test('is a forest: everybody was brought by at most one who was there before', () => {
    let brought = 0;
    for (let p = 0; p < brand.people; p++) {
      const parent = world.parent[p] as number;
      if (parent < 0) continue;
      brought++;
      expect(parent).toBeLessThan(p);
      expect(world.birthHour[parent] as number).toBeLessThan(world.birthHour[p] as number);
    }
    const k = brought / brand.people;
    expect(k).toBeGreaterThan(0.15);
    expect(k).toBeLessThan(0.6);
  });

  test('is heavy-tailed, and reaches three degrees', () => {
    const children = new Map<number, number>();
    let deepest = 0;
    for (let p = 0; p < brand.people; p++) {
      let depth = 0;
      for (let at = world.parent[p] as number; at >= 0; at = world.parent[at] as number) depth++;
      deepest = Math.max(deepest, depth);
      const parent = world.parent[p] as number;
      if (parent >= 0) children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    expect(deepest).toBeGreaterThanOrEqual(3);
    const top = [...children.values()].sort((a, b) => b - a).slice(0, Math.ceil(children.size / 10));
    const all = [...children.values()].reduce((sum, n) => sum + n, 0);
    expect(top.reduce((sum, n) => sum + n, 0) / all).toBeGreaterThan(0.2);
  });

  test('can be read from the events: an accepted invitation was sent by the one who brought', () => {
    const sentBy = new Map<unknown, number>();
    const outcome = { right: 0, wrong: 0, lost: 0 };
    for (const delivery of once(told)) {
      const { event, properties } = delivery.message as Message;
      if (event === 'Invite Sent') sentBy.set(properties?.invite_id, delivery.person);
      if (event !== 'Invite Accepted') continue;
      const sender = sentBy.get(properties?.invite_id);
      outcome[sender === undefined ? 'lost' : sender === world.parent[delivery.person] ? 'right' : 'wrong']++;
    }
    expect(outcome.wrong).toBe(0);
    expect(outcome.right).toBeGreaterThan(100);
    // A message was spoilt on its way, now and then.
    expect(outcome.lost).toBeLessThan(5);
  });

  test('a shared link is followed by the one it brought', () => {
    const sharedBy = new Map<unknown, number>();
    const firstFollowed = new Map<number, unknown>();
    for (const delivery of once(told)) {
      const { event, properties } = delivery.message as Message;
      if (event === 'Content Shared') sharedBy.set(properties?.share_id, delivery.person);
      const follows = event === 'Content Viewed' && properties?.share_id !== undefined;
      if (follows && !firstFollowed.has(delivery.person))
        firstFollowed.set(delivery.person, properties.share_id);
    }
    let right = 0;
    for (const [person, shareId] of firstFollowed) {
      if (world.parent[person] !== -1 && sharedBy.get(shareId) === world.parent[person]) right++;
    }
    expect(right).toBeGreaterThan(100);
  });
});
