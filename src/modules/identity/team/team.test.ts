import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Browser, OWNER, testIdentity } from '../../../../test/fixtures/identity.ts';
import { permissionsOf } from '../access/permissions.ts';
import { PERMISSIONS, ROLES, type Role } from '../schema.ts';

const DAY_MS = 86_400_000;
const PASSWORD = 'a pass phrase of my own';
const ME = { method: 'GET', url: '/api/session' } as const;

let world: Awaited<ReturnType<typeof testIdentity>>;
let owner: Browser;

beforeAll(async () => {
  world = await testIdentity({
    moreRoutes(app, identity) {
      for (const permission of PERMISSIONS) {
        const path = `/probe/${permission.replace(':', '-')}`;
        app.get(path, { onRequest: identity.guard(permission) }, (request) => ({
          role: request.principal.role,
        }));
      }
    },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(3_600_000);
  owner = await world.ownerBrowser();
});

async function invite(email: string, role: Role, by: Browser = owner) {
  const headers = { 'pando-workspace': 'acme' };
  return by.ask({ method: 'POST', url: '/api/team/invitations', headers, body: { email, role } });
}

async function accept(token: string, password = PASSWORD, browser = world.browser()) {
  const body = { token, password, name: 'Ann' };
  const answer = await browser.ask({ method: 'POST', url: '/api/invitations/accept', body });
  return { answer, browser };
}

async function joined(email: string, role: Role) {
  const { answer, browser } = await accept((await invite(email, role)).json().link.token);
  return { id: answer.json().user.id as string, browser };
}

async function teamOf(browser: Browser) {
  return (await browser.ask({ method: 'GET', url: '/api/team' })).json().items as {
    email: string;
    role: Role;
  }[];
}

describe('an invitation', () => {
  test('is a link, by which somebody sets a password and is in', async () => {
    const invited = await invite('Ann@Example.com', 'marketer');
    expect(invited.statusCode).toBe(201);
    const { link, email } = invited.json();
    expect(email).toBe('ann@example.com');
    expect(link.url).toBe(`http://localhost:4680/join#${link.token}`);

    const look = { method: 'POST', url: '/api/invitations/look', body: { token: link.token } } as const;
    expect((await world.browser().ask(look)).json()).toEqual({
      email: 'ann@example.com',
      role: 'marketer',
      workspace: { slug: 'acme', name: 'Acme' },
      known: false,
    });
    const weak = await accept(link.token, 'short');
    expect(weak.answer.json().type).toBe('identity/password-too-weak');

    const { answer, browser } = await accept(link.token);
    expect(answer.json()).toMatchObject({
      user: { email: 'ann@example.com', name: 'Ann' },
      operator: false,
      memberships: [{ role: 'marketer' }],
    });
    expect(await teamOf(browser)).toMatchObject([
      { email: 'owner@example.com', role: 'owner' },
      { email: 'ann@example.com', role: 'marketer' },
    ]);
    expect((await world.browser().signIn('ann@example.com', PASSWORD)).statusCode).toBe(200);
  });

  test('works once, and only its hash is kept', async () => {
    const { link } = (await invite('bob@example.com', 'clerk')).json();
    const rows = await world.pg.asSystem((tx) => tx.query('select * from invitations'));
    expect(JSON.stringify(rows)).not.toContain(link.token);
    const both = await Promise.all([accept(link.token), accept(link.token)]);
    expect(both.map((b) => b.answer.statusCode).sort()).toEqual([200, 410]);
    expect((await accept(link.token)).answer.json().type).toBe('identity/link-invalid');
  });

  test('ends after seven days, when it is taken back, and when a newer one is sent', async () => {
    const late = (await invite('late@example.com', 'clerk')).json();
    world.clock.advance(7 * DAY_MS);
    expect((await accept(late.link.token)).answer.statusCode).toBe(410);

    owner = await world.ownerBrowser();
    const first = (await invite('cara@example.com', 'clerk')).json();
    const second = (await invite('cara@example.com', 'analyst')).json();
    expect((await accept(first.link.token)).answer.statusCode).toBe(410);
    const open = await owner.ask({ method: 'GET', url: '/api/team/invitations' });
    expect(open.json().items).toMatchObject([{ email: 'cara@example.com', role: 'analyst' }]);
    expect(open.body).not.toContain(second.link.token);
    const withdraw = { method: 'DELETE', url: `/api/team/invitations/${second.id}` } as const;
    expect((await owner.ask(withdraw)).statusCode).toBe(204);
    expect((await owner.ask(withdraw)).statusCode).toBe(404);
    expect((await accept(second.link.token)).answer.statusCode).toBe(410);
  });

  test('is not for a member, nor for what is no address', async () => {
    expect((await invite(OWNER.email, 'clerk')).json().type).toBe('identity/already-member');
    expect((await invite('not an address', 'clerk')).json().type).toBe('identity/email-invalid');
  });

  test('gives nobody the account of another: who has one proves its password', async () => {
    await joined('dan@example.com', 'analyst');
    await world.identity.workspaces.create({ name: 'Other brand', slug: 'other' });
    owner = await world.ownerBrowser();
    const other = { 'pando-workspace': 'other' };
    const invited = await owner.ask({
      method: 'POST',
      url: '/api/team/invitations',
      headers: other,
      body: { email: 'dan@example.com', role: 'marketer' },
    });
    const { token } = invited.json().link;
    expect((await accept(token, 'a password that the inviter wants')).answer.statusCode).toBe(401);
    expect((await world.browser().signIn('dan@example.com', PASSWORD)).statusCode).toBe(200);

    const { answer, browser } = await accept(token, PASSWORD);
    expect(answer.json().memberships.map((m: { role: Role }) => m.role)).toEqual(['analyst', 'marketer']);
    const unnamed = await browser.ask({ method: 'GET', url: '/api/team' });
    expect(unnamed.json()).toMatchObject({ type: 'identity/workspace-needed' });
    expect(unnamed.json().detail).toContain('acme, other');
    const named = await browser.ask({ method: 'GET', url: '/probe/people-write', headers: other });
    expect(named.json()).toEqual({ role: 'marketer' });
    const elsewhere = { 'pando-workspace': 'acme' };
    const refused = await browser.ask({ method: 'GET', url: '/probe/people-write', headers: elsewhere });
    expect(refused.statusCode).toBe(403);
  });
});

test('an invitation that crossed with another changes nothing for who is a member by then', async () => {
  const { id } = await joined('hal@example.com', 'analyst');
  const end = (at: string) =>
    world.pg.asSystem((tx) => tx.query(`update memberships set ended_at = ${at} where user_id = $1`, [id]));
  await end('now()');
  const { link } = (await invite('hal@example.com', 'clerk')).json();
  await end('null');
  expect((await accept(link.token)).answer.json().memberships).toMatchObject([{ role: 'analyst' }]);
});

describe('roles', () => {
  const people = new Map<Role, Browser>();
  beforeAll(async () => {
    owner = await world.ownerBrowser();
    for (const role of ROLES) {
      const { link } = (
        await owner.ask({
          method: 'POST',
          url: '/api/team/invitations',
          headers: { 'pando-workspace': 'acme' },
          body: { email: `${role}@roles.example`, role },
        })
      ).json();
      people.set(role, (await accept(link.token)).browser);
    }
  });

  test.each(ROLES)('a %s may exactly what the table of permissions says', async (role) => {
    for (const permission of PERMISSIONS) {
      const url = `/probe/${permission.replace(':', '-')}`;
      const answer = await people.get(role)?.ask({ method: 'GET', url });
      const may = permissionsOf(role).includes(permission);
      expect([permission, answer?.statusCode]).toEqual([permission, may ? 200 : 403]);
    }
  });

  test('nobody but an owner reaches the team, its sessions, keys, the audit list or the settings', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const writes = [
      { method: 'POST', url: '/api/team/invitations', body: { email: 'x@example.com', role: 'owner' } },
      { method: 'PATCH', url: `/api/team/${id}`, body: { role: 'owner' } },
      { method: 'DELETE', url: `/api/team/${id}` },
      { method: 'POST', url: `/api/team/${id}/reset` },
      { method: 'GET', url: '/api/team/sessions' },
      { method: 'DELETE', url: `/api/team/sessions/${id}` },
      { method: 'GET', url: '/api/keys' },
      { method: 'POST', url: '/api/keys', body: { name: 'x', scopes: ['erase'] } },
      { method: 'DELETE', url: `/api/keys/${id}` },
      { method: 'GET', url: '/api/audit' },
      { method: 'PATCH', url: '/api/settings', body: { workspace: { name: 'Mine' } } },
      { method: 'POST', url: '/api/workspaces', body: { name: 'Mine' } },
    ] as const;
    for (const role of ['marketer', 'analyst', 'clerk'] as const) {
      for (const write of writes) {
        const answer = await people.get(role)?.ask(write);
        expect([role, write.url, answer?.statusCode]).toEqual([role, write.url, 403]);
      }
    }
    // An owner of a workspace does not run the installation.
    expect((await people.get('owner')?.ask(writes[11]))?.statusCode).toBe(403);
  });
});

describe('changing the team', () => {
  const acme = { 'pando-workspace': 'acme' };
  const ask = (by: Browser, method: 'PATCH' | 'DELETE' | 'POST', url: string, body?: unknown) =>
    by.ask({ method, url, headers: acme, body });

  test('a changed role holds at once', async () => {
    const { link } = (
      await ask(owner, 'POST', '/api/team/invitations', { email: 'eve@e.example', role: 'clerk' })
    ).json();
    const { answer, browser } = await accept(link.token);
    const eve = answer.json().user.id;
    expect((await browser.ask({ method: 'GET', url: '/probe/audit-read' })).statusCode).toBe(403);
    expect((await ask(owner, 'PATCH', `/api/team/${eve}`, { role: 'owner' })).statusCode).toBe(204);
    expect((await browser.ask({ method: 'GET', url: '/probe/audit-read' })).statusCode).toBe(200);

    const invited = await browser.ask({
      method: 'POST',
      url: '/api/team/invitations',
      body: { email: 'back-door@e.example', role: 'owner' },
    });
    expect((await ask(owner, 'DELETE', `/api/team/${eve}`)).statusCode).toBe(204);
    const after = await browser.ask({ method: 'GET', url: '/api/team' });
    expect([after.statusCode, after.json().type]).toEqual([403, 'identity/no-such-workspace']);
    // Nor do the links work that she had given out.
    expect((await accept(invited.json().link.token)).answer.statusCode).toBe(410);
  });

  test('somebody who left can be invited again', async () => {
    const again = (
      await ask(owner, 'POST', '/api/team/invitations', { email: 'eve@e.example', role: 'analyst' })
    ).json();
    const { answer } = await accept(again.link.token);
    expect(answer.json().memberships).toMatchObject([{ role: 'analyst' }]);
  });

  test('the last owner stays, however many leave at once', async () => {
    await world.identity.workspaces.create({ name: 'Two owners', slug: 'two-owners' });
    const headers = { 'pando-workspace': 'two-owners' };
    owner = await world.ownerBrowser();
    const email = 'second@example.com';
    const invited = await owner.ask({
      method: 'POST',
      url: '/api/team/invitations',
      headers,
      body: { email, role: 'owner' },
    });
    const { answer, browser: second } = await accept(invited.json().link.token);
    const secondId = answer.json().user.id;
    const firstId = (await owner.ask(ME)).json().user.id;
    const leave = (by: Browser, id: string) => by.ask({ method: 'DELETE', url: `/api/team/${id}`, headers });
    const statuses = (await Promise.all([leave(owner, firstId), leave(second, secondId)])).map(
      (a) => a.statusCode,
    );
    expect([...statuses].sort()).toEqual([204, 409]);
    const stayed = statuses[0] === 409 ? { by: owner, id: firstId } : { by: second, id: secondId };
    expect((await stayed.by.ask({ method: 'GET', url: '/api/team', headers })).json().items).toMatchObject([
      { id: stayed.id, role: 'owner' },
    ]);
    const url = `/api/team/${stayed.id}`;
    const demote = await stayed.by.ask({ method: 'PATCH', url, headers, body: { role: 'clerk' } });
    expect(demote.json()).toMatchObject({ type: 'identity/last-owner', status: 409 });
  });

  test('a key changes nobody who may more than itself', async () => {
    const made = await ask(owner, 'POST', '/api/keys', {
      name: 'HR',
      scopes: [...permissionsOf('clerk'), 'team:write', 'team:read'],
    });
    const key = made.json().secret;
    const post = (role: Role) =>
      world.withKey(key, {
        method: 'POST',
        url: '/api/team/invitations',
        body: { email: 'k@k.example', role },
      });
    expect((await post('owner')).json().type).toBe('identity/not-allowed');
    expect((await post('clerk')).statusCode).toBe(201);
    const ownerId = (await owner.ask(ME)).json().user.id;
    const demote = await world.withKey(key, {
      method: 'PATCH',
      url: `/api/team/${ownerId}`,
      body: { role: 'clerk' },
    });
    expect(demote.json().type).toBe('identity/not-allowed');
    const reset = await world.withKey(key, { method: 'POST', url: `/api/team/${ownerId}/reset` });
    expect(reset.json().type).toBe('identity/not-allowed');
  });

  test('an owner sees and ends the sessions of the team, and of nobody else', async () => {
    const listed = await owner.ask({ method: 'GET', url: '/api/team/sessions?limit=500', headers: acme });
    const emails = listed.json().items.map((s: { user: { email: string } }) => s.user.email);
    expect(emails).toContain('eve@e.example');
    expect(emails).not.toContain('second@example.com');
    const eve = listed
      .json()
      .items.find((s: { user: { email: string } }) => s.user.email === 'eve@e.example');
    const end = (id: string) =>
      owner.ask({ method: 'DELETE', url: `/api/team/sessions/${id}`, headers: acme });
    expect((await end(eve.id)).statusCode).toBe(204);
    expect((await end(eve.id)).statusCode).toBe(404);
    const [foreign] = await world.pg.asSystem((tx) =>
      tx.query<{ id: string }>(
        `select s.id from sessions s join users u on u.id = s.user_id where u.email = 'second@example.com'`,
      ),
    );
    expect((await end(foreign?.id ?? '')).statusCode).toBe(404);
  });
});

describe('a forgotten password', () => {
  const acme = { 'pando-workspace': 'acme' };
  const reset = (token: string, password: string) =>
    world.browser().ask({ method: 'POST', url: '/api/reset', body: { token, password } });

  test('is set anew by an owner’s link, once, and every session ends', async () => {
    const { link } = (
      await owner.ask({
        method: 'POST',
        url: '/api/team/invitations',
        headers: acme,
        body: { email: 'fay@f.example', role: 'clerk' },
      })
    ).json();
    const { answer, browser } = await accept(link.token);
    const url = `/api/team/${answer.json().user.id}/reset`;
    const first = (await owner.ask({ method: 'POST', url, headers: acme })).json();
    const second = (await owner.ask({ method: 'POST', url, headers: acme })).json();
    expect(second.url).toBe(`http://localhost:4680/reset#${second.token}`);
    expect((await reset(first.token, 'a new pass phrase')).json().type).toBe('identity/link-invalid');
    expect((await reset(second.token, 'short')).json().type).toBe('identity/password-too-weak');
    const done = await Promise.all([
      reset(second.token, 'a new pass phrase'),
      reset(second.token, 'a new pass phrase'),
    ]);
    expect(done.map((d) => d.statusCode).sort()).toEqual([200, 410]);
    expect((await browser.ask(ME)).statusCode).toBe(401);
    expect((await world.browser().signIn('fay@f.example', PASSWORD)).statusCode).toBe(401);
    expect((await world.browser().signIn('fay@f.example', 'a new pass phrase')).statusCode).toBe(200);
  });

  test('of an account that opens more than the owner’s workspace is not the owner’s to set', async () => {
    const { link } = (
      await owner.ask({
        method: 'POST',
        url: '/api/team/invitations',
        headers: acme,
        body: { email: 'gil@g.example', role: 'owner' },
      })
    ).json();
    const { browser: gil } = await accept(link.token);
    const team = (await gil.ask({ method: 'GET', url: '/api/team' })).json().items;
    const idOf = (email: string) => team.find((m: { email: string }) => m.email === email).id;
    for (const email of [OWNER.email, 'dan@example.com']) {
      const answer = await gil.ask({ method: 'POST', url: `/api/team/${idOf(email)}/reset` });
      expect([email, answer.json().type]).toEqual([email, 'identity/works-elsewhere']);
    }
  });

  test('of whoever runs the installation is not another owner’s to set', async () => {
    const small = await testIdentity();
    try {
      const first = await small.ownerBrowser();
      const invited = await first.ask({
        method: 'POST',
        url: '/api/team/invitations',
        body: { email: 'ivy@i.example', role: 'owner' },
      });
      const ivy = small.browser();
      const body = { token: invited.json().link.token, password: PASSWORD };
      const accepted = await ivy.ask({ method: 'POST', url: '/api/invitations/accept', body });
      const linkFor = (by: Browser, id: string) => by.ask({ method: 'POST', url: `/api/team/${id}/reset` });
      const { user } = (await first.ask(ME)).json();
      expect((await linkFor(ivy, user.id)).json().type).toBe('identity/works-elsewhere');
      expect((await linkFor(first, accepted.json().user.id)).statusCode).toBe(201);
      expect((await linkFor(first, user.id)).statusCode).toBe(201);
    } finally {
      await small.close();
    }
  });

  test('is set anew by whoever has the machine, also after too many attempts; the link lasts a day', async () => {
    for (let i = 0; i < 11; i++) await world.browser().signIn('gil@g.example', `a wrong password ${i}`);
    expect((await world.browser().signIn('gil@g.example', PASSWORD)).statusCode).toBe(429);
    await expect(world.identity.resetLink('nobody@example.com')).rejects.toMatchObject({
      type: 'identity/user-not-found',
    });
    const late = await world.identity.resetLink('Gil@G.example');
    world.clock.advance(DAY_MS);
    expect((await reset(late.token, 'a new pass phrase')).statusCode).toBe(410);
    for (let i = 0; i < 11; i++) await world.browser().signIn('gil@g.example', `a wrong password ${i}`);
    const link = await world.identity.resetLink('gil@g.example');
    expect((await reset(link.token, 'a new pass phrase')).statusCode).toBe(200);
    expect((await world.browser().signIn('gil@g.example', 'a new pass phrase')).statusCode).toBe(200);
  });
});
