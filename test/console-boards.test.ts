import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from './fixtures/console.ts';
import { consoleProgram, type Opened, seriousFaults } from './fixtures/console-program.ts';

// What brings orders, the week, and boards, as somebody sees and makes them in the browser.

let program: Awaited<ReturnType<typeof consoleProgram>>;
let at: Opened;
let page: Page;

const campaigns = [
  { medium: 'cpc', source: 'google', name: 'brand' },
  { medium: 'email', source: 'newsletter', name: 'monthly' },
  { medium: 'friend', source: 'share', name: 'word-of-mouth' },
  { medium: 'social', source: 'instagram', name: 'journal' },
];
const wares = ['Green tea', 'Oolong', 'Cup', 'Pot', 'Whisk'];
const hour = 3_600_000;

/** Sixty people over forty days: they arrive, look, buy, come again, pass something on. */
function aBrand(): object[] {
  const now = Date.now();
  const calls: object[] = [];
  for (let p = 0; p < 60; p++) {
    const say = (hoursAgo: number, more: object) =>
      calls.push({
        ...{ userId: `person-${p}`, messageId: `m${calls.length}` },
        ...{ timestamp: new Date(now - hoursAgo * hour).toISOString(), ...more },
      });
    const arrive = (hoursAgo: number, which: number) =>
      say(hoursAgo, {
        ...{ type: 'page', name: 'Home' },
        context: {
          ...(campaigns[which] ? { campaign: campaigns[which] } : {}),
          page: { url: 'https://shop.example/', referrer: which === 4 ? 'https://www.google.com/' : '' },
        },
      });
    const line = (n: number) => ({ product_id: `w${n}`, name: wares[n], price: 5 + n, quantity: 1 });
    const buy = (hoursAgo: number, basket: number[]) =>
      say(hoursAgo, {
        ...{ type: 'track', event: 'Order Completed' },
        properties: {
          order_id: `o${calls.length}`,
          total: String(basket.reduce((sum, n) => sum + 5 + n, 0)),
          ...{ currency: 'EUR', products: basket.map(line) },
        },
      });
    const day = (p * 7) % 36;
    arrive(24 * day + 6, p % 6);
    if (p % 3 !== 0) arrive(24 * day + 4, (p + 2) % 6);
    if (p % 2 === 0) buy(24 * day + 2, p % 4 === 0 ? [0, 2] : [1, 3, 4]);
    if (p % 5 === 0) buy(24 * day + 1, [0, 2, 3]);
    const read = { content_id: `c${p % 3}`, title: ['How to brew', 'Why bowls', 'Spring'][p % 3] };
    say(24 * day + 3, { type: 'track', event: 'Content Viewed', properties: read });
    if (p % 4 === 0) say(24 * day + 3, { type: 'track', event: 'Content Shared', properties: read });
    if (p % 6 === 0)
      say(24 * day + 1, { type: 'track', event: 'Invite Sent', properties: { invite_id: `i${p}` } });
    if (p % 6 === 1)
      say(24 * day, { type: 'track', event: 'Invite Accepted', properties: { invite_id: `i${p - 1}` } });
  }
  return calls;
}

beforeAll(async () => {
  program = await consoleProgram();
  expect(await program.send('batch', { batch: aBrand() })).toBe(200);
  at = await program.open();
  page = at.page;
  await signIn(page, program.url);
});
afterAll(() => program?.close());

