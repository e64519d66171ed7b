import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeView } from '#modules/transparency';
import { viewOf } from './leaf.ts';

test('a view is written as every view in the log is', () => {
  const whole = fc.nat({ max: 2 ** 31 });
  const lot = fc.record({ origin: fc.nat({ max: 9 }), expires: whole, day: whole, amount: whole });
  const view = fc.record({
    programme: fc.string({ unit: 'binary' }),
    id: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    atMs: fc.nat({ max: 4_000_000_000_000 }),
    party: fc.constantFrom('from' as const, 'to' as const),
    side: fc.constantFrom('wallet', 'held', 'issued'),
    amount: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    after: fc.maxSafeInteger(),
    lots: fc.array(lot, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(view, (one) => {
      const { programme, id, atMs, party, side, amount, after, lots } = one;
      const named = {
        ...{ programme, party, side, id: String(id), amount: String(amount), after: String(after) },
        at: new Date(atMs).toISOString(),
        lots: lots.map((each) => [each.origin, each.expires, each.amount]),
      };
      expect(Buffer.from(viewOf(one))).toEqual(Buffer.from(encodeView(named)));
    }),
  );
});
