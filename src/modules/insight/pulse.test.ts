import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import type { Funnel, Pulse } from './schema.ts';

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const period = `from=${at(11, 0)}&to=${at(21, 0)}&humans=true`;
const pulse = async (query = period, key?: string) =>
  (await p.ask<Pulse>('GET', `/api/pulse?${query}`, undefined, key)).body;
const funnel = async (query = period, key?: string) => {
  const { body } = await p.ask<Funnel>('GET', `/api/funnel?${query}`, undefined, key);
  return body.stages.map(({ reached, at_all }) => [reached, at_all]);
};

const page = (who: object, day: number, hour = 12) => ({
  type: 'page',
  name: 'Home',
  ...who,
  timestamp: at(day, hour),
});
const track = (who: object, event: string, day: number, hour = 12, properties = {}) => ({
  type: 'track',
  event,
  ...who,
  timestamp: at(day, hour),
  properties,
});
const order = (who: object, total: number, day: number, hour = 12) =>
  track(who, 'Order Completed', day, hour, { total, currency: 'EUR' });

const [ann, bob, cem, dee, eve] = ['ann', 'bob', 'cem', 'dee', 'eve'].map((userId) => ({ userId }));
const fay = {
  userId: 'fay',
  context: { consent: { categoryPreferences: { analytics: false } } },
};
const crawler = {
  anonymousId: 'crawler',
  context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
};
const nothing = {
  has_events: false,
  people: { now: 0, before: 0, difference: 'too-few' },
  orders: { now: 0, before: 0, difference: 'too-few' },
  repeat_rate: { now: { part: 0, of: 0 }, before: { part: 0, of: 0 }, difference: 'too-few' },
  share_rate: { now: { part: 0, of: 0 }, before: { part: 0, of: 0 }, difference: 'too-few' },
  revenue: [],
};

test('an empty workspace has had no events', async () => {
  expect(await pulse()).toEqual(nothing);
  expect(await funnel()).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test('the figures of a small brand, counted by hand', async () => {
  await p.accept(
    // Bought before, comes the whole way.
    order(ann as object, 10, 2),
    page(ann as object, 12, 9),
    track(ann as object, 'Product Viewed', 12, 10),
    order(ann as object, 20, 13),
    track(ann as object, 'Product Reviewed', 14),
    track(ann as object, 'Content Shared', 15),
    // Buys first and searches afterwards.
    order(bob as object, 30, 12),
    track(bob as object, 'Products Searched', 13),
    // Searches, and takes something for nothing.
    track(cem as object, 'Products Searched', 12),
    order(cem as object, 0, 13),
    // All of it in the period before.
    track(dee as object, 'Product Viewed', 3),
    order(dee as object, 5, 4),
    order(dee as object, 6, 5),
    track(dee as object, 'Content Shared', 5, 13),
    // The end is not included.
    page(eve as object, 20, 23),
    order(eve as object, 99, 21, 0),
    // Denies analytics: the sale is in the books, the person in no report about behaviour.
    order(fay, 7, 14),
    page(crawler, 12),
  );
  await p.settled();
  expect(await pulse()).toEqual({
    has_events: true,
    people: { now: 4, before: 2, difference: 'too-few' },
    orders: { now: 4, before: 3, difference: 'too-few' },
    // Ann of Ann, Bob and Fay; Dee of Ann and Dee.
    repeat_rate: { now: { part: 1, of: 3 }, before: { part: 1, of: 2 }, difference: 'too-few' },
    share_rate: { now: { part: 1, of: 4 }, before: { part: 1, of: 2 }, difference: 'too-few' },
    revenue: [{ currency: 'EUR', now: '57', before: '21', difference: 'too-few' }],
  });
  // Bots too.
  expect((await pulse(period.replace('&humans=true', ''))).people.now).toBe(5);
});

test('the path, in order and at all', async () => {
  expect(await funnel()).toEqual([
    // Ann, Bob, Cem, Eve.
    [4, 4],
    [1, 1],
    // At all: Ann, Bob, Cem.
    [1, 3],
    [1, 1],
    [1, 1],
  ]);
  // Ann's search is outside of this one.
  expect(await funnel(`from=${at(12, 10)}&to=${at(21, 0)}&humans=true`)).toEqual([
    [3, 3],
    [0, 1],
    [0, 3],
    [0, 1],
    [0, 1],
  ]);
});

test('who is joined is one', async () => {
  await p.accept({ type: 'alias', userId: 'bob', previousId: 'cem', timestamp: at(1) });
  await p.settled();
  expect(await pulse()).toMatchObject({
    people: { now: 3, before: 3 },
    repeat_rate: { now: { part: 1, of: 3 }, before: { part: 1, of: 2 } },
  });
  expect((await funnel())[2]).toEqual([1, 2]);
});

test('enough of a difference is told from chance', async () => {
  const brand = await p.newBrand('Many');
  const batch = [];
  for (let i = 0; i < 130; i++) {
    batch.push({ ...page({ userId: `u${i}` }, 12), messageId: `now${i}` });
    if (i < 60) batch.push({ ...page({ userId: `u${i}` }, 5), messageId: `then${i}` });
  }
  await p.send('batch', { batch }, brand.writeKey);
  await p.settled(brand.workspace.id);
  // z = 70 / sqrt(190) = 5.1
  expect((await pulse(period, brand.secretKey)).people).toEqual({
    now: 130,
    before: 60,
    difference: 'not-chance',
  });
});

test('nothing of another brand, and no period that is none', async () => {
  const brand = await p.newBrand('Other');
  expect(await pulse(period, brand.secretKey)).toEqual(nothing);
  for (const path of ['pulse', 'funnel']) {
    const { status, body } = await p.ask<{ type: string }>('GET', `/api/${path}?from=${at(3)}&to=${at(2)}`);
    expect([status, body.type]).toEqual([400, 'insight/bad-period']);
  }
});
