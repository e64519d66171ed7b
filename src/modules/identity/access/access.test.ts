import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '#platform/ids';
import { OWNER, testIdentity } from '../../../../test/fixtures/identity.ts';
import { createPasswords } from '../credentials/password.ts';
import { networkOf } from './guesses.ts';

const HOUR_MS = 3_600_000;
const ME = { method: 'GET', url: '/api/session' } as const;
const TEAM = { method: 'GET', url: '/api/team' } as const;

let world: Awaited<ReturnType<typeof testIdentity>>;
const verified: boolean[] = [];

beforeAll(async () => {
  const real = createPasswords();
  world = await testIdentity({
    passwords: {
      hash: real.hash,
      verify(password, hash) {
        verified.push(hash !== undefined);
        return real.verify(password, hash);
      },
    },
  });
});
afterAll(() => world.close());
// Attempts and limits of the test before are over.
beforeEach(() => world.clock.advance(HOUR_MS));

describe('signing in', () => {
  test('a person with the right password has a session, and is told who they are', async () => {
    const browser = world.browser();
    expect((await browser.ask(ME)).statusCode).toBe(401);
    const answer = await browser.signIn(` ${OWNER.email.toUpperCase()} `, OWNER.password);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toMatch(
      /^pando_session=ps_\w{40,}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.json()).toMatchObject({
      kind: 'user',
      user: { email: OWNER.email },
      operator: true,
      memberships: [{ workspace: { slug: 'acme' }, role: 'owner' }],
      csrf: expect.any(String),
    });
    expect((await browser.ask(ME)).json()).toEqual(answer.json());
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('an unknown account and a wrong password cost and tell the same', async () => {
    verified.length = 0;
    const unknown = await world.browser().signIn('nobody@example.com', 'a quite long pass phrase');
    const wrong = await world.browser().signIn(OWNER.email, 'a wrong long pass phrase');
    expect(verified).toEqual([false, true]);
    const told = (answer: typeof wrong) => ({ ...answer.json(), requestId: '' });
    expect(told(unknown)).toEqual(told(wrong));
    expect(wrong.json()).toMatchObject({ type: 'identity/wrong-password', status: 401 });
  });

  test('guessing on one account stops after ten attempts, before the password is looked at', async () => {
    for (let i = 0; i < 10; i++) {
      expect((await world.browser().signIn(OWNER.email, `wrong password ${i}`)).statusCode).toBe(401);
    }
    verified.length = 0;
    const right = await world.browser().signIn(OWNER.email, OWNER.password);
    expect([right.statusCode, right.json().type]).toEqual([429, 'identity/too-many-attempts']);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(800);
    expect(verified).toEqual([]);
    world.clock.advance(16 * 60_000);
    expect((await world.browser().signIn(OWNER.email, OWNER.password)).statusCode).toBe(200);
  });

  test('many guesses at once do not slip past the limit', async () => {
    verified.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, i) => world.browser().signIn(OWNER.email, `wrong password ${i}`)),
    );
    expect(verified.length).toBe(10);
    expect(answers.filter((a) => a.statusCode === 429)).toHaveLength(15);
  });

  test('a right password makes up for the wrong ones before it', async () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) await world.browser().signIn(OWNER.email, 'a wrong long password');
      expect((await world.browser().signIn(OWNER.email, OWNER.password)).statusCode).toBe(200);
    }
  });

  test('what is typed as an account is kept only as a hash', async () => {
    await world.browser().signIn('somebody.else@example.com', 'a wrong long password');
    const rows = await world.pg.asSystem((tx) => tx.query('select * from sign_in_attempts'));
    expect(JSON.stringify(rows)).not.toContain('example.com');
    expect(rows.length).toBeGreaterThan(0);
  });

  test('over https the cookie belongs to this host alone, and never goes in the clear', async () => {
    const secure = await testIdentity({ publicUrl: 'https://pando.example.com' });
    try {
      const browser = secure.browser();
      const answer = await browser.signIn(OWNER.email, OWNER.password);
      expect(answer.headers['set-cookie']).toMatch(
        /^__Host-pando_session=ps_\w+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect((await browser.ask(ME)).statusCode).toBe(200);
      const token = browser.cookie() ?? '';
      const plain = await secure.browser().ask({ ...ME, headers: { cookie: `pando_session=${token}` } });
      expect(plain.statusCode).toBe(401);
    } finally {
      await secure.close();
    }
  });
});

