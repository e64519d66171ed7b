import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { Chance } from '../lifetime/chance.ts';
import { assigned, matched } from './clusters.ts';
import { groups, groupsOf, modelOf } from './model.ts';
import { leanings, type PersonasReport } from './schema.ts';

const size = leanings.length;

test('the Hungarian method finds the least of all pairings', () => {
  const chance = new Chance(3);
  const pairings = (n: number): number[][] =>
    n === 0
      ? [[]]
      : pairings(n - 1).flatMap((one) =>
          Array.from({ length: n }, (_, i) => [...one.slice(0, i), n - 1, ...one.slice(i)]),
        );
  for (let run = 0; run < 40; run++) {
    const n = 1 + chance.below(5);
    const cost = Array.from({ length: n }, () => Array.from({ length: n }, () => chance.below(20)));
    const sum = (pairing: number[]) => pairing.reduce((all, to, i) => all + (cost[i]?.[to] as number), 0);
    const found = matched(cost);
    expect([...found].sort()).toEqual(cost.map((_, i) => i));
    expect(sum(found)).toBe(Math.min(...pairings(n).map(sum)));
  }
});

/** People around five corners of the six leanings. */
function crowd(seed: number, people: number): Float64Array {
  const chance = new Chance(seed);
  return Float64Array.from({ length: people * size }, (_, i) => {
    const [who, k] = [Math.floor(i / size), i % size];
    return (who % groups === k ? 80 : 20) + 6 * chance.normal();
  });
}

test('groups are the same from week to week, and at every run', () => {
  const now = crowd(1, 500);
  const model = modelOf(now, null);
  expect(modelOf(now, null)).toEqual(model);
  const own = groupsOf(now, model, null);
  // Everybody is with those of their corner, and with nobody else.
  for (let i = groups; i < own.length; i++) expect(own[i]).toBe(own[i % groups]);
  expect(new Set(own.subarray(0, groups)).size).toBe(groups);
  // A week later, in another order and a little otherwise, each group has the same name.
  const later = crowd(2, 400);
  const next = groupsOf(later, modelOf(later, model), null);
  for (let i = 0; i < groups; i++) expect(next[i]).toBe(own[i]);
});

test('somebody at a border stays where they were; somebody who changed does not', () => {
  const centres = Float64Array.of(0, 10);
  const points = { values: Float64Array.of(5.1, 9, 4.9), size: 1 };
  expect([...assigned(points, centres, null)]).toEqual([1, 1, 0]);
  expect([...assigned(points, centres, Int32Array.of(0, 0, 1))]).toEqual([0, 1, 1]);
});

let w: Awaited<ReturnType<typeof testReports>>;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

test('personas, layers and what is to be expected become values of each person', async () => {
  const now = Date.now();
  const did = (userId: string, event: string, days: number, properties: object = {}) => ({
    ...{ type: 'track', userId, event, properties },
    timestamp: new Date(now - days * 86_400_000).toISOString(),
  });
  const habits = ['Content Shared', 'Idea Submitted', 'Promotion Clicked', 'Product Added to Wishlist'];
  const calls = Array.from({ length: 60 }, (_, i) => [
    ...[1, 2, 3].map((n) => did(`u${i}`, habits[i % habits.length] as string, 10 * n + i)),
    ...Array.from({ length: 1 + (i % 3) }, (__, n) =>
      did(`u${i}`, 'Order Completed', 200 - 30 * n - i, { total: '20', currency: 'EUR' }),
    ),
  ]).flat();
  await w.send('batch', { batch: calls });
  await w.settled();
  await w.ask('PATCH', '/api/settings', { workspace: { currency: 'EUR' } });
  const empty = await w.newBrand('Empty');
  expect((await w.report<PersonasReport>('personas', {}, empty.secretKey)).result).toMatchObject({
    people: 0,
    personas: [],
  });
  for (const name of ['value_layers', 'lifetime', 'personas']) {
    await w.segments.snapshots.make(w.workspaceId, name);
    await w.segments.snapshots.make(empty.workspace.id, name);
  }
  await w.segments.settle(w.workspaceId);
  const people = (await w.segments.snapshots.states(w.workspaceId)).map((one) => [one.name, one.people]);
  const counts = Object.fromEntries(people) as Record<string, number>;
  for (const name of [
    'persona',
    'leaning_circle',
    'value_layer',
    'value_social',
    'still_customer',
    'expected_value',
  ])
    expect([name, Number(counts[name])]).toEqual([name, 60]);
  const likely = { trait: { computed: 'still_customer' }, at_least: 0 };
  expect(await w.countOf(likely)).toBe(60);
  const { result } = await w.report<PersonasReport>('personas', {});
  expect(result.people).toBe(60);
  expect(result.personas.reduce((sum, one) => sum + one.people, 0)).toBeGreaterThanOrEqual(58);
  // Those who share are apart from those who have ideas.
  expect(result.personas.some(({ leans }) => leans.includes('circle'))).toBe(true);
  expect(result.personas.some(({ leans }) => leans.includes('innovation'))).toBe(true);
  const byPersona = await w.segments.snapshots.counts(w.workspaceId, 'persona');
  expect(byPersona.reduce((sum, one) => sum + one.people, 0)).toBe(60);
});
