import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '#platform/http';
import { createLog } from '#platform/log';
import { statusRoutes } from '../src/app/status/routes.ts';
import { openBrowser } from './fixtures/browser.ts';

// The pages that Pando serves itself, as a browser sees them: under their own content security policy, with nothing
// from elsewhere, readable in light and in dark.

let browser: Browser;
let url: string;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  const app = await createHttp({
    log: createLog({ level: 'silent', pretty: false }),
    config: { trustProxy: false },
    version: '1.2.3',
  });
  statusRoutes(app, { isHome: true }, () => ({
    version: '1.2.3',
    parts: [
      { name: 'PostgreSQL', up: true, detail: 'answers' },
      { name: 'ClickHouse', up: false, detail: 'does not answer; the log says why' },
    ],
    figures: [{ name: 'Accepted events can be asked for', value: 'within a second' }],
  }));
  app.get(
    '/api/things',
    { schema: { operationId: 'listThings', tags: ['Things'], summary: 'All things' } },
    () => [],
  );
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  ends.push(
    () => browser.close(),
    () => app.close(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

/** Opens a page and notes what the browser complains about and whom else it asks. */
async function open(path: string, o: { dark?: boolean; width?: number } = {}) {
  const context = await browser.newContext({
    colorScheme: o.dark ? 'dark' : 'light',
    viewport: { width: o.width ?? 1200, height: 800 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(url + path, { waitUntil: 'networkidle' });
  return { page, complaints };
}

/** The lowest contrast of any text on the page against what stands behind it, by WCAG. As text: it runs over there. */
const LOWEST_CONTRAST = `(() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => {
      const part = Number(c) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const texts = [...document.querySelectorAll('main *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()),
  );
  return Math.min(...texts.map((element) => {
    const ink = luminance(getComputedStyle(element).color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }));
})()`;

test.each([
  ['light', { dark: false }],
  ['dark', { dark: true }],
  ['on a phone', { width: 360 }],
])('the status page, %s', async (_name, o) => {
  const { page, complaints } = await open('/', o);
  expect(await page.textContent('h1')).toBe('Pando waits for ClickHouse.');
  expect(await page.getByRole('link', { name: 'API reference' }).isVisible()).toBe(true);
  // Set by the style sheet, so it was let in.
  expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")).toBe('28px');
  expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThan(4.5);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBe(0);
  expect(complaints).toEqual([]);
});

test('the reference works from our own origin alone', async () => {
  const { page, complaints } = await open('/reference');
  await page.getByText('All things').waitFor();
  expect(await page.title()).toBe('Pando: API reference');
  await page.getByText('All things').click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.locator('.responses-inner .live-responses-table').waitFor();
  expect(complaints).toEqual([]);
});
