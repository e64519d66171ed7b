import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphCache } from './cache.ts';
import { nameOf } from './identifier.ts';
import { NameTable } from './name-table.ts';
import type { Node, State } from './node.ts';

// Identifiers are remembered as numbers, and come back as they were.

/** Of few letters, so that names meet again and begin alike; halves of surrogate pairs are different names too. */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\ud800', '\ud801', '😀'), maxLength: 4 }),
  fc.string({ maxLength: 40 }),
);

describe('a table of names', () => {
  test('gives each name one row, in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 400 }), fc.array(name, { maxLength: 20 }), (names, others) => {
        const table = new NameTable();
        const rows = new Map<string, number>();
        for (const one of names) {
          if (!rows.has(one)) rows.set(one, rows.size);
          expect(table.add(one)).toBe(rows.get(one));
        }
        expect(table.size).toBe(rows.size);
        for (const one of [...names, ...others]) expect(table.find(one)).toBe(rows.get(one) ?? -1);
      }),
    );
  });

  test('knows fifty thousand', () => {
    const table = new NameTable();
    for (let i = 0; i < 50_000; i++) expect(table.add(`user_id\0u${i}`)).toBe(i);
    for (let i = 0; i < 50_000; i++) expect(table.find(`user_id\0u${i}`)).toBe(i);
    expect(table.find('user_id\0u50000')).toBe(-1);
  });
});

const node: fc.Arbitrary<Node> = fc.record({
  key: fc.maxSafeNat(),
  person: fc.maxSafeNat(),
  kind: fc.constantFrom('user_id', 'email'),
  value: fc.string({ minLength: 1, maxLength: 2 }),
  state: fc.constantFrom<State>(0, 1, 2, 3, 4),
  contested: fc.boolean(),
  degree: fc.option(fc.nat()),
  denied: fc.option(fc.boolean()),
  consent: fc.option(
    fc.dictionary(
      fc.constantFrom('analytics', 'marketing'),
      fc.oneof(fc.tuple(fc.boolean(), fc.nat()), fc.tuple(fc.boolean(), fc.nat(), fc.string())),
      { noNullPrototype: true },
    ),
  ),
});

describe('the cache of a graph', () => {
  test('has what was put into it last, as long as there is room', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 60 }), (nodes) => {
        const cache = new GraphCache(1_000);
        const known = new Map<string, Node>();
        for (const one of nodes) {
          known.set(nameOf(one.kind, one.value), one);
          cache.put(nameOf(one.kind, one.value), one);
          cache.putTie(`${one.key}`, one.person);
          expect(cache.tie(`${one.key}`)).toBe(one.person);
        }
        for (const [called, one] of known) expect(cache.get(called)).toEqual(one);
        expect(cache.get(nameOf('phone', '1'))).toBeUndefined();
        cache.clear();
        for (const called of known.keys()) expect(cache.get(called)).toBeUndefined();
      }),
    );
  });

  test('keeps whoever is asked for, and forgets the others', () => {
    const cache = new GraphCache(100);
    const put = (i: number) => cache.put(nameOf('user_id', `u${i}`), { ...blank, key: i, value: `u${i}` });
    for (let i = 0; i < 1_000; i++) {
      put(i);
      expect(cache.get(nameOf('user_id', 'u0'))?.key).toBe(0);
    }
    expect(cache.get(nameOf('user_id', 'u999'))?.key).toBe(999);
    expect(cache.get(nameOf('user_id', 'u500'))).toBeUndefined();
  });
});

const blank: Node = {
  ...{ key: 0, person: 0, kind: 'user_id', value: '', state: 0, contested: false },
  ...{ degree: null, denied: null, consent: null },
};
