import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fraction, micros, million, one } from './amount.ts';
import { type Basis, basisFromJson, basisToJson, pointsOf, type Refund, Returned } from './basis.ts';
import { Book, type Claim, capPlace } from './book.ts';

const numRuns = Number(process.env.PANDO_RULE_CASES ?? 400);
const amount = fc.integer({ min: 1, max: 50_000 }).map((pennies) => BigInt(pennies) * 10_000n);
const totalBasis = amount.map((total): Basis => ({ kind: 'total', points: 1n, per: million, total }));
const linesBasis = fc
  .array(fc.record({ price: amount, quantity: fc.integer({ min: 1, max: 5 }), each: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  .map(
    (lines): Basis => ({
      kind: 'lines',
      total: lines.reduce((sum, line) => sum + line.price * BigInt(line.quantity), 0n),
      lines: lines.map(({ price, quantity, each }, i) => ({
        product: [`p${i}`],
        price,
        quantity: BigInt(quantity) * million,
        points: 3n,
        per: each ? null : million,
      })),
    }),
  );
const fixedBasis = fc
  .record({ points: fc.integer({ min: 1, max: 500 }), total: fc.option(amount) })
  .map(({ points, total }): Basis => ({ kind: 'fixed', points: BigInt(points), total }));
const basis = fc.oneof(totalBasis, linesBasis, fixedBasis);
const factor = fc.constantFrom('1', '2', '1.5', '0.3333').map(fraction);
const everything: Refund = { all: true, total: null, lines: [] };
const part = fc.oneof(
  amount.map((total): Refund => ({ all: false, total, lines: [] })),
  fc.record({ i: fc.nat(3), price: amount, quantity: fc.integer({ min: 1, max: 3 }) }).map(
    ({ i, price, quantity }): Refund => ({
      all: false,
      total: null,
      lines: [{ product: [`p${i}`], price, quantity: BigInt(quantity) * million }],
    }),
  ),
);

function claim(more: Partial<Claim> & Pick<Claim, 'key'>): Claim {
  return {
    rule: 1,
    role: 'person',
    person: 7,
    orderId: null,
    day: 20_000,
    basis: { kind: 'fixed', points: 10n, total: null },
    factor: one,
    caps: {},
    ...more,
  };
}
const rules = new Set([1]);

type Step = { earn: Claim } | { message: string; order: string; refund: Refund };
function run(steps: readonly Step[]): Book {
  const book = new Book();
  for (const step of steps) {
    if ('earn' in step) book.earn(step.earn);
    else book.refund(step.message, step.order, rules, step.refund);
  }
  return book;
}
const sum = (book: Book) => [...book.awards()].reduce((all, award) => all + award.target, 0n);

/** Orders of a few people with whatever comes back of them, each message perhaps more than once, in any order. */
const histories = fc
  .array(
    fc.record({
      basis,
      factor,
      person: fc.nat(2),
      day: fc.nat(1),
      refunds: fc.array(part, { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((orders) => {
    const steps = orders.flatMap((order, i): Step[] => [
      {
        earn: claim({
          key: `o${i}`,
          orderId: `o${i}`,
          basis: order.basis,
          factor: order.factor,
          person: order.person,
          day: order.day,
        }),
      },
      ...order.refunds.map((refund, j): Step => ({ message: `r${i}-${j}`, order: `o${i}`, refund })),
    ]);
    return fc.tuple(
      fc.constant(steps),
      fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 }),
    );
  });

test('without caps, nothing hangs on the order of events or on repeats', () => {
  fc.assert(
    fc.property(histories, ([steps, shuffled]) => {
      const targets = (book: Book) =>
        [...book.awards()].map(({ claim: { key }, target }) => [key, target]).sort();
      expect(targets(run(shuffled))).toEqual(targets(run(steps)));
    }),
    { numRuns },
  );
});

const caps = fc.record(
  {
    order: fc.integer({ min: 1, max: 300 }),
    day: fc.integer({ min: 1, max: 400 }),
    person: fc.integer({ min: 1, max: 500 }),
    all: fc.integer({ min: 1, max: 800 }),
  },
  { requiredKeys: [] },
);

test('no cap is ever passed, at any moment, and nothing is below zero', () => {
  fc.assert(
    fc.property(histories, caps, ([, steps], limits) => {
      const book = new Book();
      for (const step of steps) {
        if ('earn' in step) book.earn({ ...step.earn, caps: limits });
        else book.refund(step.message, step.order, rules, step.refund);
        const held = new Map<string, bigint>();
        for (const { claim: of, target, granted } of book.awards()) {
          expect(target >= 0n && target <= granted).toBe(true);
          for (const kind of ['order', 'day', 'person', 'all'] as const) {
            const place = `${kind} ${capPlace(kind, of)}`;
            held.set(place, (held.get(place) ?? 0n) + target);
            const limit = limits[kind];
            if (limit !== undefined) expect((held.get(place) ?? 0n) <= BigInt(limit)).toBe(true);
          }
        }
      }
    }),
    { numRuns },
  );
});

test('a refund of everything closes every order, whatever came before it', () => {
  fc.assert(
    fc.property(histories, caps, ([steps, shuffled], limits) => {
      const capped = shuffled.map((step) =>
        'earn' in step ? { earn: { ...step.earn, caps: limits } } : step,
      );
      const ends = steps.flatMap((step, i): Step[] =>
        'earn' in step ? [{ message: `end${i}`, order: step.earn.orderId ?? '', refund: everything }] : [],
      );
      expect(sum(run([...capped, ...ends]))).toBe(0n);
      expect(sum(run([...ends, ...capped]))).toBe(0n);
    }),
    { numRuns },
  );
});

test('refunding every piece of an order by its products closes it', () => {
  fc.assert(
    fc.property(linesBasis, factor, (of, by) => {
      if (of.kind !== 'lines') throw new Error('Not by product.');
      const refunds = of.lines.map((line): Refund => ({ all: false, total: null, lines: [line] }));
      expect(pointsOf(of, by, new Returned(refunds))).toBe(0n);
    }),
    { numRuns },
  );
});

test('what is stored is read as it was', () => {
  fc.assert(
    fc.property(basis, (of) => {
      expect(basisFromJson(basisToJson(of))).toEqual(of);
    }),
  );
});

test('two shipments of one order share what comes back', () => {
  const shipment = (key: string) =>
    claim({ key, orderId: 'o', basis: { kind: 'total', points: 1n, per: million, total: 50n * million } });
  const book = run([
    { earn: shipment('a') },
    { earn: shipment('b') },
    { message: 'r', order: 'o', refund: { all: false, total: 60n * million, lines: [] } },
  ]);
  expect([...book.awards()].map(({ target }) => target)).toEqual([0n, 40n]);
});

test.each([
  ['12.5', 12_500_000n],
  ['0.000001', 1n],
  [19.99, 19_990_000n],
  ['-3', -3_000_000n],
  ['1e9', null],
  ['', null],
  ['1.0000001', null],
])('%s is %s millionths', (text, expected) => {
  expect(micros(text)).toBe(expected);
});

test('points are rounded down once, at the end', () => {
  const nothing = () => new Returned([]);
  const of = (total: string): Basis => ({
    kind: 'total',
    points: 1n,
    per: million,
    total: micros(total) ?? 0n,
  });
  expect(pointsOf(of('9.99'), fraction('2'), nothing())).toBe(19n);
  expect(pointsOf(of('0.99'), one, nothing())).toBe(0n);
  expect(pointsOf(of('100'), fraction('0.3333'), nothing())).toBe(33n);
});
