import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentity } from '#modules/identity';
import { systemClock } from '#platform/clock';
import { createFacts } from '#platform/facts';
import { createLog } from '#platform/log';
import { testIdentity } from '../../../../test/fixtures/identity.ts';
import { testPostgres } from '../../../../test/fixtures/postgres.ts';

const log = createLog({ level: 'silent', pretty: false });

describe('the first start', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>;
  async function start() {
    const facts = await createFacts({ pg: database.pg, log, clock: systemClock });
    const publicUrl = () => 'http://localhost:4680';
    return createIdentity({ pg: database.pg, facts, clock: systemClock, log, publicUrl });
  }
  beforeAll(async () => {
    database = await testPostgres();
  });
  afterAll(() => database.drop());

  test('refuses a password that is too short, and has made nothing then', async () => {
    const identity = await start();
    await expect(identity.firstStart({ adminPassword: 'short' })).rejects.toMatchObject({
      type: 'identity/password-too-weak',
    });
    expect(await identity.workspaces.list()).toEqual([]);
  });

  test('of several processes at once, one makes the owner and the workspace', async () => {
    const processes = await Promise.all([start(), start(), start()]);
    const results = await Promise.all(processes.map((identity) => identity.firstStart({})));
    const [made, ...others] = results.sort((a, b) => Number(b.created) - Number(a.created));
    expect(made).toMatchObject({
      created: true,
      email: 'owner@pando.localhost',
      workspace: { id: 1, slug: 'my-brand', name: 'My brand', timeZone: 'UTC' },
    });
    expect(made?.generatedPassword).toMatch(/^\w{20,}$/);
    expect(others.map((o) => [o.created, o.generatedPassword, o.workspace.id])).toEqual([
      [false, undefined, 1],
      [false, undefined, 1],
    ]);

    const [identity] = processes;
    const from = { address: '127.0.0.1', agent: '' };
    const email = 'Owner@Pando.localhost ';
    const session = await identity.signIn.signIn({ email, password: made?.generatedPassword ?? '', from });
    expect(await identity.sessions.find(session.token)).toMatchObject({
      operator: true,
      memberships: [{ slug: 'my-brand', role: 'owner' }],
    });
  });

  test('later starts change neither the password nor the workspace', async () => {
    const identity = await start();
    const again = await identity.firstStart({ adminPassword: 'another long password', workspace: 'other' });
    expect(again).toMatchObject({ created: false, workspace: { slug: 'my-brand' } });
    const from = { address: '127.0.0.1', agent: '' };
    await expect(
      identity.signIn.signIn({ email: 'owner@pando.localhost', password: 'another long password', from }),
    ).rejects.toMatchObject({ type: 'identity/wrong-password' });
    expect(await identity.workspaces.list()).toHaveLength(1);
  });

  test('the configured secret key opens everything; a new one takes its place; a weak one is refused', async () => {
    const identity = await start();
    await identity.firstStart({ secretKey: 'first_secret_key_from_environment' });
    await identity.firstStart({ secretKey: 'first_secret_key_from_environment' });
    expect(await identity.keys.find('first_secret_key_from_environment')).toMatchObject({ workspaceId: 1 });
    expect(await identity.keys.list(1, null, 10)).toHaveLength(1);

    await identity.firstStart({ secretKey: 'second_secret_key_from_environment' });
    expect(await identity.keys.find('first_secret_key_from_environment')).toBeUndefined();
    expect((await identity.keys.find('second_secret_key_from_environment'))?.scopes).toContain('erase');

    await expect(identity.firstStart({ secretKey: '15 characters..' })).rejects.toMatchObject({
      type: 'identity/key-too-weak',
    });
  });
});

describe('the command line', () => {
  let home: string;
  let world: Awaited<ReturnType<typeof testIdentity>>;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'pando-identity-'));
    world = await testIdentity();
  });
  afterAll(async () => {
    rmSync(home, { recursive: true });
    await world.close();
  });

  test('has a token file that only its owner can read, the same after every start', async () => {
    await world.identity.cliToken.ensure(home);
    const path = join(home, 'cli-token');
    const token = readFileSync(path, 'utf8').trim();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const next = await world.another();
    await next.cliToken.ensure(home);
    expect(readFileSync(path, 'utf8').trim()).toBe(token);
    expect(next.cliToken.matches(token)).toBe(true);
    expect(next.cliToken.matches(`${token}x`)).toBe(false);
  });

  test('may do everything, in the workspace that it names', async () => {
    const token = readFileSync(join(home, 'cli-token'), 'utf8').trim();
    const team = { method: 'GET', url: '/api/team' } as const;
    const unnamed = await world.withKey(token, team);
    expect([unnamed.statusCode, unnamed.json().type]).toEqual([400, 'identity/workspace-needed']);
    const wrong = await world.withKey(token, { ...team, headers: { 'pando-workspace': 'nowhere' } });
    expect([wrong.statusCode, wrong.json().type]).toEqual([403, 'identity/no-such-workspace']);
    const named = await world.withKey(token, { ...team, headers: { 'pando-workspace': 'acme' } });
    expect(named.json().items).toMatchObject([{ email: 'owner@example.com', role: 'owner' }]);

    const made = await world.withKey(token, {
      method: 'POST',
      url: '/api/workspaces',
      body: { name: 'Demo brand' },
    });
    expect([made.statusCode, made.json().slug]).toEqual([201, 'demo-brand']);
    const listed = await world.withKey(token, { method: 'GET', url: '/api/workspaces' });
    expect(listed.json().items.map((w: { slug: string }) => w.slug)).toEqual(['acme', 'demo-brand']);
    const who = await world.withKey(token, { method: 'GET', url: '/api/session' });
    expect(who.json()).toMatchObject({ kind: 'cli', user: null, operator: true, csrf: null });
  });

  test('is told of a token file that is broken, and a wrong token opens nothing', async () => {
    const answer = await world.withKey(`cli_${'x'.repeat(40)}`, { method: 'GET', url: '/api/workspaces' });
    expect(answer.statusCode).toBe(401);
    writeFileSync(join(home, 'cli-token'), 'nonsense');
    await expect((await world.another()).cliToken.ensure(home)).rejects.toThrow(/delete the file/);
  });
});
