import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signIn } from './fixtures/console.ts';
import { consoleProgram, type Opened, seriousFaults } from './fixtures/console-program.ts';

// Segments as the team makes them: written by hand in the real browser, counted while one writes, filled, entered by an
// event that is sent meanwhile, explained, and told to a receiver outside.

let p: Awaited<ReturnType<typeof consoleProgram>>;
let opened: Opened;
let page: Page;
let receiver: Server;
const received: { body: string; headers: IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  p = await consoleProgram();
  opened = await p.open({ language: 'en' });
  page = opened.page;
  await signIn(page, p.url);
  receiver = createServer(async (request, answer) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    received.push({ body: Buffer.concat(parts).toString(), headers: request.headers });
    answer.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  for (const user of ['ann', 'bo', 'cy']) {
    await p.send('identify', {
      userId: user,
      traits: { name: user, city: user === 'cy' ? 'Oslo' : 'Leith' },
    });
    await p.send('track', { userId: user, event: 'Product Viewed', properties: { category: 'tea' } });
  }
  await order('ann', 80);
  await order('ann', 80);
  await order('bo', 20);
  // Once they are in the tables that segments are counted from: a count is of the moment somebody asks.
  await vi.waitFor(
    async () => {
      expect(await preview({ first: {}, in: { calendar_days: 7 } })).toBe(3);
      expect(await preview({ did: 'Order Completed' })).toBe(2);
      expect(await preview({ did: 'Order Completed', at_least: 2 })).toBe(1);
    },
    { timeout: 20_000, interval: 100 },
  );
});
afterAll(async () => {
  receiver.close();
  await opened.context.close();
  await p.close();
});

const order = (userId: string, total: number) =>
  p.send('track', {
    userId,
    event: 'Order Completed',
    properties: {
      order_id: `${userId}-${crypto.randomUUID()}`,
      total: `${total}.00`,
      currency: 'GBP',
      products: [{ name: 'Oolong', quantity: 2 }],
    },
  });

/** Opens a field of the sentence, types, and takes what is found. */
async function pick(within: Page | ReturnType<Page['getByRole']>, field: RegExp, text: string) {
  await within.getByRole('button', { name: field }).last().click();
  await page.getByRole('combobox', { name: field }).fill(text);
  await page.getByRole('option').filter({ hasText: text }).first().click();
  // Where several can be chosen, the list stays open.
  if (await page.getByRole('combobox', { name: field }).isVisible()) await page.keyboard.press('Escape');
}

async function add(kind: string, last = true) {
  const buttons = page.getByRole('button', { name: 'Add a condition' });
  await (last ? buttons.last() : buttons.first()).click();
  await page.getByRole('menuitem').filter({ hasText: kind }).first().click();
}

const condition = (number: number) =>
  page.getByRole('listitem', { name: new RegExp(`^Condition ${number}:`) });
const found = () => page.getByRole('complementary', { name: 'Who that is' });

async function api<T>(path: string): Promise<T> {
  const answer = await opened.context.request.get(`${p.url}${path}`, {
    headers: { 'Pando-Workspace': 'my-brand' },
  });
  expect(answer.status()).toBe(200);
  return (await answer.json()) as T;
}

async function preview(rule: object): Promise<number> {
  const { csrf } = await api<{ csrf: string }>('/api/session');
  const answer = await opened.context.request.post(`${p.url}/api/segments/preview`, {
    headers: { 'Pando-Workspace': 'my-brand', 'Pando-Csrf': csrf },
    data: { rule },
  });
  return ((await answer.json()) as { count: number }).count;
}

/** How many are in, when it is so. */
const sizeOf = (id: string) =>
  expect.poll(async () => (await api<{ size: number | null }>(`/api/segments/${id}`)).size, {
    timeout: 20_000,
  });

async function save(name: string): Promise<string> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Save segment' }).click();
  await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
  await page.getByRole('heading', { name, exact: true }).waitFor();
  return new URL(page.url()).pathname.split('/')[2] ?? '';
}

