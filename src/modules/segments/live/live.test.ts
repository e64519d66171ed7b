import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { manualClock } from '#platform/clock';
import { identify, peopleOf, track } from '../../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../../test/fixtures/program.ts';
import { createSegments, type Segments } from '../segments.ts';
import { sizesSince } from '../sql.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
const minutes = 60_000;
let p: TestProgram;
let segments: Segments;
let listening: ReadonlySet<number> | 'all' = 'all';
let by: Principal;
beforeAll(async () => {
  p = await testProgram({ clock });
  segments = createSegments({ ...p, listening: async () => listening });
  by = {
    workspaceId: p.workspaceId,
    kind: 'cli',
    actor: 'cli',
    role: 'owner',
    scopes: [],
  } as unknown as Principal;
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

async function newSegment(name: string, rule: unknown): Promise<string> {
  const { uuid } = await segments.create(by, { name, rule });
  await segments.settle(p.workspaceId);
  return uuid;
}

async function membersOf(uuid: string): Promise<string[]> {
  const { edition } = await segments.find(p.workspaceId, uuid);
  if (edition === null) throw new Error('not filled');
  const page = await segments.membership.page(p.workspaceId, edition, { after: 0, most: 1000 });
  expect(await segments.membership.count(p.workspaceId, edition)).toBe(page.items.length);
  const ids = await p.people.idsOf(
    p.workspaceId,
    page.items.map((one) => one.person),
  );
  // The same of everybody, one by one.
  const since = new Map(page.items.map((one) => [one.person, one.sinceMs]));
  for await (const { person } of p.people.allIdentifiers(p.workspaceId))
    expect(await segments.membership.sinceWhen(p.workspaceId, edition, person)).toBe(
      since.get(person) ?? null,
    );
  return page.items.map((one) => ids.get(one.person) ?? 'nobody');
}

test('enters by an event, leaves by time alone, and both are told', async () => {
  await p.accept(track({ userId: 'old' }));
  const uuid = await newSegment('seen lately', { did: 'Seen', in: { last: { minutes: 5 } } });
  const people = peopleOf(p);
  expect(await membersOf(uuid)).toEqual([await people.idOf('user_id:old')]);

  await p.accept(track({ userId: 'ann' }));
  await segments.settle(p.workspaceId);
  const ann = await people.idOf('user_id:ann');
  expect(await membersOf(uuid)).toContain(ann);

  clock.advance(2 * minutes);
  await segments.settle(p.workspaceId);
  clock.advance(3 * minutes - 1);
  expect(await membersOf(uuid)).toHaveLength(2);
  clock.advance(1);
  // By what was written down, before any round.
  expect(await membersOf(uuid)).toEqual([]);
  await segments.settle(p.workspaceId);
  expect(await membersOf(uuid)).toEqual([]);
  expect(await segments.prove(p.workspaceId, uuid)).toMatchObject({ different: 0, people: 0 });
  const { rows } = await p.pg.raw.query<{ type: string }>(
    "select type from facts where type in ('segment.entered', 'segment.left') order by id",
  );
  expect(rows.map((row) => row.type)).toEqual(['segment.entered', 'segment.left', 'segment.left']);
});

test('a trait, a join and an erasure are followed', async () => {
  const uuid = await newSegment('gold viewers', {
    all: [
      { trait: 'plan', equals: 'gold' },
      { did: 'Looked', at_least: 2 },
    ],
  });
  await p.accept(
    track({ anonymousId: 'browser' }, { event: 'Looked' }),
    track({ userId: 'bob' }, { event: 'Looked' }),
    identify({ userId: 'bob' }, { plan: 'gold' }),
  );
  await segments.settle(p.workspaceId);
  expect(await membersOf(uuid)).toEqual([]);
  await p.accept(identify({ userId: 'bob', anonymousId: 'browser' }));
  await segments.settle(p.workspaceId);
  const bob = await peopleOf(p).idOf('user_id:bob');
  expect(await membersOf(uuid)).toEqual([bob]);
  expect(await segments.prove(p.workspaceId, uuid)).toMatchObject({ different: 0, people: 1 });
  await p.ask('DELETE', `/api/people/${bob}`, { now: false });
  await segments.settle(p.workspaceId);
  expect(await membersOf(uuid)).toEqual([]);
  expect(await segments.prove(p.workspaceId, uuid)).toMatchObject({ different: 0, people: 0 });
});

test('who came and went is counted by the hour', async () => {
  const uuid = await newSegment('callers', { did: 'Called', in: { last: { minutes: 5 } } });
  const { id } = await segments.find(p.workspaceId, uuid);
  const sizes = () => p.pg.inWorkspace(p.workspaceId, (tx) => sizesSince(tx, p.workspaceId, id, new Date(0)));
  await p.accept(
    track({ userId: 'cid' }, { event: 'Called' }),
    track({ userId: 'dee' }, { event: 'Called' }),
  );
  await segments.settle(p.workspaceId);
  expect(await sizes()).toMatchObject([{ size: 2, entered: 2, gone: 0 }]);
  clock.advance(6 * minutes);
  await segments.settle(p.workspaceId);
  expect(await sizes()).toMatchObject([{ size: 0, entered: 2, gone: 2 }]);
});

test('single comings and goings are facts only where somebody listens; which segments moved is always told', async () => {
  const uuid = await newSegment('askers', { did: 'Asked' });
  const { id } = await segments.find(p.workspaceId, uuid);
  listening = new Set([id + 1]);
  const told = async () => {
    const { rows } = await p.pg.raw.query<{ type: string; data: Record<string, unknown> }>(
      'select type, data from facts order by place, id',
    );
    return rows.filter(
      ({ data }) => data.segment === id || (Array.isArray(data.segments) && data.segments.includes(id)),
    );
  };
  clock.advance(1_000);
  await p.accept(track({ userId: 'eva' }, { event: 'Asked' }));
  await segments.settle(p.workspaceId);
  expect((await told()).map(({ type }) => type)).toEqual(['segment.moved']);
  listening = new Set([id]);
  clock.advance(1_000);
  await p.accept(track({ userId: 'fay' }, { event: 'Asked' }));
  await segments.settle(p.workspaceId);
  expect((await told()).map(({ type }) => type).sort()).toEqual([
    'segment.entered',
    'segment.moved',
    'segment.moved',
  ]);
  listening = 'all';
});

test('shares members with others, says why, and comes back from the archive', async () => {
  await p.accept(
    identify({ userId: 'eva' }, { city: 'Leith' }),
    identify({ userId: 'fin' }, { city: 'Leith' }),
    track({ userId: 'eva' }, { event: 'Order Completed', properties: { total: '12.50', currency: 'GBP' } }),
    track({ userId: 'gil' }, { event: 'Order Completed', properties: { total: '7', currency: 'GBP' } }),
  );
  const leith = await newSegment('of Leith', { trait: 'city', equals: 'Leith' });
  const buyers = await newSegment('buyers', { did: 'Order Completed' });
  const nested = await newSegment('buyers elsewhere', {
    all: [{ segment: buyers }, { not: { segment: leith } }],
  });
  const [ofLeith, ofBuyers, ofNested] = await Promise.all(
    [leith, buyers, nested].map(async (one) => (await segments.find(p.workspaceId, one)).edition ?? 0),
  );
  const both = await segments.membership.shared(p.workspaceId, ofBuyers ?? 0, [ofLeith ?? 0, ofNested ?? 0]);
  expect([...both].sort()).toEqual([
    [ofLeith, 1],
    [ofNested, 1],
  ]);

  const gil = await segments.headOf(p.workspaceId, await peopleOf(p).idOf('user_id:gil'));
  const found = await segments.why(p.workspaceId, nested, gil);
  expect(found?.in).toBe(true);
  expect(found?.why).toMatchObject({
    truth: true,
    all: [
      {
        condition: { segment: buyers },
        of: { truth: true, condition: { did: 'Order Completed' }, found: 1, count: 1 },
      },
      { truth: true, not: { truth: false, condition: { segment: leith }, of: { found: null } } },
    ],
  });

  await segments.archive(by, nested);
  await segments.settle(p.workspaceId);
  await segments.restore(by, nested);
  await segments.settle(p.workspaceId);
  expect(await membersOf(nested)).toEqual([await peopleOf(p).idOf('user_id:gil')]);
});
