import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretKey } from '../../../../test/fixtures/program.ts';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { AttributionReport } from './schema.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const january = { from: at(10, 0), to: at(31, 0) };
const shop = 'https://shop.example/';

const page = (userId: string, day: number, campaign: object = {}, referrer = '', hour = 12) => ({
  ...{ type: 'page', name: 'Home', userId, timestamp: at(day, hour) },
  context: { ...('medium' in campaign ? { campaign } : {}), page: { url: shop, referrer } },
});
const track = (userId: string, event: string, day: number, properties: object = {}, hour = 12) => ({
  ...{ type: 'track', event, userId, properties },
  timestamp: at(day, hour),
});
const order = (userId: string, day: number, total: string, more: object = {}) =>
  track(userId, 'Order Completed', day, { total, currency: 'EUR', ...more });
const ad = { medium: 'cpc', source: 'google', name: 'brand' };
const letter = { medium: 'email', source: 'newsletter', name: 'monthly' };

const ask = async (query: Record<string, string> = {}, key?: string) =>
  (await w.report<AttributionReport>('attribution', { ...january, ...query }, key)).result;
const creditsOf = (report: AttributionReport, name: string) =>
  Object.fromEntries(
    (report.names.find((one) => one.name === name)?.models ?? []).map(({ model, orders, revenue }) => [
      model,
      [orders, revenue.EUR],
    ]),
  );

test('an empty workspace, one event, a future period and a segment of nobody have no orders to hand out', async () => {
  const none = { orders: 0, orders_without_touch: 0, paths_without_order: 0, conversion: 0, revenue: {} };
  expect(await ask()).toMatchObject({ ...none, names: [] });
  const brand = await w.newBrand('One');
  await w.send('batch', { batch: [{ ...page('x', 12, ad), messageId: 'x' }] }, brand.writeKey);
  await w.settled(brand.workspace.id);
  const one = await ask({}, brand.secretKey);
  expect(one).toMatchObject({ ...none, paths_without_order: 1 });
  expect(one.names.map(({ name, touched, removal }) => [name, touched, removal])).toEqual([['ads', 0, 0]]);
  expect(
    await ask({ from: '2050-01-01T00:00:00Z', to: '2050-02-01T00:00:00Z' }, brand.secretKey),
  ).toMatchObject(none);
  const made = await w.ask<{ id: string }>(
    'POST',
    '/api/segments',
    { name: 'Nobody', rule: { trait: 'city', equals: 'Nowhere' } },
    brand.secretKey,
  );
  await w.segments.settle(brand.workspace.id);
  expect(await ask({ segment: made.body.id }, brand.secretKey)).toMatchObject(none);
});

