import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { testClickHouse } from '../../../../test/fixtures/clickhouse.ts';
import {
  type LiveWorld,
  liveStates,
  membersAt,
  membersOf,
  position,
  writeWorld,
} from '../../../../test/fixtures/rule-world.ts';
import {
  computedTraits,
  type RandomPerson,
  randomPerson,
  randomRule,
  time,
} from '../../../../test/fixtures/rules.ts';
import {
  compileSet,
  type LoadedRow,
  type PersonState,
  type Rule,
  type RuleContext,
  type RuleSet,
  readRule,
} from './index.ts';

/** `PANDO_CASES=20000` for a longer one. */
const cases = Number(process.env.PANDO_CASES ?? 2000);
const rulesInWorld = 50;

let ch: ClickHouse;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ ch, drop } = await testClickHouse());
});
afterAll(() => drop());

const segments: Record<string | number, object> = {
  1: { did: 'A', in: { last: { days: 7 } } },
  2: { any: [{ segment: 1 }, { did_not: 'B', in: { calendar_days: 2 } }] },
};

const context: RuleContext = {
  timeZone: 'Europe/Oslo',
  consentDefaults: { analytics: true },
  stages: { names: ['page', 'A', 'B', 'Order Completed', 'C'], stages: [1, 2, 2, 3, 5] },
  segments: (id) => (segments[id] as Rule | undefined) ?? null,
  lists: () => true,
  computed: (name) => computedTraits[name] ?? null,
  snapshots: (name) => ({ kind: name === 'money' ? 'number' : 'text', version: 2 }),
  sources: (id) => ({ s1: 11, s2: 12 })[id] ?? null,
};

const world = fc.record({
  rules: fc.array(randomRule, { minLength: rulesInWorld, maxLength: rulesInWorld }),
  people: fc.array(randomPerson, { minLength: 60, maxLength: 100, size: 'max' }),
  nows: fc.array(time, { minLength: 2, maxLength: 2 }),
});

/** One random world: the same people in ClickHouse and in memory, and what was found to differ. */
class Comparison {
  readonly differences: unknown[] = [];
  readonly set: RuleSet;
  readonly rules: readonly Rule[];
  readonly world: LiveWorld;
  readonly live: ReadonlyMap<number, PersonState>;

  private constructor(rules: readonly Rule[], written: LiveWorld) {
    this.rules = rules;
    this.world = written;
    this.set = compileSet(
      rules.map((rule, id) => ({ id, rule })),
      context,
    );
    this.live = liveStates(this.set, written);
  }

  static async of(json: readonly object[], people: readonly RandomPerson[], workspaceId: number) {
    const rules = json.map((one) => readRule(one, context));
    return new Comparison(rules, await writeWorld(ch, workspaceId, people));
  }

  /** Everybody in every rule. */
  async at(now: number, quickly = true): Promise<void> {
    const members = await membersAt(ch, context, {
      workspaceId: this.world.workspaceId,
      rules: this.rules,
      now,
      quickly,
    });
    this.rules.forEach((_, id) => {
      this.#compare(id, now, members[id] as Set<number>, this.live);
    });
  }

  async ofOne(id: number, now: number): Promise<void> {
    const rule = this.rules[id] as Rule;
    const members = await membersOf(ch, context, { workspaceId: this.world.workspaceId, rule, now });
    this.#compare(id, now, members, this.live);
  }

