import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { owner, settingsPages, signIn } from './fixtures/console.ts';
import { consoleProgram, seriousFaults } from './fixtures/console-program.ts';

// What an owner arranges in the console, and what the others of the team may of it: the real program, the real
// browser, under the real content security policy. The tests follow each other on one program, each undoing or
// leaving be what it does.

// A story has many steps, each of them a round trip of a browser on a machine that others use too.
vi.setConfig({ testTimeout: 120_000 });

let on: Awaited<ReturnType<typeof consoleProgram>>;

beforeAll(async () => {
  on = await consoleProgram();
  await on.send('identify', {
    userId: 'u-ann',
    anonymousId: 'a-1',
    context: { device: { id: 'kiosk-1' } },
    traits: { name: 'Ann Birch', email: 'ann@example.com' },
  });
});
afterAll(() => on?.close());

async function ownerAt(path: string, o: Parameters<typeof on.open>[0] = { language: 'en' }) {
  const opened = await on.open(o);
  await signIn(opened.page, on.url);
  await opened.page.goto(on.url + path);
  await opened.page.locator('#content h1').waitFor();
  return opened;
}

const saved = (page: Page) => page.getByText('Saved.', { exact: true }).first().waitFor();

async function settings(page: Page) {
  const answer = await page.request.get(`${on.url}/api/settings`);
  return (await answer.json()) as Record<string, Record<string, unknown>>;
}

test('somebody is invited, joins in a browser of their own, gets another role, and is removed', async () => {
  const { page, context, complaints } = await ownerAt('/settings/team');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail').fill('Owner@Example.com');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('Somebody with this e-mail is in the team already.').waitFor();
  // Closed by mistake: what was typed is there again.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await expect.poll(() => page.getByLabel('E-mail').inputValue()).toBe('Owner@Example.com');
  await page.getByLabel('E-mail').fill('mo@example.com');
  await page.getByRole('radio', { name: /^Clerk/ }).check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = (await page.getByRole('region', { name: 'Link' }).textContent()) ?? '';
  expect(link).toMatch(/\/join#\S{30,}$/);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText(/^Clerk, invited by Owner/).waitFor();

  const theirs = await on.open({ language: 'en' });
  await theirs.page.goto(link);
  await theirs.page.getByLabel('Your name').fill('Mo Reed');
  await theirs.page.getByLabel('New password').fill('a pass phrase of my own');
  await theirs.page.getByRole('button', { name: /Join/ }).click();
  await theirs.page.getByRole('link', { name: /Pando/ }).click();
  await theirs.page.locator('#content h1').waitFor();
  // A clerk has an account and sessions, and no sight of the rest.
  await theirs.page.goto(`${on.url}/settings`);
  await theirs.page.waitForURL(/\/settings\/account$/);
  const tabs = theirs.page.getByRole('navigation', { name: 'Settings' });
  expect(await tabs.getByRole('link').allTextContents()).toEqual(['My account', 'My sessions']);
  await theirs.page.goto(`${on.url}/settings/keys`);
  await theirs.page.getByText('Your role does not allow this.').waitFor();

  await page.reload();
  await page.getByLabel('Role of Mo Reed').selectOption({ label: 'Analyst' });
  await page.getByText('Mo Reed is now: Analyst.').waitFor();
  await theirs.page.goto(`${on.url}/settings`);
  await theirs.page.getByText('You can look at these settings').waitFor();
  expect(await theirs.page.getByLabel('Time zone').isDisabled()).toBe(true);
  await theirs.page.goto(`${on.url}/settings/team`);
  await theirs.page.getByText('mo@example.com').waitFor();
  expect(await theirs.page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Mo Reed is again: Clerk.').waitFor();
  await expect.poll(() => page.getByLabel('Role of Mo Reed').inputValue()).toBe('clerk');

  // The last owner stays one, and is told why.
  await page.getByLabel('Role of Owner').selectOption({ label: 'Clerk' });
  await page.getByLabel('Type Owner to confirm').fill('Owner');
  await page.getByRole('button', { name: 'Change my role' }).click();
  await page.getByText('A workspace needs at least one owner.').first().waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'More about Mo Reed' }).click();
  await page.getByRole('menuitem', { name: 'Make a link for a new password' }).click();
  expect(await page.getByRole('region', { name: 'Link' }).textContent()).toMatch(/\/reset#\S{30,}$/);
  await page.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'More about Mo Reed' }).click();
  await page.getByRole('menuitem', { name: 'Remove from the team' }).click();
  const confirm = page.getByRole('button', { name: 'Remove from the team' });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel('Type Mo Reed to confirm').fill('Mo Reed');
  await confirm.click();
  await page.getByText('Mo Reed is no longer in the team.').waitFor();
  await theirs.page.reload();
  await theirs.page.getByText('No workspace yet').waitFor();
  expect([...complaints, ...theirs.complaints]).toEqual([]);
  await theirs.context.close();
  await context.close();
});

