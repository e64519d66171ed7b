import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Id, IdKind } from './identifiers.ts';
import { type Resolved, scorePeople } from './score.ts';
import { createTruth, type TruthLearner } from './truth.ts';

type Said = readonly [person: number, ...names: string[]];

/** A truth from messages: who sent it, and the identifiers in it (`email:a`, with a * when several may be behind it). */
function truthFrom(said: readonly Said[]): TruthLearner {
  const truth = createTruth(new Int32Array(100).fill(-1));
  for (const [person, ...names] of said) {
    truth.learn({
      person,
      ids: names.map(read),
      arrivedAt: 0,
      sentAt: 0,
      touchpoint: 'web',
      message: {},
    });
  }
  return truth;
}

function read(name: string): Id {
  const [kind = '', value = ''] = name.replace('*', '').split(':');
  const id = { kind: kind as IdKind, value };
  return name.endsWith('*') ? { ...id, shared: true } : id;
}

/** What was resolved, a group of names for each person. */
function resolved(...people: string[][]): Resolved[] {
  return people.flatMap((names, person) => names.map((name) => ({ ...read(name), person })));
}

// Ann has a browser, an account and a phone; Bob a browser and an account; both use the tablet.
const said: Said[] = [
  [1, 'anonymous_id:ann', 'user_id:ann'],
  [1, 'user_id:ann', 'phone:ann'],
  [1, 'anonymous_id:other'],
  [2, 'anonymous_id:bob', 'user_id:bob'],
  [1, 'anonymous_id:tablet*', 'user_id:ann'],
  [2, 'anonymous_id:tablet*', 'user_id:bob'],
];
const ann = ['anonymous_id:ann', 'user_id:ann', 'phone:ann'];
const bob = ['anonymous_id:bob', 'user_id:bob'];

describe('made-up cases', () => {
  test.each([
    ['all that can be known', [[...ann, 'anonymous_id:tablet'], ['anonymous_id:other'], bob], 1, 1],
    ['the tablet with the other one', [ann, ['anonymous_id:other'], [...bob, 'anonymous_id:tablet']], 1, 1],
    ['nothing joined', [...ann, ...bob, 'anonymous_id:other'].map((name) => [name]), 1, 0],
    ['all in one', [[...ann, ...bob]], 4 / 10, 1],
    [
      'one phone with the wrong one',
      [
        ['anonymous_id:ann', 'user_id:ann'],
        [...bob, 'phone:ann'],
      ],
      2 / 4,
      2 / 4,
    ],
    ['a cookie that never told anything is no loss', [ann, bob, ['anonymous_id:other']], 1, 1],
    ['a stranger to the truth does not count', [[...ann, 'email:whose'], bob], 1, 1],
    ['nothing at all', [], 1, 1],
  ] as const)('%s', (_, people, precision, recall) => {
    const score = scorePeople(truthFrom(said), resolved(...people.map((names) => [...names])));
    expect(score.precision).toBeCloseTo(precision, 12);
    expect(score.recall).toBeCloseTo(recall, 12);
  });

  test('B-cubed looks from each identifier', () => {
    const score = scorePeople(truthFrom(said), resolved([...ann, 'user_id:bob'], ['anonymous_id:bob']));
    expect(score.bCubedPrecision).toBeCloseTo((3 * (3 / 4) + 1 / 4 + 1) / 5, 12);
    expect(score.bCubedRecall).toBeCloseTo((3 * 1 + 2 * (1 / 2)) / 5, 12);
  });

  test('strangers are counted apart', () => {
    expect(scorePeople(truthFrom(said), resolved(['email:whose', 'user_id:ann']))).toMatchObject({
      identifiers: 1,
      strangers: 1,
    });
  });
});

describe('against counting every pair', () => {
  const names = Array.from({ length: 9 }, (_, i) => `email:${i}`);
  const world = fc.record({
    said: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.subarray(names, { minLength: 1, maxLength: 3 })),
      { maxLength: 14 },
    ),
    groups: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: names.length, maxLength: names.length }),
  });

  test('precision and recall are the shares of pairs', () => {
    fc.assert(
      fc.property(world, ({ said: messages, groups }) => {
        const truth = truthFrom(messages.map(([person, ids]) => [person, ...ids]));
        const entries: Resolved[] = names.map((name, i) => ({ ...read(name), person: groups[i] as number }));
        const score = scorePeople(truth, entries);
        const counted = { joined: 0, joinedRightly: 0, knowable: 0, knowableJoined: 0 };
        for (let i = 0; i < names.length; i++) {
          for (let j = i + 1; j < names.length; j++) {
            const [a, b] = [entries[i] as Resolved, entries[j] as Resolved];
            const [ofA, ofB] = [truth.owners(a.kind, a.value), truth.owners(b.kind, b.value)];
            if (ofA.length === 0 || ofB.length === 0) continue;
            const together = a.person === b.person;
            if (together) counted.joined++;
            if (together && ofA.some((owner) => ofB.includes(owner))) counted.joinedRightly++;
            const body = truth.evidence(a.kind, a.value);
            if (body < 0 || body !== truth.evidence(b.kind, b.value) || ofA[0] !== ofB[0]) continue;
            counted.knowable++;
            if (together) counted.knowableJoined++;
          }
        }
        expect(score.pairs).toEqual(counted);
      }),
    );
  });

  test('the truth itself scores 1, whatever it is', () => {
    fc.assert(
      fc.property(world, ({ said: messages }) => {
        const truth = truthFrom(messages.map(([person, ids]) => [person, ...ids]));
        const entries = names.map((name) => {
          const { kind, value } = read(name);
          return { kind, value, person: truth.owners(kind, value)[0] ?? name };
        });
        expect(scorePeople(truth, entries)).toMatchObject({
          precision: 1,
          recall: 1,
          bCubedPrecision: 1,
          bCubedRecall: 1,
        });
      }),
    );
  });
});
