import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../test/fixtures/browser.ts';
import { type Address, addressesOf, searchTerms } from './rig/addresses.ts';
import { benchAccount, fillOnce, type Operator, operatorOf } from './rig/operator.ts';
import { newProgram } from './rig/program.ts';
import { type Asked, observe, searched, view } from './rig/usable.ts';
import { watchTree } from './rig/watch.ts';

/**
 * How long the pages of the console take on a large brand: the whole program with embedded engines on a home that holds
 * the demo brand (filled where it is not), looked at by the Chromium that npm brings.
 *
 *  1. Every page of the router, cold (an empty browser) and warm (its files at hand): the time the server takes for
 *     each request of the page, and from the navigation until the page's content is there and the main thread idle.
 *  2. Searching while typing, in People and in the palette: from the key until what was found is shown.
 *  3. Script at the first view, and the memory of the program meanwhile.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    people: { type: 'string', default: '1000000' },
    home: { type: 'string' },
    workspace: { type: 'string', default: 'demo' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});
const runs = Number(values.runs);
const limits = { usableMs: 1000, searchMs: 200, scriptBytes: 250_000 };
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const program = await newProgram(values.home ? { home: values.home } : {});
let browser: Browser | undefined;
let leaving: Promise<void> | undefined;
const leave = () => {
  leaving ??= (async () => {
    await browser?.close().catch(() => {});
    await program.remove();
  })();
  return leaving;
};
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void leave().finally(() => process.exit(code)));
}

try {
  const result = await measure();
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
} finally {
  await leave();
}

type Result = Awaited<ReturnType<typeof measure>>;

async function measure() {
  say(`Starting the program on ${values.home ?? 'a fresh home'}.`);
  await program.start();
  const operator = operatorOf(program, values.workspace);
  const story = await fillOnce(operator, Number(values.people), say);
  const account = await benchAccount(program, operator);
  browser = await openBrowser();
  const signedIn = await signIn(browser, account);
  const watch = watchTree(program);
  // What others do on the machine is in every figure.
  const [load = 0] = loadavg();
  const { pages, missing } = await addressesOf(operator);
  // Every path has a slash in it: alone it is Home.
  const wanted = pages.filter(({ path }) =>
    values.only === '/' ? path === '/' : path.includes(values.only ?? ''),
  );
  const views = [];
  for (const address of wanted) {
    const seen = await measurePage(browser, signedIn, address);
    views.push(seen);
    say(`${seen.page}: usable after ${seen.cold_p50_ms} ms, warm ${seen.warm_p50_ms} ms`);
  }
  const script_bytes = await scriptAtFirstView(browser);
  say('Searching while typing.');
  const searches = await measureSearch(browser, signedIn, operator);
  await watch.stop();
  const [counted] = await operator.events<{ events: string }>('select count() as events from events');
  return {
    people: story.people,
    events: Number(counted?.events ?? 0),
    runs,
    load_before: Math.round(load * 10) / 10,
    cores: availableParallelism(),
    pages: views,
    missing,
    searches,
    script_bytes,
    peak_tree_mb: Math.round(watch.peakMb() ?? 0) || null,
  };
}

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

async function signIn(opened: Browser, account: { email: string; password: string }): Promise<State> {
  const context = await opened.newContext();
  const page = await context.newPage();
  await page.goto(`${program.url}/sign-in?workspace=${values.workspace}`);
  await page.locator('input[type=email]').fill(account.email);
  await page.locator('input[type=password]').fill(account.password);
  await page.locator('button[type=submit]').click();
  await page.locator('#content h1').waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function newPage(opened: Browser, storageState: State): Promise<Page> {
  const context = await opened.newContext({ storageState, viewport: { width: 1440, height: 900 } });
  await observe(context);
  return context.newPage();
}

async function measurePage(opened: Browser, state: State, { name, path }: Address) {
  const cold: number[] = [];
  const warm: number[] = [];
  const asked: Asked[] = [];
  for (let run = 0; run < runs; run++) {
    const page = await newPage(opened, state);
    for (const times of [cold, warm]) {
      const seen = await view(page, program.url + path);
      times.push(seen.usableMs);
      asked.push(...seen.asked);
    }
    await page.context().close();
  }
  const slowest = asked.reduce((most, one) => (one.serverMs > most.serverMs ? one : most), {
    request: '-',
    serverMs: 0,
  });
  return {
    page: name,
    requests: asked.length / (2 * runs),
    server_p50_ms: middle(asked.map(({ serverMs }) => serverMs)),
    server_max_ms: round(slowest.serverMs),
    slowest: slowest.request,
    by_request: [...Map.groupBy(asked, ({ request }) => request)].map(([request, all]) => ({
      request,
      p50_ms: middle(all.map(({ serverMs }) => serverMs)),
      max_ms: round(Math.max(...all.map(({ serverMs }) => serverMs))),
    })),
    cold_p50_ms: middle(cold),
    cold_max_ms: round(Math.max(...cold)),
    warm_p50_ms: middle(warm),
    warm_max_ms: round(Math.max(...warm)),
  };
}

/** Gzipped as it is sent, of a browser that was never here. */
async function scriptAtFirstView(opened: Browser): Promise<number> {
  const context = await opened.newContext();
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) bodies.push(response.body());
  });
  await page.goto(`${program.url}/sign-in`, { waitUntil: 'networkidle' });
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  await context.close();
  return bytes;
}

