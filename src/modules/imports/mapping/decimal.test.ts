import Big from 'big.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalText, divide, parseDecimal } from './decimal.ts';

const as = (text: string, sign: '.' | ',' = '.') => parseDecimal(text, sign)?.toFixed() ?? null;

test.each([
  ['2.55', '2.55'],
  ['-11062.06', '-11062.06'],
  ['17850.0', '17850'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['+3', '3'],
  ['4.440892e-16', '0.0000000000000004440892'],
  ['1,234,567.891', '1234567.891'],
  ['12,34,567.50', '1234567.5'],
  ["1'234.50", '1234.5'],
  ['£ 12.50', '12.5'],
  ['¥1,200', '1200'],
  ['(3.00)', '-3'],
  ['$(3.00)', '-3'],
  ['5.00-', '-5'],
  ['\u221210', '-10'],
  ['1\u00a0234.5', '1234.5'],
])('%s is %s', (text, expected) => {
  expect(as(text)).toBe(expected);
});

test.each([
  ['1.234,50', '1234.5'],
  ['12,5', '12.5'],
  ['1.234.567', '1234567'],
  ['€ -3,00', '-3'],
  ['1 234,5', '1234.5'],
])('with a decimal comma, %s is %s', (text, expected) => {
  expect(as(text, ',')).toBe(expected);
});

test.each([
  '',
  'abc',
  '1.2.3',
  '12,5',
  '1,2',
  '--3',
  '1e400',
  '0x10',
  'NaN',
  'Infinity',
  '1'.repeat(50),
  '12 pieces',
])('%s is no number', (text) => {
  expect(as(text)).toBeNull();
});

test('sums of products are exact, whatever the order', () => {
  const line = fc.record({
    quantity: fc.integer({ min: -99_999, max: 99_999 }),
    units: fc.integer({ min: -9_999_999, max: 9_999_999 }),
    places: fc.integer({ min: 0, max: 6 }),
  });
  const written = (units: number, places: number) =>
    new Big(units).div(new Big(10).pow(places)).toFixed(places);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      let sum = new Big(0);
      for (const { quantity, units, places } of lines) {
        sum = sum.plus(
          (parseDecimal(String(quantity), '.') as Big).times(
            parseDecimal(written(units, places), '.') as Big,
          ),
        );
      }
      // The same in integers of a millionth.
      const millionths = lines.reduce(
        (total, { quantity, units, places }) =>
          total + BigInt(quantity) * BigInt(units) * 10n ** BigInt(6 - places),
        0n,
      );
      expect(new Big(decimalText(sum)).times(1_000_000).toFixed()).toBe(millionths.toString());
    }),
  );
});

test('more than six places are rounded once, half away from zero', () => {
  expect(decimalText(new Big('0.0000005'))).toBe('0.000001');
  expect(decimalText(new Big('-0.0000005'))).toBe('-0.000001');
  expect(decimalText(new Big('-0.0000001'))).toBe('0');
  expect(decimalText(new Big('19.990000000000002'))).toBe('19.99');
  expect(decimalText(new Big('12.500'))).toBe('12.5');
});

test('a line total divided by its quantity has six places', () => {
  expect(divide(new Big('10'), new Big('3'))?.toFixed()).toBe('3.333333');
  expect(divide(new Big('20'), new Big('-3'))?.toFixed()).toBe('-6.666667');
  expect(divide(new Big('0.01'), new Big('7'))?.toFixed()).toBe('0.001429');
  expect(divide(new Big('1'), new Big('0'))).toBeNull();
});
