import { expect, test } from 'vitest';
import { dayAt, kaplanMeier } from './survival.ts';

// Remission of leukaemia under 6-MP: Freireich et al. 1963, as in Kalbfleisch and Prentice; weeks, those with + censored:
// 6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13, 16, 17+, 19+, 20+, 22, 23, 25+, 32+, 32+, 34+, 35+.
const days = [
  { day: 6, again: 3, censored: 1 },
  { day: 7, again: 1, censored: 0 },
  { day: 9, again: 0, censored: 1 },
  { day: 10, again: 1, censored: 1 },
  { day: 11, again: 0, censored: 1 },
  { day: 13, again: 1, censored: 0 },
  { day: 16, again: 1, censored: 0 },
  { day: 17, again: 0, censored: 1 },
  { day: 19, again: 0, censored: 1 },
  { day: 20, again: 0, censored: 1 },
  { day: 22, again: 1, censored: 0 },
  { day: 23, again: 1, censored: 0 },
  { day: 25, again: 0, censored: 1 },
  { day: 32, again: 0, censored: 2 },
  { day: 34, again: 0, censored: 1 },
  { day: 35, again: 0, censored: 1 },
];

test('the curve of a published example, to the printed digits', () => {
  const curve = kaplanMeier(days);
  const told = curve.map(({ day, survival, at_risk }) => [day, survival.toFixed(4), at_risk]);
  expect(told).toEqual([
    [0, '1.0000', 21],
    [6, '0.8571', 21],
    [7, '0.8067', 17],
    [10, '0.7529', 15],
    [13, '0.6902', 12],
    [16, '0.6275', 11],
    [22, '0.5378', 7],
    [23, '0.4482', 6],
  ]);
  // As survfit(conf.type = "log-log") of R's survival prints for 6 and 23 weeks.
  expect(curve[1]?.low).toBeCloseTo(0.6197, 4);
  expect(curve[1]?.high).toBeCloseTo(0.9516, 4);
  expect(curve[7]?.low).toBeCloseTo(0.188, 3);
  expect(curve[7]?.high).toBeCloseTo(0.68, 3);
  expect(dayAt(curve, 0.5)).toBe(23);
  expect(dayAt(curve, 0.4)).toBe(null);
});

test('of nobody, and of those who all bought again at once', () => {
  expect(kaplanMeier([])).toEqual([{ day: 0, survival: 1, low: 1, high: 1, at_risk: 0 }]);
  expect(kaplanMeier([{ day: 0, again: 3, censored: 0 }])[1]).toEqual({
    ...{ day: 0, survival: 0, low: 0, high: 0, at_risk: 3 },
  });
});
