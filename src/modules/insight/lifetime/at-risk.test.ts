import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { Chance } from './chance.ts';
import type { LifetimeReport } from './schema.ts';

// Who may be lost: the report counts them, and the rule over the values of the night finds the same people.

let w: Awaited<ReturnType<typeof testReports>>;
const day = 86_400_000;
const now = Date.now();

beforeAll(async () => {
  w = await testReports();
  await w.ask('PATCH', '/api/settings', { workspace: { currency: 'EUR' } });
  const chance = new Chance(7);
  const batch: object[] = [];
  for (let who = 0; who < 250; who++) {
    // Each with a rhythm of their own, and lost after a purchase with a probability of their own.
    const [pause, loss] = [5 + 60 * chance.next(), 0.4 * chance.next()];
    let ago = 700 * chance.next();
    while (ago > 0) {
      batch.push({
        ...{ type: 'track', event: 'Order Completed', userId: `u${who}`, messageId: `${who} ${ago}` },
        ...{ timestamp: new Date(now - ago * day).toISOString() },
        properties: { total: (10 + 40 * chance.next()).toFixed(2), currency: 'EUR' },
      });
      if (chance.next() < loss) break;
      ago -= chance.exponential(1 / pause);
    }
  }
  for (let from = 0; from < batch.length; from += 500)
    await w.accept({ type: 'batch', batch: batch.slice(from, from + 500) });
  await w.settled();
  await w.segments.snapshots.make(w.workspaceId, 'lifetime');
  await w.segments.settle(w.workspaceId);
});
afterAll(() => w.drop());

const atRisk = async (query: Record<string, string> = {}) =>
  (await w.report<LifetimeReport>('lifetime', query)).result.at_risk;

test('the report and its rule find the same people', async () => {
  const found = await atRisk();
  expect(found?.customers).toBeGreaterThan(5);
  expect(found?.customers).toBeLessThan(200);
  expect(await w.countOf(found?.people)).toBe(found?.customers);
  // Of each of them at least half an order is to be expected.
  expect(found?.purchases).toBeGreaterThanOrEqual(0.5 * (found?.customers ?? 0));
  expect(found?.margin).toBeGreaterThan(0);
});

test('narrowed to a segment, so is the rule', async () => {
  const { body } = await w.ask<{ id: string }>('POST', '/api/segments', {
    name: 'Often',
    rule: { did: 'Order Completed', at_least: 4 },
  });
  await w.segments.settle(w.workspaceId);
  const [all, some] = [await atRisk(), await atRisk({ segment: body.id })];
  expect(some?.customers).toBeLessThan(all?.customers ?? 0);
  expect(await w.countOf(some?.people)).toBe(some?.customers);
});

test.each([
  { months: '3' },
  { model: 'pareto-nbd' },
  { from: new Date(now - 300 * day).toISOString() },
  { store: 'none' },
])('of another question than that of the night there is no rule: %o', async (query) => {
  expect((await atRisk(query as Record<string, string>))?.people ?? null).toBeNull();
});