test('the list is empty at first, and a template leads to a sentence that counts', async () => {
  await page.goto(`${p.url}/segments`);
  await page.getByText('No segments yet').waitFor();
  const fresh = page.getByRole('listitem').filter({ hasText: 'New this week' });
  await fresh.getByRole('button', { name: 'How many? New this week' }).click();
  await fresh.getByText('3 people').waitFor();
  await page.getByRole('link', { name: /^At risk/ }).click();
  await page.getByText('did not do').waitFor();
  await found().getByText('people', { exact: true }).waitFor();
  expect(await found().textContent()).toMatch(/^0/);
});

test('in a time window, with a filter: it counts while one writes, and moves when an event comes', async () => {
  await page.goto(`${p.url}/segments/new`);
  await found().getByText('Finish the sentence').waitFor();
  await add('Did something');
  await pick(condition(1), /^Event/, 'Order Completed');
  await found().getByText('people', { exact: true }).waitFor();
  expect(await found().textContent()).toMatch(/^2/);
  await condition(1).getByLabel('Number of times').fill('2');
  await found().getByText('person', { exact: true }).waitFor();
  // The sample says who.
  await found().getByRole('link', { name: 'ann' }).waitFor();

  await condition(1).getByRole('button', { name: 'where …' }).click();
  await pick(condition(1), /^Property/, 'order total');
  await condition(1).getByLabel('Value').fill('50');
  await found().getByText('person', { exact: true }).waitFor();
  // The form and the text are in step, both ways.
  await page.getByRole('tab', { name: 'JSON' }).click();
  const text = page.getByLabel('The rule as JSON');
  expect(JSON.parse(await text.inputValue())).toEqual({
    all: [
      {
        did: { event: 'Order Completed', where: [{ column: 'total', greater: 50 }] },
        at_least: 2,
        in: { last: { days: 30 } },
      },
    ],
  });
  await text.fill((await text.inputValue()).replace('"greater": 50', '"greater": 60'));
  await page.getByRole('tab', { name: 'Sentence' }).click();
  expect(await condition(1).getByLabel('Value').inputValue()).toBe('60');

  const id = await save('Bought twice');
  const hook = await opened.context.request.post(`${p.url}/api/webhooks`, {
    headers: {
      'Pando-Workspace': 'my-brand',
      'Pando-Csrf': (await api<{ csrf: string }>('/api/session')).csrf,
    },
    data: {
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
      types: ['segment.entered'],
    },
  });
  expect(hook.status()).toBe(201);
  const { secret } = (await hook.json()) as { secret: string };

  await expect
    .poll(() => api<{ state: string }>(`/api/segments/${id}`), { timeout: 20_000 })
    .toMatchObject({
      state: 'live',
      size: 1,
    });
  await page.goto(`${p.url}/segments`);
  const row = page.getByRole('row').filter({ hasText: 'Bought twice' });
  await row.getByText('live').waitFor();
  await row.getByRole('cell', { name: '1', exact: true }).waitFor();
  await order('bo', 70);
  await order('bo', 70);
  await row.getByRole('cell', { name: '2', exact: true }).waitFor();

  // Why, as the API tells it.
  const { items } = await api<{ items: { id: string }[] }>('/api/people?identifier=user_id:bo');
  const why = await api<{ in: boolean; why: unknown }>(`/api/segments/${id}/why?person=${items[0]?.id}`);
  expect(why.in).toBe(true);
  expect(JSON.stringify(why.why)).toContain('"found":2');

  await expect.poll(() => received.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const [told] = received;
  const message = new Webhook(secret).verify(told?.body ?? '', told?.headers as Record<string, string>);
  expect(message).toMatchObject({ type: 'segment.entered' });
  expect(() =>
    new Webhook(secret).verify(`${told?.body} `, told?.headers as Record<string, string>),
  ).toThrow();
});

test('in order, by keyboard alone', async () => {
  await page.goto(`${p.url}/segments/new`);
  await page.getByRole('button', { name: 'Add a condition' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('One after');
  // The menu goes to what was typed a moment later; nobody presses Enter within that.
  await page
    .getByRole('menuitem', { name: /^One after/ })
    .and(page.locator(':focus'))
    .waitFor();
  await page.keyboard.press('Enter');
  for (const [step, event] of [
    [1, 'Product Viewed'],
    [2, 'Order Completed'],
  ] as const) {
    const field = page.getByRole('button', { name: new RegExp(`^Step ${step}:`) });
    await field.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(event);
    const list = page.getByRole('dialog', { name: `Step ${step}` });
    await list.getByRole('option', { name: event, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    // It gives the focus back a moment after it has closed.
    await list.waitFor({ state: 'hidden' });
    await field.and(page.locator(':focus')).waitFor();
  }
  await found().getByText('people', { exact: true }).waitFor();
  expect(await found().textContent()).toMatch(/^2/);
  const id = await save('Looked, then bought');
  await sizeOf(id).toBe(2);
  await order('cy', 10);
  await sizeOf(id).toBe(3);
});

test('groups within groups, turned round, with values that were seen', async () => {
  await page.goto(`${p.url}/segments/new`);
  await add('Trait');
  await pick(condition(1), /^Trait/, 'city');
  await pick(condition(1), /^Value/, 'Leith');
  await found().getByText('people', { exact: true }).waitFor();
  expect(await found().textContent()).toMatch(/^2/);
  await add('Conditions with an and');
  // In the group: at least one of these.
  const group = condition(2);
  await group.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem').filter({ hasText: 'Sum, average' }).click();
  await pick(group, /^Event/, 'Order Completed');
  await group.getByLabel('Amount').fill('200');
  await found().getByText('people', { exact: true }).waitFor();
  await group.getByRole('button', { name: 'More: Sum, average, distinct …' }).click();
  await page.getByRole('menuitem', { name: 'Turn round (not)' }).click();
  await group.getByText('not so:').waitFor();
  await found().getByText('people', { exact: true }).waitFor();
  const id = await save('Of Leith, not much yet');
  const { rule } = await api<{ rule: unknown }>(`/api/segments/${id}`);
  expect(rule).toEqual({
    all: [
      { trait: 'city', equals: 'Leith' },
      {
        any: [
          {
            not: {
              measure: 'Order Completed',
              sum: { column: 'total' },
              at_least: 200,
              in: { last: { days: 30 } },
            },
          },
        ],
      },
    ],
  });
  await sizeOf(id).toBe(2);

  // Changed afterwards: one order too many, and bo leaves.
  await page.goto(`${p.url}/segments/${id}/edit`);
  await condition(2).getByLabel('Amount').fill('150');
  await found().getByText(/^0/).first().waitFor();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.waitForURL((at) => at.pathname === `/segments/${id}`);
  await sizeOf(id).toBe(0);
});

test('what the server finds wrong stands where it is', async () => {
  await page.goto(`${p.url}/segments/new`);
  await page.getByRole('tab', { name: 'JSON' }).click();
  await page
    .getByLabel('The rule as JSON')
    .fill('{"all": [{"did": "Order Completed"}, {"trait": "city", "matches": "("}]}');
  await page.getByRole('tab', { name: 'Sentence' }).click();
  await condition(2).getByRole('alert').waitFor();
  expect(await condition(1).getByRole('alert').count()).toBe(0);
  await found().getByText('The rule is not sound yet').waitFor();
  expect(opened.complaints).toEqual([]);
});

test('axe finds nothing serious, light and dark, wide and narrow', async () => {
  const segment = (await api<{ items: { id: string }[] }>('/api/segments')).items[0]?.id;
  for (const o of [{ dark: false }, { dark: true, width: 390 }]) {
    const other = await p.open(o);
    await signIn(other.page, p.url);
    for (const path of [
      '/segments',
      '/segments/new',
      '/segments/new?template=looked',
      `/segments/${segment}/edit`,
    ]) {
      await other.page.goto(p.url + path);
      await other.page.locator('#content h1').waitFor();
      if (path.includes('template') || path.includes('edit'))
        await other.page
          .getByRole('button', { name: /^More: / })
          .first()
          .waitFor();
      expect(await seriousFaults(other.page), path).toEqual([]);
      const wide = await other.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wide, path).toBeLessThanOrEqual(0);
    }
    expect(other.complaints).toEqual([]);
    await other.context.close();
  }
});
