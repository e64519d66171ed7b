import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { Chance } from '../lifetime/chance.ts';
import type { LifetimeReport } from '../lifetime/schema.ts';
import type { LayersReport, PersonValue } from './schema.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
const dayMs = 86_400_000;
const end = Date.UTC(2026, 5, 1);
const at = (days: number) => new Date(end + days * dayMs).toISOString();
const did = (userId: string, event: string, days: number, properties: object = {}) => ({
  ...{ type: 'track', event, userId, properties },
  timestamp: at(days),
});
const order = (userId: string, days: number, total: string, currency = 'EUR') =>
  did(userId, 'Order Completed', days, { total, currency });
const year = { from: '2025-06-01T00:00:00Z', to: '2026-06-01T00:00:00Z', currency: 'EUR' };

beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const layers = async (query: Record<string, string>, key?: string) =>
  (await w.report<LayersReport>('value-layers', query, key)).result;
const lifetime = async (query: Record<string, string>, key?: string) =>
  (await w.report<LifetimeReport>('lifetime', query, key)).result;
const standing = (report: LayersReport, name: string) =>
  report.standings.find((one) => one.standing === name);

describe('value layers', () => {
  test('what people brought about counts to the third degree, and each stands in the highest layer', async () => {
    const brand = await w.newBrand('Layers');
    await w.send(
      'batch',
      {
        batch: [
          // ann invited bob, bob cem, cem dan, dan eva: of ann, eva is the fourth degree.
          did('ann', 'Content Viewed', -100),
          did('bob', 'Invite Accepted', -90, { invite_id: 'i1', inviter: 'ann' }),
          did('cem', 'Invite Accepted', -80, { invite_id: 'i2', inviter_id: 'bob' }),
          did('dan', 'Invite Accepted', -70, { invite_id: 'i3', inviter: 'cem' }),
          did('eva', 'Invite Accepted', -60, { invite_id: 'i4', inviter: 'dan' }),
          // Somebody's own invitation, a second one, and one of nobody's: none of them counts.
          did('ann', 'Invite Accepted', -50, { invite_id: 'i5', inviter: 'ann' }),
          did('bob', 'Invite Accepted', -50, { invite_id: 'i6', inviter: 'eva' }),
          did('fin', 'Invite Accepted', -50, { invite_id: 'i7', inviter: 'nobody' }),
          order('bob', -95, '1000'),
          order('bob', -40, '100'),
          order('cem', -40, '40'),
          order('dan', -40, '20'),
          order('eva', -40, '8'),
          order('eva', -39, '500', 'CHF'),
          did('cem', 'Order Refunded', -30, { total: '10', currency: 'EUR' }),
        ],
      },
      brand.writeKey,
    );
    await w.settled(brand.workspace.id);
    const report = await layers(year, brand.secretKey);
    expect(report.people).toBe(6);
    const brought = report.layers.find(({ layer }) => layer === 'social')?.parts;
    // ann: 100 + 40 / 2 + 20 / 4; bob: 40 + 20 / 2 + 8 / 4; cem: 20 + 8 / 2; dan: 8.
    expect(brought?.find(({ part }) => part === 'brought')).toMatchObject({ people: 4, mean: 209 / 4 });
    expect(brought?.find(({ part }) => part === 'accepted')).toMatchObject({ people: 4, mean: 1 });
    expect(standing(report, 'social')).toMatchObject({
      people: 4,
      // 40% of 1100 + 30 + 20 and of 209.
      margin: '460.00',
      brought: '83.60',
    });
    expect(report.standings.reduce((sum, { people }) => sum + people, 0)).toBe(6);
    for (const { scores } of report.layers) expect(scores.reduce((sum, n) => sum + n, 0)).toBe(6);
    expect(report.moved.moves.reduce((sum, one) => sum + (one.to === 'gone' ? 0 : one.people), 0)).toBe(6);
    // Before the last of them came, eva was not there yet.
    const then = await layers({ ...year, moved: '65' }, brand.secretKey);
    expect(
      then.moved.moves.filter(({ from }) => from === 'new').reduce((sum, one) => sum + one.people, 0),
    ).toBe(2);
    const chf = await layers({ ...year, currency: 'CHF' }, brand.secretKey);
    expect(chf.standings.reduce((sum, one) => sum + Number(one.brought), 0)).toBe(200 * 1.75);
  });

  test('a rank is the share of those who have as much or less; weights are a setting', async () => {
    const brand = await w.newBrand('Ranks');
    const rows = [1, 1, 2, 4].flatMap((n, who) =>
      Array.from({ length: n }, (_, i) => order(`u${who}`, -10 - i, '5')),
    );
    await w.send('batch', { batch: [...rows, did('v', 'Products Searched', -1)] }, brand.writeKey);
    await w.settled(brand.workspace.id);
    const all = await layers(year, brand.secretKey);
    // 50, 50, 75 and 100 in both parts; and one who bought nothing.
    const functional = all.layers.find(({ layer }) => layer === 'functional');
    expect(functional).toMatchObject({ people: 4, mean: 275 / 4 });
    expect(functional?.scores).toEqual([1, 0, 0, 0, 0, 2, 0, 0, 1, 0, 1]);
    const { status } = await w.ask(
      'PATCH',
      '/api/settings',
      { value: { emotionalFrom: 100, marginRate: 1 } },
      brand.secretKey,
    );
    expect(status).toBe(200);
    const strict = await layers(year, brand.secretKey);
    expect(strict.margin_rate).toBe(1);
    expect(strict.standings.reduce((sum, one) => sum + Number(one.margin), 0)).toBe(40);
  });

  test('empty, one event, the future, nobody', async () => {
    const brand = await w.newBrand('Quiet');
    const none = await layers(year, brand.secretKey);
    expect(none.people).toBe(0);
    expect(none.moved.moves).toEqual([]);
    expect((await lifetime({}, brand.secretKey)).state).toBe('nothing');
    await w.send('track', did('ann', 'Product Viewed', -5), brand.writeKey);
    await w.settled(brand.workspace.id);
    const one = await layers(year, brand.secretKey);
    expect(one.people).toBe(1);
    const future = { ...year, from: '2030-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' };
    expect((await layers(future, brand.secretKey)).people).toBe(0);
    expect((await lifetime(future, brand.secretKey)).state).toBe('nothing');
    const { body } = await w.ask<{ id: string }>(
      'POST',
      '/api/segments',
      { name: 'nobody', rule: { did: 'Never' } },
      brand.secretKey,
    );
    await w.segments.settle(brand.workspace.id);
    const nobody = { ...year, segment: body.id };
    expect((await layers(nobody, brand.secretKey)).people).toBe(0);
    expect((await lifetime({ segment: body.id }, brand.secretKey)).state).toBe('nothing');
  });
});

