import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberTable } from './number-table.ts';

const key = fc.oneof(
  fc.nat({ max: 200 }),
  fc.maxSafeNat(),
  fc.nat({ max: 9 }).map((n) => n * 2 ** 32),
);

test('a table of numbers is as a map, whatever is set and deleted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.option(fc.nat({ max: 2 ** 32 - 1 }))), { maxLength: 2_000 }),
      (steps) => {
        const table = new NumberTable();
        const model = new Map<number, number>();
        for (const [one, value] of steps) {
          if (value === null) {
            table.delete(one);
            model.delete(one);
          } else {
            table.set(one, value);
            model.set(one, value);
          }
          expect(table.size).toBe(model.size);
          expect(table.get(one)).toBe(model.get(one));
        }
        for (const [one] of steps) {
          expect(table.has(one)).toBe(model.has(one));
          expect(table.get(one)).toBe(model.get(one));
        }
      },
    ),
  );
});
