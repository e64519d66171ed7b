import { readFileSync } from 'node:fs';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { signIn } from './fixtures/console.ts';
import { startConsole, writeKey } from './fixtures/console-program.ts';

// People as the team meets them in the console: found, joined, split, decided about, asked, erased; everything clicked
// or typed in the real browser, on the real program. Each test has people of its own, by a number in their names.

const ends: (() => Promise<unknown> | unknown)[] = [];
let browser: Browser;
let url: string;
let run = 0;

beforeAll(async () => {
  const started = await startConsole();
  ({ url, browser } = started);
  ends.push(started.close);
});
afterAll(async () => {
  for (const end of ends) await end();
});

beforeEach(async () => {
  run += 1;
  await send('identify', {
    userId: `ann${run}`,
    anonymousId: `ann-browser-${run}`,
    traits: { name: `Ann Birch${run}`, email: `ann${run}@example.com`, city: `Leith${run}`, plan: 'free' },
  });
  await send('identify', { userId: `ann${run}`, traits: { plan: 'gold' } });
  await send('track', {
    userId: `ann${run}`,
    event: 'Order Completed',
    properties: { order_id: `A-${run}`, total: '24.00', currency: 'GBP', products: [{ name: 'Oolong' }] },
  });
  await send('identify', {
    userId: `bo${run}`,
    traits: { name: `Bo Fern${run}`, email: `bo${run}@example.com`, city: `Köln${run}` },
  });
  await send('track', {
    userId: `bo${run}`,
    event: 'Product Viewed',
    properties: { name: `Kettle ${run}` },
  });
});

async function send(call: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/v1/${call}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

/** A page of the owner, signed in, and what their browser complains about. */
async function open(o: { language?: 'en' | 'zh' } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  await context.addInitScript(`localStorage.setItem('pando.language', '${o.language ?? 'en'}')`);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  await signIn(page, url);
  return { context, page, complaints };
}

async function openPerson(page: Page, name: string): Promise<void> {
  await page.goto(`${url}/people?q=${encodeURIComponent(name)}`);
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { name }).waitFor();
}

async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

