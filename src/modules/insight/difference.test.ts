import { describe, expect, test } from 'vitest';
import { compareShares, compareTotals, type Verdict } from './difference.ts';

const ones = (people: number) => ({ sum: people, squares: people, people });

describe('totals', () => {
  test.each<[string, number, number, Verdict]>([
    // z = 100 / sqrt(2100) = 2.18
    ['1100 people against 1000', 1100, 1000, 'may-be-chance'],
    // z = 120 / sqrt(2120) = 2.606
    ['1120 against 1000', 1120, 1000, 'not-chance'],
    ['1000 against 1120', 1000, 1120, 'not-chance'],
    ['as many', 1000, 1000, 'may-be-chance'],
    // z = 70 / sqrt(130) = 6.1
    ['100 against 30', 100, 30, 'not-chance'],
    ['100 against 29', 100, 29, 'too-few'],
    ['nothing against nothing', 0, 0, 'too-few'],
  ])('%s', (_name, now, before, verdict) => {
    expect(compareTotals(ones(now), ones(before))).toBe(verdict);
  });

  test('the same sum says less where few brought much of it', () => {
    const before = { sum: 1000, squares: 10_000, people: 100 };
    // z = 500 / sqrt(22500 + 10000) = 2.77
    expect(compareTotals({ sum: 1500, squares: 22_500, people: 100 }, before)).toBe('not-chance');
    // One of them brought 501: z = 500 / sqrt(261001 + 10000) = 0.96
    expect(compareTotals({ sum: 1500, squares: 261_001, people: 100 }, before)).toBe('may-be-chance');
  });
});

test.each<[string, [number, number], [number, number], Verdict]>([
  // r = 0.125, z = 0.05 / sqrt(0.109375 * 0.004) = 2.39
  ['15% against 10% of 500', [75, 500], [50, 500], 'may-be-chance'],
  // r = 0.13, z = 0.06 / sqrt(0.1131 * 0.004) = 2.82
  ['16% against 10% of 500', [80, 500], [50, 500], 'not-chance'],
  ['the other way round', [50, 500], [80, 500], 'not-chance'],
  ['of 29', [10, 29], [1, 500], 'too-few'],
  // 4.5 expected in each.
  ['four and five of a hundred', [4, 100], [5, 100], 'too-few'],
  ['nobody of anybody', [0, 0], [0, 0], 'too-few'],
  ['everybody', [100, 100], [100, 100], 'too-few'],
])('shares: %s', (_name, [a, n], [b, m], verdict) => {
  expect(compareShares({ part: a, of: n }, { part: b, of: m })).toBe(verdict);
});
