import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { manualClock } from '#platform/clock';
import { peopleOf, track } from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import type { ConditionKind, PersonState } from './rule/index.ts';
import { createSegments, type Segments } from './segments.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
let p: TestProgram;
let segments: Segments;
let by: Principal;

/** Until when people have a badge, ms: what an upper module would keep in a table of its own. */
const badges = new Map<number, number>();

class LiveBadge {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;

  test({ facts }: PersonState, now: number): boolean {
    const until = Number(facts.more?.badge ?? 0);
    this.next = until > now ? until : Number.POSITIVE_INFINITY;
    return until > now;
  }

  explain({ facts }: PersonState) {
    return { found: facts.more?.badge ?? null, wanted: true };
  }
}

/** `{ badge: true }`: has one now. All that an upper module writes for a condition of its own. */
const badge: ConditionKind = {
  key: 'badge',
  schema: Type.Object({ badge: Type.Literal(true) }, { additionalProperties: false }),
  lower: () => ({
    leaf: {
      key: JSON.stringify(['badge']),
      atoms: [],
      facts: { more: 'badge' },
      sql(w) {
        const having = [...badges].filter(([, until]) => until > w.now).map(([person]) => person);
        return `has(${w.param(having, 'Array(UInt64)')}, person)`;
      },
      due: () => [],
      duePeople(w) {
        const untils = [...badges.values()].filter((until) => until > w.now);
        return untils.length === 0 ? [] : [w.param(Math.min(...untils), 'Int64')];
      },
      live: () => new LiveBadge(),
    },
  }),
};

beforeAll(async () => {
  p = await testProgram({ clock });
  segments = createSegments(p);
  segments.conditions.register(badge, async (_, persons) => {
    const found = persons.map(({ person }) => [person, badges.get(person) ?? null] as const);
    return new Map(found);
  });
  by = { workspaceId: p.workspaceId, kind: 'cli', actor: 'cli', role: 'owner', scopes: [] } as never;
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

test('a module adds a condition by one registration: its words, its truth, its moments, and why', async () => {
  await p.accept(track({ userId: 'ann' }), track({ userId: 'bob' }));
  const [ann = 0, bob = 0] = await Promise.all(
    ['ann', 'bob'].map(async (who) =>
      segments.headOf(p.workspaceId, await peopleOf(p).idOf(`user_id:${who}`)),
    ),
  );
  badges.set(bob, clock.ms() + 60_000);
  const rule = { all: [{ badge: true }, { did: 'Seen' }] };
  const { uuid } = await segments.create(by, { name: 'decorated', rule });
  await segments.settle(p.workspaceId);
  const members = async () => {
    const { edition } = await segments.find(p.workspaceId, uuid);
    const page = await segments.membership.page(p.workspaceId, edition ?? 0, { after: 0, most: 10 });
    return page.items.map((one) => one.person);
  };
  expect(await members()).toEqual([bob]);

  badges.set(ann, clock.ms() + 120_000);
  await p.pg.inWorkspace(p.workspaceId, (tx) => segments.conditions.changed(tx, p.workspaceId, [ann]));
  await segments.settle(p.workspaceId);
  expect(await members()).toEqual([ann, bob]);
  expect(await segments.prove(p.workspaceId, uuid)).toMatchObject({ different: 0, people: 2 });
  expect(await segments.why(p.workspaceId, uuid, ann)).toMatchObject({
    in: true,
    until: badges.get(ann),
    why: { all: [{ truth: true, condition: { badge: true }, found: badges.get(ann) }, { truth: true }] },
  });

  clock.advance(60_000);
  expect(await members()).toEqual([ann]);
  clock.advance(60_000);
  await segments.settle(p.workspaceId);
  expect(await members()).toEqual([]);
  expect(await segments.prove(p.workspaceId, uuid)).toMatchObject({ different: 0, people: 0 });

  expect(() => segments.conditions.register(badge)).toThrow('two conditions');
  await expect(segments.create(by, { name: 'wrong', rule: { badge: 'gold' } })).rejects.toMatchObject({
    type: 'segments/bad-rule',
  });
});
