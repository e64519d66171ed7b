import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCurrency, parseMoney } from './money.ts';

describe('money', () => {
  test.each<[unknown, string | null]>([
    ['12.50', '12.5'],
    ['12', '12'],
    [' 12.50 ', '12.5'],
    ['+3.2', '3.2'],
    ['-3.20', '-3.2'],
    ['000.10', '0.1'],
    ['-0.00', '0'],
    ['0', '0'],
    ['999999999999.999999', '999999999999.999999'],
    ['0.000001', '0.000001'],
    ['0.1000000000', '0.1'],
    [12.5, '12.5'],
    [-0, '0'],
    [19.99, '19.99'],
    [0.1 + 0.2, '0.3'],
    [1.005, '1.005'],
    [1e-7, '0'],
    [999999999999, '999999999999'],
    ['0.0000001', null],
    ['1000000000000', null],
    [1e12, null],
    [1e300, null],
    [Number.NaN, null],
    [Number.NEGATIVE_INFINITY, null],
    ['1e5', null],
    ['12,50', null],
    ['1,250.00', null],
    ['€12', null],
    ['.5', null],
    ['5.', null],
    ['', null],
    [' ', null],
    ['0x10', null],
    ['١٢', null],
    [null, null],
    [undefined, null],
    [true, null],
    [[12], null],
    [{ amount: 12 }, null],
  ])('%j is %j', (sent, expected) => {
    expect(parseMoney(sent)).toBe(expected);
  });

  const micros = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n });

  test('a decimal as text is kept to the last place', () => {
    fc.assert(
      fc.property(micros, fc.integer({ min: 0, max: 5 }), (amount, zeros) => {
        const read = parseMoney(decimal(amount) + '0'.repeat(zeros));
        expect(read === null ? null : scaled(read)).toBe(amount);
      }),
    );
  });

  test('a decimal as a number is kept as long as a double can hold it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }), (amount) => {
        const read = parseMoney(JSON.parse(decimal(BigInt(amount))));
        expect(read === null ? null : scaled(read)).toBe(BigInt(amount));
      }),
    );
  });

  test('what is read is written without superfluous zeros, and read again as the same', () => {
    fc.assert(
      fc.property(micros, (amount) => {
        const read = parseMoney(decimal(amount));
        expect(read).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
        expect(parseMoney(read)).toBe(read);
      }),
    );
  });
});

test.each<[unknown, string | null]>([
  ['EUR', 'EUR'],
  ['usd', 'USD'],
  [' gbp ', 'GBP'],
  ['€', null],
  ['EURO', null],
  ['EU', null],
  ['', null],
  [978, null],
  [null, null],
])('the currency %j is %j', (sent, expected) => {
  expect(parseCurrency(sent)).toBe(expected);
});

/** With all six places. */
function decimal(amountMicros: bigint): string {
  const digits = (amountMicros < 0n ? -amountMicros : amountMicros).toString().padStart(7, '0');
  return `${amountMicros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** In millionths. */
function scaled(text: string): bigint {
  const [whole = '', places = ''] = text.replace('-', '').split('.');
  const amount = BigInt(whole + places.padEnd(6, '0'));
  return text.startsWith('-') ? -amount : amount;
}