describe('lifetime value', () => {
  test('is foretold with intervals, held against what came, and of a segment', async () => {
    const brand = await w.newBrand('Lifetime');
    const chance = new Chance(11);
    const calls = Array.from({ length: 160 }, (_, i) => {
      const [rate, drop] = [chance.gamma(1, 6), chance.beta(1, 3)];
      const first = -chance.below(300) - 30;
      const days = [first];
      for (let day = first; chance.next() > drop; ) {
        day += Math.ceil(chance.exponential(rate) * 7);
        if (day >= 0) break;
        days.push(day);
      }
      return days.map((day) => order(`u${i}`, day - 0.5, chance.gamma(5, 0.25).toFixed(2)));
    }).flat();
    for (let i = 0; i < calls.length; i += 300)
      await w.send('batch', { batch: calls.slice(i, i + 300) }, brand.writeKey);
    await w.settled(brand.workspace.id);
    const question = { to: at(0) };
    const told = await lifetime(question, brand.secretKey);
    expect(told).toMatchObject({
      state: 'fitted',
      currency: 'EUR',
      customers: 160,
      chosen: 'held-out',
      months: 12,
    });
    expect(told.currencies).toEqual([{ currency: 'EUR', orders: calls.length, customers: 160 }]);
    const { alive, purchases, revenue, margin } = told.forecast ?? {};
    for (const one of [alive, purchases, revenue, margin]) {
      expect(one?.value).toBeGreaterThan(0);
      expect(one?.low ?? Number.NaN).toBeLessThan(one?.value ?? 0);
      expect(one?.high ?? Number.NaN).toBeGreaterThan(one?.value ?? 0);
    }
    expect(margin?.value).toBeCloseTo((revenue?.value ?? 0) * 0.4, 6);
    expect(told.bands.reduce((sum, { customers }) => sum + customers, 0)).toBe(160);
    expect(told.bands.reduce((sum, one) => sum + one.purchases, 0)).toBeCloseTo(purchases?.value ?? 0, 6);
    expect(told.bands.reduce((sum, one) => sum + (one.revenue ?? 0), 0) / (revenue?.value ?? 1)).toBeCloseTo(
      1,
      6,
    );
    const { check } = told;
    expect(check?.weekly.at(-1)?.week).toBe(check?.weekly.length);
    expect(check?.classes.reduce((sum, one) => sum + one.customers, 0)).toBe(check?.customers);
    expect(check?.classes.reduce((sum, one) => sum + one.real * one.customers, 0)).toBeCloseTo(
      check?.purchases ?? 0,
    );
    // Twice the same, since chance is seeded; another model where it is asked for.
    expect(await lifetime(question, brand.secretKey)).toEqual(told);
    const other = await lifetime({ ...question, model: 'pareto-nbd', months: '6' }, brand.secretKey);
    expect(other).toMatchObject({ model: 'pareto-nbd', chosen: 'asked', months: 6 });
    const { body } = await w.ask<{ id: string }>(
      'POST',
      '/api/segments',
      { name: 'often', rule: { did: 'Order Completed', at_least: 4 } },
      brand.secretKey,
    );
    await w.segments.settle(brand.workspace.id);
    const some = await lifetime({ ...question, segment: body.id }, brand.secretKey);
    // The same model, since it is fitted on everybody.
    expect(some.parameters).toEqual(told.parameters);
    expect(some.customers).toBe(some.repeaters);
    expect(some.forecast?.purchases.value).toBeLessThan(purchases?.value ?? 0);
  });

  test('of too few, nothing is foretold', async () => {
    const brand = await w.newBrand('Few');
    await w.send('batch', { batch: [order('ann', -50, '10'), order('ann', -3, '10')] }, brand.writeKey);
    await w.settled(brand.workspace.id);
    const told = await lifetime({ to: at(0) }, brand.secretKey);
    expect(told).toMatchObject({ state: 'too-few', customers: 1, repeaters: 1, forecast: null, check: null });
  });
});

