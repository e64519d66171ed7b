import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { FunnelLeaving, FunnelReport, FunnelTimes } from './schema.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
const noon = Date.UTC(2026, 5, 10, 12);
const hour = 3_600_000;
const at = (hours: number) => new Date(noon + hours * hour).toISOString();
const did = (userId: string, event: string, hours: number, properties: object = {}) => ({
  ...{ type: 'track', event, userId, properties },
  timestamp: at(hours),
});
const june = { from: '2026-06-01T00:00:00Z', to: '2026-07-01T00:00:00Z' };
const steps = JSON.stringify(['Seen', 'Added', 'Bought']);

beforeAll(async () => {
  w = await testReports();
  await w.accept(
    // All the way, after a beginning that leads nowhere.
    did('ann', 'Seen', -900),
    did('ann', 'Seen', 0, { kind: 'tea' }),
    did('ann', 'Added', 1),
    did('ann', 'Bought', 3),
    // At one instant: nothing follows something of the same instant.
    did('bob', 'Seen', 0, { kind: 'tea' }),
    did('bob', 'Added', 0),
    // In the wrong order.
    did('cem', 'Bought', 0),
    did('cem', 'Added', 1),
    did('cem', 'Seen', 2, { kind: 'cup' }),
    // Too late by an hour for a day, and something in between.
    did('dan', 'Seen', 0, { kind: 'tea' }),
    did('dan', 'Added', 2),
    did('dan', 'Returned', 3),
    did('dan', 'Bought', 25),
    // Begins in the period, and ends after it.
    did('eva', 'Seen', 20 * 24, { kind: 'cup' }),
    did('eva', 'Added', 20 * 24 + 23),
    // Of two kinds.
    did('fin', 'Seen', 0, { kind: 'cup' }),
    did('fin', 'Seen', 1, { kind: 'tea' }),
    did('fin', 'Added', 2),
  );
  await w.settled();
});
afterAll(() => w.drop());

const funnel = async (query: Record<string, string>) =>
  (await w.report<FunnelReport>('funnel', query)).result;
const reached = (report: FunnelReport) => report.steps.map((step) => step.reached);

/** Every bar has as many people as the rule behind it finds. */
async function agrees(report: FunnelReport) {
  for (const [i, step] of report.steps.entries()) {
    expect(await w.countOf(step.people), `${step.name} reached`).toBe(step.reached);
    const next = report.steps[i + 1];
    if (next) expect(await w.countOf(step.left), `${step.name} left`).toBe(step.reached - next.reached);
  }
  for (const group of report.groups)
    for (const [i, rule] of group.people.entries())
      if (rule) expect(await w.countOf(rule), `${group.value} ${i}`).toBe(group.reached[i]);
}

