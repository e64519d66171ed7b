import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from './fixtures/browser.ts';
import { sightOf } from './fixtures/listed.ts';
import { type TestProgram, testProgram } from './fixtures/program.ts';

// Segment's library for browsers as npm has it, in Chromium, on a page of another site, against the listening program.

const timeout = 120_000;
const require = createRequire(import.meta.url);
const bundles = dirname(require.resolve('@segment/analytics-next/dist/umd/index.js'));

/** A request as it came to the program. */
interface Came {
  method: string;
  path: string;
  type: string;
  byHeader: boolean;
  origin: string;
}

let p: TestProgram;
let browser: Browser;
let shop: Server;
let shopUrl: string;
let url: string;
let came: Came[] = [];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [p, browser] = await Promise.all([testProgram(), openBrowser()]);
  url = await p.app.listen({ port: 0, host: '127.0.0.1' });
  p.app.server.on('request', (request) => {
    const { authorization, origin = '', 'content-type': type = '' } = request.headers;
    const byHeader = authorization !== undefined;
    came.push({ method: request.method ?? '', path: request.url ?? '', type, byHeader, origin });
  });
  shop = createServer((request, reply) => {
    const path = new URL(request.url ?? '/', 'http://shop').pathname;
    if (path.startsWith('/analytics-next/bundles/') || path.endsWith('/analytics.min.js')) {
      const file = path.endsWith('/analytics.min.js') ? 'standalone.js' : basename(path);
      return reply
        .writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' })
        .end(readFileSync(join(bundles, file)));
    }
    if (path === '/favicon.ico') return reply.writeHead(204).end();
    reply
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(path === '/snippet' ? snippetPage(request.url ?? '') : pageOf(path));
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  // By another name than the program's, so that it is another site and not just another port.
  shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  came = [];
});
afterAll(async () => {
  await browser.close();
  shop.close();
  shop.closeAllConnections();
  await p.drop();
});

/** A page that has the library, as its maker's documentation hosts it oneself: parts of it are loaded when needed. */
function pageOf(path: string): string {
  const library = path === '/bye' ? '' : '<script src="/analytics-next/bundles/index.js"></script>';
  return `<!doctype html><html lang="en"><title>Shop ${path}</title>
<script>window.analytics = { _cdn: location.origin };</script>${library}
<p>Page ${path} <a id="next" href="/bye">Go on</a></p></html>`;
}

/** A page that loads the library by Segment's snippet, with calls made before it is there. */
function snippetPage(path: string): string {
  const key = new URL(path, 'http://shop').searchParams.get('key') ?? '';
  return `<!doctype html><html lang="en"><title>Shop</title>
<script>
  window.analytics = [['page'], ['track', 'Before it was there', { n: 1 }]];
  window.analytics._writeKey = ${JSON.stringify(key)};
  window.analytics._cdn = ${JSON.stringify(url)};
</script>
<script async src="/analytics.js/v1/${key}/analytics.min.js"></script></html>`;
}

/** A browser of its own for one visitor of one brand, with what it complains about and whom it asks. */
async function visitor(name: string) {
  const brand = await p.newBrand(name);
  const context = await browser.newContext();
  ends.push(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => {
    if (![url, shopUrl].includes(new URL(request.url()).origin)) elsewhere.push(request.url());
  });
  return {
    brand,
    page,
    sight: sightOf(p, brand),
    complaints,
    elsewhere,
    /** Opens a page of the shop and loads the library there; `options` as a page would write them. */
    async open(path: string, options = '{}') {
      await page.goto(shopUrl + path);
      await run(
        page,
        `[window.analytics] = await AnalyticsNext.AnalyticsBrowser.load(
          { writeKey: ${JSON.stringify(brand.writeKey)}, cdnURL: ${JSON.stringify(url)} }, ${options});`,
      );
    },
  };
}

/** Runs the body of an async function in the page. */
async function run<T = unknown>(page: Page, body: string): Promise<T> {
  return page.evaluate<T>(`(async () => { ${body} })()`);
}

