import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reports } from '#modules/insight';
import { secretKey } from '../../../test/fixtures/program.ts';
import { testReports } from '../../../test/fixtures/reports.ts';

// Every report has an answer where there is next to nothing, or nothing: no division by zero, nothing that is no number.

let w: Awaited<ReturnType<typeof testReports>>;
let empty: { secretKey: string };
let nobody: string;
const now = Date.now();
const day = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

beforeAll(async () => {
  w = await testReports();
  empty = await w.newBrand('Empty');
  const order = {
    order_id: 'o1',
    total: 12.5,
    currency: 'EUR',
    products: [{ product_id: 'p1', price: 12.5 }],
  };
  await w.accept({
    ...{ type: 'track', event: 'Order Completed', userId: 'ann', properties: order },
    timestamp: iso(now - day),
  });
  await w.settled();
  const { body } = await w.ask<{ id: string }>('POST', '/api/segments', {
    name: 'Nobody',
    rule: { did: 'Never Happened' },
  });
  nobody = body.id;
  await w.segments.settle(w.workspaceId);
});
afterAll(() => w.drop());

const worlds: [name: string, ask: () => { key: string; query: Record<string, string> }][] = [
  ['an empty workspace', () => ({ key: empty.secretKey, query: {} })],
  ['one event', () => ({ key: secretKey, query: {} })],
  ['one event, compared with the time before', () => ({ key: secretKey, query: { compare: 'before' } })],
  [
    'a period in the future',
    () => ({ key: secretKey, query: { from: iso(now + day), to: iso(now + 31 * day) } }),
  ],
  [
    'a period before everything',
    () => ({ key: secretKey, query: { from: '2001-01-01T00:00:00Z', to: '2001-02-01T00:00:00Z' } }),
  ],
  ['a segment of nobody', () => ({ key: secretKey, query: { segment: nobody } })],
  ['a channel and a store of nobody', () => ({ key: secretKey, query: { channel: 'till', store: 'none' } })],
];

describe.each(reports.map((report) => [report.name, report] as const))('%s', (name, report) => {
  test.each(worlds)('of %s', async (_, asked) => {
    const { key, query } = asked();
    const answer = await w.report<object>(name, query, key);
    expect(answer.question).toMatchObject(query.compare ? { compare: query.compare } : {});
    // JSON has no numbers that are none: they would have become null, which the schema of the answer refuses.
    expect(report.lines(answer.result).head.length).toBeGreaterThan(0);
    const csv = await w.app.inject({
      url: `/api/reports/${name}.csv?${new URLSearchParams(query)}`,
      headers: { authorization: `Bearer ${key}` },
    });
    expect(csv.statusCode).toBe(200);
    expect(csv.body).not.toMatch(/NaN|Infinity|undefined/);
  });
});
