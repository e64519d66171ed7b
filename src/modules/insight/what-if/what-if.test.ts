import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { reachOf, revenueOf, usualCommunity, usualShop, whatIf, withCommunity } from './model.ts';
import type { WhatIfReport } from './schema.ts';

let w: Awaited<ReturnType<typeof testReports>>;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

test('the numbers that this was thought up from', () => {
  expect(revenueOf(usualShop)).toBeCloseTo(500, 9);
  expect(revenueOf(withCommunity(usualShop, usualCommunity))).toBeCloseTo(16_250, 9);
  expect(reachOf(30)).toEqual([30, 900, 27_000]);
  expect(reachOf(30).reduce((sum, people) => sum + people, 0)).toBe(27_930);
  // Nothing was measured, so nothing is uncertain.
  const sure = whatIf(usualShop, usualCommunity, {}, 1);
  expect(sure.community.low).toBeCloseTo(sure.community.high, 6);
  // Of ten times as many the range is narrower; shares stay shares.
  const width = (of: number) => {
    const { conversion } = whatIf(usualShop, usualCommunity, { conversion: { part: of / 20, of } }, 1);
    expect(conversion.low).toBeGreaterThanOrEqual(0);
    return conversion.high - conversion.low;
  };
  expect(width(1000)).toBeLessThan(width(100) / 2);
  expect(withCommunity({ ...usualShop, conversion: 0.5 }, usualCommunity).conversion).toBe(1);
});

const year = { from: '2025-06-01T00:00:00Z', to: '2026-06-01T00:00:00Z', currency: 'EUR' };
const report = async (query: Record<string, string>, key: string) =>
  (await w.report<WhatIfReport>('what-if', { ...year, ...query }, key)).result;

test('filled with what the brand’s own events say, in ranges', async () => {
  const brand = await w.newBrand('What if');
  const empty = await report({ measured: 'true' }, brand.secretKey);
  expect(empty.traditional_revenue.value).toBeCloseTo(500, 9);
  expect(empty.measured).toMatchObject({ visitors: 0, basket: null, used: false });
  const did = (userId: string, event: string, timestamp: string, properties: object = {}) => ({
    ...{ type: 'track', userId, event, timestamp, properties },
  });
  const paid = (total: string, currency = 'EUR') => ({ total, currency });
  await w.send(
    'batch',
    {
      batch: [
        ...Array.from({ length: 6 }, (_, i) => did(`v${i}`, 'Product Viewed', '2026-03-01T00:00:00Z')),
        did('v0', 'Order Completed', '2026-03-02T00:00:00Z', paid('30')),
        did('v1', 'Order Completed', '2025-03-02T00:00:00Z', paid('99')),
        did('v1', 'Order Completed', '2026-03-02T00:00:00Z', paid('50')),
        did('v2', 'Order Completed', '2026-03-02T00:00:00Z', paid('70', 'CHF')),
        did('v2', 'Invite Accepted', '2026-03-01T12:00:00Z', { inviter: 'v0' }),
      ],
    },
    brand.writeKey,
  );
  await w.settled(brand.workspace.id);
  const own = await report({ measured: 'true' }, brand.secretKey);
  expect(own.measured).toMatchObject({
    ...{ visitors: 6, buyers: 3, repeaters: 1, orders: 2, basket: 40, used: true },
    invited: { people: 1, buyers: 1 },
  });
  expect(own.shop).toEqual({ visitors: 6, conversion: 0.5, basket: 40, repurchase: 1 / 3 });
  expect(own.traditional_revenue.value).toBeCloseTo(40, 9);
  expect(own.traditional_revenue.low).toBeLessThan(40);
  expect(own.traditional_revenue.high).toBeGreaterThan(40);
  expect(await report({ measured: 'true' }, brand.secretKey)).toEqual(own);
  const mine = await report({ measured: 'true', visitors: '1000', conversion: '0.1' }, brand.secretKey);
  expect(mine.shop).toMatchObject({ visitors: 1000, conversion: 0.1, basket: 40 });
  const plain = await report({}, brand.secretKey);
  expect(plain.community_revenue.value).toBeCloseTo(16_250, 9);
  expect(plain.reach_total).toBe(27_930);
});