  /** Truth stays as it is until `until`, and not longer; returns these moments. */
  untils(now: number): number[] {
    const found = new Set<number>();
    for (const id of this.set.ids) {
      for (const [person, state] of this.live) {
        const { in: isIn, until, early } = this.set.evaluate(state, id, now);
        if (until === Number.POSITIVE_INFINITY) continue;
        const before = this.set.evaluate(state, id, until - 1).in;
        const then = this.set.evaluate(state, id, until).in;
        if (until <= now || before !== isIn || (then === isIn && !early)) {
          this.differences.push({ ...this.#about(id, now, person), isIn, until, before, then });
        }
        found.add(until);
      }
    }
    return [...found];
  }

  /** What is loaded from ClickHouse says what was seen coming. */
  async loaded(now: number): Promise<void> {
    const { sql, params } = this.set.loadSql({ workspaceId: this.world.workspaceId, keys: null, position });
    const states = new Map(
      this.world.people.map(({ id, facts }) => {
        const state = this.set.newPerson(id);
        this.set.setFacts(state, facts);
        return [id, state];
      }),
    );
    for (const row of await ch.query<LoadedRow & { person: string }>(sql, params)) {
      const entry = this.set.entryOfLoaded(row);
      const state = states.get(Number(row.person));
      if (entry && state) this.set.add(state, entry);
    }
    for (const id of this.set.ids) {
      const members = [...this.live].filter(([, state]) => this.set.evaluate(state, id, now).in);
      this.#compare(id, now, new Set(members.map(([person]) => person)), states);
    }
  }

  /** Nobody changes before their timer. */
  async timers(now: number): Promise<void> {
    const { sql, params } = this.set.timersSql({ workspaceId: this.world.workspaceId, position, now });
    const due = new Map(
      (await ch.query<{ person: string; due: string }>(sql, params)).map((row) => [
        Number(row.person),
        Number(row.due),
      ]),
    );
    for (const [person, state] of this.live) {
      for (const id of this.set.ids) {
        const { until } = this.set.evaluate(state, id, now);
        const timer = due.get(person) ?? Number.POSITIVE_INFINITY;
        if (timer > until || timer <= now)
          this.differences.push({ ...this.#about(id, now, person), timer, until });
      }
    }
  }

  #compare(
    id: number,
    now: number,
    members: ReadonlySet<number>,
    live: ReadonlyMap<number, PersonState>,
  ): void {
    for (const [person, state] of live) {
      const { in: isIn } = this.set.evaluate(state, id, now);
      if (isIn !== members.has(person))
        this.differences.push({ ...this.#about(id, now, person), live: isIn });
    }
  }

  #about(id: number, now: number, person: number) {
    const one = this.world.people.find((some) => some.id === person);
    const rows = one?.rows
      .map((row) => JSON.stringify({ ...row, time: new Date(Number(row.time) * 1000) }))
      .sort();
    return {
      rule: JSON.stringify(this.rules[id]),
      now: new Date(now).toISOString(),
      person,
      facts: one?.facts,
      rows,
    };
  }
}

describe('a rule', () => {
  let workspaceId = 0;
  const tally = { cases: 0, mixed: 0, changing: 0 };

  it('means the same live and afresh, at any moment, and tells when time alone changes it', {
    timeout: 3_600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.nat(), async ({ rules, people, nows }, pick) => {
        const comparison = await Comparison.of(rules, people, ++workspaceId);
        const [now = 0, another = 0] = nows;
        const untils = comparison.untils(now);
        const until = untils[pick % (untils.length || 1)] ?? another;
        // Each statement takes its time to be planned, so worlds take turns in what is asked besides.
        await Promise.all([
          comparison.at(now, workspaceId % 8 !== 0),
          comparison.at(workspaceId % 2 === 0 ? until : until - 1),
        ]);
        await Promise.all([comparison.loaded(now), comparison.ofOne(pick % rulesInWorld, another)]);
        if (workspaceId % 4 === 1) await comparison.timers(now);
        tally.cases += rulesInWorld;
        for (const id of comparison.set.ids) {
          const verdicts = [...comparison.live.values()].map((state) =>
            comparison.set.evaluate(state, id, now),
          );
          if (verdicts.some((one) => one.in) && verdicts.some((one) => !one.in)) tally.mixed++;
          if (verdicts.some((one) => one.until < Number.POSITIVE_INFINITY)) tally.changing++;
        }
        expect(comparison.differences.slice(0, 1)).toEqual([]);
      }),
      {
        numRuns: Math.ceil(cases / rulesInWorld),
        endOnFailure: true,
        // A whole world is too much to read; the first difference tells what it is about.
        reporter(run) {
          if (run.failed)
            throw new Error(`With the seed ${run.seed}: ${run.errorInstance}`, { cause: run.errorInstance });
        },
      },
    );
    // The rules are about something: many tell people apart, and many change by time.
    expect(tally.mixed / tally.cases).toBeGreaterThan(0.4);
    expect(tally.changing / tally.cases).toBeGreaterThan(0.2);
  });

  it('takes whoever never answered for one who agreed, where a consent is presumed; one alone and among others', async () => {
    const who = (...consents: RandomPerson['identifiers'][number]['consent'][]): RandomPerson => ({
      identifiers: consents.map((consent) => ({ traits: {}, consent, lists: [] })),
      events: [],
      snapshots: {},
    });
    const people = [
      who({}),
      who({}, { marketing: [true, 5] }),
      who({ analytics: [true, 5] }, {}),
      who({}, { analytics: [false, 5] }),
      who({ analytics: [true, 5] }, { analytics: [false, 9] }),
    ];
    // `analytics` is presumed, `marketing` is not.
    const rules = [{ consent: 'analytics' }, { not: { consent: 'analytics' } }, { consent: 'marketing' }];
    const comparison = await Comparison.of(rules, people, ++workspaceId);
    const now = Date.UTC(2026, 2, 10);
    const of = comparison.world;
    const placesIn = (members: ReadonlySet<number>) =>
      of.people.flatMap(({ id }, place) => (members.has(id) ? [place] : []));
    const alone = await Promise.all(
      comparison.rules.map((rule) =>
        membersOf(ch, context, { workspaceId: of.workspaceId, rule, now }).then(placesIn),
      ),
    );
    expect(alone).toEqual([[0, 1, 2], [3, 4], [1]]);
    await comparison.at(now);
    for (const id of rules.keys()) await comparison.ofOne(id, now);
    expect(comparison.differences).toEqual([]);
  });
});
