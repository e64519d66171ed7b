import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channelOf, nameOf, readTouch } from './channel.ts';
import { chainOf, type Transition } from './markov.ts';
import { byRatio, decimalOf, portions, scaleOf, unitsOf } from './portion.ts';
import { removalRanges } from './resample.ts';
import { shapley } from './shapley.ts';

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

/**
 * A chain whose answers can be written down: from the start to A with p, else to B; from A on to B with q, to an order
 * with a, else to nothing; from B to an order with b, else to nothing.
 */
function twoChannels(times: number, p: number, q: number, a: number, b: number): Transition[] {
  const inA = times * p;
  const inB = times * (1 - p) + inA * q;
  return [
    { from: 'start', to: 0, times: times * p },
    { from: 'start', to: 1, times: times * (1 - p) },
    { from: 0, to: 1, times: inA * q },
    { from: 0, to: 'order', times: inA * a },
    { from: 0, to: 'nothing', times: inA * (1 - q - a) },
    { from: 1, to: 'order', times: inB * b },
    { from: 1, to: 'nothing', times: inB * (1 - b) },
  ];
}

test('of a known chain the removal effects are those of the closed form, to 9 digits', () => {
  const [p, q, a, b] = [0.37, 0.21, 0.11, 0.29];
  const { conversion, removal } = chainOf(2, twoChannels(1e6, p, q, a, b));
  const all = p * (a + q * b) + (1 - p) * b;
  expect(conversion).toBeCloseTo(all, 12);
  // Without A only the direct way over B is left; without B only that from A to an order.
  expect(removal[0]).toBeCloseTo(1 - ((1 - p) * b) / all, 9);
  expect(removal[1]).toBeCloseTo(1 - (p * a) / all, 9);
});

test('loops: from A and B to each other and to themselves', () => {
  // Start to A. A: stays 0.2, to B 0.5, order 0.1, nothing 0.2. B: to A 0.4, order 0.3, nothing 0.3.
  const { conversion, removal } = chainOf(2, [
    { from: 'start', to: 0, times: 10 },
    { from: 0, to: 0, times: 2 },
    { from: 0, to: 1, times: 5 },
    { from: 0, to: 'order', times: 1 },
    { from: 0, to: 'nothing', times: 2 },
    { from: 1, to: 0, times: 4 },
    { from: 1, to: 'order', times: 3 },
    { from: 1, to: 'nothing', times: 3 },
  ]);
  // b_A = 0.2 b_A + 0.5 b_B + 0.1, b_B = 0.4 b_A + 0.3: b_A = 0.25 / 0.6. Without B: b_A = 0.1 / 0.8.
  expect(conversion).toBeCloseTo(0.25 / 0.6, 12);
  expect(removal[0]).toBeCloseTo(1, 12);
  expect(removal[1]).toBeCloseTo(1 - 0.125 / (0.25 / 0.6), 9);
});

const edge = fc.record({
  from: fc.integer({ min: -1, max: 4 }),
  to: fc.integer({ min: -2, max: 4 }),
  times: fc.integer({ min: 1, max: 1_000 }),
});

test('a channel that is removed by hand, all that leads to it leading to nothing, loses what its removal effect says', () => {
  fc.assert(
    fc.property(fc.array(edge, { minLength: 1, maxLength: 30 }), (edges) => {
      const size = 5;
      const transitions = edges.map(
        ({ from, to, times }): Transition => ({
          from: from < 0 ? 'start' : from,
          to: to === -1 ? 'order' : to === -2 ? 'nothing' : to,
          times,
        }),
      );
      // Every channel can be left, as paths end.
      const all: Transition[] = [
        ...transitions,
        ...[0, 1, 2, 3, 4].map((from): Transition => ({ from, to: 'nothing', times: 1 })),
      ];
      const whole = chainOf(size, all);
      for (let gone = 0; gone < size; gone++) {
        const { conversion } = chainOf(
          size,
          all.map((one) => (one.to === gone ? { ...one, to: 'nothing' as const } : one)),
        );
        const lost = whole.conversion > 0 ? 1 - conversion / whole.conversion : 0;
        expect(whole.removal[gone]).toBeCloseTo(lost, 9);
      }
    }),
    { numRuns: 60 },
  );
});

test('nothing at all, and a path that no channel was on', () => {
  expect(chainOf(2, [])).toEqual({ conversion: 0, removal: [0, 0] });
  expect(chainOf(0, [{ from: 'start', to: 'order', times: 3 }])).toEqual({ conversion: 1, removal: [] });
  expect(
    chainOf(1, [
      { from: 'start', to: 0, times: 3 },
      { from: 0, to: 'nothing', times: 3 },
    ]),
  ).toEqual({
    conversion: 0,
    removal: [0],
  });
});

