import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFolder } from '../../../../test/data.ts';
import { testImports } from '../../../../test/fixtures/imports.ts';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { CohortsReport } from './schema.ts';
import { startOf, unitOf } from './units.ts';

test.each([
  ['month', '2026-03-01', '2026-03-31T22:30:00Z', 'UTC'],
  ['month', '2026-04-01', '2026-03-31T22:30:00Z', 'Europe/Berlin'],
  ['week', '2026-06-08', '2026-06-14T23:59:59Z', 'UTC'],
  ['week', '2026-06-15', '2026-06-14T16:00:00Z', 'Asia/Shanghai'],
  ['day', '2026-01-01', '2025-12-31T23:00:00Z', 'Europe/Berlin'],
] as const)('a %s begins on %s', (unit, start, moment, zone) => {
  expect(startOf(unitOf(Date.parse(moment), unit, zone), unit)).toBe(start);
});

describe('on a small brand', () => {
  let w: Awaited<ReturnType<typeof testReports>>;
  const order = (userId: string, day: string, total = 5) => ({
    ...{ type: 'track', event: 'Order Completed', userId, timestamp: `${day}T12:00:00Z` },
    properties: { total, currency: 'EUR' },
  });
  beforeAll(async () => {
    w = await testReports();
    await w.accept(
      order('ann', '2026-01-05'),
      order('ann', '2026-01-20'),
      order('ann', '2026-03-01'),
      order('bob', '2026-01-31'),
      order('bob', '2026-02-01'),
      order('cem', '2026-02-10'),
      // Bought long before: of no cohort of the period.
      order('dan', '2025-01-01'),
      order('dan', '2026-02-01'),
      // Nothing was paid.
      order('eva', '2026-01-10', 0),
      { type: 'page', anonymousId: 'passer-by', timestamp: '2026-01-10T00:00:00Z' },
      { type: 'page', anonymousId: 'passer-by', timestamp: '2026-03-31T00:00:00Z' },
    );
    await w.settled();
  });
  afterAll(() => w.drop());
  const cohorts = async (query: Record<string, string> = {}) => {
    const period = { from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
    const { result } = await w.report<CohortsReport>('cohorts', { ...period, ...query });
    return result.cohorts.map(({ start, counts }) => [start, counts]);
  };

  test('by first purchase, by month', async () => {
    expect(await cohorts()).toEqual([
      ['2026-01-01', [2, 1, 1]],
      ['2026-02-01', [1, 0]],
    ]);
  });

  test('with more units than a number has bits', async () => {
    const days = await cohorts({ unit: 'day' });
    expect(days.map(([start]) => start)).toEqual(['2026-01-05', '2026-01-31', '2026-02-10']);
    expect(
      (days.flatMap(([, counts]) => [counts as number[]])[0] ?? []).flatMap((n, age) =>
        n > 0 ? [[age, n]] : [],
      ),
    ).toEqual([
      [0, 1],
      [15, 1],
      [55, 1],
    ]);
  });

  test('by first visit, and by an event that differs from what is coming back', async () => {
    expect(await cohorts({ begin: 'visit' })).toEqual([
      ['2026-01-01', [4, 1, 2]],
      ['2026-02-01', [1, 0]],
    ]);
    expect(await cohorts({ begin: '{"type":"page"}', back: '"Order Completed"' })).toEqual([
      ['2026-01-01', [1, 0, 0]],
    ]);
    expect(await cohorts({ begin: '{"type":"page"}', back: 'visit' })).toEqual([['2026-01-01', [1, 0, 1]]]);
  });

  test('as many units as a page can show', async () => {
    await expect(cohorts({ unit: 'day', from: '2020-01-01T00:00:00Z' })).rejects.toThrow(/bad-question/);
  });
});

test.skipIf(!dataFolder())(
  'of the real file, with and without returns',
  async () => {
    const reports = await testReports();
    const on = await testImports(reports);
    try {
      await on.bring({
        name: 'online-retail',
        file: await openAsBlob(join(dataFolder() ?? '', 'online-retail.csv.gz')),
      });
      const december = async (returns: string) => {
        const { result } = await reports.report<CohortsReport>('cohorts', {
          ...{ from: '2010-12-01T00:00:00Z', to: '2012-01-01T00:00:00Z', returns },
        });
        expect(result.cohorts).toHaveLength(13);
        return result.cohorts[0];
      };
      expect(await december('left-out')).toMatchObject({
        start: '2010-12-01',
        counts: [885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235],
      });
      expect(await december('kept')).toMatchObject({
        counts: [948, 362, 317, 367, 341, 376, 360, 336, 336, 374, 354, 474, 260],
      });
    } finally {
      await on.drop();
    }
  },
  300_000,
);
