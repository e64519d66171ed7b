import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '#platform/clock';
import type { Guess } from '../schema.ts';
import { guessFile } from './guess.ts';

const folder = mkdtempSync(join(tmpdir(), 'pando-guess-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function guess(content: string, text?: string): Promise<Guess> {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return guessFile({ path, text, zone: 'Europe/Berlin', currency: 'EUR', latestMs: systemClock.ms() });
}

const looks = (g: Guess) => Object.fromEntries(g.columns.map((c) => [c.name, c.looks]));

test('orders in English: rows are put together, a line total is added up', async () => {
  const found = await guess(
    [
      'Order No;Order Date;Customer;E-Mail;Product;Qty;Unit Price;Line Total;City',
      '1;31/12/2020 10:00;7.0;ann@x.org;Hat;2;1,50;3,00;Bonn',
      '1;31/12/2020 10:00;7.0;ann@x.org;Pin;1;1.000,00;1.000,00;Bonn',
      '2;13/01/2021 09:30;8.0;bob@x.org;Hat;1;1,50;1,50;Kiel',
    ].join('\n'),
  );
  expect(found).toMatchObject({
    format: 'csv',
    delimiter: ';',
    encoding: 'utf-8',
    rows_sampled: 3,
    preset: null,
    problems: [],
  });
  expect(looks(found)).toEqual({
    'Order No': 'order number',
    'Order Date': 'time',
    Customer: 'customer number',
    'E-Mail': 'e-mail address',
    Product: 'name of a product',
    Qty: 'quantity',
    'Unit Price': 'price',
    'Line Total': 'amount of money',
    City: 'text',
  });
  expect(parse(found.mapping ?? '')).toEqual({
    decimal: ',',
    records: [
      {
        record: 'track',
        group: 'Order No',
        id: 'order:{Order No}',
        event: 'Order Completed',
        time: { column: 'Order Date', format: 'dd/MM/yyyy HH:mm' },
        identifiers: { user_id: { column: 'Customer', type: 'integer' }, email: 'E-Mail' },
        anonymous: 'order:{Order No}',
        properties: { order_id: 'Order No', total: { sum: ['Line Total'] }, city: 'City' },
        products: {
          name: 'Product',
          quantity: { column: 'Qty', type: 'integer' },
          price: { column: 'Unit Price', type: 'decimal' },
        },
      },
    ],
  });
  const orders = found.sample.map(
    (m) => m as { timestamp: string; userId: string; properties: { total: string } },
  );
  expect(orders.map((m) => [m.timestamp, m.userId, m.properties.total]).sort()).toEqual([
    ['2020-12-31T09:00:00.000Z', '7', '1003'],
    ['2021-01-13T08:30:00.000Z', '8', '1.5'],
  ]);
  expect(found.questions).toEqual([expect.stringContaining('currency')]);
});

test('orders in Chinese', async () => {
  const found = await guess(
    '订单号,下单时间,会员编号,手机,商品名称,数量,单价,币种\n1001,2021年3月5日 10:20,m1,13912345678,帽子,2,9.90,CNY\n1002,2021年3月6日 11:20,m2,13812345678,围巾,1,19.90,CNY\n',
  );
  expect(parse(found.mapping ?? '').records[0]).toMatchObject({
    group: '订单号',
    time: '下单时间',
    identifiers: { user_id: '会员编号', phone: '手机' },
    properties: { order_id: '订单号', total: { sum: ['数量', '单价'] }, currency: '币种' },
    products: { name: '商品名称' },
  });
  expect(found.sample.length).toBe(2);
  expect(found.questions).toEqual([]);
});

test('what is called a quantity is one, and a value that is none is shown', async () => {
  const found = await guess(
    'order,date,email,qty,price\n1,2020-01-01,a@b.co,2,1\n2,2020-01-01,a@b.co,one,1\n3,2020-01-02,b@b.co,1,1\n',
  );
  expect(found.columns.map((c) => c.looks)).toContain('quantity');
  expect(found.problems).toEqual([
    { line: 3, reason: expect.stringContaining('qty is "one"'), raw: '2,2020-01-01,a@b.co,one,1' },
  ]);
});

test('a list of people becomes traits', async () => {
  const found = await guess(
    'email,first name,birthday,newsletter\nann@x.org,Ann,1990-02-01,yes\nbob@x.org,Bob,1985-07-30,no\n',
  );
  expect(parse(found.mapping ?? '').records[0]).toMatchObject({
    record: 'identify',
    identifiers: { email: 'email' },
  });
  expect(found.sample[0]).toMatchObject({
    type: 'identify',
    traits: { first_name: 'Ann', newsletter: true },
  });
});

test('events by name, from JSON lines', async () => {
  const line = (i: number) =>
    JSON.stringify({
      id: `e${i}`,
      event_id: `e${i}`,
      event: 'Product Viewed',
      ts: 1609459200 + i,
      user: { id: 'u1' },
      price: i + 0.5,
    });
  const found = await guess(`${[1, 2, 3].map(line).join('\n')}\n`);
  expect(found.format).toBe('json-lines');
  expect(found.columns.map((c) => c.name)).toContain('user.id');
});

test('day and month that fit either way are asked for', async () => {
  const found = await guess('order,date,amount,email\n1,01/02/2020,3.50,a@b.co\n2,03/04/2020,4.50,b@b.co\n');
  expect(found.questions).toContainEqual(expect.stringContaining('day/month or month/day'));
});

test('what tells nothing is asked for instead of made up', async () => {
  const found = await guess('a,b\n1,x\n2,y\n');
  expect(found.mapping).toBeNull();
  expect(found.questions).toEqual([expect.stringContaining('No column tells')]);
  expect(found.sample).toEqual([]);
});

describe('a preset is known by its columns', () => {
  test.each([
    [
      'online-retail',
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,x,y,1,2010-12-01 08:26:00,2.5,17850.0,UK\n',
    ],
    ['segment', '{"type":"track","userId":"u","event":"A","messageId":"1"}\n'],
  ])('%s', async (name, content) => {
    const found = await guess(content);
    expect(found.preset).toBe(name);
    expect(found.sample.length).toBe(1);
  });
});

test('a given mapping is tried, and its trouble shown', async () => {
  const text =
    'records: [{ record: identify, identifiers: { email: mail }, traits: { n: { column: n, type: integer } } }]';
  const found = await guess('mail,n\na@b.co,1\nb@b.co,x\n', text);
  expect(found.sample.length).toBe(1);
  expect(found.problems).toEqual([
    { line: 3, reason: 'n is "x", where a number is expected.', raw: 'b@b.co,x' },
  ]);
  await expect(guess('mail\na@b.co\n', text)).rejects.toThrow(/no column "n"/);
});