/** How often each path was asked by which method. */
function asked(method: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path } of came.filter((request) => request.method === method)) {
    counts[path] = (counts[path] ?? 0) + 1;
  }
  return counts;
}

test('every call of the library arrives once, and one person has it all', { timeout }, async () => {
  const { page, open, sight, brand, complaints, elsewhere } = await visitor('Calls');
  await open('/');
  const anonymous = await run<string>(
    page,
    `await analytics.page('Shop', 'Home', { banner: 'naïve ☂' });
     await analytics.track('Product Viewed', { sku: 'A-1', price: 12.5 });
     await analytics.alias('u-1');
     await analytics.identify('u-1', { email: 'Ann@Example.com', name: 'Ann' });
     await analytics.group('club', { tier: 'gold' });
     await analytics.screen('Basket', { items: 2 });
     await analytics.track('Order Completed', { order_id: 'o-1', total: 25.1, currency: 'EUR',
       products: [{ sku: 'A-1', price: 12.55, quantity: 2 }] });
     await analytics.alias('u-1', 'u-0');
     return analytics.user().anonymousId();`,
  );
  const events = await sight.count(8);
  expect(asked('GET')).toEqual({ [`/v1/projects/${brand.writeKey}/settings`]: 1 });
  expect(asked('POST')).toEqual({
    '/v1/p': 1,
    '/v1/t': 2,
    '/v1/i': 1,
    '/v1/g': 1,
    '/v1/s': 1,
    '/v1/a': 2,
  });
  // The browser asked before it sent: the rules between origins held.
  expect(Object.keys(asked('OPTIONS'))).toContain('/v1/t');
  expect(new Set(came.map((request) => request.origin))).toEqual(new Set([shopUrl]));
  expect(came.find((request) => request.method === 'POST')).toMatchObject({
    type: 'text/plain',
    byHeader: true,
  });

  expect(events.map((event) => `${event.type} ${event.event}`.trim()).sort()).toEqual([
    'alias',
    'alias',
    'group',
    'identify',
    'page Home',
    'screen Basket',
    'track Order Completed',
    'track Product Viewed',
  ]);
  expect(events.find((event) => event.type === 'page')).toMatchObject({
    anonymous_id: anonymous,
    properties: { banner: 'naïve ☂', title: 'Shop /', url: `${shopUrl}/` },
    context: { library: { name: 'analytics.js' }, page: { path: '/' } },
  });
  expect(Number(events.find((event) => event.event === 'Order Completed')?.total)).toBe(25.1);

  const person = await sight.person('user_id:u-1');
  expect(new Set(events.map((event) => event.person_id))).toEqual(new Set([person?.id]));
  for (const identifier of ['user_id:u-0', 'email:ann@example.com', `anonymous_id:${anonymous}`]) {
    expect(await sight.person(identifier), identifier).toMatchObject({ id: person?.id });
  }

  const next = await run<string>(
    page,
    `await analytics.reset();
     await analytics.track('Somebody else');
     return analytics.user().anonymousId();`,
  );
  const all = await sight.count(9);
  const other = all.find((event) => event.event === 'Somebody else');
  expect(other).toMatchObject({ anonymous_id: next, user_id: '' });
  expect(other?.person_id).not.toBe(person?.id);
  expect(await sight.figures()).toMatchObject({ accepted: 9, duplicates: 0, quarantined: 0 });
  expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
});

test('the parts that the library loads later come from the shop, and what they send arrives', {
  timeout,
}, async () => {
  const { page, open, sight, complaints, elsewhere } = await visitor('Parts');
  await open('/?ajs_uid=u-1&ajs_trait_email=ann%40example.com&ajs_event=Clicked%20a%20letter&ajs_prop_n=3');
  await sight.count(2);
  await run(page, `await analytics.trackLink(document.getElementById('next'), 'Went on', { n: 4 });`);
  await page.click('#next');
  await page.waitForURL('**/bye');
  const events = await sight.count(3);
  expect(events.map((event) => `${event.type} ${event.event} ${event.user_id}`).sort()).toEqual([
    'identify  u-1',
    'track Clicked a letter u-1',
    'track Went on u-1',
  ]);
  expect(await sight.person('email:ann@example.com')).toMatchObject({ id: events[2]?.person_id });
  expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
});

