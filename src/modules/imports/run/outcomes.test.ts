import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Big from 'big.js';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { dataFolder } from '../../../../test/data.ts';
import { parseMapping } from '../mapping/document.ts';
import type { Message } from '../mapping/record.ts';
import { readPreset } from '../presets/presets.ts';
import { usualPartBytes } from './gather.ts';
import { openPlan } from './open-plan.ts';
import type { Outcome } from './outcome.ts';
import { readOutcomes } from './outcomes.ts';

const folder = mkdtempSync(join(tmpdir(), 'pando-imports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

async function run(
  path: string,
  text: string,
  lookups: Record<string, string> = {},
  partBytes = usualPartBytes,
): Promise<Outcome[]> {
  const { file, plan, joined } = await openPlan({
    path,
    mapping: parseMapping(text),
    text,
    zone: 'UTC',
    lookups,
    latestMs: systemClock.ms(),
  });
  const outcomes: Outcome[] = [];
  const reading = { rows: 0, done: 0 };
  const spoolFolder = join(folder, `spool-${files++}`);
  const batches = readOutcomes({
    file,
    fileBytes: statSync(path).size,
    plan,
    lookups: joined,
    spoolFolder,
    breathe: () => null,
    reading,
    partBytes,
  });
  for await (const batch of batches) outcomes.push(...batch);
  expect(reading.done).toBe(1);
  expect(statSync(spoolFolder, { throwIfNoEntry: false })).toBeUndefined();
  return outcomes;
}

function write(content: string): string {
  const path = join(folder, `file-${files++}.csv`);
  writeFileSync(path, content);
  return path;
}

const messages = (outcomes: Outcome[]): Message[] =>
  outcomes.flatMap((o) => (o.kind === 'event' ? [o.message] : []));
const rejects = (outcomes: Outcome[]) =>
  outcomes.flatMap((o) => (o.kind === 'reject' ? [[o.line, o.reason] as const] : []));

const orders = `
records:
  - record: track
    group: order
    id: 'o:{order}'
    event: Order Completed
    time: at
    identifiers: { user_id: who }
    anonymous: 'o:{order}'
    properties:
      order_id: order
      total: { sum: [n, price] }
    products:
      name: what
      quantity: { column: n, type: integer }
      price: { column: price, type: decimal }
`;

test('rows of one order become one event, wherever in the file they stand', async () => {
  const path = write(
    [
      'order,at,who,what,n,price',
      '1,2020-01-01 10:00:00,ann,hat,2,1.10',
      '2,2020-01-02,,"bag, red",1,5',
      '1,2020-01-01 09:00:00,ann,pin,-1,0.10',
      '1,2020-01-01 10:00:00,ann,hat,2,1.10',
    ].join('\n'),
  );
  const found = messages(await run(path, orders)).sort((a, b) => a.messageId.localeCompare(b.messageId));
  expect(found).toEqual([
    {
      type: 'track',
      messageId: 'o:1',
      timestamp: '2020-01-01T09:00:00.000Z',
      event: 'Order Completed',
      userId: 'ann',
      properties: {
        order_id: '1',
        total: '4.3',
        products: [
          { name: 'hat', quantity: 2, price: '1.1' },
          { name: 'pin', quantity: -1, price: '0.1' },
          { name: 'hat', quantity: 2, price: '1.1' },
        ],
      },
    },
    {
      type: 'track',
      messageId: 'o:2',
      timestamp: '2020-01-02T00:00:00.000Z',
      event: 'Order Completed',
      anonymousId: 'o:2',
      properties: { order_id: '2', total: '5', products: [{ name: 'bag, red', quantity: 1, price: '5' }] },
    },
  ]);
});

test('any order of the rows gives the same events; only products follow the order of their rows', async () => {
  const rows = fc.array(
    fc.record({
      order: fc.integer({ min: 1, max: 9 }),
      n: fc.integer({ min: -5, max: 5 }),
      price: fc.integer({ min: 0, max: 999 }),
      minute: fc.integer({ min: 10, max: 59 }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const both = rows.chain((list) =>
    fc.record({ list: fc.constant(list), shuffled: fc.shuffledSubarray(list, { minLength: list.length }) }),
  );
  const text = (list: { order: number; n: number; price: number; minute: number }[]) =>
    `order,at,who,what,n,price\n${list.map((r) => `${r.order},2020-01-01 10:${r.minute}:00,u${r.order},x,${r.n},${r.price / 100}`).join('\n')}`;
  const productsOf = (m: Message) => (m.properties?.products ?? []) as unknown[];
  const normal = (outcomes: Outcome[]) =>
    messages(outcomes)
      .map((m) => {
        const products = productsOf(m)
          .map((p) => JSON.stringify(p))
          .sort();
        return JSON.stringify({ ...m, properties: { ...m.properties, products } });
      })
      .sort();
  await fc.assert(
    fc.asyncProperty(both, async ({ list, shuffled }) => {
      expect(normal(await run(write(text(shuffled)), orders))).toEqual(
        normal(await run(write(text(list)), orders)),
      );
    }),
    { numRuns: 40 },
  );
});

test('the same file gives the same messages in the same order', async () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `${i % 700},2020-01-01,u${i % 50},x,1,${i / 100}`);
  const path = write(`order,at,who,what,n,price\n${lines.join('\n')}`);
  const first = messages(await run(path, orders));
  expect(first.length).toBe(700);
  expect(messages(await run(path, orders))).toEqual(first);
});

test('a file many times larger than what is put together at once is put together right', async () => {
  const line = (i: number) => `${(i * 7919) % 5000},2020-01-01,u,${'x'.repeat(i % 90)},1,0.01`;
  const path = write(
    `order,at,who,what,n,price\n${Array.from({ length: 20_000 }, (_, i) => line(i)).join('\n')}`,
  );
  const whole = messages(await run(path, orders));
  expect(whole.length).toBe(5000);
  expect(whole.every((m) => m.properties?.total === '0.04')).toBe(true);
  const byId = (list: Message[]) => list.sort((a, b) => a.messageId.localeCompare(b.messageId));
  expect(byId(messages(await run(path, orders, {}, 2000)))).toEqual(byId(whole));
});

describe('what cannot be taken', () => {
  test('keeps all of its order out, so that the order is whole once it is mended', async () => {
    const path = write(
      [
        'order,at,who,what,n,price',
        '1,2020-01-01,ann,hat,2,1.10',
        '2,2020-01-01,bob,hat,1,1',
        '1,2020-01-01,ann,pin,many,0.10',
        '3,2020-01-01,cid,pin,1',
        '3,2020-01-01,cid,pin,1,2',
        '4,someday,dan,pin,1,2',
        ',2020-01-01,eve,pin,1,2',
        '5,2020-01-01,fay,"a "b" c",1,2',
        '6,2020-01-01,gus,pin,1,',
      ].join('\n'),
    );
    const outcomes = await run(path, orders);
    expect(messages(outcomes).map((m) => m.messageId)).toEqual(['o:2']);
    expect(rejects(outcomes).sort(([a], [b]) => a - b)).toEqual([
      [2, 'It belongs together with line 4, which cannot be taken.'],
      [4, 'n is "many", where a number is expected.'],
      [5, expect.stringContaining('has 5 cells where 6 are expected')],
      [6, 'It belongs together with line 5, which cannot be taken.'],
      [7, expect.stringContaining('at: "someday" is not a time')],
      [8, expect.stringContaining('nothing in order')],
      [9, expect.stringContaining('closing quote')],
      [10, 'price is empty, and the sum needs it.'],
    ]);
  });

  test('a group that no event can hold is told as such, and the rest goes on', async () => {
    const lines = Array.from({ length: 60_000 }, () => `1,2020-01-01,u,${'x'.repeat(80)},1,1`);
    const path = write(`order,at,who,what,n,price\n${lines.join('\n')}\n2,2020-01-01,u,x,1,1\n`);
    const outcomes = await run(path, orders);
    expect(messages(outcomes).map((m) => m.messageId)).toEqual(['o:2']);
    const reasons = new Set(rejects(outcomes).map(([, reason]) => reason));
    expect(rejects(outcomes).length).toBe(60_000);
    expect([...reasons]).toEqual([expect.stringContaining('more than the 1 MB of one event')]);
  });

  test('a column that the file does not have is told before anything is read', async () => {
    const path = write('Order,at,who,what,n,price\n1,2020-01-01,ann,hat,2,1.10\n');
    await expect(run(path, orders)).rejects.toThrow(
      'Line 4: The file has no column "order". Did you mean "Order"?',
    );
  });
});

const clicks = `
skip:
  - { when: { kind: test }, because: only a test }
records:
  - record: track
    when: { kind: [click, tap] }
    event: 'Button {kind}'
    time: at
    identifiers: { email: mail }
    properties: { where: where }
`;

test('rows without an id are known by their content, and equal ones are counted', async () => {
  const text = [
    'kind,at,mail,where',
    'click,2020-01-01,a@b.c,top',
    'click,2020-01-01,a@b.c,top',
    'tap,2020-01-01,a@b.c,top',
    'test,,,',
    'look,2020-01-01,,',
    'click,2020-01-01,,',
  ];
  const outcomes = await run(write(text.join('\n')), clicks);
  const found = messages(outcomes);
  expect(found.map((m) => m.event).sort()).toEqual(['Button click', 'Button click', 'Button tap']);
  expect(new Set(found.map((m) => m.messageId)).size).toBe(3);
  expect(found[0]?.context).toEqual({
    externalIds: [{ id: 'a@b.c', type: 'email', collection: 'users', encoding: 'none' }],
  });
  expect(outcomes).toContainEqual({ kind: 'skip', rows: 1, reason: 'only a test' });
  expect(outcomes).toContainEqual({
    kind: 'skip',
    rows: 1,
    reason: 'no record of the mapping is meant for it',
  });
  expect(rejects(outcomes)).toEqual([[7, 'It is not said whose this is: email is empty.']]);
  // The same rows in another order, and one more of them.
  const again = messages(await run(write([text[0], text[3], text[2], text[1], text[1]].join('\n')), clicks));
  expect(again.map((m) => m.messageId)).toEqual(expect.arrayContaining(found.map((m) => m.messageId)));
  expect(again.length).toBe(4);
});

test('an archive of Segment messages is taken as it is', async () => {
  const archive = [
    { type: 'track', messageId: 'm1', userId: 'u', event: 'A', properties: { ratio: 0.1234567890123456 } },
    { type: 'page', anonymousId: 'x', name: 'Home' },
    { type: 'page', anonymousId: 'x', name: 'Home' },
  ];
  const path = write(`${archive.map((m) => JSON.stringify(m)).join('\n')}\nnot json\n`);
  const outcomes = await run(path, readPreset('segment').text);
  const found = messages(outcomes);
  expect(found.map(({ messageId, ...rest }) => rest)).toEqual(
    expect.arrayContaining(archive.map(({ messageId, ...rest }) => rest)),
  );
  expect(found[0]?.messageId).toBe('m1');
  expect(new Set(found.map((m) => m.messageId)).size).toBe(3);
  expect(rejects(outcomes)).toEqual([[4, expect.stringContaining('not JSON')]]);
});

test('JSON lines with a mapping: paths, lists, and numbers that no float holds', async () => {
  const path = write(
    [
      '{"id":"1","at":"2020-01-01T00:00:00Z","customer":{"email":"a@b.c"},"total":1234567890123.123456,"items":[{"sku":"x"}]}',
      '{"id":"2","at":"2020-01-01T00:00:00Z","customer":null,"total":0.1}',
    ].join('\n'),
  );
  const outcomes = await run(
    path,
    `
records:
  - record: track
    id: 'j:{id}'
    event: Order Completed
    time: at
    identifiers: { email: customer.email }
    properties:
      total: { column: total, type: decimal }
      products: { column: items, type: json }
`,
  );
  expect(messages(outcomes)[0]?.properties).toEqual({
    total: '1234567890123.123456',
    products: [{ sku: 'x' }],
  });
  expect(rejects(outcomes).map(([line]) => line)).toEqual([2]);
});

test.skipIf(!dataFolder())(
  'the real online-retail file has the figures that anyone can recompute',
  async () => {
    const outcomes = await run(
      join(dataFolder() ?? '', 'online-retail.csv.gz'),
      readPreset('online-retail').text,
    );
    expect(outcomes.filter((o) => o.kind !== 'event')).toEqual([]);
    const found = messages(outcomes);
    const completed = found.filter((m) => m.event === 'Order Completed');
    const known = completed.filter((m) => m.userId !== undefined);
    const paid = known.filter((m) => total(m).gt(0));
    expect(completed.length).toBe(22_064);
    expect(found.filter((m) => m.event === 'Order Refunded').length).toBe(3_836);
    expect(new Set(found.map((m) => m.messageId)).size).toBe(25_900);
    expect(new Set(found.flatMap((m) => m.userId ?? [])).size).toBe(4_372);
    expect(new Set(paid.map((m) => m.userId)).size).toBe(4_338);
    expect(paid.length).toBe(18_532);
    expect(sum(completed)).toBe('10644560.424');
    expect(sum(known)).toBe('8911407.904');
    expect(sum(found.filter((m) => m.event === 'Order Refunded'))).toBe('896812.49');
    expect(found.every((m) => /^\d{5}$/.test(m.userId ?? '00000'))).toBe(true);
    expect(found.find((m) => m.messageId === 'online-retail:536365')).toMatchObject({
      timestamp: '2010-12-01T08:26:00.000Z',
      userId: '17850',
      properties: { total: '139.12', currency: 'GBP', country: 'United Kingdom' },
    });
  },
  120_000,
);

test.skipIf(!dataFolder())(
  'the real complete-journey file: every basket one order, with the names of its products',
  async () => {
    const journey = join(dataFolder() ?? '', 'complete-journey');
    const outcomes = await run(
      join(journey, 'transactions_sample.csv.gz'),
      readPreset('complete-journey').text,
      {
        products: join(journey, 'products.csv.gz'),
      },
    );
    const found = messages(outcomes);
    expect(found.length).toBe(outcomes.length);
    expect(found.length).toBe(47_243);
    expect(new Set(found.map((m) => m.userId)).size).toBe(2_377);
    expect(sum(found)).toBe('233935.24');
    expect(found.find((m) => m.messageId === 'complete-journey:40813126312')?.properties).toMatchObject({
      store_id: '427',
      channel: 'store',
      total: '3.46',
      products: [
        { category: 'SOFT DRINKS', price: '0.88' },
        { quantity: 2, price: '1.29', line_total: '2.58' },
      ],
    });
  },
  120_000,
);

function total(message: Message): Big {
  return new Big(String(message.properties?.total));
}

function sum(list: Message[]): string {
  return list.reduce((all, message) => all.plus(total(message)), new Big(0)).toFixed();
}
