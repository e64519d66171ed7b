import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { PERMISSIONS, type Permission } from '#schema/identity';
import { compose, type Pando } from '../src/app/compose.ts';
import { testClickHouse } from './fixtures/clickhouse.ts';
import { owner } from './fixtures/console.ts';
import { testPostgres } from './fixtures/postgres.ts';

// GET /api/live over the real program: one process that does everything, and one that only answers requests.

const writeKey = 'wk_0123456789abcdef';
const patience = { timeout: 20_000, interval: 50 };
const ends: (() => Promise<unknown> | unknown)[] = [];
let pando: Pando;
let url: string;
let apiUrl: string;
let key: string;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([
    testPostgres({ empty: true }),
    testClickHouse(undefined, { empty: true }),
  ]);
  const start = async (more: Record<string, string>) => {
    const home = mkdtempSync(join(tmpdir(), 'pando-live-'));
    const config = readConfig({
      DATABASE_URL: postgres.url,
      CLICKHOUSE_URL: clickhouse.url,
      PANDO_HOME: home,
      PORT: '0',
      PANDO_DEMO: 'off',
      PANDO_ADMIN_EMAIL: owner.email,
      PANDO_ADMIN_PASSWORD: owner.password,
      PANDO_WRITE_KEY: writeKey,
      ...more,
    });
    const program = await compose(config, { log: createLog({ level: 'silent', pretty: false }) });
    ends.unshift(
      () => program.close(),
      () => rmSync(home, { recursive: true, force: true }),
    );
    return { program, address: await program.listen() };
  };
  ends.push(
    () => postgres.drop(),
    () => clickhouse.drop(),
  );
  ({ program: pando, address: url } = await start({}));
  ({ address: apiUrl } = await start({ PANDO_ROLE: 'api' }));
  key = await newKey((await pando.identity.workspaces.list())[0] as never);
}, 60_000);
afterAll(async () => {
  for (const end of ends) await end();
});

type Workspace = Awaited<ReturnType<Pando['identity']['workspaces']['create']>>;

async function newKey(workspace: Workspace, scopes: readonly Permission[] = PERMISSIONS): Promise<string> {
  const made = await pando.identity.keys.create(
    {
      kind: 'cli',
      workspaceId: workspace.id,
      workspace: { ...workspace, id: workspace.uuid, settings: {} },
      role: 'owner',
      scopes: PERMISSIONS,
      actor: 'cli',
    },
    { name: 'Tests', scopes },
  );
  return made.secret;
}