test('the snippet takes along what was called before the library was there', { timeout }, async () => {
  const { page, sight, brand, complaints, elsewhere } = await visitor('Snippet');
  await page.goto(`${shopUrl}/snippet?key=${brand.writeKey}`);
  const events = await sight.count(2);
  expect(events.map((event) => `${event.type} ${event.event}`.trim()).sort()).toEqual([
    'page',
    'track Before it was there',
  ]);
  expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
});

const batching = (size: number, ms: number) =>
  `{ integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: ${size}, timeout: ${ms} } } } } }`;

describe('batches', () => {
  test('go to /v1/b, by size and by time', { timeout }, async () => {
    const { page, open, sight, complaints, elsewhere } = await visitor('Batches');
    await open('/', batching(10, 500));
    await run(
      page,
      `await analytics.identify('u-1', { email: 'ann@example.com' });
       for (let n = 0; n < 34; n++) await analytics.track('Counted', { n });`,
    );
    const events = await sight.count(35);
    expect(Object.keys(asked('POST'))).toEqual(['/v1/b']);
    expect(asked('POST')['/v1/b']).toBeLessThan(35);
    const person = await sight.person('email:ann@example.com');
    expect(new Set(events.map((event) => event.person_id))).toEqual(new Set([person?.id]));
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
  });

  test('that are not full are sent when the page is left', { timeout }, async () => {
    const { page, open, sight, complaints, elsewhere } = await visitor('Left');
    await open('/', batching(1000, 3_600_000));
    await run(page, `for (let n = 0; n < 7; n++) await analytics.track('Counted', { n });`);
    expect(asked('POST')).toEqual({});
    await page.goto(`${shopUrl}/bye`);
    await sight.count(7);
    expect(asked('POST')).toEqual({ '/v1/b': 1 });
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
  });
});