test('the ranges of removal effects hold them, are the same every time, and are narrower with more', () => {
  const few = removalRanges(2, twoChannels(200, 0.37, 0.21, 0.11, 0.29));
  const many = removalRanges(2, twoChannels(200_000, 0.37, 0.21, 0.11, 0.29));
  expect(removalRanges(2, twoChannels(200, 0.37, 0.21, 0.11, 0.29))).toEqual(few);
  const { removal } = chainOf(2, twoChannels(1, 0.37, 0.21, 0.11, 0.29));
  removal.forEach((one, i) => {
    const share = one / sum(removal);
    for (const [low, high] of [few[i], many[i]].map(
      (range) => [range?.low ?? 1, range?.high ?? 0] as const,
    )) {
      expect(low).toBeLessThan(share);
      expect(high).toBeGreaterThan(share);
    }
    const width = (range: { low: number; high: number } | undefined) => (range ? range.high - range.low : 0);
    expect(width(many[i])).toBeLessThan(width(few[i]) / 5);
  });
});

const coalition = fc.record({
  channels: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
  units: fc.bigInt({ min: 0n, max: 10n ** 12n }),
});

test('Shapley sums to the total exactly, and is that of the game by its definition', () => {
  fc.assert(
    fc.property(fc.array(coalition, { minLength: 1, maxLength: 12 }), (coalitions) => {
      const { over, under } = shapley(5, coalitions);
      const total = coalitions.reduce((all, { units }) => all + units, 0n);
      expect(over.reduce((all, one) => all + one, 0n)).toBe(total * under);
      // By every order of arrival: what each adds, on average.
      const worth = (set: ReadonlySet<number>) =>
        coalitions
          .filter(({ channels }) => channels.every((one) => set.has(one)))
          .reduce((all, { units }) => all + units, 0n);
      const orders = permutations([0, 1, 2, 3, 4]);
      const added = [0n, 0n, 0n, 0n, 0n];
      for (const order of orders) {
        const there = new Set<number>();
        for (const one of order) {
          const before = worth(there);
          there.add(one);
          added[one] = (added[one] as bigint) + worth(there) - before;
        }
      }
      added.forEach((one, i) => {
        expect(one * under).toBe((over[i] as bigint) * BigInt(orders.length));
      });
    }),
    { numRuns: 25 },
  );
});

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutations(of.filter((one) => one !== first)).map((rest) => [first, ...rest]),
  );
}

test('parts sum to the total to the last unit, and are within one of what is due', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (total, weights) => {
        const parts = portions(total, weights);
        const all = sum(weights);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(all > 0 ? total : 0n);
        if (all > 0)
          parts.forEach((part, i) => {
            const due = (Number(total) * (weights[i] as number)) / all;
            expect(Math.abs(Number(part) - due)).toBeLessThanOrEqual(1 + Math.abs(Number(total)) * 1e-12);
          });
      },
    ),
  );
  expect(portions(100n, [1, 1, 1])).toEqual([34n, 33n, 33n]);
  expect(portions(5n, [0, 0])).toEqual([0n, 0n]);
  expect(byRatio(7n, { over: [1n, 2n], under: 3n })).toEqual([2n, 5n]);
});

test('decimals are units and back', () => {
  expect([unitsOf('12.5', 2), unitsOf('-0.05', 2), unitsOf('7', 6)]).toEqual([1250n, -5n, 7_000_000n]);
  expect([decimalOf(1250n, 2), decimalOf(-5n, 2), decimalOf(7n, 0)]).toEqual(['12.50', '-0.05', '7']);
  expect([scaleOf([]), scaleOf(['1', '1.2345'])]).toEqual([2, 4]);
});

test.each([
  ['cpc|google|brand', 'ads', 'google / brand'],
  ['Paid_Social|meta|x', 'ads', 'meta / x'],
  ['email|newsletter|monthly', 'email', 'newsletter / monthly'],
  ['social|instagram|', 'social', 'social'],
  ['friend|share|word-of-mouth', 'friend', 'share / word-of-mouth'],
  ['referrer|google.co.uk|', 'search', 'search'],
  ['referrer|m.baidu.com|', 'search', 'search'],
  ['referrer|l.facebook.com|', 'social', 'social'],
  ['referrer|t.co|', 'social', 'social'],
  ['referrer|mp.weixin.qq.com|', 'social', 'social'],
  ['referrer|blog.example|', 'referral', 'referral'],
  ['store|soho|', 'store', 'store / soho'],
  ['podcast|show|a|b', 'podcast', 'show / a|b'],
  ['direct||', 'direct', 'direct'],
  ['|partner|', 'referral', 'referral'],
])('%s is of %s, and named %s', (text, channel, campaign) => {
  expect(channelOf(readTouch(text))).toBe(channel);
  expect(nameOf(text, 'channel')).toBe(channel);
  expect(nameOf(text, 'campaign')).toBe(campaign);
});