describe('a funnel of own steps', () => {
  test('counts who came how far in order, from a beginning in the period; rules find the same people', async () => {
    const found = await funnel({ ...june, steps });
    expect(reached(found)).toEqual([6, 4, 2]);
    expect(found.steps.map((step) => step.at_all)).toEqual([6, 5, 3]);
    await agrees(found);
  });

  test('within a time', async () => {
    const found = await funnel({ ...june, steps, within: '24h' });
    expect(reached(found)).toEqual([6, 4, 1]);
    await agrees(found);
  });

  test('without something in between', async () => {
    const found = await funnel({ ...june, steps, without: '"Returned"' });
    expect(reached(found)).toEqual([6, 4, 1]);
    await agrees(found);
  });

  test('steps that one event may be of do not count it twice', async () => {
    const found = await funnel({ ...june, steps: JSON.stringify(['Seen', ['Seen', 'Added'], 'Added']) });
    expect(reached(found)).toEqual([6, 4, 1]);
    await agrees(found);
  });

  test('broken down by a property and by the channel of the first event', async () => {
    const found = await funnel({ ...june, steps, by: 'property:kind' });
    expect(found.groups.map(({ value, reached: n }) => [value, n])).toEqual([
      ['tea', [4, 3, 2]],
      ['cup', [3, 2, 0]],
    ]);
    await agrees(found);
    const byChannel = await funnel({ ...june, steps, by: 'channel', without: '"Returned"' });
    expect(byChannel.groups).toMatchObject([{ value: 'web', reached: [6, 4, 1] }]);
    await agrees(byChannel);
  });

  test('times between, from the first beginning', async () => {
    const { result } = await w.report<FunnelTimes>('funnel-times', { ...june, steps });
    // Of ann, dan, eva and fin: 1, 2, 23 and 2 hours.
    expect(result.steps).toEqual([
      { from: 'Seen', to: 'Added', people: 4, quartile_1: 6300, median: 7200, quartile_3: 26_100 },
      { from: 'Added', to: 'Bought', people: 2, quartile_1: 26_100, median: 45_000, quartile_3: 63_900 },
      { from: 'Seen', to: 'Bought', people: 2, quartile_1: 30_600, median: 50_400, quartile_3: 70_200 },
    ]);
    const without = await w.report<FunnelTimes>('funnel-times', { ...june, steps, without: '"Returned"' });
    expect(without.result.steps.map(({ people }) => people)).toEqual([4, 1, 1]);
  });

  test('what those did who left', async () => {
    const at = (step: string) => w.report<FunnelLeaving>('funnel-leaving', { ...june, steps, at: step });
    // Bob and cem came no further than Seen; bob added at the same instant, cem did nothing after.
    expect((await at('1')).result).toMatchObject({ people: 2, next: [{ name: '', people: 2 }] });
    // Eva and fin stopped having added.
    expect((await at('2')).result).toEqual({
      ...{ step: 2, people: 2, next: [{ name: '', people: 2 }] },
      last: [{ name: 'Added', people: 2 }],
    });
    await expect(at('3')).rejects.toThrow(/bad-question/);
  });

  test('of a segment, and compared', async () => {
    const { body } = await w.ask<{ id: string }>('POST', '/api/segments', {
      name: 'buyers',
      rule: { did: 'Bought' },
    });
    await w.segments.settle(w.workspaceId);
    const found = await w.report<FunnelReport>('funnel', {
      ...june,
      steps,
      segment: body.id,
      compare: 'before',
    });
    expect(reached(found.result)).toEqual([3, 2, 2]);
    expect(found.compared && reached(found.compared.result)).toEqual([1, 0, 0]);
    expect(found.compared?.question.to).toBe(found.question.from);
    await agrees(found.result);
  });

  test('is refused where it cannot be answered', async () => {
    const refused = async (query: Record<string, string>) =>
      (
        await w.ask<{ type: string; status: number }>(
          'GET',
          `/api/reports/funnel?${new URLSearchParams(query)}`,
        )
      ).body;
    expect(await refused({ steps: '["Seen"]' })).toMatchObject({ type: 'insight/bad-question', status: 400 });
    expect(await refused({ steps: 'Seen' })).toMatchObject({ type: 'insight/bad-question' });
    expect(await refused({ steps: '["Seen", {"evnt": 1}]' })).toMatchObject({ type: 'segments/bad-rule' });
    expect(await refused({ from: june.to, to: june.from })).toMatchObject({ type: 'insight/bad-period' });
    expect(await refused({ segment: 'nobody' })).toMatchObject({ status: 400 });
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect(await refused({ segment: nobody })).toMatchObject({ type: 'segments/no-such-segment' });
    expect(await refused({ compare: `segment:${nobody}` })).toMatchObject({
      type: 'segments/no-such-segment',
    });
    expect(await refused({ source: nobody })).toMatchObject({ type: 'collect/no-such-source' });
  });

  test('as CSV', async () => {
    const answer = await w.app.inject({
      url: `/api/reports/funnel.csv?${new URLSearchParams({ ...june, steps })}`,
      headers: { authorization: 'Bearer sk_a_key_that_is_long_enough_for_tests' },
    });
    expect(answer.headers['content-type']).toMatch('text/csv');
    expect(answer.body).toBe('group,step,reached,at_all\r\n,Seen,6,6\r\n,Added,4,5\r\n,Bought,2,3\r\n');
  });
});

test('without steps, the stages of the path are asked', async () => {
  const brand = await w.newBrand('Path');
  const send = (event: string, hours: number) => w.send('track', did('ann', event, hours), brand.writeKey);
  await send('Products Searched', 0);
  await send('Product Viewed', 1);
  await send('Order Completed', 2);
  await w.settled(brand.workspace.id);
  const { result } = await w.report<FunnelReport>('funnel', june, brand.secretKey);
  expect(result.steps.map(({ name, reached: n }) => [name, n])).toEqual([
    ['search', 1],
    ['attention', 1],
    ['deal', 1],
    ['use', 0],
    ['share', 0],
  ]);
});
