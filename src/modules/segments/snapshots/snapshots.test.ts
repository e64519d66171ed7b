import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { track } from '../../../../test/fixtures/people.ts';
import { segmentsWorld } from '../../../../test/fixtures/segments.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
let world: Awaited<ReturnType<typeof segmentsWorld>>;
let p: typeof world.p;
let segments: typeof world.segments;
let by: typeof world.by;
/** What the test's own snapshot says next, by person. */
let likes: Record<string, number> = {};

beforeAll(async () => {
  world = await segmentsWorld(clock);
  ({ p, segments, by } = world);
  segments.snapshots.register({
    name: 'taste',
    values: [
      { name: 'likes', kind: 'number', label: { en: 'Likes', zh: '喜好' } },
      { name: 'mood', kind: 'text', label: { en: 'Mood', zh: '心情' } },
    ],
    async *compute() {
      for (const [who, value] of Object.entries(likes))
        yield [
          { person: await world.headOf(who), values: { likes: value, mood: value > 10 ? 'glad' : null } },
        ];
    },
  });
});
afterAll(() => world.drop());

const order = (who: string, total: number) =>
  track(
    { userId: who },
    { event: 'Order Completed', properties: { order_id: `${who}-${total}`, total, currency: 'GBP' } },
  );

async function causes(): Promise<string[]> {
  const { rows } = await p.pg.raw.query<{ type: string; data: { cause: { what: string } } }>(
    "select type, data from facts where type in ('segment.entered', 'segment.left') order by place, id",
  );
  return rows.map(({ type, data }) => `${type} ${data.cause.what}`);
}

test('a new snapshot moves only those of whom it says something else, and is proved', async () => {
  await p.accept(...['ann', 'bob', 'cid', 'dee'].map((who) => track({ userId: who })));
  likes = { ann: 3, bob: 12.5, cid: 20 };
  await segments.snapshots.make(p.workspaceId, 'taste');
  const keen = await world.newSegment('keen', { trait: { computed: 'likes' }, at_least: 10 });
  const others = await world.newSegment('others', { trait: { computed: 'mood' }, not: { equals: 'glad' } });
  const [ann = 0, bob = 0, cid = 0, dee = 0] = await Promise.all(
    ['ann', 'bob', 'cid', 'dee'].map(world.headOf),
  );
  expect(await world.membersOf(keen)).toEqual([bob, cid]);
  expect(await world.membersOf(others)).toEqual([ann, dee]);
  expect(await causes()).toEqual([]);

  likes = { ann: 11, bob: 12.5, dee: 0.000001 };
  clock.advance(1_000);
  await segments.snapshots.make(p.workspaceId, 'taste');
  // Whole, and not taken up: nobody sees anything of it.
  const [before] = await segments.snapshots.states(p.workspaceId);
  expect(before).toMatchObject({ name: 'likes', people: 3, next_version: clock.ms() });
  expect(await world.membersOf(keen)).toEqual([bob, cid]);
  expect((await segments.snapshots.of(p.workspaceId, [cid])).get(cid)?.get('likes')).toBe('20');

  await segments.settle(p.workspaceId);
  expect(await world.membersOf(keen)).toEqual([ann, bob]);
  expect(await world.membersOf(others)).toEqual([cid, dee]);
  expect((await causes()).sort()).toEqual([
    'segment.entered snapshot',
    'segment.entered snapshot',
    'segment.left snapshot',
    'segment.left snapshot',
  ]);
  const now = await segments.snapshots.of(p.workspaceId, [ann, cid, dee]);
  expect([ann, cid, dee].map((one) => now.get(one)?.get('likes'))).toEqual(['11', undefined, '0.000001']);
  for (const one of [keen, others])
    expect(await segments.prove(p.workspaceId, one)).toMatchObject({ different: 0, people: 2 });
  const why = await segments.why(p.workspaceId, keen, ann);
  expect(why).toMatchObject({ in: true, why: { found: '11', wanted: ['at_least', 10] } });
});

test('whoever forgets everything while people are moved begins to move them anew', async () => {
  const keen = await world.newSegment('very keen', { snapshot: 'likes', at_least: 50 });
  const [ann, bob] = [await world.headOf('ann'), await world.headOf('bob')];
  for (const [round, waitMs] of [0, 5, 40].entries()) {
    likes = round % 2 === 0 ? { ann: 60 } : { bob: 70 };
    clock.advance(1_000);
    await segments.snapshots.make(p.workspaceId, 'taste');
    const settling = segments.settle(p.workspaceId);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    segments.runner.forget(p.workspaceId);
    await settling;
    await segments.settle(p.workspaceId);
    expect(await world.membersOf(keen)).toEqual([round % 2 === 0 ? ann : bob]);
    const states = await segments.snapshots.states(p.workspaceId);
    expect(states.map((one) => one.next_version)).toEqual([null, null]);
  }
  expect(await segments.prove(p.workspaceId, keen)).toMatchObject({ different: 0, people: 1 });
});

test('recency, frequency and money of the usual currency, or of the one that is set', async () => {
  await p.accept(...['ann', 'bob', 'cid'].map((who, i) => order(who, 10 * (i + 1))), order('cid', 500));
  await p.accept(
    track({ userId: 'dee' }, { event: 'Order Completed', properties: { total: 9, currency: 'EUR' } }),
  );
  await segments.snapshots.make(p.workspaceId, 'rfm');
  await segments.settle(p.workspaceId);
  const [cid, dee] = [await world.headOf('cid'), await world.headOf('dee')];
  const said = await segments.snapshots.of(p.workspaceId, [cid, dee]);
  expect(Object.fromEntries(said.get(cid) ?? [])).toMatchObject({ rfm_frequency: '5', rfm_money: '5' });
  expect(said.has(dee)).toBe(false);

  const best = await world.newSegment('best', { trait: { computed: 'rfm_frequency' }, equals: 5 });
  expect(await world.membersOf(best)).toEqual([cid]);
  await segments.snapshots.set(by, 'rfm', { currency: 'EUR' });
  clock.advance(1_000);
  await segments.snapshots.make(p.workspaceId, 'rfm');
  await segments.settle(p.workspaceId);
  expect((await segments.snapshots.of(p.workspaceId, [cid])).size).toBe(0);
  expect(await world.membersOf(best)).toEqual([]);
  expect(await segments.prove(p.workspaceId, best)).toMatchObject({ different: 0, people: 0 });
});

test('every night of the workspace it is made anew, once', async () => {
  // 12:00 in UTC is past three in the morning there.
  await segments.snapshots.askNightly();
  const asked = async () => {
    const { rows } = await p.pg.raw.query<{ payload: { name: string; day: number } }>(
      "select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'segments.snapshot' order by payload->>'name'",
    );
    return rows.map(({ payload }) => payload);
  };
  const day = Math.floor(clock.ms() / 86_400_000);
  expect(await asked()).toMatchObject([
    { name: 'rfm', day },
    { name: 'taste', day },
  ]);
  await p.pg.raw.query('delete from graphile_worker._private_jobs');
  await segments.snapshots.askNightly();
  expect(await asked()).toEqual([]);
  clock.advance(86_400_000);
  await segments.snapshots.askNightly();
  expect(await asked()).toHaveLength(2);
});
