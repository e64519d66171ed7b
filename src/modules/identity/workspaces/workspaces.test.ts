import Type from 'typebox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Principal, SettingsSection } from '#modules/identity';
import { type Browser, testIdentity } from '../../../../test/fixtures/identity.ts';

const Stages = Type.Object({
  retentionDays: Type.Integer({ minimum: 1 }),
  words: Type.Array(Type.String()),
});
const DEFAULT = { retentionDays: 365, words: ['a'] };

let world: Awaited<ReturnType<typeof testIdentity>>;
let owner: Browser;
let stages: SettingsSection<typeof DEFAULT>;
const program = (workspaceId: number) => ({ workspaceId, actor: 'program' });
const headers = { 'pando-workspace': 'acme' };

beforeAll(async () => {
  world = await testIdentity();
  stages = world.identity.settings.register('stages', Stages, DEFAULT);
  owner = await world.ownerBrowser();
});
afterAll(() => world.close());

describe('workspaces', () => {
  test('are made by whoever runs the installation, who owns them at once', async () => {
    const body = { name: 'Second Brand', timeZone: 'Asia/Shanghai', country: 'CN', currency: 'CNY' };
    const made = await owner.ask({ method: 'POST', url: '/api/workspaces', body });
    expect(made.json()).toMatchObject({ ...body, slug: 'second-brand' });
    const listed = await owner.ask({ method: 'GET', url: '/api/workspaces' });
    expect(listed.json().items).toMatchObject([
      { slug: 'acme' },
      { slug: 'second-brand', name: 'Second Brand' },
    ]);
    const team = await owner.ask({
      method: 'GET',
      url: '/api/team',
      headers: { 'pando-workspace': 'second-brand' },
    });
    expect(team.json().items).toMatchObject([{ role: 'owner' }]);

    const again = await owner.ask({ method: 'POST', url: '/api/workspaces', body });
    expect(again.json()).toMatchObject({ type: 'identity/slug-taken', status: 409 });
    const nowhere = { ...body, slug: 'nowhere', timeZone: 'Nowhere/Else' };
    const refused = await owner.ask({ method: 'POST', url: '/api/workspaces', body: nowhere });
    expect(refused.json()).toMatchObject({ type: 'identity/setting-invalid', status: 400 });
  });

  test('end with the 131,071st, and say so', async () => {
    await world.pg.asSystem((tx) => tx.query(`select setval('workspaces_workspace_id_seq', 131071)`));
    await expect(world.identity.workspaces.create({ name: 'One too many' })).rejects.toMatchObject({
      type: 'identity/too-many-workspaces',
    });
    await world.pg.asSystem((tx) => tx.query(`select setval('workspaces_workspace_id_seq', 2)`));
    expect(await world.identity.workspaces.get(3)).toBeUndefined();
  });

  test('are told by number, to the modules', async () => {
    expect(await world.identity.workspaces.get(1)).toMatchObject({ id: 1, slug: 'acme', country: 'US' });
    expect(await world.identity.workspaces.bySlug('second-brand')).toMatchObject({ id: 2 });
    expect((await world.identity.workspaces.list()).map((w) => w.id)).toEqual([1, 2]);
  });
});

describe('settings', () => {
  beforeEach(() => world.identity.settings.update(program(1), 'stages', null));

  test('are the defaults until somebody says otherwise, and for that workspace alone', async () => {
    expect(await stages.read(1)).toEqual(DEFAULT);
    await world.identity.settings.update(program(1), 'stages', { retentionDays: 30 });
    expect(await stages.read(1)).toEqual({ ...DEFAULT, retentionDays: 30 });
    expect(await world.identity.settings.read(1, 'stages')).toEqual({ ...DEFAULT, retentionDays: 30 });
    expect(await stages.read(2)).toEqual(DEFAULT);
  });

  test('are read and changed over the API, all or none', async () => {
    const all = (await owner.ask({ method: 'GET', url: '/api/settings', headers })).json();
    expect(all).toEqual({
      workspace: { name: 'Acme', timeZone: 'UTC', country: 'US', currency: 'USD' },
      stages: DEFAULT,
    });
    const patch = (body: unknown) => owner.ask({ method: 'PATCH', url: '/api/settings', headers, body });
    const changed = await patch({
      workspace: { country: 'GB', currency: 'GBP' },
      stages: { words: ['b', 'c'] },
    });
    expect(changed.json()).toEqual({
      workspace: { name: 'Acme', timeZone: 'UTC', country: 'GB', currency: 'GBP' },
      stages: { ...DEFAULT, words: ['b', 'c'] },
    });
    const refused = [
      {
        body: { stages: { retentionDays: 0 } },
        type: 'identity/setting-invalid',
        says: /stages\.retentionDays/,
      },
      {
        body: { stages: { retention: 5 } },
        type: 'identity/setting-invalid',
        says: /no setting "retention"/,
      },
      { body: { nothing: { a: 1 } }, type: 'identity/setting-unknown', says: /workspace, stages/ },
      { body: { workspace: null }, type: 'identity/setting-invalid', says: /no default/ },
      { body: { workspace: { timeZone: 'X/Y' } }, type: 'identity/setting-invalid', says: /no time zone/ },
    ];
    for (const { body, type, says } of refused) {
      // The part that would be right is not carried out either.
      const answer = await patch({ workspace: { name: 'Half' }, ...body });
      expect(answer.json()).toMatchObject({ type, status: 400 });
      expect(answer.json().detail).toMatch(says);
    }
    expect((await owner.ask({ method: 'GET', url: '/api/settings', headers })).json()).toEqual(
      changed.json(),
    );
    await patch({ stages: null });
    expect(await stages.read(1)).toEqual(DEFAULT);
  });

  test('two changes at once are both kept', async () => {
    await Promise.all([
      world.identity.settings.update(program(1), 'stages', { retentionDays: 7 }),
      world.identity.settings.update(program(1), 'stages', { words: ['z'] }),
    ]);
    expect(await stages.read(1)).toEqual({ retentionDays: 7, words: ['z'] });
  });

  test('a change is told as a fact and stands in the audit list', async () => {
    await world.identity.settings.update(program(1), 'stages', { retentionDays: 12 });
    const [fact] = await world.pg.asSystem((tx) =>
      tx.query('select type, workspace_id, data from facts order by id desc limit 1'),
    );
    const data = { section: 'stages', keys: ['retentionDays'] };
    expect(fact).toEqual({ type: 'settings.changed', workspace_id: 1, data });
    const list = await owner.ask({ method: 'GET', url: '/api/audit?limit=1', headers });
    expect(list.json().items).toMatchObject([
      {
        action: 'settings.changed',
        subject: 'settings:stages',
        actor: 'program',
        detail: { keys: ['retentionDays'] },
      },
    ]);
  });

  test('a stored value that the program no longer understands does not stop it', async () => {
    await world.pg.asSystem((tx) =>
      tx.query(
        `update workspaces set settings = '{"stages": {"retentionDays": "for ever"}}' where workspace_id = 2`,
      ),
    );
    world.clock.advance(11_000);
    expect(await stages.read(2)).toEqual(DEFAULT);
  });
});