describe('sessions', () => {
  test('signing in again in the same browser ends the session before', async () => {
    const browser = await world.ownerBrowser();
    const before = browser.cookie() ?? '';
    await browser.signIn(OWNER.email, OWNER.password);
    expect(browser.cookie()).not.toBe(before);
    const old = await world.browser().ask({ ...ME, headers: { cookie: `pando_session=${before}` } });
    expect(old.statusCode).toBe(401);
  });

  test('only a hash of the token is in the database', async () => {
    const browser = await world.ownerBrowser();
    const token = browser.cookie() ?? '';
    const rows = await world.pg.asSystem((tx) => tx.query<{ token_hash: string }>('select * from sessions'));
    expect(rows.map((r) => r.token_hash)).toContain(sha256Hex(token));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('can be seen and ended, one or all the others, at once', async () => {
    const [phone, laptop, tablet] = await Promise.all([1, 2, 3].map(() => world.ownerBrowser()));
    if (!phone || !laptop || !tablet) throw new Error('unreachable');
    await laptop.ask({ method: 'DELETE', url: '/api/sessions' });
    expect((await phone.ask(ME)).statusCode).toBe(401);
    expect((await laptop.ask(ME)).statusCode).toBe(200);

    world.clock.advance(1);
    const other = await world.ownerBrowser();
    const listed = (await laptop.ask({ method: 'GET', url: '/api/sessions' })).json().items;
    expect(listed.map((s: { current: boolean }) => s.current)).toEqual([false, true]);
    expect(listed[0]).toMatchObject({ user: { email: OWNER.email }, address: '127.0.0.1' });
    await laptop.ask({ method: 'DELETE', url: `/api/sessions/${listed[0].id}` });
    expect((await other.ask(ME)).statusCode).toBe(401);

    expect((await laptop.ask({ method: 'DELETE', url: '/api/session' })).statusCode).toBe(204);
    expect(laptop.cookie()).toBeUndefined();
    expect((await laptop.ask(ME)).statusCode).toBe(401);
  });

  test('end when nobody uses them for three days, and after thirty in any case', async () => {
    const idle = await world.ownerBrowser();
    world.clock.advance(3 * 24 * HOUR_MS);
    expect((await idle.ask(ME)).statusCode).toBe(401);

    const busy = await world.ownerBrowser();
    const statuses = [];
    for (let day = 0; day < 32; day++) {
      statuses.push((await busy.ask(ME)).statusCode);
      world.clock.advance(24 * HOUR_MS);
    }
    expect(statuses).toEqual([...Array(30).fill(200), 401, 401]);
  });

  test('all end when the password is changed, which needs the present one', async () => {
    const [here, there] = [await world.ownerBrowser(), await world.ownerBrowser()];
    const change = (current: string, password: string) =>
      here.ask({ method: 'PUT', url: '/api/session/password', body: { current, password } });
    expect((await change('not the present one', 'another long pass phrase')).statusCode).toBe(401);
    expect((await change(OWNER.password, 'short')).json().type).toBe('identity/password-too-weak');
    expect((await change(OWNER.password, 'another long pass phrase')).statusCode).toBe(200);
    expect((await there.ask(ME)).statusCode).toBe(401);
    expect((await here.ask(ME)).statusCode).toBe(200);
    expect((await world.browser().signIn(OWNER.email, OWNER.password)).statusCode).toBe(401);
    expect((await change('another long pass phrase', OWNER.password)).statusCode).toBe(200);
  });
});

describe('one’s own name', () => {
  test('is changed for every team at once, and the audit list tells that it was', async () => {
    const owner = await world.ownerBrowser();
    const rename = (name: string) => owner.ask({ method: 'PATCH', url: '/api/session', body: { name } });
    const { id, name: before } = (await owner.ask(ME)).json().user;
    expect((await rename('   ')).statusCode).toBe(400);
    expect((await rename('x'.repeat(81))).statusCode).toBe(400);
    const renamed = await rename('  Olive Ash ');
    expect(renamed.json()).toMatchObject({ user: { id, name: 'Olive Ash' }, csrf: owner.csrf() });
    expect((await owner.ask(ME)).json().user.name).toBe('Olive Ash');
    const headers = { 'pando-workspace': 'acme' };
    const team = (await owner.ask({ method: 'GET', url: '/api/team', headers })).json().items;
    expect(team).toContainEqual(expect.objectContaining({ id, name: 'Olive Ash' }));
    const url = '/api/audit?action=team.renamed';
    expect((await owner.ask({ method: 'GET', url, headers })).json().items).toMatchObject([
      { actor: `user:${id}`, subject: `user:${id}`, detail: {} },
    ]);
    await rename(before);
  });
});

describe('a write that another website starts is refused', () => {
  const write = { method: 'POST', url: '/api/keys', body: { name: 'x', scopes: ['people:read'] } } as const;
  const forged: { what: string; headers: Record<string, string> }[] = [
    { what: 'without the token', headers: { 'pando-csrf': '' } },
    { what: 'with another token', headers: { 'pando-csrf': 'A'.repeat(43) } },
    { what: 'from another site', headers: { 'sec-fetch-site': 'cross-site' } },
    { what: 'from another host of the same site', headers: { 'sec-fetch-site': 'same-site' } },
  ];
  test.each(forged)('$what', async ({ headers }) => {
    const browser = await world.ownerBrowser();
    const answer = await browser.ask({ ...write, headers });
    expect([answer.statusCode, answer.json().type]).toEqual([403, 'identity/csrf-failed']);
    expect((await browser.ask(write)).statusCode).toBe(201);
  });

  test.each([
    { origin: 'https://evil.example', status: 403 },
    { origin: 'null', status: 403 },
    { origin: 'http://localhost:9999', status: 403 },
    { origin: 'http://localhost:4680', status: 201 },
    { origin: 'http://localhost:80', status: 201 },
  ])('in a browser that tells only the origin $origin: $status', async ({ origin, status }) => {
    const browser = await world.ownerBrowser();
    const token = { cookie: `pando_session=${browser.cookie()}`, 'pando-csrf': browser.csrf() ?? '' };
    const answer = await world.app.inject({
      method: 'POST',
      url: '/api/keys',
      headers: { ...token, origin },
      payload: write.body,
    });
    expect(answer.statusCode).toBe(status);
  });

  test('the token of one session is worth nothing in another', async () => {
    const [one, other] = [await world.ownerBrowser(), await world.ownerBrowser()];
    const answer = await one.ask({ ...write, headers: { 'pando-csrf': other.csrf() ?? '' } });
    expect(answer.statusCode).toBe(403);
  });

  test('signing in by another site is refused too, reading is not', async () => {
    const browser = world.browser();
    const signIn = { method: 'POST', url: '/api/session', body: OWNER } as const;
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect((await browser.ask({ ...signIn, headers: crossSite })).statusCode).toBe(403);
    await browser.ask(signIn);
    expect((await browser.ask({ ...TEAM, headers: { ...crossSite, 'pando-csrf': '' } })).statusCode).toBe(
      200,
    );
  });
});

describe('secret keys', () => {
  async function newKey(scopes: string[]) {
    const owner = await world.ownerBrowser();
    const answer = await owner.ask({ method: 'POST', url: '/api/keys', body: { name: 'Till', scopes } });
    return { owner, key: answer.json() };
  }

  test('open what their scopes say, without a cookie or its token', async () => {
    const { key } = await newKey(['team:read']);
    expect(key.secret).toMatch(/^sk_\w{40,}$/);
    expect(key.hint).toBe(key.secret.slice(-4));
    expect((await world.withKey(key.secret, TEAM)).statusCode).toBe(200);
    const refused = await world.withKey(key.secret, { method: 'GET', url: '/api/audit' });
    expect(refused.json()).toMatchObject({ type: 'identity/not-allowed', permission: 'audit:read' });
    const cross = { ...TEAM, headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await world.withKey(key.secret, cross)).statusCode).toBe(200);
    expect((await world.withKey(key.secret, ME)).json()).toMatchObject({
      kind: 'key',
      operator: false,
      memberships: [{ workspace: { slug: 'acme' }, role: null, permissions: ['team:read'] }],
    });
  });

  test('are shown once, kept as a hash, and listed with their last use', async () => {
    const { owner, key } = await newKey(['team:read']);
    await world.withKey(key.secret, TEAM);
    const list = await owner.ask({ method: 'GET', url: '/api/keys' });
    expect(list.body).not.toContain(key.secret);
    const lastUse = () =>
      owner
        .ask({ method: 'GET', url: '/api/keys' })
        .then((a) => a.json().items.find((k: { id: string }) => k.id === key.id).lastUsedAt);
    const first = await lastUse();
    expect(first).toBe(world.clock.now().toISOString());
    world.clock.advance(30_000);
    await world.withKey(key.secret, TEAM);
    expect(await lastUse()).toBe(first);
    world.clock.advance(31_000);
    await world.withKey(key.secret, TEAM);
    expect(await lastUse()).toBe(world.clock.now().toISOString());
    const rows = await world.pg.asSystem((tx) => tx.query('select * from secret_keys'));
    expect(JSON.stringify(rows)).not.toContain(key.secret);
  });

  test('are refused from the moment they are revoked', async () => {
    const { owner, key } = await newKey(['team:read']);
    expect((await world.withKey(key.secret, TEAM)).statusCode).toBe(200);
    const revoke = { method: 'DELETE', url: `/api/keys/${key.id}` } as const;
    expect((await owner.ask(revoke)).statusCode).toBe(204);
    expect((await world.withKey(key.secret, TEAM)).json()).toMatchObject({ type: 'identity/not-signed-in' });
    expect((await owner.ask(revoke)).statusCode).toBe(404);
  });

  test('cannot make keys that may do more than they may themselves', async () => {
    const { key } = await newKey(['keys:write', 'people:read']);
    const make = (scopes: string[]) =>
      world.withKey(key.secret, { method: 'POST', url: '/api/keys', body: { name: 'child', scopes } });
    expect((await make(['people:read'])).statusCode).toBe(201);
    expect((await make(['people:write'])).json()).toMatchObject({ type: 'identity/not-allowed' });
    expect((await make(['everything'])).json()).toMatchObject({ type: 'http/invalid' });
  });

  test('belong to one workspace, whichever a request names', async () => {
    const { key } = await newKey(['team:read']);
    await world.identity.workspaces.create({ name: 'Other', slug: 'other' });
    const named = (slug: string) =>
      world.withKey(key.secret, { ...TEAM, headers: { 'pando-workspace': slug } });
    expect((await named('acme')).statusCode).toBe(200);
    const [other, missing] = [await named('other'), await named('missing')];
    expect(other.json()).toMatchObject({ type: 'identity/no-such-workspace', status: 403 });
    expect(missing.json().detail).toBe(other.json().detail.replace('other', 'missing'));
    await world.pg.asSystem((tx) =>
      tx.query(`update memberships set ended_at = now() where workspace_id = 2`),
    );
    world.clock.advance(11_000);
  });

  test('cannot make workspaces, nor look at sessions', async () => {
    const { key } = await newKey(['settings:write']);
    const create = { method: 'POST', url: '/api/workspaces', body: { name: 'Other' } } as const;
    expect((await world.withKey(key.secret, create)).statusCode).toBe(403);
    expect((await world.withKey(key.secret, { method: 'GET', url: '/api/sessions' })).statusCode).toBe(403);
  });

  test('page by cursor', async () => {
    const { owner } = await newKey(['team:read']);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/api/keys?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const page = (await owner.ask({ method: 'GET', url })).json();
      seen.push(...page.items.map((k: { id: string }) => k.id));
      cursor = page.cursor;
    }
    const all = (await owner.ask({ method: 'GET', url: '/api/keys?limit=500' })).json().items;
    expect(seen).toEqual(all.map((k: { id: string }) => k.id));
    expect(seen.length).toBeGreaterThan(4);
    const broken = await owner.ask({ method: 'GET', url: '/api/keys?cursor=nonsense' });
    expect(broken.json().type).toBe('identity/cursor-invalid');
  });
});

