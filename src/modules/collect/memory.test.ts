import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bloom, HashSet } from './memory.ts';

const half = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff),
);
const hash = fc.tuple(half, half);
/** The set takes a low half of 0 for 1: one hash in four billion that could be taken for another. */
const name = ([high, low]: [number, number]) => `${high}.${low === 0 ? 1 : low}`;

describe('a set of hashes', () => {
  test('is a set', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 500 }), fc.array(hash, { maxLength: 100 }), (added, asked) => {
        const set = new HashSet(4);
        const model = new Set<string>();
        for (const [high, low] of added) {
          const isNew = !model.has(name([high, low]));
          expect(set.add(high, low)).toBe(isNew);
          model.add(name([high, low]));
        }
        expect(set.size).toBe(model.size);
        for (const [high, low] of [...added, ...asked]) {
          expect(set.has(high, low)).toBe(model.has(name([high, low])));
        }
      }),
    );
  });

  test('grows, and forgets nothing', () => {
    const set = new HashSet(1);
    for (const [high, low] of hashes('in', 50_000)) expect(set.add(high, low)).toBe(true);
    expect(set.size).toBe(50_000);
    for (const [high, low] of hashes('in', 50_000)) expect(set.has(high, low)).toBe(true);
    for (const [high, low] of hashes('out', 50_000)) expect(set.has(high, low)).toBe(false);
  });

  test('an empty one has room to look in', () => {
    for (const capacity of [0, 1, 2, 3]) {
      const set = new HashSet(capacity);
      expect(set.has(1, 1)).toBe(false);
      for (let i = 0; i < 10; i++) expect(set.add(i, i)).toBe(true);
    }
  });
});

describe('a filter of hashes', () => {
  test('never denies what was added, also after it was written and read', () => {
    fc.assert(
      fc.property(fc.array(hash, { minLength: 1, maxLength: 300 }), (added) => {
        const filter = new Bloom(added.length);
        for (const [high, low] of added) filter.add(high, low);
        const again = new Bloom(filter.bytes());
        for (const [high, low] of added) {
          expect(filter.has(high, low)).toBe(true);
          expect(again.has(high, low)).toBe(true);
        }
      }),
    );
  });

  test('gives few false alarms', () => {
    const filter = new Bloom(100_000);
    for (const [high, low] of hashes('in', 100_000)) filter.add(high, low);
    let alarms = 0;
    for (const [high, low] of hashes('out', 100_000)) if (filter.has(high, low)) alarms++;
    expect(alarms).toBeLessThan(500);
    expect(filter.bytes().length).toBeLessThan(100_000 * 2);
  });

  test('an empty one knows nothing', () => {
    const filter = new Bloom(0);
    for (const [high, low] of hashes('any', 100)) expect(filter.has(high, low)).toBe(false);
  });
});

function* hashes(seed: string, count: number): Generator<[number, number]> {
  for (let i = 0; i < count; i++) {
    const bytes = createHash('md5').update(`${seed} ${i}`).digest();
    yield [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  }
}
