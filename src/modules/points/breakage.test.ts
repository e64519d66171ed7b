import { expect, test } from 'vitest';
import { breakageCurve, expectedToBeSpent } from './breakage.ts';

test('of points of one age, half spent in the first week and half lost in the second, half are spent', () => {
  const curve = breakageCurve({ spent: [50], lost: [0, 50], there: [] });
  expect(curve).toEqual([
    { week: 0, spent: 0.5, lost: 0 },
    { week: 1, spent: 0.5, lost: 0.5 },
  ]);
  // New ones: half of them. Those a week old have passed the week in which points are spent.
  expect(expectedToBeSpent(curve, [100])).toBe(50);
  expect(expectedToBeSpent(curve, [0, 100])).toBe(0);
});

test('points that are still there count up to the age that they have reached', () => {
  // A hundred are new and were under nobody's eye for long: the share is that of those that could be seen.
  const curve = breakageCurve({ spent: [0, 30], lost: [0, 10], there: [100] });
  expect(curve.at(-1)).toEqual({ week: 1, spent: 0.75, lost: 0.25 });
  expect(expectedToBeSpent(curve, [100])).toBe(75);
});

test('nothing is expected of a programme in which nothing has left yet', () => {
  expect(expectedToBeSpent(breakageCurve({ spent: [], lost: [], there: [10] }), [10])).toBeNull();
});