test('an invitation is taken back, and its link no longer works', async () => {
  const { page, context } = await ownerAt('/settings/team');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail').fill('zoe@example.com');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = (await page.getByRole('region', { name: 'Link' }).textContent()) ?? '';
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('The invitation for zoe@example.com was taken back').waitFor();
  await page.getByRole('button', { name: 'Take back' }).waitFor({ state: 'detached' });
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
  await context.close();
});

test('a key is made, opens what it may, and is turned away once it is revoked', async () => {
  const { page, context, complaints } = await ownerAt('/settings/keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByLabel('Name').fill('Nightly export');
  await page.getByRole('radio', { name: 'do what I choose' }).check();
  await page.getByRole('checkbox', { name: 'see people', exact: true }).check();
  await page.getByRole('button', { name: 'Create a key' }).last().click();
  const secret = (await page.getByRole('region', { name: 'Secret key' }).textContent()) ?? '';
  expect(secret).toMatch(/^sk_/);
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(on.url + path, { headers })).status;
  };
  expect([await ask('/api/people'), await ask('/api/events')]).toEqual([200, 403]);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  expect(await page.getByText(secret).count()).toBe(0);
  await page.getByText(`…${secret.slice(-4)}`).waitFor();

  await page.getByRole('listitem').filter({ hasText: 'Nightly export' }).getByRole('button').click();
  await page.getByLabel('Type Nightly export to confirm').fill('Nightly export');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('“Nightly export” no longer opens anything.').waitFor();
  expect(await ask('/api/people')).toBe(401);
  await page.getByText('revoked', { exact: true }).waitFor();

  // Both stand in the audit list, which the address narrows to keys.
  await page.goto(`${on.url}/settings/audit?group=key`);
  const table = page.getByRole('table', { name: 'Audit' });
  await table.getByText('revoked a key').waitFor();
  await table.getByText('made a key').waitFor();
  expect(await table.getByText('invited somebody').count()).toBe(0);
  await page.getByLabel('Kind').selectOption({ label: 'Team' });
  await table.getByText('removed somebody from the team').waitFor();
  expect(new URL(page.url()).searchParams.get('group')).toBe('team');
  await page.getByLabel('Until').fill('2020-01-01');
  await page.getByText('Nothing fits these filters').waitFor();
  await page.getByRole('link', { name: 'Show everything' }).click();
  await table.getByText('revoked a key').waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^audit-.+\.csv$/);
  const file = await (await download.createReadStream()).toArray();
  const lines = Buffer.concat(file).toString('utf8').split('\r\n');
  expect(lines[0]).toBe('\uFEFFtime,actor,name,action,subject,detail');
  expect(lines.filter((line) => line.includes(',key.revoked,key:'))).toHaveLength(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test('another session is ended from here, by itself and with all others', async () => {
  const { page, context } = await ownerAt('/settings/sessions');
  const there = await ownerAt('/settings/account');
  await page.reload();
  await page.getByText('this one').waitFor();
  const ends = page.getByRole('button', { name: 'End', exact: true });
  const before = await ends.count();
  expect(before).toBeGreaterThan(0);
  // The newest stands above the rest; this very one cannot be ended here.
  await ends.first().click();
  await page.getByText('The session has ended.').waitFor();
  await expect.poll(() => ends.count()).toBe(before - 1);
  await there.page.reload();
  await there.page.waitForURL(/sign-in/);

  const again = await ownerAt('/settings/account');
  await page.reload();
  await page.getByRole('button', { name: 'End all others' }).click();
  await page.getByText('You are signed in here only.').waitFor();
  await again.page.reload();
  await again.page.waitForURL(/sign-in/);
  await Promise.all([there.context.close(), again.context.close(), context.close()]);
});

test('the time zone is changed, applies at once, and is taken back', async () => {
  const { page, context, complaints } = await ownerAt('/settings');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByText('Not saved yet').waitFor();
  // Looking elsewhere loses nothing.
  await page.getByRole('link', { name: 'Consent' }).click();
  await page.getByRole('heading', { name: 'Consent' }).waitFor();
  await page.getByRole('link', { name: 'General' }).click();
  await expect.poll(() => page.getByLabel('Time zone').inputValue()).toBe('Asia/Tokyo');
  await page.getByLabel('Name', { exact: true }).fill('Moss & Kettle');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  // The bar above names the brand, and times are those of Tokyo.
  await page.getByRole('button', { name: 'Workspace: Moss & Kettle' }).waitFor();
  expect((await settings(page)).workspace).toMatchObject({ timeZone: 'Asia/Tokyo', name: 'Moss & Kettle' });
  await page.getByRole('link', { name: 'Audit' }).click();
  const time = page.locator('time').first();
  await time.waitFor();
  const tokyo = new Intl.DateTimeFormat('en', {
    dateStyle: 'medium',
    timeStyle: 'short',
    hour12: false,
    timeZone: 'Asia/Tokyo',
  });
  expect(await time.textContent()).toBe(tokyo.format(new Date((await time.getAttribute('datetime')) ?? '')));
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('As it was before.').waitFor();
  expect((await settings(page)).workspace).toMatchObject({ timeZone: 'UTC' });
  expect(complaints).toEqual([]);
  await context.close();
});

test('a mistake is told at its field by the server’s schema, and nothing is sent', async () => {
  const { page, context } = await ownerAt('/settings/data');
  await page.getByLabel('Hours').fill('721');
  await page.getByText('At most 720.').waitFor();
  expect(await page.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true);
  await page.getByLabel('Hours').fill('');
  await page.getByText('This needs a number.').waitFor();
  await page.getByLabel('Hours').fill('48');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  expect((await settings(page)).people).toMatchObject({ erasureHours: 48 });

  // What removes events for good asks for the name of the brand.
  await page.getByLabel('Keep events').selectOption({ label: 'for some days' });
  await page.getByLabel('Days').fill('365');
  await page.getByRole('button', { name: 'Save changes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Tonight all events older than 365 days are removed.').waitFor();
  expect((await settings(page)).collect).toMatchObject({ retentionDays: null });
  const name = (await settings(page)).workspace?.name as string;
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('button', { name: 'Keep less' }).click();
  await expect.poll(async () => (await settings(page)).collect?.retentionDays).toBe(365);
  await context.close();
});

test('what value is computed of: in per cent, with what a change does, and back as it usually is', async () => {
  const { page, context, complaints } = await ownerAt('/settings/value');
  const margin = page.getByLabel('Margin, % of revenue');
  expect(await margin.inputValue()).toBe('40');
  await margin.fill('140');
  await page.getByText('A number from 0 to 100.').waitFor();
  expect(await page.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true);
  await margin.fill('55.5');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  expect((await settings(page)).value).toMatchObject({ marginRate: 0.555, months: 12 });

  const orders = page.getByLabel('Orders', { exact: true });
  await page.getByText('makes up 30% of the score').first().waitFor();
  await orders.fill('70');
  await page.getByText('makes up 50% of the score').first().waitFor();
  await page.getByLabel('Whom these invited').fill('0');
  for (const _ of [1, 2]) {
    await page.getByRole('button', { name: 'Save changes' }).first().click();
    await saved(page);
  }
  await expect
    .poll(async () => (await settings(page)).value)
    .toMatchObject({ functional: { money: 0.7, orders: 0.7 }, degrees: [1, 0, 0.25] });
  await page.getByRole('button', { name: 'As it usually is' }).click();
  await page.getByText('Everything about value is as it usually is.').waitFor();
  expect((await settings(page)).value).toMatchObject({ marginRate: 0.4, degrees: [1, 0.5, 0.25] });
  // The newest notice stands last.
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect.poll(async () => (await settings(page)).value).toMatchObject({ marginRate: 0.555 });
  expect(complaints).toEqual([]);
  await context.close();
});

test('a purpose of consent is added, and everybody who was never asked has not agreed', async () => {
  const { page, context } = await ownerAt('/settings/consent');
  await page.getByLabel('Another purpose').fill('no-dashes');
  await page.getByText('Letters, digits and _ only').waitFor();
  await page.getByLabel('Another purpose').fill('catalogue_by_post');
  await page.keyboard.press('Enter');
  await page.getByLabel('Version').fill('2026-11');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  const { consent } = (await settings(page)).people as { consent: Record<string, unknown> };
  expect(consent).toMatchObject({
    purposes: expect.arrayContaining(['catalogue_by_post', 'analytics']),
    defaults: { catalogue_by_post: false, analytics: true },
    textVersion: '2026-11',
  });
  const people = await page.request.get(`${on.url}/api/people?identifier=email:ann@example.com`);
  const [ann] = ((await people.json()) as { items: { id: string }[] }).items;
  const one = await page.request.get(`${on.url}/api/people/${ann?.id}`);
  expect(((await one.json()) as { consent: object }).consent).toMatchObject({
    catalogue_by_post: { granted: false, asked: false },
  });
  await context.close();
});

test('an identifier is blocked, and a device is marked as shared', async () => {
  const { page, context, complaints } = await ownerAt('/settings/people');
  const state = async (identifier: string) => {
    const found = await page.request.get(`${on.url}/api/people?identifier=${encodeURIComponent(identifier)}`);
    const [person] = ((await found.json()) as { items: { id: string }[] }).items;
    const answer = await page.request.get(`${on.url}/api/people/${person?.id}`);
    const { identifiers } = (await answer.json()) as {
      identifiers: { kind: string; value: string; state: string }[];
    };
    return identifiers.find(({ kind, value }) => `${kind}:${value}` === identifier)?.state;
  };
  expect(await state('email:ann@example.com')).toBe('active');
  await page.getByLabel('Blocked values').fill('ann@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('Write it as kind:value').waitFor();
  await page.getByLabel('Blocked values').fill('email: Ann@Example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  await expect.poll(() => state('email:ann@example.com'), { timeout: 20_000 }).toBe('blocked');
  await page.getByRole('button', { name: 'Take out email: Ann@Example.com' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect.poll(() => state('email:ann@example.com'), { timeout: 20_000 }).toBe('active');

  await page.getByLabel('Value', { exact: true }).fill('nobody-has-this');
  await page.getByRole('button', { name: 'Mark as shared' }).click();
  await page.getByText('There is no such person').waitFor();
  await page.getByLabel('Value', { exact: true }).fill('kiosk-1');
  await page.getByRole('button', { name: 'Mark as shared' }).click();
  await page.getByText('Marked as shared: it joins nobody any more.').waitFor();
  expect(await state('device_id:kiosk-1')).toBe('shared');
  await page.getByRole('button', { name: 'Not shared' }).click();
  await page.getByText('Nothing is marked as shared.').waitFor();
  expect(await state('device_id:kiosk-1')).toBe('active');
  expect(complaints).toEqual([]);
  await context.close();
});

test('an event is given a stage of the path, and can stand in one only', async () => {
  const { page, context } = await ownerAt('/settings/path');
  await page.getByLabel('Share', { exact: true }).fill('Order Completed');
  await page.keyboard.press('Enter');
  await page.getByText('“Order Completed” belongs to Deal already').waitFor();
  await page.getByLabel('Share', { exact: true }).fill('Photo Posted');
  // Not added by Enter: saving takes it along.
  await page.getByLabel('Use', { exact: true }).focus();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  expect((await settings(page)).path?.share).toContain('Photo Posted');
  await context.close();
});

test('one’s own name and password are changed, and the palette leads there', async () => {
  const { page, context } = await ownerAt('/');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('A page, a person, a thing to do').waitFor();
  await page.keyboard.type('My account');
  await page.getByRole('option', { name: 'My account', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel('Your name').fill('Olive Ash');
  await page.getByRole('button', { name: 'Save name' }).click();
  await page.getByText('Your name was changed.').waitFor();
  await page.getByText('Olive Ash').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Your name is as it was.').waitFor();

  const change = async (current: string, next: string) => {
    await page.getByLabel('Present password').fill(current);
    await page.getByLabel('New password').fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await change(owner.password, 'short');
  await page.getByText('The password is too easy to guess').waitFor();
  await change(owner.password, 'another long pass phrase');
  await page.getByText('Your password was changed').waitFor();
  // The session is a new one, and its writes are ours.
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/session/password'));
  await change('another long pass phrase', owner.password);
  expect((await answered).status()).toBe(200);
  await context.close();
});

test('the console opens in the language of the workspace for who has chosen none', async () => {
  const { page, context } = await ownerAt('/settings');
  await page.getByLabel('The console opens in').selectOption('zh');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  // Whoever chose a language keeps it.
  await page.reload();
  await page.getByRole('heading', { name: 'General' }).waitFor();
  const fresh = await ownerAt('/settings', {});
  await fresh.page.getByRole('heading', { name: '基本信息' }).waitFor();
  await fresh.context.close();
  await page.getByLabel('The console opens in').selectOption('reader');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect.poll(async () => (await settings(page)).languages).toEqual({ console: 'reader' });
  await context.close();
});

describe.each([
  ['light', { dark: false, language: 'en' as const, width: 1280 }],
  ['dark, on a phone, in Chinese', { dark: true, language: 'zh' as const, width: 390 }],
])('every page under settings, %s', (_name, o) => {
  test('axe finds nothing serious, nothing sticks out, nothing comes from elsewhere', {
    timeout: 120_000,
  }, async () => {
    const { page, context, complaints } = await ownerAt('/settings', o);
    for (const path of settingsPages) {
      await page.goto(on.url + path, { waitUntil: 'load' });
      await page.locator('#content h1').waitFor();
      await page.locator('#content .waiting').first().waitFor({ state: 'detached' });
      expect(await seriousFaults(page), path).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow), path).toBe(0);
    }
    for (const [path, button] of [
      ['/settings/team', /Invite somebody|邀请成员/],
      ['/settings/keys', /Create a key|新建密钥/],
    ] as const) {
      await page.goto(on.url + path);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').waitFor();
      expect(await seriousFaults(page), `${path}, asking`).toEqual([]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});