test('orders of a small brand, handed out by hand', async () => {
  await w.accept(
    // Ad, search, direct, then an order of 10; the second page of a visit is no touch.
    page('ann', 11, ad),
    page('ann', 11, {}, `${shop}p/1`, 13),
    page('ann', 12, {}, 'https://www.google.com/'),
    page('ann', 13),
    order('ann', 14, '10.00'),
    // After the order a new path begins, which leads to nothing.
    page('ann', 20, letter),
    // The letter twice within half an hour is one touch, a day later it is one more.
    page('bob', 12, letter),
    page('bob', 12, letter),
    page('bob', 13, letter),
    order('bob', 13, '5.01'),
    // Looked online, bought in store; the touch before the window does not count.
    page('cem', 1, ad),
    page('cem', 20, {}),
    // Looked in store, bought online, for nothing known before.
    track('dee', 'Store Entered', 15, { store_id: 'soho' }),
    order('dee', 16, '2'),
    order('eve', 16, '100'),
    // Outside of the period.
    order('fay', 5, '1'),
    page('gus', 15, ad),
  );
  await w.newSource('till', 'till');
  await w.send('track', order('cem', 21, '7', { store_id: 'soho' }), 'wk_till');
  await w.settled();
  const found = await ask({ window: '15' });
  expect(found).toMatchObject({
    orders: 4,
    orders_without_touch: 1,
    paths_without_order: 2,
    revenue: { EUR: '24.01' },
  });
  // Ann: a third each by the linear rule, 0.4, 0.2, 0.4 by position; Cem's ad was 20 days before.
  expect(creditsOf(found, 'ads')).toMatchObject({
    first: [1, '10.00'],
    last: [0, '0.00'],
    linear: [0.33, '3.33'],
    position: [0.4, '4.00'],
    // A third each of Ann's order: what is left over goes to the first of the three.
    shapley: [0.34, '3.34'],
  });
  expect(creditsOf(found, 'direct')).toMatchObject({
    first: [1, '7.00'],
    last: [2, '17.00'],
    linear: [1.34, '10.34'],
    position: [1.4, '11.00'],
    shapley: [1.33, '10.33'],
  });
  expect(creditsOf(found, 'email')).toMatchObject({
    first: [1, '5.01'],
    linear: [1, '5.01'],
    shapley: [1, '5.01'],
  });
  // Half-life of 7 days: Ann's touches are 3, 2 and 1 days old.
  const weights = [3, 2, 1].map((age) => 2 ** (-age / 7));
  const share = (weights[0] as number) / weights.reduce((a, b) => a + b, 0);
  expect(creditsOf(found, 'ads').decay?.[0]).toBeCloseTo(share, 1);
  // Every model hands out all, to the last cent.
  for (const model of ['first', 'last', 'linear', 'position', 'decay', 'markov', 'shapley'] as const) {
    const parts = found.names.map(({ models }) => models.find((one) => one.model === model));
    expect(Math.round(parts.reduce((all, one) => all + (one?.orders ?? 0) * 100, 0))).toBe(400);
    expect(Math.round(parts.reduce((all, one) => all + Number(one?.revenue.EUR) * 100, 0))).toBe(2401);
  }
  // Six paths: four orders. Without ads Ann's order is lost, and nobody else's.
  expect(found.conversion).toBeCloseTo(4 / 6, 12);
  expect(found.crossing.filter(({ orders }) => orders > 0)).toEqual([
    { bought: 'online', looked: 'online', orders: 2, revenue: { EUR: '15.01' } },
    { bought: 'online', looked: 'store', orders: 1, revenue: { EUR: '2.00' } },
    { bought: 'online', looked: 'nowhere', orders: 1, revenue: { EUR: '100.00' } },
    { bought: 'store', looked: 'online', orders: 1, revenue: { EUR: '7.00' } },
  ]);
});

test('by campaign, and of one store, and of one segment', async () => {
  const names = (report: AttributionReport) =>
    report.names.filter(({ touched }) => touched > 0).map(({ name }) => name);
  expect(names(await ask({ by: 'campaign', window: '15' }))).toEqual([
    'direct',
    'google / brand',
    'newsletter / monthly',
    'search',
    'store / soho',
  ]);
  const inStore = await ask({ store: 'soho', window: '15' });
  expect([inStore.orders, inStore.revenue.EUR]).toEqual([1, '7.00']);
  await w.accept({ type: 'identify', userId: 'ann', traits: { city: 'Leith' } });
  await w.settled();
  const { body } = await w.ask<{ id: string }>('POST', '/api/segments', {
    name: 'of Leith',
    rule: { trait: 'city', equals: 'Leith' },
  });
  await w.segments.settle(w.workspaceId);
  expect(await ask({ segment: body.id })).toMatchObject({ orders: 1, paths_without_order: 1 });
});

test('who is joined is on one path', async () => {
  await w.accept(page('hal-anonymous', 22, ad), order('hal', 23, '3'), {
    type: 'alias',
    userId: 'hal',
    previousId: 'hal-anonymous',
    timestamp: at(22),
  });
  await w.settled();
  expect(creditsOf(await ask({ window: '15' }), 'ads').first).toEqual([2, '13.00']);
});

test('CSV has a line for each name and model', async () => {
  const answer = await w.app.inject({
    method: 'GET',
    url: `/api/reports/attribution.csv?${new URLSearchParams(january)}`,
    headers: { authorization: `Bearer ${secretKey}` },
  });
  expect(answer.statusCode).toBe(200);
  const lines = answer.body.trimEnd().split('\r\n');
  expect(lines[0]).toBe('name,model,orders,orders_low,orders_high,EUR');
  expect(lines.length).toBe(1 + 5 * 7);
});
