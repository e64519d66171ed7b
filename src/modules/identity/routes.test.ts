import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, type Browser, testIdentity } from '../../../test/fixtures/identity.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  responses: Record<string, unknown>;
}

const WITHOUT_CREDENTIALS = ['signIn', 'lookAtInvitation', 'acceptInvitation', 'resetPassword'];
const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

let world: Awaited<ReturnType<typeof testIdentity>>;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  world = await testIdentity();
  const document = (await world.app.inject({ method: 'GET', url: '/openapi.json' })).json();
  const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
  operations = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
});
afterAll(() => world.close());

test('every route is documented: what it does, who may, how it refuses', () => {
  expect(operations.length).toBeGreaterThan(20);
  const ids = operations.map((o) => o.operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    const { operationId, summary, tags, security, responses } = operation;
    expect(summary, operationId).toMatch(/^[A-Z]/);
    expect(tags, operationId).toHaveLength(1);
    expect(security.length > 0, operationId).toBe(!WITHOUT_CREDENTIALS.includes(operationId));
    expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['401', '403', '429']));
  }
});

test('every route refuses who brings no credentials, before it reads what was sent', async () => {
  for (const { path, method, operation } of operations) {
    if (WITHOUT_CREDENTIALS.includes(operation.operationId)) continue;
    const url = path.replace(/\{\w+\}/g, SOME_ID);
    const answer = await world.app.inject({
      method: method as 'GET',
      url,
      headers: { 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { payload: '{not json' }),
    });
    expect([operation.operationId, answer.statusCode]).toEqual([operation.operationId, 401]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  }
});

describe('with the ids of another workspace', () => {
  let stranger: Browser;
  const foreign: Record<string, string> = {};
  const other = { 'pando-workspace': 'other' };

  beforeAll(async () => {
    await world.identity.workspaces.create({ name: 'Other', slug: 'other' });
    const owner = await world.ownerBrowser();
    const acme = { 'pando-workspace': 'acme' };
    const ask = (headers: Record<string, string>, url: string, body: unknown) =>
      owner.ask({ method: 'POST', url, headers, body });
    const join = async (headers: Record<string, string>, email: string) => {
      const invited = await ask(headers, '/api/team/invitations', { email, role: 'owner' });
      const browser = world.browser();
      const body = { token: invited.json().link.token, password: 'a long pass phrase' };
      const joined = await browser.ask({ method: 'POST', url: '/api/invitations/accept', body });
      return { browser, userId: joined.json().user.id as string };
    };
    const member = await join(acme, 'member@acme.example');
    foreign.userId = member.userId;
    foreign.session = (await member.browser.ask({ method: 'GET', url: '/api/sessions' })).json().items[0].id;
    foreign.key = (await ask(acme, '/api/keys', { name: 'Acme', scopes: ['erase'] })).json().id;
    const open = { email: 'open@acme.example', role: 'clerk' };
    foreign.invitation = (await ask(acme, '/api/team/invitations', open)).json().id;
    stranger = (await join(other, 'stranger@other.example')).browser;
  });

  test('nothing is found, and nothing is changed', async () => {
    const everything = () =>
      world.pg.asSystem(async (tx) => [
        await tx.query('select * from memberships order by 1, 2'),
        await tx.query('select workspace_id, id, revoked_at from secret_keys order by 2'),
        await tx.query('select * from invitations order by 2'),
        await tx.query('select id from sessions order by 1'),
        await tx.query('select * from password_resets'),
      ]);
    const before = await everything();
    const attempts: Asked[] = [
      { method: 'DELETE', url: `/api/keys/${foreign.key}` },
      { method: 'PATCH', url: `/api/team/${foreign.userId}`, body: { role: 'clerk' } },
      { method: 'DELETE', url: `/api/team/${foreign.userId}` },
      { method: 'POST', url: `/api/team/${foreign.userId}/reset` },
      { method: 'DELETE', url: `/api/team/sessions/${foreign.session}` },
      { method: 'DELETE', url: `/api/sessions/${foreign.session}` },
      { method: 'DELETE', url: `/api/team/invitations/${foreign.invitation}` },
    ];
    for (const attempt of attempts) {
      expect([attempt.url, (await stranger.ask(attempt)).statusCode]).toEqual([attempt.url, 404]);
      const named = await stranger.ask({ ...attempt, headers: { 'pando-workspace': 'acme' } });
      expect([attempt.url, named.statusCode]).toEqual([
        attempt.url,
        attempt.url.startsWith('/api/sessions') ? 404 : 403,
      ]);
    }
    expect(await everything()).toEqual(before);
  });

  test('no list tells of it', async () => {
    const urls = [
      '/api/team',
      '/api/keys',
      '/api/team/invitations',
      '/api/team/sessions',
      '/api/audit',
      '/api/workspaces',
    ];
    for (const url of [...urls, '/api/sessions', '/api/session', '/api/settings']) {
      const answer = await stranger.ask({ method: 'GET', url });
      expect(answer.statusCode, url).toBe(200);
      expect(answer.body, url).not.toMatch(/acme/i);
      for (const id of Object.values(foreign)) expect(answer.body, url).not.toContain(id);
    }
    expect(Object.values(foreign).filter(Boolean)).toHaveLength(4);
  });
});
