import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from './fixtures/console.ts';
import { consoleProgram, type Opened, seriousFaults } from './fixtures/console-program.ts';

// What is worked out about people, as the team makes it: written like a sentence, asked for in a segment, kept while it
// is asked for, told on the person's page; and what compares people with each other, made anew by hand.

let p: Awaited<ReturnType<typeof consoleProgram>>;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  p = await consoleProgram();
  opened = await p.open({ language: 'en' });
  page = opened.page;
  await signIn(page, p.url);
  for (const [userId, totals] of [
    ['ann', [80, 40]],
    ['bo', [20]],
  ] as const) {
    await p.send('identify', { userId, traits: { name: userId, city: 'Leith' } });
    for (const total of totals)
      await p.send('track', {
        userId,
        event: 'Order Completed',
        properties: { order_id: `${userId}-${total}`, total: `${total}.00`, currency: 'GBP' },
      });
  }
});
afterAll(async () => {
  await opened?.context.close();
  await p?.close();
});

type Within = Page | ReturnType<Page['getByRole']>;

async function pick(within: Within, field: RegExp, text: string) {
  await within.getByRole('button', { name: field }).last().click();
  await page.getByRole('combobox', { name: field }).fill(text);
  await page.getByRole('option').filter({ hasText: text }).first().click();
  if (await page.getByRole('combobox', { name: field }).isVisible()) await page.keyboard.press('Escape');
}

async function api<T>(path: string): Promise<T> {
  const answer = await opened.context.request.get(`${p.url}${path}`, {
    headers: { 'Pando-Workspace': 'my-brand' },
  });
  expect(answer.status()).toBe(200);
  return (await answer.json()) as T;
}

const row = (name: string) => page.getByRole('listitem', { name, exact: true });
const condition = (number: number) =>
  page.getByRole('listitem', { name: new RegExp(`^Condition ${number}:`) });
const found = () => page.getByRole('complementary', { name: 'Who that is' });

test('a computed trait is written like a sentence, and changed', async () => {
  await page.goto(`${p.url}/segments`);
  await page.getByRole('link', { name: 'Computed traits' }).click();
  await page.getByText('No computed traits yet').waitFor();
  await page.getByRole('button', { name: 'New computed trait' }).click();
  const form = page.getByRole('form', { name: 'New computed trait' });
  await form.getByLabel('Name', { exact: true }).fill('spent');
  await form.getByLabel('What is worked out').selectOption('sum');
  await pick(form, /^Event/, 'Order Completed');
  await form.getByRole('button', { name: 'Save computed trait' }).click();
  // What is still to be chosen is said, and nothing is sent.
  await form.getByRole('alert').waitFor();
  await pick(form, /^Of which property/, 'order total');
  await form.getByRole('button', { name: 'Save computed trait' }).click();
  await row('spent')
    .getByText(/^the sum of total over “Order completed” in the last 30 days$/i)
    .waitFor();
  await row('spent').getByText('No segment asks for it.').waitFor();

  await row('spent').getByRole('button', { name: 'Edit “spent”' }).click();
  const edit = page.getByRole('form', { name: 'Edit computed trait' });
  await edit.getByLabel('When').selectOption('ever');
  await edit.getByRole('button', { name: 'Save changes' }).click();
  await row('spent')
    .getByText(/^the sum of total over “Order completed”$/i)
    .waitFor();
  expect((await api<{ items: unknown[] }>('/api/computed-traits')).items).toMatchObject([
    { name: 'spent', definition: { of: 'Order Completed', sum: { column: 'total' } } },
  ]);
});