async function measureSearch(opened: Browser, state: State, operator: Operator) {
  const terms = await searchTerms(operator);
  const places: [name: string, open: (page: Page) => Promise<void>][] = [
    ['People', (page) => page.locator('#content input[type=search]').first().focus()],
    [
      'palette',
      async (page) => {
        await page.keyboard.press('ControlOrMeta+K');
        await page.locator('[cmdk-input]').focus();
      },
    ],
  ];
  const found = [];
  for (const [place, open] of places) {
    const page = await newPage(opened, state);
    await view(page, `${program.url}/people`);
    await open(page);
    for (const { what, term } of terms) {
      const { ms, asked } = await searched(page, term);
      found.push({
        place,
        what,
        shown_ms: round(ms),
        server_ms: round(Math.max(0, ...asked.map(({ serverMs }) => serverMs))),
      });
    }
    await page.context().close();
  }
  return found;
}

function middle(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

function round(ms: number): number {
  return Math.round(ms);
}

function table(result: Result): string {
  const n = (value: number) => value.toLocaleString('en').padStart(7);
  const over = (value: number, limit: number) => (value > limit ? ' !' : '  ');
  const width = Math.max(...result.pages.map(({ page }) => page.length), 20);
  const lines = [
    `${result.people.toLocaleString('en')} people, ${result.events.toLocaleString('en')} events; ${result.runs} runs; times in ms; ${result.cores} cores, load ${result.load_before} before.`,
    '',
    `${''.padEnd(width)}  server time        until usable`,
    `${''.padEnd(width)}      p50      max   cold p50    max   warm p50    max   slowest request`,
    ...result.pages.map(
      (p) =>
        `${p.page.padEnd(width)}  ${n(p.server_p50_ms)}  ${n(p.server_max_ms)}   ${n(p.cold_p50_ms)}${n(p.cold_max_ms)}${over(p.cold_p50_ms, limits.usableMs)}  ${n(p.warm_p50_ms)}${n(p.warm_max_ms)}${over(p.warm_p50_ms, limits.usableMs)}  ${p.slowest}`,
    ),
    ...result.missing.map((page) => `${page.padEnd(width)}  nothing to look at`),
    '',
  ];
  for (const [place, all] of Map.groupBy(result.searches, ({ place }) => place)) {
    lines.push(`${`Searching while typing, ${place}:`.padEnd(width + 4)}  server   shown`);
    for (const { what, server_ms, shown_ms } of all)
      lines.push(`  ${what.padEnd(width)}  ${n(server_ms)} ${n(shown_ms)}${over(shown_ms, limits.searchMs)}`);
    const shown = all.map(({ shown_ms }) => shown_ms);
    lines.push(`  ${'p50, max'.padEnd(width)}          ${n(middle(shown))} ${n(Math.max(...shown))}`, '');
  }
  const kb = (result.script_bytes / 1000).toFixed(1);
  lines.push(`Script at the first view: ${kb} KB gzipped${over(result.script_bytes, limits.scriptBytes)}`);
  lines.push(`Memory of the program with its engines, peak: ${result.peak_tree_mb ?? '?'} MB`, '');
  return lines.join('\n');
}
