import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createArraySplitter, createLineSplitter, createPicker, parseObject } from './json.ts';
import type { Splitter } from './record.ts';

const picker = createPicker(['id', 'customer.email', 'a.b', 'items', 'total']);

function run(splitter: Splitter, text: string, pieceLength: number) {
  const records = [];
  for (let at = 0; at < text.length; at += pieceLength)
    records.push(...splitter.push(text.slice(at, at + pieceLength)));
  return [...records, ...splitter.end()];
}

test('JSON lines: values are picked by path, empty lines passed over, and what is no object is a flaw', () => {
  const text = [
    '{"id":1,"customer":{"email":"a@b.c"},"a.b":"dotted"}',
    '',
    'nonsense',
    '[1]',
    '{"id":null,"items":[{"sku":"x"}],"a":{"b":2}}',
  ].join('\n');
  for (const pieceLength of [1000, 3]) {
    const records = run(createLineSplitter(picker), text, pieceLength);
    expect(records.map((r) => [r.line, r.cells])).toEqual([
      [1, ['1', 'a@b.c', 'dotted', '', '']],
      [3, []],
      [4, []],
      [5, ['', '', '2', '[{"sku":"x"}]', '']],
    ]);
    expect(records.map((r) => r.flaw !== null)).toEqual([false, true, true, false]);
  }
});

test('numbers keep the digits that a float would lose', () => {
  const records = run(
    createLineSplitter(picker),
    '{"id":12345678901234567890,"total":0.1234567890123456789}',
    99,
  );
  expect(records[0]?.cells).toEqual(['12345678901234567890', '', '', '', '0.1234567890123456789']);
  expect(parseObject('{"total":12.50}')).toEqual({ total: 12.5 });
});

test('a JSON array of any layout and any cut gives its elements, each with its line', () => {
  const values = fc.array(fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 })), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(
      values,
      fc.constantFrom(undefined, 2),
      fc.integer({ min: 1, max: 20 }),
      (list, indent, piece) => {
        const text = JSON.stringify(list, null, indent);
        const records = run(createArraySplitter(picker), text, piece);
        expect(records.map((r) => JSON.parse(r.raw))).toEqual(JSON.parse(JSON.stringify(list)));
        const lines = text.split('\n');
        for (const record of records)
          expect(lines[record.line - 1]?.trimStart().replace(/^\[/, '')[0]).toBe('{');
      },
    ),
    { numRuns: 300 },
  );
});

test('an array that was cut off says so', () => {
  const records = run(createArraySplitter(picker), '[{"id":1},{"id":', 4);
  expect(records.map((r) => r.flaw)).toEqual([null, expect.stringContaining('cut off')]);
});

test('an object of more than 1 MB is one flaw', () => {
  const long = `{"id":"${'x'.repeat(1_100_000)}"}`;
  for (const [splitter, text] of [
    [createLineSplitter(picker), `${long}\n{"id":2}\n`],
    [createArraySplitter(picker), `[${long},{"id":2}]`],
  ] as const) {
    const records = run(splitter, text, 65_536);
    expect(records.map((r) => r.flaw !== null)).toEqual([true, false]);
  }
});
