import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#platform/refusal';
import { type MappingError, parseMapping } from './document.ts';

function errorsOf(text: string): MappingError[] {
  try {
    parseMapping(text);
  } catch (error) {
    if (error instanceof Refusal && error.type === 'imports/bad-mapping')
      return error.more.errors as MappingError[];
    throw error;
  }
  return [];
}

const sound = `
records:
  - record: track
    event: Order Completed
    time: Date
    identifiers: { email: Email }
`;

test('short forms are written out', () => {
  const mapping = parseMapping(`
skip:
  - { when: { Status: draft }, because: not an order }
records:
  - record: track
    event: Paid
    group: Order
    when: [{ A: { in: [1, true] } }, { B: [x, y], C: { empty: true } }]
    time: { column: Date, format: iso }
    identifiers: { email: [Email, Mail] }
    properties: { total: { sum: Amount }, shop: { value: 3 } }
`);
  expect(mapping.skip).toEqual([{ when: [{ Status: { is: 'draft' } }], because: 'not an order' }]);
  expect(mapping.records?.[0]).toEqual({
    record: 'track',
    event: 'Paid',
    group: ['Order'],
    when: [{ A: { in: ['1', 'true'] } }, { B: { in: ['x', 'y'] }, C: { empty: true } }],
    time: { column: ['Date'], format: ['iso'] },
    identifiers: { email: { column: ['Email', 'Mail'] } },
    properties: { total: { sum: ['Amount'] }, shop: { value: 3 } },
  });
});

describe('a mistake is told with its line, its field, and what to do', () => {
  test.each<[string, string, Partial<MappingError>[]]>([
    ['no YAML', 'records: [', [{ line: 1, message: expect.stringMatching(/^This is not YAML/) }]],
    ['nothing', '', [{ message: expect.stringContaining('a group of fields') }]],
    ['no records', 'title: x', [{ message: expect.stringContaining('"records" is missing') }]],
    [
      'a field that is none',
      sound.replace('event:', 'evnt:'),
      [
        {
          line: 4,
          field: 'records[0].evnt',
          message: 'There is no field "evnt" here; did you mean "event"?',
        },
      ],
    ],
    [
      'a kind that is none',
      sound.replace('track', 'trak'),
      [{ line: 3, field: 'records[0].record', message: 'Write one of: track, identify, page, screen.' }],
    ],
    [
      'no time',
      sound.replace('time: Date', 'name: x'),
      [{ line: 3, message: expect.stringContaining('needs "time"') }],
    ],
    [
      'no event',
      sound.replace('event: Order Completed', 'id: x'),
      [{ message: expect.stringContaining('needs "event"') }],
    ],
    ['nobody', sound.replace(/identifiers.*/, ''), [{ message: expect.stringContaining('whose this is') }]],
    [
      'a zone',
      `zone: Mars/Olympus\n${sound}`,
      [{ line: 1, field: 'zone', message: expect.stringContaining('Europe/London') }],
    ],
    [
      'a type',
      `${sound}    properties:\n      total: { column: T, type: money }\n`,
      [{ line: 8, field: 'records[0].properties.total.type', message: expect.stringContaining('decimal') }],
    ],
    [
      'two sources',
      `${sound}    properties:\n      a: { column: T, value: 3 }\n`,
      [{ line: 8, message: expect.stringContaining('Say one of') }],
    ],
    [
      'a sum in a product',
      `${sound}    products:\n      a: { sum: T }\n`,
      [{ field: 'records[0].products.a', message: expect.stringContaining('one row') }],
    ],
    [
      'braces',
      sound.replace('event: Order Completed', "event: 'Order {x'"),
      [{ line: 4, message: expect.stringContaining('braces') }],
    ],
    [
      'a test',
      sound.replace('event:', 'when: { A: { bigger: 3 } }\n    event:'),
      [{ line: 4, message: expect.stringContaining('"bigger"') }],
    ],
    [
      'traits of a track',
      `${sound}    traits: { a: B }\n`,
      [{ line: 7, message: expect.stringContaining('write properties') }],
    ],
    [
      'records of an archive',
      `file: { format: segment }\n${sound}`,
      [{ field: 'records', message: expect.stringContaining('as it is') }],
    ],
    [
      'a list where none is',
      'records: 3',
      [{ line: 1, field: 'records', message: 'Here a list is expected.' }],
    ],
  ])('%s', (_name, text, expected) => {
    expect(errorsOf(text)).toEqual(expected.map((e) => expect.objectContaining(e)));
  });

  test('all mistakes at once, in one sentence each', () => {
    expect(() => parseMapping(`zone: x\n${sound.replace('time: Date', 'properties: 3')}`)).toThrow(
      /^Line 6, records\[0\].properties: Here a group of fields is expected\.$/,
    );
    expect(() => parseMapping(`zone: x\n${sound.replace('time: Date', 'id: "{"')}`)).toThrow(
      /Line 1, zone: .* Line 4, records\[0\]: .*Line 6, records\[0\].id: /,
    );
  });
});

test('the example of the guide is a mapping', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../../docs/importing.md'), 'utf8');
  const examples = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');
  expect(examples.length).toBe(1);
  expect(parseMapping(examples[0] ?? '').records?.[0]?.group).toEqual(['Order']);
});

test('a text that unfolds without end is refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`),
  ];
  expect(errorsOf(bomb.join('\n'))).toEqual([
    expect.objectContaining({ message: expect.stringContaining('unfolded') }),
  ]);
});
