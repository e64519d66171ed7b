import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, consolePages, owner, signIn } from './fixtures/console.ts';
import { startConsole, writeKey } from './fixtures/console-program.ts';

// The console as a person meets it: the real program, the real browser, under the real content security policy.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ends: (() => Promise<unknown> | unknown)[] = [];
let browser: Browser;
let url: string;

beforeAll(async () => {
  const started = await startConsole();
  ({ url, browser } = started);
  ends.push(started.close);
  await send('identify', {
    userId: 'u-ann',
    anonymousId: 'a-1',
    traits: { name: 'Ann Birch', email: 'ann@example.com' },
  });
  await send('track', {
    userId: 'u-ann',
    event: 'Order Completed',
    properties: { order_id: 'A-1', total: '24.00', currency: 'GBP', products: [{ name: 'Oolong' }] },
  });
  await send('identify', { userId: 'u-bo', traits: { name: 'Bo Fern', email: 'bo@example.com' } });
});
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

/** A page of somebody who is not signed in yet, and what their browser complains about or asks of others. */
async function open(o: { dark?: boolean; language?: 'en' | 'zh'; width?: number } = {}) {
  const context = await browser.newContext({
    colorScheme: o.dark ? 'dark' : 'light',
    viewport: { width: o.width ?? 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  await context.addInitScript(`localStorage.setItem('pando.language', '${o.language ?? 'en'}')`);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Asking who one is, before one is anybody, is answered with 401; browsers write that down.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(url))
      complaints.push(request.url());
  });
  return { context, page, complaints };
}

test('sign in, find a customer by typing, see the timeline, join with another and split again', async () => {
  const { page, complaints, context } = await open();
  await page.goto(`${url}/people?q=ann`);
  await page.waitForURL(/sign-in/);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('The e-mail or the password is wrong.').waitFor();
  await page.getByLabel('Password').fill(owner.password);
  await page.keyboard.press('Enter');

  // Back where they wanted to go; the address holds the search.
  await page.getByText('One person was found for “ann”.').waitFor();
  await page.getByRole('link', { name: 'Ann Birch' }).click();
  await page.getByRole('heading', { name: 'Ann Birch' }).waitFor();
  await page.getByText('Order completed').waitFor();
  await page.getByText('£24.00').first().waitFor();

  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('searchbox', { name: 'Find the other person' }).fill('bo@example.com');
  await page.getByRole('radio').click();
  await page.getByRole('button', { name: 'They are one person' }).click();
  await page.getByText('The two are one person now.').waitFor();
  await page.getByText('bo@example.com').filter({ visible: true }).first().waitFor();

  await page.getByRole('button', { name: 'Split', exact: true }).click();
  await page.getByRole('checkbox', { name: 'u-bo' }).click();
  await page.getByRole('checkbox', { name: 'bo@example.com' }).click();
  await page.getByRole('button', { name: 'See what would move' }).click();
  await page.getByRole('heading', { name: 'Leaves' }).waitFor();
  await page.getByRole('button', { name: 'Split them' }).click();
  await page.getByText('They are two people now.').waitFor();
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  await context.close();
});

test('by keyboard alone: to a person through the command palette', async () => {
  const { page, context } = await open();
  await signIn(page, url);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('A page, a person, a thing to do').waitFor();
  await page.keyboard.type('ann@example.com');
  await page.getByRole('option', { name: /Ann Birch/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ann Birch' }).waitFor();
  await page.keyboard.press('/');
  await page.getByRole('searchbox').waitFor();
  expect(await page.evaluate('document.activeElement.type')).toBe('search');
  await context.close();
});

test('a new source shows its snippet and sees its first event arrive', async () => {
  const { page, context } = await open({ language: 'zh' });
  await signIn(page, url);
  await page.goto(`${url}/sources`);
  await page.getByRole('button', { name: '新建数据源' }).click();
  await page.getByLabel('名称').fill('上海门店');
  await page.getByRole('button', { name: '新建数据源' }).last().click();
  await page.getByText('正在等待第一个事件…').waitFor();
  const key = (await page.getByLabel('写入密钥').textContent()) ?? '';
  expect(await page.getByLabel('接入', { exact: true }).last().textContent()).toContain(key);
  const answer = await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'u-cy', event: 'Order Completed' }),
  });
  expect(answer.status).toBe(200);
  await page.getByText('第一批事件已到达。').waitFor({ timeout: 20_000 });
  await context.close();
});

describe.each([
  ['light', { dark: false, language: 'en' as const, width: 1280 }],
  ['dark, on a phone, in Chinese', { dark: true, language: 'zh' as const, width: 390 }],
])('every page, %s', (_name, o) => {
  test('axe finds nothing serious, nothing sticks out, nothing comes from elsewhere', {
    timeout: 120_000,
  }, async () => {
    const { page, context, complaints } = await open(o);
    await page.goto(`${url}/sign-in`);
    await page.locator('input[type=email]').waitFor();
    expect(await seriousFaults(page), '/sign-in').toEqual([]);
    await signIn(page, url);
    for (const path of consolePages) {
      await page.goto(await addressOf(context, url, path), { waitUntil: 'load' });
      await page.locator('#content h1').waitFor();
      await page.waitForTimeout(400);
      expect(await seriousFaults(page), path).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow), path).toBe(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('every report fits a phone, in English too, where words are longer', { timeout: 60_000 }, async () => {
  const { page, context } = await open({ width: 390 });
  await signIn(page, url);
  await page.goto(`${url}/reports`);
  const links = page.locator('#content a[href^="/reports/"]');
  await links.first().waitFor();
  const paths = (await links.all()).map((link) => link.getAttribute('href'));
  const sticksOut: string[] = [];
  for (const path of await Promise.all(paths)) {
    await page.goto(`${url}${path}`);
    await page.locator('#content h1').waitFor();
    // With its tables and their marks for those who listen.
    if (path === '/reports/products') await page.getByRole('rowheader', { name: 'Oolong' }).first().waitFor();
    else await page.waitForTimeout(400);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    if ((await page.evaluate(overflow)) !== 0) sticksOut.push(String(path));
  }
  expect(paths.length).toBeGreaterThan(10);
  expect(sticksOut).toEqual([]);
  await context.close();
});

interface Fault {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run().then((result) => result.violations)')) as Fault[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

test('the first view of the console is at most 250 KB of script', async () => {
  const { page, context } = await open();
  let bytes = 0;
  page.on('response', (response) => {
    if (!/\.js$/.test(new URL(response.url()).pathname)) return;
    bytes += Number(response.headers()['content-length'] ?? Number.POSITIVE_INFINITY);
  });
  await page.goto(`${url}/sign-in`, { waitUntil: 'networkidle' });
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(250_000);
  await context.close();
});
