import { expect, test } from 'vitest';
import { readMapping, writeMapping } from '../console/imports/mapping-text.ts';
import { readReason } from '../console/imports/reasons.ts';
import {
  conditionOf,
  recordsOf,
  skipsOf,
  testsOf,
  withRecord,
  withReturns,
  withSkips,
} from '../console/imports/records.ts';
import { roleOf, usesOf, withRole } from '../console/imports/roles.ts';

// The form of an import's mapping and its text are one: what a hand does in the form is done in the text.

const text = `# Our till, since 2019
zone: Europe/Berlin
records:
  - record: track
    group: Bon # one receipt
    id: 'order:{Bon}'
    event: Order Completed
    time: { column: Date, format: dd.MM.yyyy }
    identifiers: { card: Card }
    anonymous: 'order:{Bon}'
    properties:
      order_id: Bon
      total: { sum: [ Qty, Price ] }
    products: { name: What, quantity: { column: Qty, type: integer }, price: { column: Price, type: decimal } }
`;
const mapping = () => readMapping(text) ?? {};
const record = () => recordsOf(mapping())[0] ?? {};
const column = (name: string, kind = 'text') => ({ name, kind, timeFormat: null, examples: [] });

test('a change keeps the comments and the way in which the rest is written', () => {
  const next = { ...mapping(), zone: 'Europe/London' };
  const written = writeMapping(text, next);
  expect(written).toBe(text.replace('Berlin', 'London'));
  expect(readMapping(written)).toEqual(next);
});

test('where parts stand for others, a change of one is a change of that one only', () => {
  const shared = 'records:\n  - &a { record: track, event: A }\n  - { <<: *a, event: B }\n';
  const before = readMapping(shared) ?? {};
  const written = writeMapping(shared, withRecord(before, 0, { ...recordsOf(before)[0], record: 'page' }));
  expect(recordsOf(readMapping(written) ?? {})).toEqual([
    { record: 'page', event: 'A' },
    { record: 'track', event: 'B' },
  ]);
});

test('what is no mapping has no form', () => {
  for (const wrong of ['records: [', '- a', 'just words']) expect(readMapping(wrong)).toBeNull();
});

test('a column is told what it is for, and what follows from it', () => {
  const roles = ['Bon', 'Date', 'Card', 'What', 'Qty', 'Price', 'Shelf'].map((name) =>
    roleOf(usesOf(record(), name)),
  );
  expect(roles).toEqual([
    'order',
    'time',
    'identifier:card',
    'product:name',
    'product:quantity',
    'product:price',
    '',
  ]);
  expect(usesOf(record(), 'Price').map((use) => use.as)).toEqual(['product', 'sum']);
});

test('another role takes the column out of where it was, and the total follows', () => {
  const asTotal = withRole(record(), column('Price', 'decimal'), 'sum:total');
  expect(asTotal.properties).toEqual({ order_id: 'Bon', total: { sum: ['Price'] } });
  expect(asTotal.products).toEqual({ name: 'What', quantity: { column: 'Qty', type: 'integer' } });
  const back = withRole(asTotal, column('Price', 'decimal'), 'product:price');
  expect(back.properties).toEqual({ order_id: 'Bon', total: { sum: ['Qty', 'Price'] } });

  const unused = withRole(record(), column('Card'), '');
  expect(unused).not.toHaveProperty('identifiers');
  const second = withRole(record(), column('Mobile'), 'identifier:card');
  expect(second.identifiers).toEqual({ card: ['Card', 'Mobile'] });
  const other = withRole(record(), column('Receipt'), 'order');
  expect(other).toMatchObject({ group: 'Receipt', id: 'order:{Receipt}', anonymous: 'order:{Receipt}' });
});

test('every role that can be chosen is the role that is shown then', () => {
  for (const role of [
    'time',
    'order',
    'event',
    'identifier:email',
    'product:sku',
    'property:city',
    'property:total',
    'sum:total',
  ]) {
    expect(roleOf(usesOf(withRole(record(), column('New'), role), 'New'))).toBe(role);
  }
});

test('conditions go to the form and back; those that it cannot show are left alone', () => {
  const when = { State: { starts_not: 'C' }, Card: { empty: false }, Kind: ['a', 'b'] };
  const tests = testsOf(when);
  expect(tests?.map((one) => [one.column, one.test, one.value])).toEqual([
    ['State', 'starts_not', 'C'],
    ['Card', 'filled', ''],
    ['Kind', 'is', 'a, b'],
  ]);
  expect(conditionOf(tests ?? [])).toEqual(when);
  expect(testsOf([{ A: 'x' }, { B: 'y' }])).toBeNull();
  const skip = [{ when: { State: 'draft' }, because: 'not paid' }];
  expect(withSkips({}, skipsOf({ skip }) ?? [])).toEqual({ skip });
});

test('returns become an event of their own, with amounts above 0', () => {
  const { records = [] } = withReturns(mapping(), 0, { column: 'Bon', test: 'starts', value: 'R' });
  expect(records).toMatchObject([
    { event: 'Order Completed', when: { Bon: { starts_not: 'R' } } },
    {
      event: 'Order Refunded',
      id: 'return:{Bon}',
      when: { Bon: { starts: 'R' } },
      properties: { total: { sum: ['Qty', 'Price'], absolute: true } },
      products: { quantity: { column: 'Qty', absolute: true } },
    },
  ]);
});

test('reasons of the server are known, with what they are about', () => {
  expect(readReason('qty is "one", where a number is expected.')).toEqual({
    key: 'number',
    values: { column: 'qty', value: 'one' },
  });
  expect(readReason('It belongs together with line 3, which cannot be taken.')?.values).toEqual({
    line: '3',
  });
  expect(readReason('Something new.')).toBeNull();
});