test('find by filters that the address holds, choose columns, choose rows, take them out', async () => {
  const { page, context, complaints } = await open();
  await page.goto(`${url}/people`);
  await page.getByText(/Your brand has met \d+ people\./).waitFor();
  await page.getByRole('button', { name: 'Add a filter' }).click();
  await page.getByRole('menuitem', { name: 'Trait' }).click();
  await page.getByLabel('Trait', { exact: true }).last().fill('city');
  await page.getByLabel('Its value (any, if empty)').fill(`Leith${run}`);
  await page.getByRole('button', { name: 'Show these' }).click();
  await page.getByText('One person fits these filters.').waitFor();
  expect(new URL(page.url()).searchParams.get('trait')).toBe(`city:Leith${run}`);

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'plan' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('cell', { name: 'gold' }).waitFor();

  // The same view for whoever is sent the address.
  await page.reload();
  await page.getByRole('cell', { name: 'gold' }).waitFor();
  await page.getByRole('checkbox', { name: 'Choose this row' }).check();
  await page.getByText('1 chosen').waitFor();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const csv = await textOf(await coming);
  expect(csv).toMatch(/^\ufeffPerson,Known by,Kind,Met,plan\r\n/);
  expect(csv.split('\r\n').slice(1)).toEqual([expect.stringMatching(`^Ann Birch${run},.*,gold$`), '']);

  await page.getByRole('button', { name: 'Take off: Trait' }).click();
  await page.getByText(/Your brand has met/).waitFor();
  await page.getByRole('button', { name: 'Person', exact: true }).click();
  await page.waitForURL(/sort=name/);
  const first = page.getByRole('row').nth(1);
  await first.getByText('Ann Birch1').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('join two, see what comes and the joined timeline, split them again', async () => {
  const { page, context, complaints } = await open();
  await openPerson(page, `Ann Birch${run}`);
  await page.getByText('Order completed').waitFor();
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('searchbox', { name: 'Find the other person' }).fill(`bo${run}@example.com`);
  await page.getByRole('radio').click();
  const comes = page.getByRole('region', { name: `What comes to Ann Birch${run}` });
  await comes.getByText(`bo${run}@example.com`, { exact: true }).waitFor();
  await comes.getByText(`becomes a former one: Ann Birch${run} has one already`).first().waitFor();
  await page.getByLabel('Why (kept with the decision)').fill('Said so at the till');
  await page.getByRole('button', { name: 'They are one person' }).click();
  await page.getByText('The two are one person now.').waitFor();

  // What both did stands in one line of time, and the evidence says who decided.
  await page.getByText('Order completed').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor();
  await page
    .getByText(/^(?:One piece|\d+ pieces) of evidence$/)
    .first()
    .click();
  await page
    .getByText(/your team decided it/)
    .first()
    .waitFor();

  await page.getByRole('button', { name: 'Split', exact: true }).click();
  await page.getByRole('checkbox', { name: new RegExp(`bo${run}$`) }).click();
  await page.getByRole('checkbox', { name: `bo${run}@example.com` }).click();
  await page.getByRole('button', { name: 'See what would move' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Leaves' }).waitFor();
  await dialog.getByText(`city Köln${run}`).waitFor();
  await page.getByRole('button', { name: 'Split them' }).click();
  await page.getByText('They are two people now.').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor({ state: 'detached' });
  await page.getByText('Order completed').waitFor();
  await openPerson(page, `Bo Fern${run}`);
  await page.getByText(`Kettle ${run}`).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

describe('a conflict', () => {
  beforeEach(async () => {
    // One card over the counter, by two people who each have an account.
    const card = {
      externalIds: [{ id: `40001${run}`, type: 'card', collection: 'users', encoding: 'none' }],
    };
    await send('track', { userId: `ann${run}`, event: 'Order Completed', context: card });
    await send('track', { userId: `bo${run}`, event: 'Order Completed', context: card });
  });

  test('is decided side by side: they stay apart', async () => {
    const { page, context, complaints } = await open();
    await page.goto(`${url}/conflicts`);
    const one = page.getByRole('article').filter({ hasText: `Ann Birch${run}` });
    await one.getByText(`Bo Fern${run}`).waitFor();
    await one.getByRole('button', { name: 'They are different people' }).click();
    await page.getByText('They stay apart.').waitFor();
    await one.waitFor({ state: 'detached' });
    await openPerson(page, `Bo Fern${run}`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('is decided side by side: they are one', async () => {
    const { page, context, complaints } = await open();
    await page.goto(`${url}/conflicts`);
    const one = page.getByRole('article').filter({ hasText: `Ann Birch${run}` });
    await one.getByRole('button', { name: 'They are one person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: new RegExp(`Bo Fern${run}`) }).check();
    await dialog.getByRole('button', { name: 'They are one person' }).click();
    await page.getByText('They are one person now.').waitFor();
    await one.waitFor({ state: 'detached' });
    await page.goto(`${url}/people?q=ann${run}@example.com`);
    await page.getByText('One person was found').waitFor();
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByText(`bo${run}@example.com`).filter({ visible: true }).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('change consent and see the evidence; what was said of a trait before', async () => {
  const { page, context, complaints } = await open();
  await openPerson(page, `Ann Birch${run}`);
  const consent = page.getByRole('switch', { name: 'Marketing by e-mail' });
  expect(await consent.getAttribute('aria-checked')).toBe('false');
  await consent.click();
  await page.getByText('Recorded.').waitFor();
  await page.getByText('Every answer, as evidence').click();
  const evidence = page.locator('details', { hasText: 'Every answer, as evidence' }).getByRole('listitem');
  await evidence.filter({ hasText: 'granted' }).waitFor();
  expect(await evidence.first().textContent()).toContain('Console');
  // Taking it back is another answer; the first stays.
  await page.getByRole('button', { name: 'Undo' }).click();
  await evidence.filter({ hasText: 'refused' }).waitFor();
  expect(await evidence.count()).toBe(2);
  await page.reload();
  expect(await consent.getAttribute('aria-checked')).toBe('false');

  await page.getByRole('button', { name: /^plan/ }).click();
  const said = page.getByRole('dialog').getByRole('listitem');
  await said.filter({ hasText: 'free' }).waitFor();
  expect(await said.first().textContent()).toContain('gold');
  expect(complaints).toEqual([]);
  await context.close();
});

test('take out all data, then erase by typing the name; the page says so', async () => {
  const { page, context, complaints } = await open();
  const name = `Ann Birch${run}`;
  // The stream tells of the erasure before it is answered; the page must not ask for who is gone then.
  await page.route('**/api/people/*', async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback();
    const answer = await route.fetch();
    await systemClock.sleep(3000);
    return route.fulfill({ response: answer });
  });
  await openPerson(page, name);
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Take out all data' }).click();
  const exported = JSON.parse(await textOf(await coming)) as { person: { name: string }; events: unknown[] };
  expect(exported.person.name).toBe(name);
  expect(exported.events.length).toBeGreaterThan(1);

  await page.getByRole('button', { name: 'Erase', exact: true }).click();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  await page.getByLabel(`Type ${name} to confirm`).fill('Ann');
  expect(await erase.isDisabled()).toBe(true);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await erase.click();
  await page.getByRole('heading', { name: 'This person is erased' }).waitFor();
  await page.getByText(/Hidden now; gone from everything by/).waitFor();
  expect(complaints).toEqual([]);
  // Whoever comes back finds nobody.
  await page.reload();
  await page.getByText(/There is no such person/).waitFor();
  await page.goto(`${url}/people?q=ann${run}@example.com`);
  await page.getByText('Nobody was found').waitFor();
  await context.close();
});

test('what could not be accepted: mend one and send it again, drop another', async () => {
  await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batch: [
        { type: 'track', event: `Mended ${run}` },
        { type: 'track', event: `Dropped ${run}` },
        { type: 'track', event: `Again ${run}` },
      ],
    }),
  });
  const { page, context, complaints } = await open();
  await page.goto(`${url}/quarantine`);
  const row = (event: string) => page.getByRole('row').filter({ hasText: `${event} ${run}` });
  await row('Mended').getByRole('button', { name: 'Mend' }).click();
  const message = page.getByLabel('Message (JSON)');
  const text = await message.inputValue();
  await message.fill('{');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await dialog.getByRole('alert').waitFor();
  await message.fill(JSON.stringify({ ...JSON.parse(text), userId: `quince${run}` }));
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await row('Mended').waitFor({ state: 'detached' });

  await row('Dropped').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Drop for good' }).click();
  await dialog.getByRole('button', { name: 'Drop for good' }).click();
  await row('Dropped').waitFor({ state: 'detached' });
  // What is still wrong stays, and says so.
  await row('Again').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText(/1 still cannot be taken/).waitFor();
  await row('Again').waitFor();
  await page.goto(`${url}/people?q=quince${run}`);
  await page.getByText('One person was found').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a source is archived by typing its name, and takes nothing any more', async () => {
  const { page, context, complaints } = await open();
  await page.goto(`${url}/sources`);
  await page.getByRole('button', { name: 'Create a source' }).click();
  await page.getByLabel('Name').fill(`Kiosk ${run}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Create a source' }).click();
  const key = (await page.getByRole('region', { name: 'Write key' }).textContent()) ?? '';
  const track = () =>
    fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: `ann${run}`, event: 'Seen' }),
    });
  expect((await track()).status).toBe(200);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Archive' }).click();
  expect(await dialog.getByRole('button', { name: 'Archive' }).isDisabled()).toBe(true);
  await dialog.getByLabel(`Type Kiosk ${run} to confirm`).fill(`Kiosk ${run}`);
  await dialog.getByRole('button', { name: 'Archive' }).click();
  await page.getByText('The source was archived.').waitFor();
  await page
    .getByRole('row')
    .filter({ hasText: `Kiosk ${run}` })
    .getByText('archived')
    .waitFor();
  expect((await track()).status).toBe(401);
  expect(complaints).toEqual([]);
  await context.close();
});

test('用中文：查找、打开、合并、拆分', async () => {
  const { page, context, complaints } = await open({ language: 'zh' });
  await page.goto(`${url}/people`);
  await page.getByRole('searchbox', { name: '按姓名、邮箱、手机、卡号或标识查找' }).fill(`ann${run}@`);
  await page.getByText(`找到 1 位与“ann${run}@”相符的客户。`).waitFor();
  await page.getByRole('link', { name: `Ann Birch${run}` }).click();
  await page.getByRole('heading', { name: `Ann Birch${run}` }).waitFor();
  await page.getByRole('button', { name: '合并' }).click();
  await page.getByRole('searchbox', { name: '查找另一位客户' }).fill(`bo${run}@example.com`);
  await page.getByRole('radio').click();
  await page.getByRole('region', { name: `将归到 Ann Birch${run} 的` }).waitFor();
  await page.getByRole('button', { name: '是同一个人' }).click();
  await page.getByText('已合并为同一个人。').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor();
  await page.getByRole('button', { name: '拆分', exact: true }).click();
  await page.getByRole('checkbox', { name: new RegExp(`bo${run}$`) }).click();
  await page.getByRole('checkbox', { name: `bo${run}@example.com` }).click();
  await page.getByRole('button', { name: '预览变化' }).click();
  await page.getByRole('heading', { name: '离开' }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '拆分' }).click();
  await page.getByText('已拆分为两个人。').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await context.close();
});

test('by keyboard alone: find, open, join, split', async () => {
  const { page, context, complaints } = await open();
  const focused = `(() => { const e = document.activeElement; return (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || '').trim(); })()`;
  /** Walks on until the thing of this name has the focus. */
  const reach = async (name: string | RegExp, key = 'Tab') => {
    for (let steps = 0; steps < 120; steps++) {
      const text = String(await page.evaluate(focused));
      if (typeof name === 'string' ? text === name : name.test(text)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`No way leads to ${name} by keyboard.`);
  };
  await page.goto(`${url}/people`);
  await page.getByRole('row').nth(1).waitFor();
  await reach('Find by name, e-mail, phone, card or id');
  await page.keyboard.type(`Ann Birch${run}`);
  await page.getByText('One person was found').waitFor();
  await reach(`ABAnn Birch${run}`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Ann Birch${run}` }).waitFor();

  await reach('Join');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await reach('Find the other person');
  await page.keyboard.type(`bo${run}@example.com`);
  await page.getByRole('radio').waitFor();
  await reach(new RegExp(`Bo Fern${run}`));
  await page.keyboard.press('Space');
  await page.getByRole('region', { name: /What comes to/ }).waitFor();
  await reach('They are one person');
  await page.keyboard.press('Enter');
  await page.getByText('The two are one person now.').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor();

  await reach('Split');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await reach(`bo${run}`);
  await page.keyboard.press('Space');
  await reach(`bo${run}@example.com`);
  await page.keyboard.press('Space');
  await reach('See what would move');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Leaves' }).waitFor();
  await reach('Split them');
  await page.keyboard.press('Enter');
  await page.getByText('They are two people now.').waitFor();
  await page.getByText(`Kettle ${run}`).waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await context.close();
});
