import type { APIResponse, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { words as proof } from '../proof/words/en.ts';
import { signIn } from './fixtures/console.ts';
import { consoleProgram, type Opened, seriousFaults } from './fixtures/console-program.ts';

// The life of points through the whole program and the real browser: a programme, its reserve, a rule, an order that
// earns, the day on which they are theirs, a gift, a reward, a refund; and the receipt on the public page.

const dayMs = 86_400_000;
const clock = movableClock();
let p: Awaited<ReturnType<typeof consoleProgram>>;
let opened: Opened;
let page: Page;
let second: Opened;
let programme: { id: string; slug: string };
let ann: string;

beforeAll(async () => {
  p = await consoleProgram({ clock });
  opened = await p.open({ language: 'en' });
  page = opened.page;
  await signIn(page, p.url);
  second = await p.open({ language: 'en' });
  for (const userId of ['ann', 'bo']) await p.send('identify', { userId, traits: { name: userId } });
}, 60_000);
afterAll(async () => {
  await second?.context.close();
  await opened?.context.close();
  await p?.close();
});

/** Time that goes on as it does, from where it was put. */
function movableClock() {
  let aheadMs = 0;
  const ms = () => systemClock.ms() + aheadMs;
  return {
    ...systemClock,
    ms,
    now: () => new Date(ms()),
    moveOn(by: number) {
      aheadMs += by;
    },
  };
}

const brand = { 'Pando-Workspace': 'my-brand' };
async function get<T>(path: string): Promise<T> {
  const answer = await opened.context.request.get(`${p.url}${path}`, { headers: brand });
  expect(answer.status(), path).toBe(200);
  return (await answer.json()) as T;
}
/** As whoever is signed in there. */
async function post(by: BrowserContext, path: string, data: object, key?: string): Promise<APIResponse> {
  const session = await by.request.get(`${p.url}/api/session`);
  const { csrf = '' } = session.ok() ? ((await session.json()) as { csrf?: string }) : {};
  const headers = { ...brand, 'Pando-Csrf': csrf, ...(key ? { 'Idempotency-Key': key } : {}) };
  return by.request.post(`${p.url}${path}`, { headers, data });
}
async function done<T>(answer: APIResponse): Promise<T> {
  expect([answer.status(), answer.ok() ? '' : await answer.text()]).toEqual([expect.any(Number), '']);
  return (await answer.json()) as T;
}
const orderOfAnn = (event: string, total: string) =>
  p.send('track', { userId: 'ann', event, properties: { order_id: 'o-1', total, currency: 'GBP' } });
const movements = () => page.getByRole('list', { name: 'Movements' }).getByRole('listitem');
const seePoints = (text: RegExp) => page.getByRole('paragraph').filter({ hasText: text }).waitFor();

test('a programme is set up in the console, and its reserve is paid in by two people', async () => {
  await page.goto(`${p.url}/points`);
  await page.getByText('No points yet').waitFor();
  await page.getByLabel('What members call them').fill('Leaves');
  await page.getByLabel('Currency of the shop and of the reserve').fill('GBP');
  await page.getByLabel('Held for so many days').fill('1');
  await page.getByRole('button', { name: 'Set up the programme' }).click();
  await page.getByRole('heading', { name: 'Leaves', exact: true }).waitFor();
  await page.getByRole('link', { name: 'For invitations' }).waitFor();
  const { items } = await get<{ items: { id: string; slug: string }[] }>('/api/rewards/programmes');
  programme = items[0] ?? expect.unreachable();

  const invited = await done<{ link: { token: string } }>(
    await post(opened.context, '/api/team/invitations', { email: 'second@example.com', role: 'owner' }),
  );
  const { token } = invited.link;
  const password = 'another quite long pass phrase';
  await done(await post(second.context, '/api/invitations/accept', { token, password, name: 'Second' }));
  const proposals = `/api/points/${programme.id}/proposals`;
  const money = { kind: 'pay-in', amount: 100_000, reason: 'The first money' };
  const { id } = await done<{ id: string }>(await post(opened.context, proposals, money));
  const decide = (by: Opened) => post(by.context, `${proposals}/${id}/decide`, { approve: true });
  const alone = await decide(opened);
  expect([alone.status(), await alone.text()]).toEqual([409, expect.stringContaining('points/two-people')]);
  await done(await decide(second));
  const { now } = await get<{ now: object }>(`/api/points/${programme.id}/report`);
  expect(now).toMatchObject({ reserve: 100_000, covered: 100_000, outstanding: 0 });
});

test('a rule is built like a sentence; an order earns by it, held until its day comes', async () => {
  await page.getByRole('link', { name: 'New rule' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Ten for an order');
  await page.getByLabel('How they are worked out').selectOption('fixed');
  await page.getByLabel('How many points').fill('10');
  await page.getByLabel('Days that they are held').fill('1');
  await page.getByRole('button', { name: 'Make the rule' }).click();
  const line = page.getByRole('listitem').filter({ hasText: 'Ten for an order' });
  await line.getByText('they get 10 points, held for a day').waitFor();

  await orderOfAnn('Order Completed', '250.00');
  await line.getByText('To one person · 10 held').waitFor();
  ann = (await get<{ items: { id: string }[] }>('/api/people?identifier=user_id:ann')).items[0]?.id ?? '';
  await page.goto(`${p.url}/people/${ann}`);
  await seePoints(/^0 Leaves\+ 260 held$/);

  clock.moveOn(dayMs + 60_000);
  await p.pg.asSystem((tx) =>
    tx.query('select pando.enqueue_job($1, $2, null, null, null, null, null)', ['points.sweep', '{}']),
  );
  await seePoints(/^260 Leaves$/);
  await page
    .getByRole('table', { name: /^Every lot/ })
    .getByText('Purchases')
    .waitFor();
});

test('degrees, weekdays and days are words of the sentence, in both languages', async () => {
  await page.goto(`${p.url}/points`);
  await page.getByRole('link', { name: 'New rule' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Thanks to who invited them');
  await page.getByLabel('How they are worked out').selectOption('fixed');
  await page.getByLabel('How many points').fill('10');
  await page.getByLabel('Who is paid').selectOption('inviter');
  await page.getByLabel('Degrees').selectOption('2');
  await page.getByLabel('Part of degree 2').fill('0.25');
  const add = page.getByRole('button', { name: 'Add a factor by tier, segment or day' });
  const looksAt = page.getByLabel('What the factor looks at');
  await add.click();
  await looksAt.selectOption('weekdays');
  await page.getByRole('button', { name: 'Weekdays: Saturday or Sunday' }).click();
  await page.getByRole('option', { name: 'Friday' }).click();
  await page.keyboard.press('Escape');
  await add.click();
  await looksAt.nth(1).selectOption('time');
  await page.getByLabel('First day').fill('2026-12-01');
  await page.getByLabel('Last day').fill('2026-12-24');
  const sentence =
    'who invited them gets 10 points, who invited those has 25% of that, times 2 on Friday, Saturday, and Sunday, times 2 from Dec 1, 2026 to Dec 24, 2026, the largest factor counts';
  await page.getByText(sentence).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make the rule' }).click();
  const line = page.getByRole('listitem').filter({ hasText: 'Thanks to who invited them' });
  await line.getByText(sentence).waitFor();
  const { items } = await get<{ items: { name: string; rule: object }[] }>('/api/rewards/rules');
  expect(items.find(({ name }) => name === 'Thanks to who invited them')?.rule).toMatchObject({
    degrees: ['1', '0.25'],
    multiply: [
      { by: '2', when: { weekdays: [5, 6, 7] } },
      { by: '2', when: { from: '2026-12-01T00:00:00.000Z', to: '2026-12-25T00:00:00.000Z' } },
    ],
  });

  const chinese = await p.open({ language: 'zh' });
  await signIn(chinese.page, p.url);
  await chinese.page.goto(`${p.url}/points`);
  await chinese.page
    .getByText(
      '邀请人得 10 积分，再上一级邀请人得其 25%，星期五、星期六和星期日乘以 2，2026年12月1日至2026年12月24日乘以 2，多个倍数取最大',
    )
    .waitFor();
  expect(chinese.complaints).toEqual([]);
  await chinese.context.close();
});

test('points are passed on, spent on a reward and taken back by a refund; the statement tells all of it', async () => {
  const transfers = `/api/points/${programme.id}/transfers`;
  const gift = {
    kind: 'transfer',
    from: { person: 'user_id:ann' },
    to: { person: 'user_id:bo' },
    amount: 60,
  };
  await done(await post(opened.context, transfers, gift, 'gift'));
  await page.goto(`${p.url}/people/${ann}`);
  await seePoints(/^200 Leaves$/);

  await page.goto(`${p.url}/points`);
  await page.getByRole('button', { name: 'New reward' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('A pot of tea');
  await dialog.getByLabel('Points', { exact: true }).fill('100');
  await dialog.getByLabel('Worth, in GBP').fill('5.00');
  await dialog.getByRole('button', { name: 'Make the reward' }).click();
  await page.getByText('Voucher of £5.00').waitFor();
  const code = await redeemedByClerk();
  await page.getByRole('button', { name: 'Check a voucher' }).click();
  await dialog.getByLabel('Code, or what the QR says').fill(code);
  await dialog.getByRole('button', { name: 'Look' }).click();
  await dialog.getByText('Good', { exact: true }).waitFor();

  await orderOfAnn('Order Refunded', '30.00');
  await page.goto(`${p.url}/people/${ann}`);
  await seePoints(/^70 Leaves$/);
  await page.getByRole('button', { name: 'Show more' }).click();
  const told = await movements().allTextContents();
  const like = (...lines: RegExp[]) => lines.map((line) => expect.stringMatching(line));
  expect(told.slice(0, 3)).toEqual(like(/^Taken back .*−30$/, /^Spent .*−100$/, /^Passed on .*−60$/));
  expect(told.slice(3).sort()).toEqual(
    like(/^Earned .*\+10$/, /^Earned .*\+250$/, /^Theirs now .*10$/, /^Theirs now .*250$/),
  );
});

/** Ann has her tea from a clerk, whose line goes down at the wrong moment; Bo has not enough. The voucher's code. */
async function redeemedByClerk(): Promise<string> {
  const invited = await done<{ link: { token: string } }>(
    await post(opened.context, '/api/team/invitations', { email: 'clerk@example.com', role: 'clerk' }),
  );
  const clerk = await p.open({ language: 'en' });
  const { token } = invited.link;
  const password = 'yet another long pass phrase';
  await done(await post(clerk.context, '/api/invitations/accept', { token, password, name: 'Clerk' }));
  const till = clerk.page;
  const asked = till.getByRole('dialog');
  const redeem = asked.getByRole('button', { name: 'Redeem', exact: true });

  await till.goto(`${p.url}/points`);
  await till.getByRole('button', { name: 'Redeem', exact: true }).click();
  await asked.getByLabel('Who has it').fill('bo');
  await asked.getByRole('radio', { name: /bo/ }).check();
  await asked.getByText('They have 60 points: 40 are missing.').waitFor();
  await redeem.click();
  await asked.getByText('They do not have enough points for this.').waitFor();

  await till.goto(`${p.url}/people/${ann}`);
  await till.getByRole('button', { name: 'Redeem a reward' }).click();
  await asked.getByText('They have 200 points; 100 stay.').waitFor();
  const sent: (string | undefined)[] = [];
  await till.route('**/api/rewards/*/redeem', async (route) => {
    sent.push(route.request().headers()['idempotency-key']);
    if (sent.length > 1) return route.continue();
    expect((await route.fetch()).status()).toBe(200);
    return route.abort();
  });
  await redeem.click();
  await asked.getByText('Pando cannot be reached from here.').waitFor();
  await redeem.click();
  await asked.getByText('It is theirs, for 100 points.').waitFor();
  expect(sent).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), sent[0]]);
  expect(await seriousFaults(till)).toEqual([]);
  const code = await asked.getByRole('region', { name: 'Code of the voucher' }).textContent();
  await asked.getByRole('button', { name: 'Done' }).click();
  await till
    .getByRole('paragraph')
    .filter({ hasText: /^100 Leaves$/ })
    .waitFor();
  await clerk.context.close();
  return code ?? '';
}

test('the receipt is good on the public page, and one that was tampered with is refused with words', async () => {
  const { items } = await get<{ items: { id: string; kind: string }[] }>(
    `/api/points/${programme.id}/transfers?person=${ann}`,
  );
  const spent = items.find(({ kind }) => kind === 'spend')?.id;
  const path = `/api/points/${programme.id}/transfers/${spent}/receipt?party=from`;
  const ask = () => opened.context.request.get(`${p.url}${path}`, { headers: brand });
  await expect.poll(async () => (await ask()).status(), { timeout: 20_000 }).toBe(200);
  const receipt = await get<{ text: string; link: string }>(path);
  const visitor = await p.open();
  await visitor.page.goto(receipt.link);
  expect(new URL(receipt.link).pathname).toBe(`/proof/${programme.slug}`);
  await visitor.page.locator('.told.good').waitFor();
  expect(await visitor.page.locator('.view').textContent()).toMatch(/Movementspent[\s\S]*Points100/);
  expect(await seriousFaults(visitor.page)).toEqual([]);

  const more = receipt.text.replace(
    /^extra (.+)$/m,
    (_, extra: string) =>
      `extra ${btoa(atob(extra).replace('\\"amount\\":\\"100\\"', '\\"amount\\":\\"10\\"'))}`,
  );
  expect(more).not.toBe(receipt.text);
  await visitor.page.locator('textarea').fill(more);
  await visitor.page.locator('button[type=submit]').click();
  await visitor.page.getByText(proof.fault.content).waitFor();
  expect(await visitor.page.locator('.told.good').count()).toBe(0);
  expect(visitor.complaints).toEqual([]);
  await visitor.context.close();
});

test('axe finds nothing serious on the pages of points, light and dark, wide and narrow', async () => {
  const [rule] = (await get<{ items: { id: string }[] }>('/api/rewards/rules')).items;
  for (const o of [{ dark: false }, { dark: true, width: 390 }]) {
    const other = await p.open(o);
    await signIn(other.page, p.url);
    for (const path of ['/points', '/points/rules/new', `/points/rules/${rule?.id}`, `/people/${ann}`]) {
      await other.page.goto(p.url + path);
      await other.page.locator('#content h1').waitFor();
      await other.page.getByText('Leaves').first().waitFor();
      expect(await seriousFaults(other.page), path).toEqual([]);
      const wide = await other.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wide, path).toBeLessThanOrEqual(0);
    }
    expect(other.complaints).toEqual([]);
    await other.context.close();
  }
  expect(opened.complaints).toEqual([]);
}, 180_000);
