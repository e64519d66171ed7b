import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

type Figures = Record<string, number | Record<string, string>>;

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

const overview = async (query = '', key?: string) =>
  (await p.ask<Figures>('GET', `/api/overview${query}`, undefined, key)).body;

const nothing = {
  people: 0,
  known_people: 0,
  events: 0,
  orders: 0,
  returns: 0,
  buyers: 0,
  paid_orders: 0,
  revenue: {},
  known_revenue: {},
};

const day = (n: number) => new Date(Date.UTC(2026, 0, n, 12)).toISOString();
const order = (who: object, n: number, total: unknown, currency: string, event = 'Order Completed') => ({
  type: 'track',
  event,
  ...who,
  timestamp: day(n),
  properties: { order_id: `o${n}`, total, currency },
});

describe('on a small brand', () => {
  const ann = { userId: 'ann' };
  const bob = { userId: 'bob' };
  const browser = { anonymousId: 'browser' };

  beforeAll(async () => {
    expect(await overview()).toEqual(nothing);
    await p.accept(
      order(ann, 1, '0.1', 'EUR'),
      order(ann, 2, '0.2', 'EUR'),
      order(ann, 3, 1000000.01, 'USD'),
      // Not paid: neither a buyer nor a paid order.
      order(bob, 3, 0, 'EUR'),
      order(bob, 4, '-5', 'EUR'),
      order(ann, 5, '0.1', 'EUR', 'Order Refunded'),
      order(browser, 6, '7.000001', 'EUR'),
      // Of another type, an event that only has the name.
      { type: 'page', name: 'Order Completed', ...ann, timestamp: day(6) },
      {
        type: 'track',
        event: 'Product Viewed',
        anonymousId: 'visitor',
        timestamp: day(7),
        properties: { total: 9 },
      },
      {
        type: 'track',
        event: 'Product Viewed',
        anonymousId: 'device only',
        timestamp: day(7),
        context: { device: { id: 'd1' } },
      },
      {
        type: 'track',
        event: 'Product Viewed',
        anonymousId: 'crawler',
        timestamp: day(8),
        context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
      },
    );
    await p.settled();
  });

  test('counts people, events and orders, and sums by currency to the last place', async () => {
    expect(await overview()).toEqual({
      people: 6,
      known_people: 2,
      events: 11,
      orders: 6,
      returns: 1,
      buyers: 1,
      paid_orders: 3,
      revenue: { EUR: '2.300001', USD: '1000000.01' },
      known_revenue: { EUR: '-4.7', USD: '1000000.01' },
    });
  });

  test('of a period, its end not included', async () => {
    expect(await overview(`?from=${day(2)}&to=${day(4)}`)).toEqual({
      people: 2,
      known_people: 2,
      events: 3,
      orders: 3,
      returns: 0,
      buyers: 1,
      paid_orders: 2,
      revenue: { EUR: '0.2', USD: '1000000.01' },
      known_revenue: { EUR: '0.2', USD: '1000000.01' },
    });
    expect(await overview(`?from=${day(20)}`)).toEqual(nothing);
    expect(await overview(`?to=${day(1)}`)).toEqual(nothing);
  });

  test('without bots', async () => {
    expect(await overview('?humans=true')).toMatchObject({ people: 5, events: 10, orders: 6 });
  });

  test('who becomes known was it all along, and who is joined is one', async () => {
    await p.accept({ type: 'identify', ...browser, userId: 'cem', timestamp: day(9) });
    await p.settled();
    expect(await overview()).toMatchObject({
      people: 6,
      known_people: 3,
      buyers: 2,
      paid_orders: 4,
      known_revenue: { EUR: '2.300001' },
    });
    // Also for a period in which they were not known yet.
    expect(await overview(`?from=${day(6)}&to=${day(7)}`)).toMatchObject({
      people: 2,
      known_people: 2,
      buyers: 1,
    });
    await p.accept({ type: 'alias', userId: 'ann', previousId: 'bob', timestamp: day(9) });
    await p.settled();
    expect(await overview()).toMatchObject({ people: 5, known_people: 2, buyers: 2, paid_orders: 4 });
  });

  test('nothing of another brand', async () => {
    const brand = await p.newBrand('Other');
    expect(await overview('', brand.secretKey)).toEqual(nothing);
    await p.send('track', order(ann, 1, 5, 'GBP'), brand.writeKey);
    await p.settled(brand.workspace.id);
    expect(await overview('', brand.secretKey)).toMatchObject({ people: 1, revenue: { GBP: '5' } });
    expect(await overview()).toMatchObject({ people: 5, orders: 6 });
  });
});