test('a segment asks for it by its name, and while it does it is not deleted', async () => {
  await page.goto(`${p.url}/segments/new`);
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem').filter({ hasText: 'Trait' }).first().click();
  await pick(condition(1), /^Trait/, 'spent');
  // It is a number: nobody is offered to ask whether it contains a text.
  const tests = await condition(1).getByLabel('How it is compared').locator('option').allTextContents();
  expect(tests).toContain('is at least');
  expect(tests).not.toContain('contains');
  await condition(1).getByLabel('Value').fill('100');
  await found().getByText('person', { exact: true }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Big spenders');
  await page.getByRole('button', { name: 'Save segment' }).click();
  await page.getByText(/^spent is more than 100$/i).waitFor();
  const id = new URL(page.url()).pathname.split('/')[2];
  expect((await api<{ rule: unknown }>(`/api/segments/${id}`)).rule).toEqual({
    all: [{ trait: { computed: 'spent' }, greater: 100 }],
  });
  await expect
    .poll(async () => (await api<{ size: number | null }>(`/api/segments/${id}`)).size, { timeout: 20_000 })
    .toBe(1);

  await page.goto(`${p.url}/segments/computed`);
  await row('spent').getByRole('link', { name: 'Big spenders' }).waitFor();
  await row('spent').getByRole('button', { name: 'Delete “spent”' }).click();
  await row('spent').getByText('It stays: the segment named above asks for it.').waitFor();
  expect((await api<{ items: unknown[] }>('/api/computed-traits')).items).toHaveLength(1);
});

test('what compares people with each other is made anew by hand, and asked for with its words', async () => {
  const rfm = row('Recency, frequency, money');
  await rfm.getByText('Not made yet.').waitFor();
  await rfm.getByRole('button', { name: 'Make anew' }).click();
  await rfm.getByText(/^As of .*2 people have it\.$/).waitFor();

  await page.goto(`${p.url}/segments/new`);
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem').filter({ hasText: 'Trait' }).first().click();
  await pick(condition(1), /^Trait/, 'RFM group');
  await condition(1)
    .getByRole('button', { name: /^Value/ })
    .click();
  await page.getByRole('option', { name: 'champions' }).waitFor();
  await page.keyboard.press('Escape');
  await condition(1).getByLabel('How it is compared').selectOption('exists');
  await found().getByText('people', { exact: true }).waitFor();
  expect(await found().textContent()).toMatch(/^2/);
});

test('it stands on the page of the person', async () => {
  const { items } = await api<{ items: { id: string }[] }>('/api/people?identifier=user_id:ann');
  await page.goto(`${p.url}/people/${items[0]?.id}`);
  const section = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Computed traits' }) });
  await section.getByText('spent').waitFor();
  expect(await section.textContent()).toContain('spent120');
  expect(await section.textContent()).toMatch(/RFM group[a-z]/);
});

test('what no segment asks for is deleted, and brought back', async () => {
  await page.goto(`${p.url}/segments/computed`);
  await page.getByRole('button', { name: 'New computed trait' }).click();
  const form = page.getByRole('form', { name: 'New computed trait' });
  await form.getByLabel('Name', { exact: true }).fill('spent');
  await pick(form, /^Event/, 'Order Completed');
  await form.getByRole('button', { name: 'Save computed trait' }).click();
  await form.getByText('There is a computed trait of this name already.').waitFor();
  await form.getByLabel('Name', { exact: true }).fill('orders');
  await form.getByRole('button', { name: 'Save computed trait' }).click();
  await row('orders')
    .getByText(/^how often/i)
    .waitFor();
  await row('orders').getByRole('button', { name: 'Delete “orders”' }).click();
  await row('orders').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row('orders').waitFor();
  expect(opened.complaints).toEqual([]);
});

test('axe finds nothing serious, light and dark, wide and narrow', async () => {
  for (const o of [
    { dark: false, language: 'en' as const },
    { dark: true, width: 390, language: 'zh' as const },
  ]) {
    const other = await p.open(o);
    await signIn(other.page, p.url);
    await other.page.goto(`${p.url}/segments/computed`);
    await other.page.getByRole('heading', { name: 'spent' }).waitFor();
    expect(await seriousFaults(other.page)).toEqual([]);
    await other.page.getByRole('button', { name: /New computed trait|新建计算属性/ }).click();
    await other.page.getByRole('form').waitFor();
    expect(await seriousFaults(other.page)).toEqual([]);
    expect(
      await other.page.evaluate('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0);
    expect(other.complaints).toEqual([]);
    await other.context.close();
  }
}, 90_000);