describe('one process hears of what another changed', () => {
  test('at once while it listens, also after the connection broke, and within ten seconds if it does not', async () => {
    const [listening, deaf] = [await world.another(), await world.another()];
    const nobody = { id: '', slug: '', name: '', timeZone: '', country: '', currency: '', settings: {} };
    const by: Principal = {
      kind: 'cli',
      workspaceId: 1,
      workspace: nobody,
      role: 'owner',
      scopes: ['people:read'],
      actor: 'cli',
    };
    const key = await world.identity.keys.create(by, { name: 'Shop', scopes: ['people:read'] });
    await listening.start();
    try {
      await world.pg.raw.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and query like 'listen pando_identity%'`,
      );
      // It reconnects after a second of its clock.
      await expect
        .poll(async () => {
          world.clock.advance(200);
          const { rows } = await world.pg.raw.query(
            `select 1 from pg_stat_activity
              where datname = current_database() and query like 'listen pando_identity%'`,
          );
          return rows.length;
        })
        .toBe(1);
      expect(await listening.keys.find(key.secret)).toMatchObject({ keyId: key.id });
      expect(await deaf.keys.find(key.secret)).toMatchObject({ keyId: key.id });
      await world.identity.keys.revoke(by, key.id);
      await expect.poll(() => listening.keys.find(key.secret)).toBeUndefined();
      expect(await deaf.keys.find(key.secret)).toMatchObject({ keyId: key.id });
      world.clock.advance(10_001);
      expect(await deaf.keys.find(key.secret)).toBeUndefined();
    } finally {
      await listening.stop();
    }
  });
});

describe('under the code, the database keeps workspaces apart', () => {
  const tables = ['workspaces', 'memberships', 'invitations', 'secret_keys', 'audit'];

  test.each(tables)('a workspace sees only its own rows of %s', async (table) => {
    const ids = (workspaceId: number) =>
      world.pg.inWorkspace(workspaceId, (tx) =>
        tx.query<{ workspace_id: number }>(`select distinct workspace_id from ${table}`),
      );
    for (const id of [1, 2]) {
      const seen = (await ids(id)).map((row) => row.workspace_id);
      expect(seen.filter((other) => other !== id)).toEqual([]);
    }
    expect(await ids(3)).toEqual([]);
  });

  test('and of the users those of its team, without what proves who they are', async () => {
    const two = await world.pg.inWorkspace(2, (tx) => tx.query('select id, email, name from users'));
    expect(two).toMatchObject([{ email: 'owner@example.com' }]);
    expect(await world.pg.inWorkspace(3, (tx) => tx.query('select id from users'))).toEqual([]);
  });

  test.each([
    'select password_hash from users',
    'select * from sessions',
    'select * from password_resets',
    'select * from sign_in_attempts',
    'select secret_hash from secret_keys',
    'select token_hash from invitations',
    "update users set email = 'x'",
    "insert into users (id, email, name, password_hash, created_at) values (gen_random_uuid(), 'x', 'x', 'x', now())",
    'delete from secret_keys',
    'delete from workspaces',
    "update audit set action = 'nothing'",
    'delete from audit',
    'truncate audit',
  ])('a workspace may not: %s', async (statement) => {
    await expect(world.pg.inWorkspace(1, (tx) => tx.query(statement))).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('a workspace writes no rows of another', async () => {
    const statements = [
      `insert into audit (workspace_id, at, actor, action, subject, detail) values (2, now(), '', '', '', '{}')`,
      `insert into memberships (workspace_id, user_id, role, joined_at) select 2, id, 'owner', now() from users`,
      `update memberships set workspace_id = 2`,
    ];
    for (const statement of statements) {
      await expect(world.pg.inWorkspace(1, (tx) => tx.query(statement))).rejects.toMatchObject({
        code: '42501',
      });
    }
  });
});