describe('reports about what brings orders', () => {
  test('attribution: seven models in a picture, the table behind it, and to the unit', async () => {
    await page.goto(`${program.url}/reports/attribution?period=90d`);
    await page.getByText('had a touch on the way').waitFor();
    const exactly = page.getByRole('region', { name: 'To the unit' });
    const heads = await exactly.getByRole('columnheader').allInnerTexts();
    expect(heads.slice(3)).toEqual([
      ...['First touch', 'Last touch', 'Linear', 'By position', 'Time decay', 'Markov', 'Shapley'],
    ]);
    const names = await exactly.getByRole('rowheader').allInnerTexts();
    expect([...names].sort()).toEqual(['Ads', 'Direct', 'E-mail', 'Friends', 'Search', 'Social']);
    const figure = page.getByRole('figure', { name: 'What brings orders' });
    await figure.getByRole('img').waitFor();
    await figure.getByText('Table', { exact: true }).click();
    expect(await figure.getByRole('rowheader').count()).toBe(6);

    // The question stands in the address.
    await page.getByText('Campaign', { exact: true }).click();
    await page.waitForURL(/by=campaign/);
    await exactly.getByText('newsletter / monthly').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  test.each([
    ['products', 'Together', 'Cup'],
    ['channels', 'What they are worth', 'Friends'],
    ['content', 'Whom newcomers bring', 'All weeks'],
  ])('%s', async (report, region, row) => {
    await page.goto(`${program.url}/reports/${report}`);
    await page.getByRole('region', { name: region, exact: true }).getByText(row).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('the week: figures with what may be chance, what it is worth, whom to look at', async () => {
    await page.goto(`${program.url}/reports/week?period=30d`);
    await page.getByRole('heading', { name: 'What it is worth' }).waitFor();
    await page.getByRole('heading', { name: 'Whom to look at' }).waitFor();
    await page.getByText(/people were here, [0-9]+ in the days before/).waitFor();
    const worth = page.getByRole('region', { name: 'What it is worth' });
    if ((await worth.count()) > 0) expect(await worth.getByText('How many people were here').count()).toBe(1);
    expect(await seriousFaults(page)).toEqual([]);
  });
});

describe('a board', () => {
  test('is made, filled, put in order by keyboard, and there again by its address', async () => {
    await page.goto(`${program.url}/boards`);
    await page.getByRole('button', { name: 'New board' }).click();
    await page.getByLabel('What is it called?').fill('Monday');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Monday' }).waitFor();

    await page.getByRole('button', { name: 'Add a report' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'What brings orders' }).click();
    await page.getByRole('figure', { name: 'What brings orders' }).waitFor();
    await page.getByRole('button', { name: 'Add a report' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'The week' }).click();
    const titles = () => page.getByRole('heading', { level: 2 }).allInnerTexts();
    await expect.poll(titles).toEqual(['What brings orders', 'The week']);

    await page.getByRole('button', { name: 'Move “The week” up' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(titles).toEqual(['The week', 'What brings orders']);
    await page.getByRole('button', { name: 'Give “The week” another title' }).click();
    await page.getByLabel('Title (empty').fill('How we are');
    await page.keyboard.press('Enter');
    await expect.poll(titles).toEqual(['How we are', 'What brings orders']);

    // From a report, with its question.
    await page.goto(`${program.url}/reports/products?by=category`);
    await page.getByRole('button', { name: 'Add to a board' }).click();
    await page.getByRole('menuitem', { name: 'Monday' }).click();
    await page.getByText('“What is bought together” is on the board.').waitFor();

    await page.goto(`${program.url}/boards`);
    await page.getByRole('link', { name: 'Monday' }).click();
    await expect.poll(titles).toEqual(['How we are', 'What brings orders', 'What is bought together']);
    const link = page.getByRole('link', { name: 'What is bought together' });
    expect(await link.getAttribute('href')).toContain('by=category');
    await page.getByRole('button', { name: 'Take “What is bought together” off the board' }).click();
    await expect.poll(titles).toEqual(['How we are', 'What brings orders']);
    expect(await seriousFaults(page)).toEqual([]);
    await page.reload();
    await expect.poll(titles).toEqual(['How we are', 'What brings orders']);
  });

  test('is shared by a link with somebody who has no login, and taken back', async () => {
    await page.goto(`${program.url}/boards`);
    await page.getByRole('link', { name: 'Monday' }).click();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByRole('region', { name: 'The link' }).textContent();
    expect(link).toMatch(/\/shared#bl_\w{40,}$/);
    expect(await seriousFaults(page)).toEqual([]);

    const guest = await program.open();
    const answer = await guest.page.goto(link ?? '');
    expect(answer?.headers()['x-robots-tag']).toBe('noindex');
    await guest.page.getByRole('heading', { level: 1, name: 'Monday' }).waitFor();
    const titles = () => guest.page.getByRole('heading', { level: 2 }).allInnerTexts();
    expect(await titles()).toEqual(['How we are', 'What brings orders']);
    await guest.page.getByRole('figure', { name: 'What brings orders' }).waitFor();
    await guest.page
      .getByText(/people were here|Who was here|People/)
      .first()
      .waitFor();
    // Nobody is a click away.
    expect(await guest.page.getByRole('link').count()).toBe(0);
    expect(await seriousFaults(guest.page)).toEqual([]);

    await page.getByRole('button', { name: /^Withdraw the link/ }).click();
    await page.getByText('The link is withdrawn').waitFor();
    await guest.page.reload();
    await guest.page.getByRole('heading', { name: 'This link shows nothing any more' }).first().waitFor();
    expect(guest.complaints).toEqual([]);
    await guest.context.close();
  });

  test('nothing was complained about', () => {
    expect(at.complaints).toEqual([]);
  });
});