async function send(call: string, body: object, to = url, by = writeKey): Promise<void> {
  const answer = await fetch(`${to}/v1/${call}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${by}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

const ask = async (path: string, init: RequestInit = {}) =>
  fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });

interface Told {
  event: string;
  id: string;
  data: Record<string, unknown> & { items?: Record<string, unknown>[] };
}

/** Listens as a page does; resolves when the stream stands at the end. */
async function listen(o: { at?: string; headers?: Record<string, string>; lastId?: string } = {}) {
  const abort = new AbortController();
  const answer = await fetch(`${o.at ?? url}/api/live`, {
    headers: {
      accept: 'text/event-stream',
      ...(o.headers ?? { authorization: `Bearer ${key}` }),
      ...(o.lastId === undefined ? {} : { 'last-event-id': o.lastId }),
    },
    signal: abort.signal,
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const told: Told[] = [];
  const over = read(answer, told).catch(() => {});
  await vi.waitFor(() => expect(told.map(({ event }) => event)).toContain('ready'), patience);
  return {
    told,
    over,
    names: () => told.flatMap(({ data }) => (data.items ?? []).map((item) => item.event)),
    of: (event: string) => told.filter((one) => one.event === event).map(({ data }) => data),
    end: () => abort.abort(),
  };
}

async function read(answer: Response, told: Told[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    const parts = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? '';
      if (field('event'))
        told.push({ event: field('event'), id: field('id'), data: JSON.parse(field('data')) });
    }
  }
}

test('an event is told when it can be read, with the person it belongs to, by every process', async () => {
  const here = await listen();
  const there = await listen({ at: apiUrl });
  await send('identify', { userId: 'u-ann', traits: { firstName: '芳', lastName: '赵' } });
  await send('track', {
    userId: 'u-ann',
    event: 'Order Completed',
    properties: { total: '24.00', currency: 'GBP', products: [{ name: 'Oolong' }], note: 'x'.repeat(3000) },
  });
  for (const stream of [here, there]) {
    await vi.waitFor(() => expect(stream.names()).toContain('Order Completed'), patience);
    const order = stream
      .of('events')
      .flatMap(({ items }) => items ?? [])
      .at(-1);
    expect(order).toMatchObject({
      total: '24.00'.replace('.00', ''),
      currency: 'GBP',
      channel: 'web',
      bot: false,
      properties: { products: [{ name: 'Oolong' }] },
    });
    const asked = await ask(`/api/people/summaries?ids=${order?.person_id},nobody`);
    expect(await asked.json()).toMatchObject({ items: [{ asked: order?.person_id, name: '赵芳' }] });
    // What was told can be read.
    const listed = (await (await ask('/api/events?limit=5')).json()) as { items: { message_id: string }[] };
    expect(listed.items.map((item) => item.message_id)).toContain(order?.message_id);
  }
  // The first event of a source.
  await vi.waitFor(() => expect(here.of('sources')).toEqual([{ all: 1, heard: 1, archived: 0 }]), patience);
  here.end();
  there.end();
});

test('who was cut off goes on where they were, also with another process', async () => {
  const before = await listen();
  await send('track', { userId: 'u-bo', event: 'One' });
  await vi.waitFor(() => expect(before.names()).toEqual(['One']), patience);
  const lastId = before.told.at(-1)?.id as string;
  before.end();
  await send('track', { userId: 'u-bo', event: 'Two' });
  await send('track', { userId: 'u-bo', event: 'Three' });
  await vi.waitFor(async () => {
    const { items } = (await (await ask('/api/events?limit=1')).json()) as { items: { event: string }[] };
    expect(items[0]?.event).toBe('Three');
  }, patience);
  for (const at of [url, apiUrl]) {
    const after = await listen({ at, lastId });
    await vi.waitFor(() => expect(after.names()).toEqual(['Two', 'Three']), patience);
    expect(after.told[0]?.event).toBe('events');
    after.end();
  }
});

test('another workspace hears nothing of it', async () => {
  const made = await pando.identity.workspaces.create({
    name: 'Other',
    timeZone: 'UTC',
    country: 'DE',
    currency: 'EUR',
  });
  const [mine, other] = [
    await listen(),
    await listen({ headers: { authorization: `Bearer ${await newKey(made)}` } }),
  ];
  await send('track', { userId: 'u-cy', event: 'Secret' });
  await vi.waitFor(() => expect(mine.names()).toContain('Secret'), patience);
  // A sign that the other one would have been told by now.
  const later = await listen({ headers: { authorization: `Bearer ${await newKey(made)}` } });
  expect(other.told.map(({ event }) => event)).toEqual(['ready']);
  expect(later.told.map(({ event }) => event)).toEqual(['ready']);
  for (const stream of [mine, other, later]) stream.end();
});

test('joins, erasures, conflicts and quarantine are told', async () => {
  const stream = await listen();
  await send('identify', { userId: 'u-dee', traits: { email: 'dee@example.com' } });
  await send('identify', { userId: 'u-eli', traits: { email: 'eli@example.com' } });
  // Two of one unique kind meet: a conflict.
  await send('identify', { userId: 'u-dee', traits: { email: 'eli@example.com' } });
  await vi.waitFor(() => expect(stream.of('conflicts').at(-1)).toEqual({ open: 1 }), patience);
  await send('batch', { batch: [{ type: 'track', userId: 'u-dee', event: '' }] });
  await vi.waitFor(() => expect(stream.of('quarantine').at(-1)).toEqual({ events: 1 }), patience);

  const idOf = async (identifier: string) => {
    const found = (await (await ask(`/api/people?identifier=${identifier}`)).json()) as {
      items: { id: string }[];
    };
    return found.items[0]?.id as string;
  };
  const [ann, bo] = [await idOf('user_id:u-ann'), await idOf('user_id:u-bo')];
  const joined = await ask(`/api/people/${ann}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person: bo }),
  });
  expect(joined.status).toBe(200);
  await vi.waitFor(() => expect(stream.of('people')).toHaveLength(1), patience);
  expect(new Set(stream.of('people')[0]?.ids as string[])).toEqual(new Set([ann, bo]));
  // Both ids lead to the one.
  const asked = await (await ask(`/api/people/summaries?ids=${ann},${bo}`)).json();
  expect(asked).toMatchObject({
    items: [
      { asked: ann, name: '赵芳' },
      { asked: bo, name: '赵芳' },
    ],
  });

  expect((await ask(`/api/people/${ann}`, { method: 'DELETE' })).status).toBe(202);
  await vi.waitFor(() => expect(stream.of('people').at(-1)).toMatchObject({ erased: 1, ids: [] }), patience);
  // Who comes back from before hears nothing of who was erased since.
  const again = await listen({ lastId: 'events=0' });
  expect(again.told[0]?.event).toBe('events');
  expect(JSON.stringify(again.told)).not.toContain('Oolong');
  expect(again.names()).toContain('Secret');
  stream.end();
  again.end();
});

test('a key hears of what it may read, and a revoked one of nothing', async () => {
  const [workspace] = await pando.identity.workspaces.list();
  const narrow = await newKey(workspace as never, ['events:read']);
  const stream = await listen({ headers: { authorization: `Bearer ${narrow}` } });
  const heard = [...new URLSearchParams(stream.told[0]?.id).keys()];
  expect(heard.sort()).toEqual(['events', 'quarantine']);
  const { items } = (await (await ask('/api/keys')).json()) as { items: { id: string; scopes: string[] }[] };
  const { id } = items.find(({ scopes }) => scopes.length === 1) ?? {};
  expect((await ask(`/api/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
  await stream.over;
  expect(stream.told.at(-1)?.event).toBe('over');
  const blind = await newKey(workspace as never, ['people:read']);
  const refused = await fetch(`${url}/api/live`, { headers: { authorization: `Bearer ${blind}` } });
  expect(refused.status).toBe(403);
});

test('a session that ends, ends its streams', async () => {
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { csrf } = (await signedIn.json()) as { csrf: string };
  const stream = await listen({ headers: { cookie, 'pando-workspace': 'my-brand' } });
  const out = await fetch(`${url}/api/session`, {
    method: 'DELETE',
    headers: { cookie, 'pando-csrf': csrf },
  });
  expect(out.status).toBeLessThan(300);
  await stream.over;
  expect(stream.told.at(-1)?.event).toBe('over');
});

test('without Accept: text/event-stream the answer ends', async () => {
  const answer = await ask('/api/live', { headers: { 'last-event-id': 'events=0' } });
  const text = await answer.text();
  expect(text).toContain('event: events\n');
  expect(text.trimEnd().endsWith('data: {}')).toBe(true);
});

test('the program stops while pages listen', async () => {
  const stream = await listen({ at: apiUrl });
  const [closeApi] = ends;
  await closeApi?.();
  await stream.over;
});
