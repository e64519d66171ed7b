import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { guessFile } from '../guess/guess.ts';
import type { Message } from '../mapping/record.ts';
import { openPlan } from '../run/open-plan.ts';
import type { Outcome } from '../run/outcome.ts';
import { readOutcomes } from '../run/outcomes.ts';
import { presetNames, readPreset } from './presets.ts';

const folder = mkdtempSync(join(tmpdir(), 'pando-presets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(preset: string, columns: string, rows: Record<string, string>[]): Promise<Outcome[]> {
  const names = columns.split(',');
  const path = join(folder, preset);
  writeFileSync(
    path,
    [columns, ...rows.map((row) => names.map((name) => row[name] ?? '').join(','))].join('\n'),
  );
  const guess = await guessFile({ path, zone: 'UTC', currency: 'GBP', latestMs: systemClock.ms() });
  expect(guess.preset).toBe(preset);
  const { text, mapping } = readPreset(preset);
  const { file, plan, joined } = await openPlan({
    path,
    mapping,
    text,
    zone: 'America/New_York',
    lookups: {},
    latestMs: systemClock.ms(),
  });
  const outcomes: Outcome[] = [];
  const batches = readOutcomes({
    file,
    fileBytes: 1,
    plan,
    lookups: joined,
    spoolFolder: join(folder, 'rows'),
    breathe: () => null,
    reading: { rows: 0, done: 0 },
  });
  for await (const batch of batches) outcomes.push(...batch);
  return outcomes;
}

function byId(outcomes: Outcome[]): Record<string, Message> {
  const messages = outcomes.flatMap((o) => (o.kind === 'event' ? [o.message] : []));
  return Object.fromEntries(
    messages.map((m) => [
      m.type === 'track' ? m.messageId : `${m.type} ${JSON.stringify(m.context?.externalIds)}`,
      m,
    ]),
  );
}

test('every preset is a sound mapping with a title', () => {
  expect(presetNames()).toEqual(
    expect.arrayContaining([
      'complete-journey',
      'online-retail',
      'segment',
      'shopify-orders',
      'woocommerce-orders',
    ]),
  );
  for (const name of presetNames()) expect(readPreset(name).mapping.title).toMatch(/\w/);
  expect(() => readPreset('../schema')).toThrow(/no preset/);
});

const shopify =
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Cancelled at,Refunded Amount,Vendor,Id,Tags,Source,Lineitem discount,Phone';

test('shopify-orders: one order over several rows, a refund, a cancellation, one person', async () => {
  const first = {
    Name: '#1001',
    Email: 'ann@example.com',
    'Financial Status': 'partially_refunded',
    'Accepts Marketing': 'yes',
    Currency: 'USD',
    Total: '56.29',
    'Created at': '2025-09-03 10:14:00 -0400',
    'Lineitem quantity': '2',
    'Lineitem name': 'Fern',
    'Lineitem price': '16.00',
    'Lineitem sku': 'FERN-1',
    'Billing Name': 'Ann',
    'Billing City': 'Oldtown',
    'Refunded Amount': '20.00',
    Source: 'web',
  };
  const outcomes = await run('shopify-orders', shopify, [
    first,
    {
      Name: '#1001',
      Email: 'ann@example.com',
      'Created at': '2025-09-03 10:14:00 -0400',
      'Lineitem quantity': '1',
      'Lineitem name': 'Bag',
      'Lineitem price': '20.00',
    },
    {
      ...first,
      Name: '#1002',
      'Created at': '2025-10-01 09:00:00 -0400',
      'Billing City': 'Newtown',
      'Refunded Amount': '0.00',
      'Cancelled at': '2025-10-02 09:00:00 -0400',
    },
    { ...first, Name: '#1003', 'Financial Status': 'voided' },
    { ...first, Name: '#1004', Email: '', 'Billing Phone': '', Source: 'pos', 'Refunded Amount': '' },
  ]);
  const found = byId(outcomes);
  expect(outcomes.filter((o) => o.kind === 'reject')).toEqual([]);
  const person = [{ id: 'ann@example.com', type: 'email', collection: 'users', encoding: 'none' }];
  expect(found['shopify:order:#1001']).toMatchObject({
    event: 'Order Completed',
    timestamp: '2025-09-03T14:14:00.000Z',
    context: { externalIds: person },
    properties: {
      order_id: '#1001',
      total: '56.29',
      currency: 'USD',
      channel: 'web',
      products: [
        { sku: 'FERN-1', name: 'Fern', quantity: 2, price: '16' },
        { name: 'Bag', quantity: 1, price: '20' },
      ],
    },
  });
  expect(found['shopify:refund:#1001']).toMatchObject({
    event: 'Order Refunded',
    properties: { order_id: '#1001', total: '20' },
  });
  expect(found['shopify:cancelled:#1002']).toMatchObject({
    event: 'Order Cancelled',
    timestamp: '2025-10-02T13:00:00.000Z',
  });
  expect(found['shopify:order:#1004']).toMatchObject({ anonymousId: 'shopify:order:#1004' });
  expect(found[`identify ${JSON.stringify(person)}`]).toMatchObject({
    timestamp: '2025-10-01T13:00:00.000Z',
    traits: { name: 'Ann', city: 'Newtown', accepts_marketing: true },
  });
  expect(Object.keys(found).length).toBe(6);
  expect(outcomes).toContainEqual({
    kind: 'skip',
    rows: 1,
    reason: 'no record of the mapping is meant for it',
  });
});

const woocommerce =
  'order_id,order_number,order_number_formatted,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,order_currency,payment_method,customer_id,billing_first_name,billing_last_name,billing_email,billing_phone,billing_city,billing_country,item_id,item_product_id,item_name,item_sku,item_quantity,item_total';

test('woocommerce-orders: times are those of the shop, a line total becomes a price', async () => {
  const first = {
    order_id: '7',
    order_number_formatted: 'A-7',
    date: '2025-01-15 10:30:00',
    status: 'completed',
    order_total: '25.00',
    order_currency: 'EUR',
    billing_email: 'bob@example.com',
    billing_first_name: 'Bob',
    item_name: 'Cup',
    item_sku: 'CUP',
    item_quantity: '3',
    item_total: '20',
  };
  const outcomes = await run('woocommerce-orders', woocommerce, [
    first,
    { ...first, item_name: 'Pin', item_quantity: '1', item_total: '5' },
    { ...first, order_id: '8', order_number_formatted: 'A-8', status: 'failed' },
    {
      ...first,
      order_id: '9',
      order_number_formatted: '',
      order_number: '9',
      date: '1/20/2025 8:05',
      refunded_total: '25.00',
    },
  ]);
  const found = byId(outcomes);
  expect(found['woocommerce:order:7']).toMatchObject({
    timestamp: '2025-01-15T15:30:00.000Z',
    properties: {
      order_id: 'A-7',
      total: '25',
      currency: 'EUR',
      products: [
        { name: 'Cup', quantity: 3, price: '6.666667' },
        { name: 'Pin', quantity: 1, price: '5' },
      ],
    },
  });
  expect(found['woocommerce:refund:9']).toMatchObject({
    timestamp: '2025-01-20T13:05:00.000Z',
    properties: { order_id: '9', total: '25' },
  });
  expect(Object.keys(found).filter((id) => id.startsWith('identify')).length).toBe(1);
  expect(outcomes).toContainEqual({ kind: 'skip', rows: 1, reason: 'the order was not paid' });
});

test('woocommerce-analytics: orders without anybody', async () => {
  const outcomes = await run(
    'woocommerce-analytics',
    'Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution',
    [
      {
        Date: '2025-01-15 10:30:00',
        'Order #': '7',
        'N. Revenue (formatted)': '$25.00',
        Status: 'completed',
        Customer: 'Bob',
        'N. Revenue': '25',
      },
    ],
  );
  expect(byId(outcomes)['woocommerce:order:7']).toMatchObject({
    anonymousId: 'woocommerce:order:7',
    properties: { total: '25' },
  });
});