test('of one person: layers with what makes them up, and whom they brought; of who is nobody, a refusal', async () => {
  const brand = await w.newBrand('Person');
  const now = Date.now();
  const ago = (days: number) => new Date(now - days * dayMs).toISOString();
  const calls = [
    ...Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 1 + (i % 4) }, (__, k) => ({
        ...{ type: 'track', event: 'Order Completed', userId: `c${i}` },
        properties: { total: String(10 + (i % 7)), currency: 'EUR' },
        timestamp: ago(300 - ((i * 7) % 150) - k * 20),
      })),
    ).flat(),
    {
      ...{ type: 'track', event: 'Invite Accepted', userId: 'c1', timestamp: ago(250) },
      properties: { invite_id: 'a', inviter: 'c3' },
    },
    { type: 'track', event: 'Product Viewed', userId: 'looker', timestamp: ago(3), properties: {} },
  ];
  await w.send('batch', { batch: calls }, brand.writeKey);
  await w.settled(brand.workspace.id);
  await w.ask('PATCH', '/api/settings', { workspace: { currency: 'EUR' } }, brand.secretKey);
  const { items } = (
    await w.ask<{ items: { id: string; identifiers: string[] }[] }>(
      'GET',
      '/api/people?limit=100',
      undefined,
      brand.secretKey,
    )
  ).body;
  const worthOf = async (userId: string) => {
    const id = items.find(({ identifiers }) => identifiers.includes(`user_id:${userId}`))?.id;
    const { status, body } = await w.ask<PersonValue>(
      'GET',
      `/api/people/${id}/value`,
      undefined,
      brand.secretKey,
    );
    expect(status).toBe(200);
    return body;
  };
  const buyer = await worthOf('c3');
  expect(buyer).toMatchObject({ currency: 'EUR', active: true, standing: 'social' });
  expect(buyer.functional.parts.find(({ part }) => part === 'orders')).toMatchObject({ value: 4, rank: 100 });
  expect(Number(buyer.functional.money)).toBeCloseTo(0.4 * 4 * 13);
  expect(buyer.degrees[0]?.people).toBe(1);
  expect(Number(buyer.social.money)).toBeCloseTo(0.4 * Number(buyer.degrees[0]?.revenue));
  const { lifetime } = buyer;
  expect(lifetime?.purchases).toBe(4);
  expect(lifetime?.still_customer).toBeGreaterThan(0);
  expect(lifetime?.still_customer).toBeLessThanOrEqual(1);
  expect(lifetime?.expected_orders.low).toBeLessThanOrEqual(lifetime?.expected_orders.value ?? -1);
  expect(lifetime?.expected_orders.high).toBeGreaterThanOrEqual(lifetime?.expected_orders.low ?? 1);
  expect(Number(buyer.emotional.money)).toBeCloseTo(lifetime?.expected_margin ?? -1, 2);
  expect(await worthOf('looker')).toMatchObject({ standing: 'none', lifetime: null, active: true });
  const nobody = await w.ask(
    'GET',
    '/api/people/00000000-0000-7000-8000-000000000000/value',
    undefined,
    brand.secretKey,
  );
  expect(nobody.status).toBe(404);
});
