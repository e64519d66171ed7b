import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { manualClock } from '#platform/clock';
import { Refusal } from '#platform/refusal';
import { PERMISSIONS } from '#schema/identity';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { type RandomEvent, randomPerson, randomRule, start } from '../../../test/fixtures/rules.ts';
import { holds } from './live/read.ts';
import type { RuleJson } from './schema.ts';
import { createSegments, type Segments } from './segments.ts';

/** Comparisons of one segment at one step; the long run is `PANDO_CASES=100000 npx vitest run src/modules/segments/live.test.ts`. */
const cases = Number(process.env.PANDO_CASES ?? 2_000);
const rulesAWorld = 8;
const stepsAWorld = 16;

const clock = manualClock(start);
const day = 86_400_000;
let p: TestProgram;
let segments: Segments;
beforeAll(async () => {
  p = await testProgram({ clock });
  // So little room that nearly everybody is put away after each round.
  segments = createSegments({ ...p, room: 80 });
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

const who = fc.integer({ min: 0, max: 5 });
const [events, identifiers] = [
  randomPerson.map((person) => person.events.slice(0, 3)),
  randomPerson.map((person) => person.identifiers[0]),
];
type Step =
  | { do: 'send'; who: number; known: boolean; events: RandomEvent[]; historical: boolean }
  | {
      do: 'tell';
      who: number;
      both: boolean;
      traits: Record<string, [unknown, number]>;
      consent: Record<string, boolean>;
    }
  | { do: 'join' | 'split' | 'erase'; who: number; other: number }
  | { do: 'wait'; ms: number }
  | { do: 'due' | 'restart' | 'carry' }
  | { do: 'edit'; which: number; rule: RuleJson };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who,
      known: fc.boolean(),
      events,
      historical: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      who,
      both: fc.boolean(),
      traits: identifiers.map((one) => one?.traits ?? {}),
      consent: fc.dictionary(fc.constantFrom('marketing', 'analytics'), fc.boolean(), { maxKeys: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('join' as const, 'split' as const, 'split' as const, 'erase' as const),
      who,
      other: who,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 600_000, 3_600_000, 20 * 3_600_000, day, 3 * day),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('due' as const, 'restart' as const, 'carry' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      which: fc.nat(rulesAWorld - 1),
      rule: randomRule,
    }),
  },
);

type Brand = Awaited<ReturnType<TestProgram['newBrand']>>;

class World {
  readonly brand: Brand;
  readonly by: Principal;
  readonly uuids: string[] = [];
  #count = 0;

  constructor(brand: Brand) {
    this.brand = brand;
    this.by = {
      kind: 'cli',
      workspaceId: brand.workspace.id,
      workspace: { ...brand.workspace, id: brand.workspace.uuid, settings: {} },
      role: 'owner',
      scopes: PERMISSIONS,
      actor: 'cli',
    };
  }

  get id(): number {
    return this.brand.workspace.id;
  }

