import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transparencyRoutes } from '#modules/transparency';
import { type App, createHttp } from '#platform/http';
import { createLog } from '#platform/log';
import { words as en } from '../proof/words/en.ts';
import { words as zh } from '../proof/words/zh.ts';
import { proofRoutes } from '../src/app/proof.ts';
import { openBrowser } from './fixtures/browser.ts';
import { seriousFaults } from './fixtures/console-program.ts';
import { type Moved, testPublicLog, toldOfLedger } from './fixtures/public-log.ts';

// The public page of proof in the real browser, under the real content security policy.

let world: Awaited<ReturnType<typeof testPublicLog>>;
let app: App;
let browser: Browser;
let url: string;
const moved: Moved[] = [];
/** What the server was asked for. */
const asked: string[] = [];

beforeAll(async () => {
  world = await testPublicLog({ name: 'leaf-club', tellTotals: toldOfLedger });
  moved.push(...(await world.move(700)));
  await world.totals();
  const log = createLog({ level: 'silent', pretty: false });
  app = await createHttp({ log, config: { trustProxy: false }, version: 'test' });
  app.addHook('onRequest', async (request) => void asked.push(`${request.method} ${request.url}`));
  transparencyRoutes(app, world.transparency());
  await proofRoutes(app);
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await world.drop();
});

async function open(path: string, o: { locale?: string; dark?: boolean; width?: number } = {}) {
  const context = await browser.newContext({
    locale: o.locale ?? 'en-GB',
    colorScheme: o.dark ? 'dark' : 'light',
    viewport: { width: o.width ?? 390, height: 844 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded with a status'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(request.url());
  });
  await page.goto(`${url}${path}`);
  return { page, complaints, close: () => context.close() };
}

async function receiptOf(place: number) {
  return (await world.receipt(moved[place] ?? expect.unreachable())) ?? expect.unreachable();
}

async function told(page: Page, receipt: string): Promise<string> {
  await page.locator('textarea').fill(receipt);
  await page.locator('button[type=submit]').click();
  const status = page.locator('[role=status]');
  await status.locator('.told').waitFor();
  return (await status.textContent()) ?? '';
}

test('the totals are told in words that anybody understands, after the browser has checked them', async () => {
  const { page, complaints, close } = await open('/proof/leaf-club');
  await page.locator('.answer').waitFor();
  const text = await page.locator('main').textContent();
  expect(text).toContain('Leaf Club');
  expect(text).toContain('Yes. 2,100 points are promised to members, and the reserve covers up to 2,100.');
  expect(text).toMatch(/ReserveWhat the brand[\s\S]*210 EUR/);
  expect(text).toContain(`npx pando verify ${url}/log/leaf-club`);
  expect(await seriousFaults(page)).toEqual([]);
  await page.locator('header button').click();
  await expect.poll(() => page.locator('h1').textContent()).toBe(zh.question);
  expect(complaints).toEqual([]);
  await close();
});

test('a receipt by link, by paste and by file is good, and nothing of it is sent', async () => {
  const receipt = await receiptOf(300);
  const link = new URL(receipt.link);
  asked.length = 0;
  const { page, complaints, close } = await open(`${link.pathname}${link.hash}`);
  await page.locator('.told.good').waitFor();
  expect(await page.locator('.told.good').textContent()).toMatch(/entry 301 of a log of 702 entries/);
  expect(await page.locator('.view').textContent()).toMatch(/Movementearned[\s\S]*Points903/);
  expect(await told(page, receipt.text)).toContain(en.check.good);
  await page.locator('textarea').fill('');
  const file = join(tmpdir(), `pando-${process.pid}.tlog-proof`);
  writeFileSync(file, (await receiptOf(5)).text);
  await page.locator('input[type=file]').setInputFiles(file);
  await expect.poll(() => page.locator('[role=status]').textContent()).toMatch(/entry 6 of/);
  rmSync(file);
  expect(complaints).toEqual([]);
  expect(
    asked.filter(
      (line) =>
        !/^GET \/(?:proof\/(?:leaf-club$|assets\/)|log\/leaf-club\/(?:key|checkpoint|totals|tile\/[\w/.]+)$|mark\.svg$)/.test(
          line,
        ),
    ),
  ).toEqual([]);
  await close();
});

test('a receipt that was tampered with is refused, in words that say which part is wrong', async () => {
  const { text } = await receiptOf(300);
  const { page, complaints, close } = await open('/proof/leaf-club');
  await page.locator('textarea').waitFor();
  const withView = text.replace(
    /^extra (.+)$/m,
    (_, extra: string) =>
      `extra ${btoa(atob(extra).replace('\\"points\\":\\"903\\"', '\\"points\\":\\"913\\"'))}`,
  );
  expect(withView).not.toBe(text);
  for (const [receipt, fault] of [
    [withView, 'content'],
    [text.replace(/\n[A-Za-z0-9+/=]{44}\n/, '\n'), 'path'],
    [text.replace('\n702\n', '\n703\n'), 'signature'],
    [text.replaceAll('brand.example', 'brand.invalid'), 'origin'],
    [text.slice(0, 300), 'form'],
  ] as const) {
    expect(await told(page, receipt), fault).toContain(en.fault[fault]);
    expect(await page.locator('.told.good').count()).toBe(0);
  }
  await told(page, withView);
  expect(await told(page, '  ')).toBe(en.check.empty);
  expect(complaints).toEqual([]);
  await close();
});

test('the page of no programme says so; Chinese readers and dark rooms are served, on a wide screen, too', async () => {
  const nobody = await open('/proof/nobody');
  await nobody.page.locator('[role=alert]').waitFor();
  expect(await nobody.page.locator('main').textContent()).toContain(en.trouble.unknown);
  await nobody.close();
  const receipt = new URL((await receiptOf(1)).link);
  const { page, complaints, close } = await open(`${receipt.pathname}${receipt.hash}`, {
    locale: 'zh-CN',
    dark: true,
    width: 1440,
  });
  await page.locator('.told.good').waitFor();
  expect(await page.locator('main').textContent()).toContain(zh.check.good);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(await seriousFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test('both languages say everything', () => {
  const paths = (words: object, path = ''): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'object' ? paths(value as object, `${path}${key}.`) : [`${path}${key}`],
    );
  expect(paths(zh)).toEqual(paths(en));
});
