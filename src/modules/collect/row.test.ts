import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { dataFolder } from '../../../test/data.ts';
import { testClickHouse } from '../../../test/fixtures/clickhouse.ts';
import type { Event } from './message.ts';
import { columns, fromRow, longestHead, rowHead, rowTail } from './row.ts';

const placed = {
  workspaceId: 7,
  key: 481036337153,
  person: 481036337153,
  received: Date.UTC(2026, 0, 31, 12, 0, 0, 7),
  sourceId: 3,
  channel: 'web',
  known: true,
  contract: false,
};

function toRow(event: Event, at: typeof placed, seq: number): string {
  const head = rowHead(at.workspaceId, at, at.contract, seq);
  expect(head.length).toBeLessThanOrEqual(longestHead);
  return head + rowTail(event, at);
}

function event(changes: Partial<Event>): Event {
  return {
    messageId: 'm1',
    type: 'track',
    event: 'Product Viewed',
    time: Date.UTC(2026, 0, 31, 11, 59, 59, 42),
    historical: false,
    bot: false,
    orderId: '',
    total: null,
    currency: '',
    storeId: '',
    userId: '',
    anonymousId: '',
    properties: '',
    traits: '',
    context: '',
    ignored: [],
    observation: { identifiers: [], at: 0, messageId: 'm1', sourceId: 3, rule: 'event' },
    profile: null,
    ...changes,
  };
}

/** The texts of an event that come from the sender. */
function texts(text: string): Partial<Event> {
  return {
    messageId: text,
    event: text,
    orderId: text,
    storeId: text,
    userId: text,
    anonymousId: text,
    properties: JSON.stringify({ [text]: text }),
    traits: JSON.stringify([text]),
    context: JSON.stringify({ page: { title: text } }),
    ignored: [{ kind: 'email', value: text, reason: 'not-an-email' }],
  };
}

const naughty: string[] = [
  '',
  '\\N',
  '\\',
  '\\t\t\\n\n\r\0\b\f\v',
  '\u2028\u2029\ufeff',
  "'; drop table events; --",
  '😀'.repeat(50),
];
const folder = dataFolder();
if (folder) naughty.push(...JSON.parse(readFileSync(join(folder, 'bad-input/naughty-strings.json'), 'utf8')));

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\\', 'N', 't', 'n', '\t', '\n', '\r', '\0', '\b', '\f', 'a') }),
  fc.constantFrom(...naughty),
);

describe('a row of the log', () => {
  test('is read back by column as it was written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const row = toRow(event({ ...texts(text), total: '-12.5', currency: 'EUR' }), placed, 9);
        expect(row.endsWith('\n')).toBe(true);
        expect(row.indexOf('\n')).toBe(row.length - 1);
        const read = fromRow(row.slice(0, -1));
        expect(Object.keys(read)).toEqual([...columns]);
        expect(read).toMatchObject({
          workspace_id: '7',
          key: '481036337153',
          seq: '9',
          message_id: text,
          event: text,
          order_id: text,
          total: '-12.5',
          user_id: text,
        });
        expect(JSON.parse(read.properties as string)).toEqual({ [text]: text });
        expect(JSON.parse(read.ignored as string)).toEqual([
          { kind: 'email', value: text, reason: 'not-an-email' },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('a total that is missing is told from any text', () => {
    const read = fromRow(toRow(event({ total: null, orderId: '\\N' }), placed, 1).slice(0, -1));
    expect(read.total).toBe(null);
    expect(read.order_id).toBe('\\N');
  });
});

describe('in ClickHouse', () => {
  let ch: ClickHouse;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ ch, drop } = await testClickHouse());
  });
  afterAll(() => drop());

  test('every text stands as it was sent, and every moment to the millisecond', async () => {
    const sent = [...new Set([...naughty, ...fc.sample(anyText, 200)])].map((text) => text.toWellFormed());
    const moments = [
      Date.UTC(1980, 0, 1),
      Date.UTC(2026, 0, 31, 12, 0, 0, 0),
      Date.UTC(2026, 0, 31, 12, 0, 0, 9),
      Date.UTC(2026, 0, 31, 12, 0, 0, 99),
      Date.UTC(2026, 0, 31, 12, 0, 0, 999),
    ];
    const rows = sent.map((text, i) =>
      toRow(event({ ...texts(text), time: moments[i % moments.length] as number }), placed, i),
    );
    await ch.insert('events', columns, 'TabSeparated', rows.join(''));
    const read = await ch.query<Record<string, string>>(
      `select seq, toUnixTimestamp64Milli(time) as ms, message_id, event, order_id, total, user_id, properties, traits, context, ignored
         from events order by seq`,
    );
    expect(read).toEqual(
      sent.map((text, i) => ({
        seq: String(i),
        ms: String(moments[i % moments.length]),
        message_id: text,
        event: text,
        order_id: text,
        total: null,
        user_id: text,
        properties: JSON.stringify({ [text]: text }),
        traits: JSON.stringify([text]),
        context: JSON.stringify({ page: { title: text } }),
        ignored: JSON.stringify([{ kind: 'email', value: text, reason: 'not-an-email' }]),
      })),
    );
  });
});
