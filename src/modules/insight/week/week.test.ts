import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peopleOf } from '../../../../test/fixtures/people.ts';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { WeekReport } from './schema.ts';
import { chanceOfMore, partsOfChange } from './worth.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const period = { from: at(15, 0), to: at(22, 0) };
const ask = async (query: object = {}, key?: string) =>
  (await w.report<WeekReport>('week', { ...period, ...query }, key)).result;
const track = (userId: string, event: string, day: number, hour = 12, properties: object = {}) => ({
  ...{ type: 'track', event, userId, properties },
  ...{ timestamp: at(day, hour), messageId: `${userId} ${event} ${day} ${hour}` },
});
const order = (userId: string, total: string, day: number, hour = 12) =>
  track(userId, 'Order Completed', day, hour, { total, currency: 'EUR' });

test('an empty workspace, one event, a future period', async () => {
  const none = { now: 0, before: 0, difference: 'too-few' };
  const nothing = {
    days: [],
    people: none,
    newcomers: none,
    orders: none,
    money: [],
    silent: [],
    rising: [],
  };
  expect(await ask()).toMatchObject(nothing);
  const brand = await w.newBrand(`One ${Date.now()}`);
  await w.send('batch', { batch: [track('x', 'Seen', 16)] }, brand.writeKey);
  await w.settled(brand.workspace.id);
  expect(await ask({}, brand.secretKey)).toMatchObject({
    ...{ people: { now: 1, before: 0 }, newcomers: { now: 1, before: 0 }, money: [] },
    days: [{ day: '2026-01-16', is_before: false, people: 1, orders: 0 }],
  });
  const never = { from: '2050-01-01T00:00:00Z', to: '2050-01-08T00:00:00Z' };
  expect(await ask(never, brand.secretKey)).toMatchObject(nothing);
});

test('two weeks of a small brand, told by hand', async () => {
  const batch = [
    // The week before: two people, one order of 10.
    track('ann', 'Seen', 9),
    track('bob', 'Seen', 10),
    order('ann', '10', 10),
    // This week: four people, three orders of 60 together by two.
    order('ann', '20', 16),
    order('ann', '20', 17),
    order('bob', '20', 17),
    track('cem', 'Seen', 17),
    track('dee', 'Content Shared', 18),
    // Whoever came every third day, and not for three weeks.
    ...[-40, -37, -34, -31, -28, -25].map((day) => order('eve', '50', day)),
    // Twice as silent as usual of so few orders may be chance.
    ...[-20, -10, 0].map((day) => order('fay', '70', day)),
    ...Array.from({ length: 9 }, (_, i) => track('gus', 'Content Shared', 1 + i * 2, 3)),
  ];
  await w.send('batch', { batch });
  await w.settled();
  const found = await ask();
  expect(found).toMatchObject({
    people: { now: 5, before: 3 },
    newcomers: { now: 2, before: 2 },
    buyers: { now: { part: 2, of: 5 }, before: { part: 1, of: 3 } },
    sharers: { now: { part: 2, of: 5 }, before: { part: 1, of: 3 } },
    orders: { now: 3, before: 1 },
  });
  expect(
    found.days.map(({ day, is_before, people, orders }) => [day, is_before, people, orders]),
  ).toContainEqual(['2026-01-17', false, 4, 2]);
  const [euro] = found.money;
  expect(euro).toMatchObject({ currency: 'EUR', now: '60', before: '10', difference: 'too-few' });
  // Everything that the change is made of comes to it: 50.
  expect(euro?.parts?.reduce((sum, { worth }) => sum + Math.round(Number(worth) * 100), 0)).toBe(5000);
  const eve = await peopleOf(w).idOf('user_id:eve');
  expect(found.silent.map((one) => [one.person_id, one.spent, one.orders, one.usual_days])).toEqual([
    [eve, '300', 6, 3],
  ]);
  // Five gaps over 15 days, and 46.5 days of silence.
  expect(found.silent[0]?.chance).toBeCloseTo((15 / (15 + 46.5)) ** 5, 9);
  expect(found.rising).toEqual([
    { person_id: await peopleOf(w).idOf('user_id:gus'), shares: 9, before: 0, chance: 2 ** -9 },
  ]);
});

test('the parts of a change sum to it, and a factor that stayed has no part in it', () => {
  const positive = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(fc.tuple(positive, positive, positive), fc.tuple(positive, positive), (one, other) => {
      const factors = (units: number, people: number, orders: number) => [
        people,
        orders / people,
        units / orders,
      ];
      const [units, people, orders] = one;
      const [units2, people2] = other;
      const parts = partsOfChange(
        { units: BigInt(units), factors: factors(units, people, orders) },
        { units: BigInt(units2), factors: factors(units2, people2, orders) },
        2,
      );
      const cents = (parts ?? []).map((part) => Math.round(Number(part) * 100));
      expect(cents.reduce((a, b) => a + b, 0)).toBe(units - units2);
    }),
  );
  expect(
    partsOfChange({ units: 200n, factors: [10, 0.2, 1] }, { units: 100n, factors: [5, 0.2, 1] }, 0),
  ).toEqual(['100', '0', '0']);
  expect(partsOfChange({ units: 0n, factors: [1, 0] }, { units: 1n, factors: [1, 1] }, 2)).toBeNull();
});

test('the chance of more', () => {
  expect(chanceOfMore(1, 0)).toBe(0.5);
  expect(chanceOfMore(2, 1)).toBe(0.5);
  expect(chanceOfMore(0, 5)).toBe(1);
});