describe('a page that is left at once', () => {
  test('has its calls sent to their end, and once', { timeout }, async () => {
    const { page, open, sight, elsewhere } = await visitor('Kept alive');
    await open(
      '/',
      `{ integrations: { 'Segment.io': { deliveryStrategy: { config: { keepalive: true } } } } }`,
    );
    let begun = 0;
    const allBegun = new Promise<void>((resolve) => {
      page.on('request', (request) => request.url().endsWith('/v1/t') && ++begun === 5 && resolve());
    });
    await run(page, `for (let n = 0; n < 5; n++) analytics.track('Counted', { n });`);
    await allBegun;
    await page.goto(`${shopUrl}/bye`);
    await sight.count(5);
    // The library keeps what had no answer yet, and sends it again from the next page.
    await open('/');
    await run(page, `await analytics.track('Counted', { n: 5 });`);
    const events = await sight.count(6);
    expect(events.map((event) => event.properties.n).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(elsewhere).toEqual([]);
  });

  test('may use beacons: text with the write key in it', { timeout }, async () => {
    const { page, brand, sight, complaints, elsewhere } = await visitor('Beacons');
    await page.goto(`${shopUrl}/bye`);
    const key = JSON.stringify(brand.writeKey);
    await run(
      page,
      `addEventListener('pagehide', () => {
         const writeKey = ${key};
         const call = { anonymousId: 'visitor-1', userId: 'u-1' };
         const batch = [1, 2, 3].map((n) => ({ type: 'track', event: 'Counted', messageId: 'in-batch-' + n, ...call }));
         navigator.sendBeacon('${url}/v1/t', JSON.stringify({ writeKey, messageId: 'alone', event: 'Left', ...call }));
         navigator.sendBeacon('${url}/v1/batch', JSON.stringify({ writeKey, batch }));
         navigator.sendBeacon('${url}/v1/b', new Blob([JSON.stringify({ writeKey, batch })]));
       });`,
    );
    await page.goto(`${shopUrl}/bye?2`);
    const events = await sight.count(4);
    await expect.poll(async () => (await sight.figures()).duplicates, { timeout: 30_000 }).toBe(3);
    expect(came.map(({ method, byHeader }) => `${method} ${byHeader}`)).toEqual(Array(3).fill('POST false'));
    expect(came.map((request) => request.type).sort()).toEqual([
      '',
      'text/plain;charset=UTF-8',
      'text/plain;charset=UTF-8',
    ]);
    const person = await sight.person('user_id:u-1');
    expect(await sight.person('anonymous_id:visitor-1')).toMatchObject({ id: person?.id });
    expect(new Set(events.map((event) => event.person_id))).toEqual(new Set([person?.id]));
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
  });
});

test('what the library sends again, because the answer was lost on the way, is counted once', {
  timeout,
}, async () => {
  const { page, open, sight, elsewhere } = await visitor('Lost');
  await open('/');
  let lost = 0;
  await page.route('**/v1/t', async (route) => {
    if (++lost > 4) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await run(page, `await Promise.all([0, 1, 2, 3].map((n) => analytics.track('Counted', { n })));`);
  await expect.poll(async () => (await sight.figures()).duplicates, { timeout: 60_000 }).toBe(4);
  const events = await sight.count(4);
  expect(events.map((event) => event.properties.n).sort()).toEqual([0, 1, 2, 3]);
  expect(elsewhere).toEqual([]);
});

describe('a refusal', () => {
  test('for too many requests makes the library wait and send again', { timeout }, async () => {
    const { page, open, sight, brand, elsewhere } = await visitor('Too many');
    const setting = { collect: { requestsPerSecond: 1 } };
    expect((await p.ask('PATCH', '/api/settings', setting, brand.secretKey)).status).toBe(200);
    await open('/');
    await run(page, `await Promise.all([0, 1, 2, 3, 4, 5].map((n) => analytics.track('Counted', { n })));`);
    await sight.count(6);
    expect(asked('POST')['/v1/t']).toBeGreaterThan(6);
    expect(elsewhere).toEqual([]);
    const waits = await run<(string | null)[]>(
      page,
      `const body = JSON.stringify({ writeKey: ${JSON.stringify(brand.writeKey)}, event: '', userId: 'u-1' });
       const answers = await Promise.all(
         Array.from({ length: 20 }, () => fetch('${url}/v1/t', { method: 'POST', body })));
       return answers.filter(({ status }) => status === 429).map(({ headers }) => headers.get('retry-after'));`,
    );
    expect(waits).toContain('1');
  });

  test('can be read by the page, and nothing besides the collection can', { timeout }, async () => {
    const { page, brand } = await visitor('Reading');
    await page.goto(`${shopUrl}/bye`);
    const post = (body: string) =>
      run<{ status: number; detail: string }>(
        page,
        `const answer = await fetch('${url}/v1/t', { method: 'POST', body: ${JSON.stringify(body)} });
         return { status: answer.status, detail: (await answer.json()).detail };`,
      );
    const key = brand.writeKey;
    expect(await post(JSON.stringify({ writeKey: 'wk_of_nobody', event: 'Lost' }))).toMatchObject({
      status: 401,
      detail: expect.stringContaining('write key'),
    });
    expect(await post('{')).toMatchObject({ status: 400, detail: expect.stringContaining('JSON') });
    expect(
      await post(JSON.stringify({ writeKey: key, event: 'x', properties: { text: 'x'.repeat(40_000) } })),
    ).toMatchObject({ status: 413 });
    expect(await post('x'.repeat(600_000))).toMatchObject({ status: 413 });
    for (const path of ['/api/overview', '/api/people', '/openapi.json', '/healthz']) {
      const read = run(
        page,
        `return fetch('${url}${path}', { credentials: 'include' }).then((answer) => answer.status, (error) => error.name);`,
      );
      expect(await read, path).toBe('TypeError');
    }
  });
});
