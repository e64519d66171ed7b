import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, testIdentity } from '../../../../test/fixtures/identity.ts';

let world: Awaited<ReturnType<typeof testIdentity>>;
let owner: Browser;
const by = { workspaceId: 1, actor: 'program' };

beforeAll(async () => {
  world = await testIdentity();
  owner = await world.ownerBrowser();
});
afterAll(() => world.close());

async function list(query = '') {
  const answer = await owner.ask({
    method: 'GET',
    url: `/api/audit${query}`,
    headers: { 'pando-workspace': 'acme' },
  });
  return answer.json() as { items: { action: string; [key: string]: unknown }[]; cursor: string | null };
}

test('tells who changed what, by name, newest first', async () => {
  world.clock.advance(60_000);
  const made = await owner.ask({
    method: 'POST',
    url: '/api/keys',
    body: { name: 'Till', scopes: ['people:read'] },
  });
  const { user } = (await owner.ask({ method: 'GET', url: '/api/session' })).json();
  const { items } = await list();
  expect(items).toMatchObject([
    {
      action: 'key.created',
      actor: `user:${user.id}`,
      actorName: 'Owner',
      subject: `key:${made.json().id}`,
      at: world.clock.now().toISOString(),
      detail: { scopes: ['people:read'] },
    },
    { action: 'workspace.created', actor: 'program', actorName: null },
  ]);
});

test('goes on naming who has left the team', async () => {
  const invited = await owner.ask({
    method: 'POST',
    url: '/api/team/invitations',
    body: { email: 'zoe@example.com', role: 'owner' },
  });
  const zoe = world.browser();
  const body = { token: invited.json().link.token, password: 'a long pass phrase', name: 'Zoe' };
  const joined = await zoe.ask({ method: 'POST', url: '/api/invitations/accept', body });
  await zoe.ask({ method: 'POST', url: '/api/keys', body: { name: 'Hers', scopes: ['people:read'] } });
  const id = joined.json().user.id;
  await owner.ask({ method: 'DELETE', url: `/api/team/${id}` });
  const { items } = await list(`?actor=user:${id}`);
  expect(items.map((i) => [i.action, i.actorName])).toEqual([
    ['key.created', 'Zoe'],
    ['team.joined', 'Zoe'],
  ]);
  expect(JSON.stringify(await list('?limit=500'))).not.toContain('zoe@example.com');
});

test('is filtered and paged', async () => {
  await world.pg.inWorkspace(1, async (tx) => {
    for (let i = 0; i < 5; i++) await world.identity.audit(tx, by, `people.step-${i}`, 'person:1', { i });
  });
  expect((await list('?action=people.step-3')).items).toHaveLength(1);
  expect((await list('?action=people.')).items.map((i) => i.action)).toEqual(
    [4, 3, 2, 1, 0].map((i) => `people.step-${i}`),
  );
  expect((await list('?subject=person:1&limit=2')).items).toHaveLength(2);
  const later = new Date(world.clock.ms() + 1000).toISOString();
  expect((await list(`?from=${later}`)).items).toEqual([]);
  expect((await list(`?to=${later}&action=people.`)).items).toHaveLength(5);

  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await list(`?action=people.&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...page.items.map((i) => i.action));
    cursor = page.cursor;
  }
  expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => `people.step-${i}`));
});

test('a line belongs to the transaction of the change: no change, no line; and to its workspace', async () => {
  await expect(
    world.pg.inWorkspace(1, async (tx) => {
      await world.identity.audit(tx, by, 'people.undone', 'person:2');
      throw new Error('undo');
    }),
  ).rejects.toThrow('undo');
  expect((await list('?action=people.undone')).items).toEqual([]);
  await expect(
    world.pg.inWorkspace(2, (tx) => world.identity.audit(tx, by, 'people.wrong', 'person:2')),
  ).rejects.toThrow(/another workspace/);
});

test('a person is erased from it, in every form, and from this workspace alone', async () => {
  await world.identity.workspaces.create({ name: 'Other', slug: 'other' });
  const detail = {
    'ann@example.com': 'as a key',
    email: 'Ann@Example.com',
    text: 'joined ann@example.com with 4711 (x.y) \\ "q"',
    card: 4711,
    short: '7',
    number: 7,
    list: ['4711', 47110, null, true, { deep: ['say 4711.', 'xzy'] }],
    empty: {},
  };
  const write = (workspaceId: number) =>
    world.pg.inWorkspace(workspaceId, (tx) =>
      world.identity.audit(
        tx,
        { workspaceId, actor: 'program' },
        'people.joined',
        'person:ann@example.com',
        detail,
      ),
    );
  await write(1);
  await write(2);
  const needles = ['ann@example.com', '4711', '(x.y)', '7', '\\ "q"', ''];
  const before = await world.pg.asSystem((tx) =>
    tx.query(`select * from audit where action <> 'people.joined'`),
  );
  const changed = await world.pg.inWorkspace(1, (tx) => world.identity.redactAudit(tx, needles));
  expect(changed).toBe(1);
  expect((await list('?action=people.joined')).items).toMatchObject([
    {
      subject: 'person:[erased]',
      actor: 'program',
      detail: {
        '[erased]': 'as a key',
        email: '[erased]',
        text: 'joined [erased] with [erased] [erased] [erased]',
        card: '[erased]',
        short: '[erased]',
        number: '[erased]',
        list: ['[erased]', 47110, null, true, { deep: ['say [erased].', 'xzy'] }],
        empty: {},
      },
    },
  ]);
  expect(
    await world.pg.asSystem((tx) => tx.query(`select * from audit where action <> 'people.joined'`)),
  ).toEqual(before);
  const other = await world.pg.inWorkspace(2, (tx) =>
    tx.query(`select detail from audit where action = 'people.joined'`),
  );
  expect(other).toEqual([{ detail }]);
  expect(await world.pg.inWorkspace(1, (tx) => world.identity.redactAudit(tx, ['']))).toBe(0);
  await expect(world.pg.asSystem((tx) => world.identity.redactAudit(tx, needles))).rejects.toThrow();
});