describe('credentials that are none', () => {
  test.each(['Bearer', 'Bearer ', 'Basic c2tfeDo=', 'sk_x', 'Bearer a b', `Bearer ${'x'.repeat(600)}`])(
    '%j is 401 with words',
    async (authorization) => {
      const answer = await world.app.inject({ ...TEAM, headers: { authorization } });
      expect([answer.statusCode, answer.json().type]).toEqual([401, 'identity/not-signed-in']);
    },
  );

  test('guessing is slowed down for its address, and a key that is known there goes on', async () => {
    const { key } = await (async () => {
      const owner = await world.ownerBrowser();
      const body = { name: 'Till', scopes: ['team:read'] };
      return { key: (await owner.ask({ method: 'POST', url: '/api/keys', body })).json() };
    })();
    await world.withKey(key.secret, TEAM);
    const guesses = Array.from({ length: 250 }, (_, i) => `sk_guess${i}`);
    const answers = await Promise.all(guesses.map((guess) => world.withKey(guess, TEAM)));
    expect(answers.filter((a) => a.statusCode === 429).length).toBeGreaterThan(40);
    world.clock.advance(11_000);
    for (const guess of guesses) await world.withKey(guess, TEAM);
    expect((await world.withKey(key.secret, TEAM)).statusCode).toBe(200);
  });

  test.each([
    { address: '203.0.113.7', network: '203.0.113.7' },
    { address: '::ffff:203.0.113.7', network: '203.0.113.7' },
    { address: '2001:db8:1:2:3:4:5:6', network: '2001:db8:1:2' },
    { address: '2001:db8::6', network: '2001:db8:0:0' },
    { address: '::1', network: '0:0:0:0' },
    { address: 'fe80::1%eth0', network: 'fe80:0:0:0' },
  ])('$address is counted as $network', ({ address, network }) => {
    expect(networkOf(address)).toBe(network);
  });
});
