import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { peopleOf, track } from '../../../../test/fixtures/people.ts';
import { segmentsWorld } from '../../../../test/fixtures/segments.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
const day = 86_400_000;
let world: Awaited<ReturnType<typeof segmentsWorld>>;
let p: typeof world.p;
let segments: typeof world.segments;
let by: typeof world.by;

beforeAll(async () => {
  world = await segmentsWorld(clock);
  ({ p, segments, by } = world);
});
afterAll(() => world.drop());

const viewed = (who: string, sku: string, price: number) =>
  track({ userId: who }, { event: 'Product Viewed', properties: { sku, price } });

const definitions = {
  views: { of: 'Product Viewed', count: true },
  'views lately': { of: 'Product Viewed', count: true, in: { last: { days: 1 } } },
  looked_at: { of: 'Product Viewed', sum: 'price' },
  mean: { of: 'Product Viewed', average: 'price' },
  least: { of: 'Product Viewed', minimum: 'price' },
  most: { of: 'Product Viewed', maximum: 'price' },
  kinds: { of: 'Product Viewed', distinct: 'sku' },
  first: { of: 'Product Viewed', first: 'sku' },
  last: { of: 'Product Viewed', last: 'sku' },
  favourite: { of: 'Product Viewed', most_frequent: 'sku' },
  trail: { of: 'Product Viewed', list: 'sku', size: 2 },
  silence: { of: 'Product Viewed', days_since: 'last' },
};

test('each kind is worked out as of now, in profiles and exports, also of those who did nothing', async () => {
  for (const [name, definition] of Object.entries(definitions))
    await segments.computed.create(by, { name, definition });
  for (const [sku, price] of [
    ['tea', 4.5],
    ['cup', 12],
    ['tea', 0.1],
  ] as const) {
    await p.accept(viewed('ann', sku, price));
    clock.advance(1_000);
  }
  await p.accept(track({ userId: 'bob' }, { event: 'Seen' }));
  const [ann, bob] = [await world.headOf('ann'), await world.headOf('bob')];
  const values = await segments.computed.of(p.workspaceId, [ann, bob]);
  expect(values.get(ann)).toEqual({
    views: 3,
    'views lately': 3,
    looked_at: 16.6,
    mean: expect.closeTo(16.6 / 3, 9),
    least: 0.1,
    most: 12,
    kinds: 2,
    first: 'tea',
    last: 'tea',
    favourite: 'tea',
    trail: ['tea', 'cup'],
    silence: 0,
  });
  const none = { mean: null, least: null, most: null, first: null, last: null, favourite: null };
  const zero = { views: 0, 'views lately': 0, looked_at: 0, kinds: 0 };
  expect(values.get(bob)).toEqual({ ...zero, ...none, trail: null, silence: null });
  const id = await peopleOf(p).idOf('user_id:ann');
  const exported = await p.people.export(p.workspaceId, id);
  expect(exported.computed_traits).toMatchObject({ views: 3, favourite: 'tea' });
  clock.advance(2 * day);
  expect((await segments.computed.of(p.workspaceId, [ann])).get(ann)).toMatchObject({
    'views lately': 0,
    silence: 2,
    views: 3,
  });
});

test('a rule asks for it by its name, follows another definition, and keeps it from being removed', async () => {
  await p.accept(viewed('ann', 'tea', 1), viewed('cid', 'cup', 30), viewed('cid', 'cup', 30));
  const fans = await world.newSegment('cup fans', {
    all: [
      { trait: { computed: 'favourite' }, equals: 'cup' },
      { trait: { computed: 'views' }, at_least: 2 },
    ],
  });
  const nested = await world.newSegment('their friends', { any: [{ segment: fans }, { did: 'Never' }] });
  const [ann, cid] = [await world.headOf('ann'), await world.headOf('cid')];
  expect(await world.membersOf(fans)).toEqual([cid]);
  await p.accept(viewed('cid', 'tea', 1), viewed('cid', 'tea', 1), viewed('cid', 'tea', 1));
  await segments.settle(p.workspaceId);
  expect(await world.membersOf(fans)).toEqual([]);
  const why = await segments.why(p.workspaceId, fans, cid);
  expect(why?.why).toMatchObject({
    all: [{ condition: { trait: { computed: 'favourite' } }, found: 'tea' }, { truth: true }],
  });

  const { usedBy } = await segments.computed.list(p.workspaceId);
  expect(usedBy.get('favourite')).toEqual([{ id: fans, name: 'cup fans' }]);
  await expect(segments.computed.remove(by, 'favourite')).rejects.toMatchObject({ type: 'segments/in-use' });
  await segments.computed.edit(by, 'favourite', { of: 'Product Viewed', first: 'sku' });
  await segments.settle(p.workspaceId);
  expect(await world.membersOf(fans)).toEqual([cid]);
  expect(await world.membersOf(nested)).toEqual([cid]);
  for (const one of [fans, nested])
    expect(await segments.prove(p.workspaceId, one)).toMatchObject({ different: 0, people: 1 });
  expect(ann).not.toBe(cid);
  // What is a number cannot be asked whether it is "cup".
  await expect(
    segments.computed.edit(by, 'favourite', { of: 'Product Viewed', count: true }),
  ).rejects.toMatchObject({ type: 'segments/bad-rule' });
  expect(await world.membersOf(fans)).toEqual([cid]);
  await segments.archive(by, nested);
  await segments.archive(by, fans);
  await segments.computed.remove(by, 'favourite');
  await expect(segments.computed.remove(by, 'favourite')).rejects.toMatchObject({
    type: 'segments/no-such-computed',
  });
});

test('what cannot be worked out, and a name that stands for something, are refused', async () => {
  const create = (name: string, definition: unknown) => segments.computed.create(by, { name, definition });
  await expect(create('views', definitions.views)).rejects.toMatchObject({ type: 'segments/name-taken' });
  await expect(create('rfm_group', definitions.views)).rejects.toMatchObject({ type: 'segments/name-taken' });
  for (const wrong of [
    { of: 'A' },
    { of: 'A', count: true, sum: 'price' },
    { of: 'A', count: true, size: 3 },
    { of: 'A', days_since: 'last', in: { last: { days: 3 } } },
    { count: true },
    { of: { event: 'A', source: 'none' }, count: true },
    'count',
  ])
    await expect(create('wrong', wrong)).rejects.toMatchObject({ type: 'segments/bad-rule' });
});
