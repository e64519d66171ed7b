import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock';
import { signIn } from './fixtures/console.ts';
import { startConsole, writeKey } from './fixtures/console-program.ts';

// Pages that move by themselves, in the real browser over the real program.

const ends: (() => Promise<unknown> | unknown)[] = [];
let browser: Browser;
let url: string;

beforeAll(async () => {
  const started = await startConsole();
  ({ url, browser } = started);
  ends.push(started.close);
}, 60_000);
afterAll(async () => {
  for (const end of ends) await end();
});

async function send(call: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/v1/${call}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

/** A page of somebody who is signed in, with what it asked the server for since. */
async function open(o: { language?: 'en' | 'zh' } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  await context.addInitScript(`localStorage.setItem('pando.language', '${o.language ?? 'en'}')`);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const answered: string[] = [];
  page.on('response', (answer) => answered.push(new URL(answer.url()).pathname));
  await signIn(page, url);
  return { context, page, complaints, asked, answered };
}

test('an empty workspace says what to do next, and comes alive with the first event', async () => {
  const { page, context, complaints, answered } = await open();
  await page.getByText('Your brand has not said anything yet').waitFor();
  expect(await page.getByRole('link', { name: 'Send the first event' }).getAttribute('href')).toMatch(
    /^\/sources/,
  );
  await page.getByRole('link', { name: 'Import a file' }).waitFor();
  await vi.waitFor(() => expect(answered).toContain('/api/live'), { timeout: 20_000 });
  await send('identify', { userId: 'u-fang', traits: { firstName: '芳', lastName: '赵' } });
  await page.getByRole('heading', { name: 'The path' }).waitFor();
  await page.getByText('赵芳').first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('an event that is sent appears on Home and Events without reloading, and without asking', async () => {
  const [home, events] = [await open(), await open({ language: 'zh' })];
  await events.page.goto(`${url}/events`);
  const live = { name: 'Happening now' };
  await home.page.getByRole('list', live).getByText('赵芳').waitFor();
  await home.page.getByText('Live', { exact: true }).waitFor();
  await events.page.getByText('实时', { exact: true }).waitFor();
  const table = events.page.getByRole('table');
  await send('track', { userId: 'u-fang', event: 'Products Searched', properties: { query: 'tea' } });
  await table.getByText('搜索商品').waitFor();
  const askedBefore = events.asked.filter((path) => path === '/api/events').length;
  for (const [event, properties] of [
    ['Product Viewed', { name: 'Oolong' }],
    ['Order Completed', { order_id: 'A-1', total: '24.00', currency: 'GBP' }],
  ] as const) {
    await send('track', { userId: 'u-fang', event, properties });
  }
  await home.page.getByRole('list', live).getByText('Order completed').waitFor();
  await table.getByText('完成订单').waitFor();
  expect(events.asked.filter((path) => path === '/api/events')).toHaveLength(askedBefore);
  // Nobody was asked for one by one.
  const one = /^\/api\/people\/[0-9a-f-]{36}$/;
  expect([...home.asked, ...events.asked].filter((path) => one.test(path))).toEqual([]);
  expect([...home.complaints, ...events.complaints]).toEqual([]);
  await home.context.close();
  await events.context.close();
});

test('what is told while an answer is on its way is not lost in it', async () => {
  const { page, context, asked } = await open();
  await page.getByRole('list', { name: 'Happening now' }).getByText('赵芳').first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.route(/\/api\/events\?/, async (route) => {
    const answer = await route.fetch();
    await send('track', { userId: 'u-fang', event: 'Asked Too Early', properties: {} });
    // So late that the stream has told it.
    await systemClock.sleep(3000);
    await route.fulfill({ response: answer });
  });
  const before = asked.length;
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByRole('table').getByText('Asked Too Early').waitFor();
  expect(asked.slice(before).filter((path) => path === '/api/events')).toHaveLength(1);
  await context.close();
});

test('the path shows how far people came, and the period stands in the address', async () => {
  const { page, context } = await open();
  const path = page.getByRole('table', { name: 'The path' });
  const row = (name: string) => path.getByRole('row', { name: new RegExp(`^${name}`) });
  await path.waitFor();
  for (const stage of ['Search', 'Attention', 'Deal']) {
    expect((await row(stage).getByRole('cell').allTextContents())[0], stage).toBe('1');
  }
  expect((await row('Share').getByRole('cell').allTextContents())[0]).toBe('0');
  await page.getByText('£24.00').first().waitFor();
  await page.getByRole('button', { name: 'Period: 30 days' }).click();
  await page.getByRole('menuitem', { name: '7 days' }).click();
  await page.waitForURL(/period=7d/);
  await page.getByText('in the last 7 days').first().waitFor();
  await context.close();
});

test('what is held does not move; what came meanwhile is counted, and shown when it is let go', async () => {
  const { page, context } = await open();
  await page.goto(`${url}/events`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('table').getByRole('row').nth(1).waitFor();
  await page.getByRole('button', { name: 'Hold' }).click();
  await send('track', { userId: 'u-fang', event: 'Content Shared' });
  await page.getByText('Held, 1 new').waitFor();
  expect(await page.getByRole('table').getByText('Content shared').count()).toBe(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('table').getByText('Content shared').waitFor();
  // Resting the pointer on the list holds it as well.
  await page.getByRole('table').getByText('Content shared').hover();
  await page.getByText('Held', { exact: true }).waitFor();
  await page.mouse.move(5, 5);
  await page.getByText('Live', { exact: true }).waitFor();
  await context.close();
});

test('what is held does not move for an answer that comes late either', async () => {
  const { page, context } = await open();
  const answer = Promise.withResolvers<void>();
  await page.route(/\/api\/events\?/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await page.goto(`${url}/events`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Hold' }).click();
  await send('track', { userId: 'u-fang', event: 'Content Saved' });
  await page.getByText('Held, 1 new').waitFor();
  // Asked for before, and answered with what came since.
  answer.resolve();
  const table = page.getByRole('table');
  await table.getByRole('row').nth(1).waitFor();
  expect(await table.getByText('Content saved').count()).toBe(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await table.getByText('Content saved').waitFor();
  await context.close();
});

test('filters stand in the address and hold for what arrives; an event shows how it was understood and as it came', async () => {
  const { page, context } = await open();
  await page.goto(`${url}/events?name=Order+Completed&channel=web`);
  await page.getByText('Live', { exact: true }).waitFor();
  await send('track', { userId: 'u-bo', event: 'Product Viewed' });
  await send('track', {
    userId: 'u-bo',
    event: 'Order Completed',
    properties: { order_id: 'B-2', total: '8.50', currency: 'GBP', note: 'x'.repeat(2000) },
  });
  const table = page.getByRole('table');
  await table.getByText('£8.50').waitFor();
  expect(await table.getByText('Product viewed').count()).toBe(0);
  await table.getByText('£8.50').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('B-2').first().waitFor();
  // All of it, though the list had it in short.
  await dialog.getByText('"note": "xxx', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Only this person' }).click();
  await page.waitForURL(/person=/);
  await page.getByText('Only of').waitFor();
  await table.getByText('£8.50').waitFor();
  expect(await table.getByText('£24.00').count()).toBe(0);
  await context.close();
});

test('when the stream is away the page says so, asks for itself, and comes back', async () => {
  const { page, context } = await open();
  await page.goto(`${url}/events`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.route('**/api/live', (route) => route.abort());
  // As when the line breaks: the page is put aside and taken up again.
  await page.reload();
  await page.getByText('Not live', { exact: false }).waitFor();
  await send('track', { userId: 'u-bo', event: 'Store Entered' });
  await page.getByRole('table').getByText('Came into a store').waitFor();
  await page.unroute('**/api/live');
  await page.getByText('Live', { exact: true }).waitFor();
  await context.close();
});
