import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { testClickHouse } from '../../../../test/fixtures/clickhouse.ts';
import { liveStates, makeTables, membersOf, writeWorld } from '../../../../test/fixtures/rule-world.ts';
import { type RandomPerson, randomPerson, randomRule, time } from '../../../../test/fixtures/rules.ts';
import { compileSet, type Rule, type RuleContext, readRule } from './index.ts';

const cases = Number(process.env.PANDO_CASES ?? 2000);
const rulesInWorld = 40;

let ch: ClickHouse;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ ch, drop } = await testClickHouse());
  await makeTables(ch);
});
afterAll(() => drop());

const context: RuleContext = {
  timeZone: 'Europe/Oslo',
  consentDefaults: { analytics: true },
  stages: { names: ['page', 'A', 'B', 'Order Completed', 'C'], stages: [1, 2, 2, 3, 5] },
  segments: (id) =>
    (({
      1: { did: 'A', in: { last: { days: 7 } } },
      2: { any: [{ segment: 1 }, { did_not: 'B', in: { calendar_days: 2 } }] },
    })[id] as Rule | undefined) ?? null,
  lists: () => true,
  sources: (id) => ({ s1: 11, s2: 12 })[id] ?? null,
};

const world = fc.record({
  rules: fc.array(randomRule, { minLength: rulesInWorld, maxLength: rulesInWorld, size: 'max' }),
  people: fc.array(randomPerson, { minLength: 60, maxLength: 100, size: 'max' }),
  nows: fc.array(time, { minLength: 3, maxLength: 3 }),
});

describe('a rule', () => {
  let workspaceId = 0;

  async function differences(
    json: readonly object[],
    people: readonly RandomPerson[],
    nows: readonly number[],
  ) {
    workspaceId++;
    const rules = json.map((one) => readRule(one, context));
    const written = await writeWorld(ch, workspaceId, people);
    const set = compileSet(
      rules.map((rule, id) => ({ id, rule })),
      context,
    );
    const live = liveStates(set, written);
    const found: unknown[] = [];
    const compare = async (asked: { id: number; now: number }[]) => {
      const members = await membersOf(
        ch,
        context,
        workspaceId,
        asked.map(({ id, now }) => ({ rule: rules[id] as Rule, now })),
      );
      asked.forEach(({ id, now }, n) => {
        for (const [person, state] of live) {
          const { in: isIn } = set.evaluate(state, id, now);
          if (isIn !== members[n]?.has(person)) {
            const events = written.people.find((one) => one.id === person);
            found.push({
              rule: rules[id],
              now: new Date(now).toISOString(),
              person,
              live: isIn,
              facts: events?.facts,
              events: events?.rows
                .map((row) =>
                  [
                    new Date(Number(row.time) * 1000).toISOString(),
                    row.type,
                    row.event,
                    row.contract,
                    row.bot,
                    row.store_id,
                    row.total,
                    row.properties,
                  ].join(' '),
                )
                .sort(),
            });
          }
        }
      });
    };
    const ids = rules.map((_, id) => id);
    await compare(nows.flatMap((now) => ids.map((id) => ({ id, now }))));
    const [now = 0] = nows;
    const moments: { id: number; now: number }[] = [];
    for (const id of ids) {
      const untils = new Set<number>();
      for (const [person, state] of live) {
        const { in: isIn, until, early } = set.evaluate(state, id, now);
        if (until === Number.POSITIVE_INFINITY) continue;
        untils.add(until);
        const before = set.evaluate(state, id, until - 1).in;
        const then = set.evaluate(state, id, until).in;
        if (until <= now || before !== isIn || (then === isIn && !early))
          found.push({ rule: rules[id], person, now, until, isIn, before, then, early });
      }
      for (const until of [...untils].sort((a, b) => a - b).slice(0, 2))
        moments.push({ id, now: until - 1 }, { id, now: until });
    }
    await compare(moments);
    return { found, set, live, written, rules };
  }

  it('means the same live and afresh, at any moment, and tells when time alone changes it', {
    timeout: 1_800_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ rules, people, nows }) => {
        const { found } = await differences(rules, people, nows);
        expect(found.slice(0, 1)).toEqual([]);
      }),
      { numRuns: Math.ceil(cases / rulesInWorld), endOnFailure: true },
    );
  });
});
