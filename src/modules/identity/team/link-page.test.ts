import type { AddressInfo } from 'node:net';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as engine, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testIdentity } from '../../../../test/fixtures/identity.ts';

const PASSWORD = 'a pass phrase of my own';

let world: Awaited<ReturnType<typeof testIdentity>>;
let browser: Browser;
let url = '';

beforeAll(async () => {
  world = await testIdentity();
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`;
  browser = await engine.launch({ executablePath: await chromium.executablePath(), args: chromium.args });
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

async function invite(email: string): Promise<string> {
  const owner = await world.ownerBrowser();
  const body = { email, role: 'marketer' };
  const headers = { 'pando-workspace': 'acme' };
  const answer = await owner.ask({ method: 'POST', url: '/api/team/invitations', headers, body });
  return answer.json().link.token;
}

async function open(path: string, locale = 'en-GB'): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 390, height: 780 } });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(url + path);
  await expect.poll(() => page.title()).not.toBe('Pando');
  expect(troubles.filter((t) => !t.includes('the server responded with a status'))).toEqual([]);
  return page;
}

test('somebody new opens the link, sets a password and is in', async () => {
  const page = await open(`/join#${await invite('ann@example.com')}`);
  expect(await page.getByRole('heading').textContent()).toBe('Join the team of Acme');
  expect(await page.locator('#about').textContent()).toBe(
    'You are invited as marketer, with the address ann@example.com.',
  );
  await page.getByLabel('Your name').fill('Ann');
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Join' }).click();
  expect(await page.getByRole('alert').textContent()).toMatch(/at least 10/);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('link', { name: 'Go on to Pando' }).waitFor();
  expect(page.url()).toBe(`${url}/join`);
  const me = await page.evaluate(() => fetch('/api/session').then((answer) => answer.json()));
  expect(me).toMatchObject({
    user: { email: 'ann@example.com', name: 'Ann' },
    memberships: [{ role: 'marketer' }],
  });
});

test('in Chinese, somebody who has an account joins another team with its password', async () => {
  await world.identity.workspaces.create({ name: 'Second', slug: 'second' });
  const owner = await world.ownerBrowser();
  const answer = await owner.ask({
    method: 'POST',
    url: '/api/team/invitations',
    headers: { 'pando-workspace': 'second' },
    body: { email: 'ann@example.com', role: 'clerk' },
  });
  const page = await open(`/join#${answer.json().link.token}`, 'zh-CN');
  expect(await page.getByRole('heading').textContent()).toBe('加入 Second 团队');
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(await page.getByLabel('您的姓名').isVisible()).toBe(false);
  await page.getByLabel('您的密码').fill('not the password of Ann');
  await page.getByRole('button', { name: '加入' }).click();
  await page.getByText('密码不正确。').waitFor();
  await page.getByLabel('您的密码').fill(PASSWORD);
  await page.getByRole('button', { name: '加入' }).click();
  await page.getByText('您已加入').waitFor();
});

test('a password is set anew; the used link says so', async () => {
  const { token } = await world.identity.resetLink('ann@example.com');
  const page = await open(`/reset#${token}`);
  await page.getByLabel('New password').fill('another phrase of my own');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('The password is set').waitFor();
  expect((await world.browser().signIn('ann@example.com', 'another phrase of my own')).statusCode).toBe(200);

  const again = await open(`/reset#${token}`);
  await again.getByLabel('New password').fill('another phrase of my own');
  await again.getByRole('button', { name: 'Set the password' }).click();
  await again.getByText(/This link was used/).waitFor();
  const broken = await open('/join#half');
  expect(await broken.getByRole('heading').textContent()).toBe('This link does not work');
  expect(await broken.getByRole('button').isVisible()).toBe(false);
});

test('nothing but its own script and style may run on the page', async () => {
  const { headers } = await world.app.inject({ method: 'GET', url: '/join' });
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self';/,
  );
  expect(headers['referrer-policy']).toBe('no-referrer');
});
