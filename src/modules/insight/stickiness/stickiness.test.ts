import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { StickinessReport } from './schema.ts';

let brands = 0;
let w: Awaited<ReturnType<typeof testReports>>;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const [day, minute] = [86_400_000, 60_000];
const iso = (ms: number) => new Date(ms).toISOString();
const page = (userId: string, time: string, more: object = {}) => ({
  ...{ type: 'page', name: 'Home', userId, timestamp: time },
  ...more,
});
const left = (userId: string, time: string, event: string, dwell_seconds: number) => ({
  ...{ type: 'track', event, userId, timestamp: time, properties: { dwell_seconds } },
});

async function told(
  batch: readonly object[],
  query: Record<string, string>,
  timeZone = 'UTC',
): Promise<StickinessReport> {
  const brand = await w.newBrand(`Sticky ${++brands}`);
  if (timeZone !== 'UTC') await w.ask('PATCH', '/api/settings', { workspace: { timeZone } }, brand.secretKey);
  if (batch.length > 0) await w.send('batch', { batch }, brand.writeKey);
  await w.settled(brand.workspace.id);
  return (await w.report<StickinessReport>('stickiness', query, brand.secretKey)).result;
}

test('people by day, week and month, visits, and stays in stores, counted by hand', async () => {
  const googlebot = { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' };
  const report = await told(
    [
      page('ann', '2026-05-01T10:00:00Z'),
      page('ann', '2026-05-01T10:10:00Z'),
      // Half an hour and five minutes later: another visit.
      page('ann', '2026-05-01T10:45:00Z'),
      left('ann', '2026-05-03T09:00:00Z', 'Zone Exited', 100),
      left('bob', '2026-05-03T12:00:00Z', 'Store Exited', 300),
      // Of the month of the first four days; later than the period; and nobody who counts.
      page('cy', '2026-04-05T23:59:00Z'),
      page('dee', '2026-05-06T00:00:00Z'),
      page('bot', '2026-05-02T10:00:00Z', { context: googlebot }),
      page('shy', '2026-05-02T10:00:00Z', {
        context: { consent: { categoryPreferences: { analytics: false } } },
      }),
    ],
    { from: '2026-05-01T00:00:00Z', to: '2026-05-06T00:00:00Z' },
  );
  expect(report.days).toEqual([
    { day: '2026-05-01', daily: 1, weekly: 1, monthly: 2 },
    { day: '2026-05-02', daily: 0, weekly: 1, monthly: 2 },
    { day: '2026-05-03', daily: 2, weekly: 2, monthly: 3 },
    { day: '2026-05-04', daily: 0, weekly: 2, monthly: 3 },
    { day: '2026-05-05', daily: 0, weekly: 2, monthly: 2 },
  ]);
  // (1/2 + 0/2 + 2/3 + 0/3 + 0/2) / 5
  expect(report.stickiness).toBeCloseTo(7 / 30, 12);
  // 600 s, and three of one moment: 0, 0, 0, 600.
  expect(report.visits).toEqual({ count: 4, quartile_1: 0, median: 0, quartile_3: 150, single: 3 });
  expect(report.stores).toEqual({ count: 2, quartile_1: 150, median: 200, quartile_3: 250 });
});

test('days are those of the workspace, and only whole ones are counted', async () => {
  const report = await told(
    [page('ann', '2026-05-01T15:59:00Z'), page('bob', '2026-05-01T16:00:00Z')],
    { from: '2026-04-30T16:00:00Z', to: '2026-05-02T20:00:00Z' },
    'Asia/Shanghai',
  );
  expect(report.days).toEqual([
    { day: '2026-05-01', daily: 1, weekly: 1, monthly: 1 },
    { day: '2026-05-02', daily: 1, weekly: 2, monthly: 2 },
  ]);
  expect(report.stickiness).toBe(0.75);
});

/** The same, the simple way. */
function naive(seen: readonly { who: string; at: number }[], first: number, last: number) {
  const people = (from: number, to: number) =>
    new Set(seen.filter(({ at }) => at >= from * day && at < (to + 1) * day).map(({ who }) => who)).size;
  const days = [];
  for (let d = first; d <= last; d++)
    days.push({ day: d, daily: people(d, d), weekly: people(d - 6, d), monthly: people(d - 29, d) });
  const visits: number[] = [];
  for (const who of new Set(seen.map((one) => one.who))) {
    const times = seen
      .filter((one) => one.who === who && one.at >= first * day && one.at < (last + 1) * day)
      .map(({ at }) => at)
      .sort((a, b) => a - b);
    let start = 0;
    for (const [i, at] of times.entries()) {
      const next = times[i + 1];
      if (next !== undefined && next - at < 30 * minute) continue;
      visits.push((at - (times[start] ?? at)) / 1000);
      start = i + 1;
    }
  }
  return { days, visits: visits.sort((a, b) => a - b) };
}

test('whoever comes whenever, it is what a few plain lines count', { timeout: 120_000 }, async () => {
  const began = Date.UTC(2026, 2, 1);
  const visit = fc.record({
    who: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    // In steps of ten minutes, so that pauses of exactly half an hour come up, and midnights.
    at: fc.oneof(
      fc.integer({ min: 0, max: 70 * 144 }).map((step) => began + step * 10 * minute),
      fc.integer({ min: 40 * 144, max: 40 * 144 + 12 }).map((step) => began + step * 10 * minute),
      fc.integer({ min: 0, max: 70 }).map((d) => began + d * day),
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(visit, { maxLength: 60 }),
      fc.integer({ min: 1, max: 35 }),
      async (seen, length) => {
        const first = began / day + 33;
        const last = first + length - 1;
        const report = await told(
          seen.map(({ who, at }) => page(who, iso(at))),
          { from: iso(first * day), to: iso((last + 1) * day) },
        );
        const wanted = naive(seen, first, last);
        const isEmpty = wanted.days.every(({ monthly }) => monthly === 0);
        expect(report.days).toEqual(
          isEmpty ? [] : wanted.days.map((one) => ({ ...one, day: iso(one.day * day).slice(0, 10) })),
        );
        const shares = wanted.days.filter(({ monthly }) => monthly > 0).map((one) => one.daily / one.monthly);
        if (isEmpty) expect(report.stickiness).toBeNull();
        else expect(report.stickiness).toBeCloseTo(shares.reduce((a, b) => a + b, 0) / shares.length, 12);
        const { visits } = wanted;
        const single = visits.filter((seconds) => seconds === 0).length;
        expect(report.visits).toMatchObject({ count: visits.length, single });
        if (visits.length % 2 === 1) expect(report.visits.median).toBe(visits[(visits.length - 1) / 2]);
      },
    ),
    { numRuns: 25 },
  );
});
