import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder } from '../../../../test/data.ts';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { ProductsReport } from './schema.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const january = { from: at(10, 0), to: at(31, 0) };
const ask = async (query: Record<string, string> = {}, key?: string) =>
  (await w.report<ProductsReport>('products', { ...january, ...query }, key)).result;

const sold = (
  userId: string,
  day: number,
  orderId: string,
  products: object[],
  event = 'Order Completed',
) => ({
  ...{ type: 'track', event, userId, timestamp: at(day), messageId: `${event}-${orderId}` },
  properties: { order_id: orderId, total: '10', currency: 'EUR', products },
});
const tea = { product_id: 'tea', name: 'Green tea', category: 'Tea', price: '6', quantity: 2 };
const cup = { product_id: 'cup', name: 'Cup', category: 'Ware', price: 9, quantity: 1 };
const pot = { sku: 'pot', name: 'Pot', category: 'Ware', price: 30 };

test('an empty workspace, an order without products, a future period', async () => {
  const none = { baskets: 0, products: [], pairs: [], pairs_looked_at: 0, ladder: [] };
  expect(await ask()).toMatchObject(none);
  await w.accept(sold('zoe', 12, 'z', []));
  await w.settled();
  expect(await ask()).toMatchObject(none);
  expect(await ask({ from: '2050-01-01T00:00:00Z', to: '2050-02-01T00:00:00Z' })).toMatchObject(none);
});

test('a few orders, counted by hand', async () => {
  await w.accept(
    // Before the period.
    sold('ann', 2, 'a0', [tea]),
    sold('ann', 12, 'a1', [tea, cup, { ...tea }]),
    sold('ann', 20, 'a2', [tea, pot]),
    sold('bob', 13, 'b1', [tea, cup]),
    sold('bob', 14, 'b2', [pot]),
    sold('cem', 15, 'c1', [cup]),
    // The cup of Bob comes back, and all of Cem's order.
    sold('bob', 16, 'b1', [cup], 'Order Refunded'),
    sold('cem', 17, 'c1', [], 'Order Refunded'),
  );
  await w.settled();
  const found = await ask({ least: '1' });
  expect(found.baskets).toBe(5);
  const product = (id: string) => found.products.find((one) => one.id === id);
  expect(product('tea')).toMatchObject({
    ...{ name: 'Green tea', orders: 3, units: 8, buyers: 2 },
    repeat: { part: 1, of: 2 },
    returned: { part: 0, of: 3 },
  });
  expect(product('cup')).toMatchObject({
    orders: 3,
    buyers: 3,
    repeat: { part: 0, of: 3 },
    returned: { part: 2, of: 3 },
  });
  expect(product('pot')).toMatchObject({ name: 'Pot', orders: 2, units: 2, buyers: 2 });
  expect(found.pairs.map(({ a, b, orders, lift }) => [a, b, orders, lift])).toEqual([
    ['cup', 'tea', 2, (2 * 5) / 9],
    ['pot', 'tea', 1, 5 / 6],
  ]);
  // Bob's first order was led by the tea (12 against 9), Cem's by the cup; Ann's was before the period.
  expect(found.ladder).toEqual([
    { first: 'cup', people: 1, again: 0, next: [] },
    { first: 'tea', people: 1, again: 1, next: [{ second: 'pot', people: 1 }] },
  ]);
  const categories = await ask({ by: 'category', least: '1' });
  expect(categories.products.map(({ id, orders }) => [id, orders])).toEqual([
    ['Ware', 5],
    ['Tea', 3],
  ]);
  // Of Ann's, one cup and one pot: no pair of one category with itself.
  expect(categories.pairs.map(({ orders }) => orders)).toEqual([3]);
});

const folder = dataFolder();
test.skipIf(!folder)(
  'support, confidence and lift of the Complete Journey sample are those of brute force',
  async () => {
    const read = (name: string) =>
      gunzipSync(readFileSync(join(folder ?? '', 'complete-journey', name)))
        .toString('utf8')
        .trim()
        .split('\n')
        .slice(1);
    const categoryOf = new Map(
      read('products.csv.gz').map((line) => {
        const [id = '', , , , category = ''] = cellsOf(line);
        return [id, category];
      }),
    );
    const baskets = new Map<string, { household: string; products: Set<string> }>();
    for (const line of read('transactions_sample.csv.gz')) {
      const [household = '', , basket = '', product = ''] = line.split(',');
      const own = baskets.get(basket) ?? { household, products: new Set<string>() };
      own.products.add(product);
      baskets.set(basket, own);
    }
    const brand = await w.newBrand(`Journey ${Date.now()}`);
    const rows = [...baskets].map(([basket, { household, products }]) => ({
      ...{ workspace_id: brand.workspace.id, key: Number(household), person: Number(household) },
      ...{ time: '2026-01-15 12:00:00.000', received: '2026-01-15 12:00:00.000', seq: 0, message_id: basket },
      ...{ source: 1, channel: 'till', type: 'track', event: 'Order Completed', known: 1, order_id: basket },
      properties: JSON.stringify({
        products: [...products].map((id) => ({ product_id: id, category: categoryOf.get(id) ?? '' })),
      }),
    }));
    const columns = Object.keys(rows[0] ?? {});
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    await w.ch.insert('events', columns, 'JSONEachRow', body, {
      dedupToken: `journey ${brand.workspace.id}`,
    });

    for (const by of ['product', 'category'] as const) {
      const least = by === 'product' ? 4 : 3;
      const namesOf = (products: Set<string>) =>
        by === 'product'
          ? products
          : new Set([...products].map((id) => categoryOf.get(id) ?? '').filter((name) => name !== ''));
      const alone = new Map<string, number>();
      const both = new Map<string, number>();
      let all = 0;
      for (const { products } of baskets.values()) {
        const sorted = [...namesOf(products)].sort();
        if (sorted.length > 0) all += 1;
        for (const [i, a] of sorted.entries()) {
          alone.set(a, (alone.get(a) ?? 0) + 1);
          for (const b of sorted.slice(i + 1)) both.set(`${a}|${b}`, (both.get(`${a}|${b}`) ?? 0) + 1);
        }
      }
      const expected = [...both].filter(([, n]) => n >= least);
      expect(expected.length).toBeGreaterThan(by === 'product' ? 5 : 500);
      const found = await ask({ by, least: String(least), limit: '5000' }, brand.secretKey);
      expect(found.baskets).toBe(all);
      expect(found.pairs).toHaveLength(expected.length);
      for (const pair of found.pairs) {
        const n = both.get([pair.a, pair.b].sort().join('|')) ?? 0;
        const [a, b] = [alone.get(pair.a) ?? 0, alone.get(pair.b) ?? 0];
        expect(pair.orders).toBe(n);
        expect(pair.support).toBeCloseTo(n / all, 12);
        expect(pair.confidence).toBeCloseTo(n / a, 12);
        expect(pair.confidence_back).toBeCloseTo(n / b, 12);
        expect(pair.lift).toBeCloseTo(n / all / ((a / all) * (b / all)), 9);
      }
    }
  },
);

/** The cells of a line of CSV. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}
