import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import type { Import } from '#schema/imports';
import { compose } from '../src/app/compose.ts';
import { dataFolder } from './data.ts';
import { openBrowser } from './fixtures/browser.ts';
import { testClickHouse } from './fixtures/clickhouse.ts';
import { owner, signIn } from './fixtures/console.ts';
import { testPostgres } from './fixtures/postgres.ts';

// Files come in through the page, in the real browser.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ends: (() => Promise<unknown> | unknown)[] = [];
let browser: Browser;
let url: string;
let folder: string;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([
    testPostgres({ empty: true }),
    testClickHouse(undefined, { empty: true }),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'pando-console-imports-'));
  const config = readConfig({
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouse.url,
    PANDO_HOME: join(folder, 'home'),
    PORT: '0',
    PANDO_DEMO: 'off',
    PANDO_ADMIN_EMAIL: owner.email,
    PANDO_ADMIN_PASSWORD: owner.password,
  });
  const pando = await compose(config, { log: createLog({ level: 'silent', pretty: false }) });
  url = await pando.listen();
  browser = await openBrowser();
  ends.push(
    () => browser.close(),
    () => pando.close(),
    () => Promise.all([postgres.drop(), clickhouse.drop()]),
    () => rmSync(folder, { recursive: true, force: true }),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

async function open(o: { dark?: boolean; language?: 'en' | 'zh'; width?: number } = {}) {
  const context = await browser.newContext({
    colorScheme: o.dark ? 'dark' : 'light',
    viewport: { width: o.width ?? 1440, height: 900 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  await context.addInitScript(`localStorage.setItem('pando.language', '${o.language ?? 'en'}')`);
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // That nobody is signed in yet, or that a mapping does not work yet, browsers write down too.
    if (message.type() === 'error' && !/401|422/.test(message.text())) complaints.push(message.text());
  });
  // Playwright catches choosers as long as somebody listens; one that opens while the listening only begins is lost.
  page.on('filechooser', () => {});
  await signIn(page, url);
  return { context, page, complaints };
}

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function newest(context: BrowserContext): Promise<Import> {
  const answer = await context.request.get(`${url}/api/imports?limit=1`);
  const { items } = (await answer.json()) as { items: Import[] };
  if (!items[0]) throw new Error('There is no import.');
  return items[0];
}

/** A till's file: the card has a name that tells nothing, day and month may be mixed up, a price is a word. */
const till = [
  'Bon;Datum;Nr;Article;Stück;Einzelpreis',
  'B1;03.04.2026 10:00;K-100;Tea;2;4,50',
  'B1;03.04.2026 10:00;K-100;Pot;1;20,00',
  'B2;04.04.2026 11:30;K-200;Tea;1;4,50',
  'B3;05.04.2026 09:10;K-300;Tea;one;4,50',
  'B4;someday;K-400;Tea;1;4,50',
];

test('a small file comes in with a corrected mapping; what was refused is shown and saved; once more adds nothing', async () => {
  const { page, context, complaints } = await open();
  await page.goto(`${url}/imports`);
  await page.getByText('No file yet').waitFor();
  await page.getByRole('link', { name: 'Import a file' }).click();
  await page.getByLabel('Drop a file here, or choose one').setInputFiles(write('till.csv', till));

  await page.getByText('6 columns').waitFor();
  expect(await page.getByLabel('Name of the import').inputValue()).toBe('till');
  for (const [column, becomes] of [
    ['Bon', 'Order number'],
    ['Datum', 'When it was'],
    ['Nr', 'Card'],
    ['Article', 'Name of the product'],
    ['Stück', 'Quantity'],
    ['Einzelpreis', 'Price of one'],
  ] as const) {
    await page.getByLabel(`What ${column} becomes`).selectOption({ label: becomes });
  }
  await page.getByLabel('How times are written').fill('dd.MM.yyyy HH:mm');
  await page.getByLabel('Before the cents stands').selectOption(',');
  await page.getByLabel('Currency').selectOption('EUR');
  await page.getByLabel('Time zone').fill('Europe/Berlin');

  // The preview follows, and the text is one with the form.
  await page.getByText('Of the first 5 rows: 2 events, 2 rows refused.').waitFor();
  await page.getByText('€29.00').waitFor();
  await page.getByText('Stück is “one”, where a number is expected.').waitFor();
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  const text = page.getByLabel('Mapping (YAML)');
  expect(await text.inputValue()).toContain('card: Nr');
  await text.fill((await text.inputValue()).replace('card: Nr', 'card: Nummer'));
  await page.getByText('The file has no column "Nummer".').waitFor();
  expect(await page.getByRole('button', { name: 'Start the import' }).isDisabled()).toBe(true);
  await text.fill((await text.inputValue()).replace('card: Nummer', 'card: Nr'));
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  expect(await page.getByLabel('What Nr becomes').inputValue()).toBe('identifier:card');

  await page.getByRole('button', { name: 'Start the import' }).click();
  await page.getByText('2 new events are in').waitFor();
  const done = await newest(context);
  expect(done).toMatchObject({
    name: 'till',
    state: 'done',
    rows: 5,
    accepted: 2,
    rejected: 2,
    created_by: expect.stringMatching(/^user:/),
  });
  await page.getByRole('heading', { name: 'Rows that were refused' }).waitFor();
  await page.getByRole('button', { name: 'Stück is “one”' }).click();
  await page.getByRole('dialog').getByText('K-300').waitFor();
  await page.keyboard.press('Escape');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as a file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('till.rejects.csv');
  const rejects = readFileSync(await download.path(), 'utf8');
  expect(rejects).toContain('B3;05.04.2026 09:10;K-300;Tea;one;4,50');

  // The people of the file are known.
  await page.getByRole('link', { name: 'See the people' }).click();
  await page.getByRole('searchbox').fill('K-100');
  await page.getByText('One person was found for “K-100”.').waitFor();

  // Once more, the same file under the same name and mapping: nothing is added.
  const again = await context.request.get(`${url}/api/imports/${done.id}`);
  const { mapping } = (await again.json()) as Import;
  await page.goto(`${url}/imports/new`);
  await page.getByLabel('Drop a file here, or choose one').setInputFiles(join(folder, 'till.csv'));
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await page.getByLabel('Mapping (YAML)').fill(mapping);
  await page.getByText('Of the first 5 rows: 2 events, 2 rows refused.').waitFor();
  await page.getByRole('button', { name: 'Start the import' }).click();
  await page.getByText('Nothing was added: all 2 events were there already.').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('by keyboard alone: choose a file, start it, and go to the people', async () => {
  const { page, context } = await open();
  const path = write('members.csv', [
    'email,first_name,city',
    'kay@example.com,Kay,Leith',
    'lou@example.com,Lou,Bonn',
  ]);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('A page, a person, a thing to do').waitFor();
  await page.keyboard.type('Import');
  await page.getByRole('option', { name: /Import/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What came in from files' }).waitFor();
  await tabTo(page, 'Import a file');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Import a file' }).waitFor();
  await tabTo(page, 'Drop a file here, or choose one');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await chooser.setFiles(path);
  await page.getByText('Of the first 2 rows: 2 events, 0 rows refused.').waitFor();
  await tabTo(page, 'Start the import');
  await page.keyboard.press('Enter');
  await page.getByText('Everything is in: 2 rows became 2 new events').waitFor();
  await tabTo(page, 'See the people');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await page.getByText('kay@example.com').first().waitFor();
  await context.close();
});

/** Presses Tab until the thing with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = `(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '';
  })()`;
  for (let i = 0; i < 120; i++) {
    if ((await page.evaluate(focused)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to "${name}".`);
}

test.each([
  ['light', { dark: false, language: 'en' as const, width: 1440 }],
  ['dark, on a phone, in Chinese', { dark: true, language: 'zh' as const, width: 390 }],
])('axe finds nothing serious on any page of it, %s', async (_name, o) => {
  const { page, context, complaints } = await open(o);
  const path = write(`axe-${o.language}.csv`, till);
  const looked = async (at: string) => {
    await page.waitForTimeout(500);
    expect(await seriousFaults(page), at).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow), at).toBe(0);
  };
  await page.goto(`${url}/imports/new`);
  await page.locator('input[type=file]').waitFor();
  await looked('choose a file');
  await page.locator('input[type=file]').setInputFiles(path);
  await page.locator('select').first().waitFor();
  await looked('the form');
  await page.getByRole('button', { name: o.language === 'en' ? 'Text' : '文本', exact: true }).click();
  await page.locator('textarea').waitFor();
  await looked('the text');
  await page.locator('textarea').fill('records:\n  - record: track\n');
  await page.getByRole('alert').waitFor();
  await looked('mistakes');
  await page.goto(`${url}/imports`);
  await page.getByRole('row').nth(1).waitFor();
  await looked('the list');
  const refused = page.getByRole('row').filter({ hasText: 'till.csv' }).last();
  await refused.getByRole('link').click();
  await page.getByRole('table').waitFor();
  await looked('one import');
  expect(complaints).toEqual([]);
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

test.skipIf(!dataFolder())(
  'the real file of a shop comes in through the page, with its known figures, and only once',
  async () => {
    const { page, context, complaints } = await open();
    // Its own workspace, so that the figures are the file's.
    const path = join(dataFolder() ?? '', 'online-retail.csv.gz');
    const before = await overview(context);
    const bring = async () => {
      await page.goto(`${url}/imports/new`);
      await page.getByLabel('Drop a file here, or choose one').setInputFiles(path);
      await page.getByText('8 columns').waitFor();
      expect(await page.getByLabel('Name of the import').inputValue()).toBe('online-retail');
      await page.getByRole('button', { name: 'Start the import' }).click();
      await page.waitForURL(/imports\/[0-9a-f-]{36}/);
    };
    await bring();
    // It moves, and can be left and come back to.
    const bar = page.getByRole('progressbar');
    const seen = new Set<string>();
    const watch = async (until: () => Promise<boolean>) => {
      while (!(await until())) {
        const value = await bar.getAttribute('aria-valuenow', { timeout: 1000 }).catch(() => null);
        if (value !== null) seen.add(value);
        await page.waitForTimeout(50);
      }
    };
    const address = page.url();
    await watch(async () => seen.size > 1);
    await page.getByRole('link', { name: 'All imports' }).click();
    await page.getByRole('heading', { name: 'What came in from files' }).waitFor();
    await page.goto(address);
    await watch(async () => (await newest(context)).state !== 'running');
    await page.getByText('Everything is in: 541,909 rows became 25,900 new events').waitFor();
    expect(seen.size).toBeGreaterThan(4);
    await page.getByText('541,909').first().waitFor();
    const after = await overview(context);
    const grown = (name: 'known_people' | 'paid_orders') => after[name] - before[name];
    expect([grown('known_people'), grown('paid_orders')]).toEqual([4372, 18_532]);
    expect(after.known_revenue.GBP).toBe('8911407.904');

    await bring();
    await page
      .getByText(/Nothing was added: all 25,900 events were there already/)
      .waitFor({ timeout: 120_000 });
    expect(await overview(context)).toEqual(after);
    expect(complaints).toEqual([]);
    await context.close();
  },
  400_000,
);

interface Overview {
  known_people: number;
  paid_orders: number;
  known_revenue: Record<string, string>;
}

async function overview(context: BrowserContext): Promise<Overview> {
  const range = 'from=2000-01-01T00:00:00Z&to=2030-01-01T00:00:00Z';
  return (await (await context.request.get(`${url}/api/overview?${range}`)).json()) as Overview;
}