  /** Rules that ask for lists or segments which are not there are passed over. */
  async add(rule: RuleJson): Promise<void> {
    try {
      this.uuids.push((await segments.create(this.by, { name: `Rule ${this.uuids.length}`, rule })).uuid);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async send(messages: Record<string, unknown>[], historical = false): Promise<void> {
    await p.collect.ingest({
      workspaceId: this.id,
      source: this.brand.source,
      receivedAt: clock.now(),
      historical,
      messages: messages.map((one) => ({ messageId: `m${this.id}-${++this.#count}`, ...one })),
    });
  }

  async personOf(who: number): Promise<{ id: string; identifiers: string[] } | null> {
    for (const name of [`user_id:u${who}`, `anonymous_id:a${who}`]) {
      const { body } = await p.ask<{ items: { id: string; identifiers: string[] }[] }>(
        'GET',
        `/api/people?identifier=${encodeURIComponent(name)}`,
        undefined,
        this.brand.secretKey,
      );
      if (body.items[0]) return body.items[0];
    }
    return null;
  }

  async take(step: Step): Promise<void> {
    const key = this.brand.secretKey;
    if (step.do === 'send') {
      const by = step.known ? { userId: `u${step.who}` } : { anonymousId: `a${step.who}` };
      const sent = step.events.map((event) => ({
        ...by,
        type: event.type,
        ...(event.type === 'track' ? { event: event.event } : { name: event.event }),
        // Around now: late ones too.
        timestamp: new Date(Math.min(event.time - start + clock.ms() - 20 * day, clock.ms())).toISOString(),
        ...(event.properties ? { properties: JSON.parse(JSON.stringify(event.properties)) } : {}),
      }));
      if (sent.length > 0) await this.send(sent, step.historical);
    } else if (step.do === 'tell') {
      const by = step.both
        ? { userId: `u${step.who}`, anonymousId: `a${step.who}` }
        : { userId: `u${step.who}` };
      const traits = Object.fromEntries(Object.entries(step.traits).map(([name, [value]]) => [name, value]));
      await this.send([
        {
          ...by,
          type: 'identify',
          traits,
          context: { consent: { categoryPreferences: step.consent } },
          timestamp: clock.now().toISOString(),
        },
      ]);
    } else if (step.do === 'join' || step.do === 'split' || step.do === 'erase') {
      const person = await this.personOf(step.who);
      const other = await this.personOf(step.other);
      if (!person || !other) return;
      if (step.do === 'erase')
        await p.ask('DELETE', `/api/people/${person.id}`, { now: step.who % 2 === 0 }, key);
      else if (step.do === 'join')
        await p.ask('POST', `/api/people/${person.id}/join`, { person: other.id }, key);
      else
        await p.ask(
          'POST',
          `/api/people/${person.id}/split`,
          { identifiers: person.identifiers.slice(0, 1) },
          key,
        );
    } else if (step.do === 'wait') clock.advance(step.ms);
    else if (step.do === 'due') {
      const due = segments.runner.workspace(this.id)?.heap.next() ?? Number.POSITIVE_INFINITY;
      if (due > clock.ms() && due < clock.ms() + 10 * day) clock.advance(due - clock.ms());
    } else if (step.do === 'restart') segments.runner.forget(this.id);
    else if (step.do === 'carry') await segments.carrier.flush();
    else if (step.do === 'edit') {
      const uuid = this.uuids[step.which % this.uuids.length];
      try {
        if (uuid) await segments.edit(this.by, uuid, { rule: step.rule });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }

  /** What is read of every segment against its rule computed afresh. */
  async differences(): Promise<unknown[]> {
    await segments.runner.settle(this.id);
    await p.collect.settled(this.id);
    const found: unknown[] = [];
    for (const uuid of this.uuids) {
      const row = await segments.find(this.id, uuid);
      if (row.edition === null || row.next_edition !== null || row.error !== null) {
        found.push({ rule: row.rule, edition: row.edition, next: row.next_edition, error: row.error });
        continue;
      }
      const page = await segments.membership.page(this.id, row.edition, { after: 0, most: 1_000 });
      const opened = segments.runner.opened(this.id);
      const place = opened?.workspace.editions.findIndex((one) => one.id === row.edition) ?? -1;
      const query = opened?.compiled.members[place]?.({
        position: opened.workspace.position,
        now: clock.ms(),
      });
      if (!query) throw new Error('The segment is not run.');
      const fresh = await p.ch.query<{ person: string }>(query.sql, query.params);
      const live = page.items.map((one) => one.person).sort((a, b) => a - b);
      const afresh = fresh.map((one) => Number(one.person)).sort((a, b) => a - b);
      if (JSON.stringify(live) !== JSON.stringify(afresh)) found.push({ rule: row.rule, live, afresh });
      for (const person of opened?.workspace.memory.keys() ?? []) {
        const atHand = await segments.runner.standing(this.id, row.edition, person);
        if (!atHand) continue;
        toldFromMemory++;
        if (holds(atHand, clock.ms()) !== live.includes(person))
          found.push({ rule: row.rule, person, atHand, live });
      }
    }
    return found;
  }
}

/** How often somebody's standing was at hand, and compared. */
let toldFromMemory = 0;

test('whatever happens, live is as afresh', { timeout: 3_600_000 }, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(randomRule, { minLength: rulesAWorld, maxLength: rulesAWorld, size: 'max' }),
      fc.array(step, { minLength: stepsAWorld, maxLength: stepsAWorld, size: 'max' }),
      async (rules, steps) => {
        const world = new World(await p.newBrand(`World ${++number}`));
        for (const rule of rules.slice(0, rulesAWorld / 2)) await world.add(rule);
        for (const [i, one] of steps.entries()) {
          if (i === 3) for (const rule of rules.slice(rulesAWorld / 2)) await world.add(rule);
          await world.take(one);
          const found = await world.differences();
          expect({ step: i, found: found.slice(0, 1) }).toEqual({ step: i, found: [] });
        }
        segments.runner.forget(world.id);
      },
    ),
    { numRuns: Math.ceil(cases / rulesAWorld / stepsAWorld), endOnFailure: true },
  );
  expect(toldFromMemory).toBeGreaterThan(cases / 10);
});
