import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { testClickHouse } from '../../test/fixtures/clickhouse.ts';
import { testPostgres } from '../../test/fixtures/postgres.ts';
import { compose, type Pando } from './compose.ts';
import { openDoor } from './door.ts';
import { holdHome, readRunning } from './home.ts';

const log = createLog({ level: process.env.PANDO_LOG_LEVEL ?? 'silent', pretty: false });
const secretKey = 'sk_0123456789abcdef01234567';
const writeKey = 'wk_0123456789abcdef';
const ends: (() => Promise<void> | void)[] = [];
let engines: { DATABASE_URL: string; CLICKHOUSE_URL: string };

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([
    testPostgres({ empty: true }),
    testClickHouse(undefined, { empty: true }),
  ]);
  engines = { DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.url };
  ends.push(
    () => postgres.drop(),
    () => clickhouse.drop(),
  );
});

const running: Pando[] = [];
afterEach(async () => {
  for (const pando of running.splice(0)) await pando.close();
});
afterAll(async () => {
  for (const end of ends) await end();
});

function configOf(more: Record<string, string> = {}): Config {
  const home = mkdtempSync(join(tmpdir(), 'pando-compose-'));
  ends.push(() => rmSync(home, { recursive: true, force: true }));
  return readConfig({
    ...engines,
    PANDO_HOME: home,
    PORT: '0',
    PANDO_DEMO: 'off',
    PANDO_WRITE_KEY: writeKey,
    PANDO_SECRET_KEY: secretKey,
    ...more,
  });
}

async function started(config: Config, o: { freeBytes?: () => Promise<number> } = {}) {
  const pando = await compose(config, { log, ...o });
  running.push(pando);
  return { pando, url: await pando.listen() };
}

const track = (url: string, event: string) =>
  fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event, userId: 'u1' }),
  });

async function eventsIn(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${secretKey}` } });
  return ((await answer.json()) as { events: number }).events;
}

test('the whole program comes up on empty engines, takes an event, and leaves nothing behind', async () => {
  const config = configOf();
  const { pando, url } = await started(config);
  expect(pando.firstStart.created).toBe(true);
  expect(pando.firstStart.writeKey).toBe(writeKey);
  expect(readRunning(config.home)).toEqual({ pid: process.pid, url });

  const ready = (await (await fetch(`${url}/readyz`)).json()) as object;
  expect(ready).toEqual({
    status: 'ready',
    parts: [
      { name: 'PostgreSQL', up: true, detail: 'answers' },
      { name: 'ClickHouse', up: true, detail: 'answers' },
    ],
  });
  const page = await fetch(`${url}/status`);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('Pando runs.');
  for (const asset of ['status.css', 'mark.svg']) expect((await fetch(`${url}/${asset}`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('pando_disk_free_bytes');

  const before = await eventsIn(url);
  expect((await track(url, 'Composed')).status).toBe(200);
  await expect.poll(() => eventsIn(url), { timeout: 10_000 }).toBe(before + 1);

  await pando.close();
  await pando.close();
  await expect(fetch(url)).rejects.toThrow();
  expect(existsSync(join(config.home, 'run.json'))).toBe(false);
  holdHome(config.home).release();
});

test('every operation of the API says what it is called, what it does, and who may', async () => {
  const { url } = await started(configOf());
  type Operation = { operationId?: string; tags?: string[]; summary?: string; security?: object[] };
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );
  expect(document.openapi).toBe('3.1.0');
  expect(operations.length).toBeGreaterThan(30);
  const lacking = operations
    .filter((o) => !o.operationId || !o.summary || !o.tags?.length)
    .map((o) => o.name);
  expect(lacking).toEqual([]);
  const names = operations.map((o) => o.operationId);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('while the disk is nearly full, nothing new is taken, everything can be read, and then it goes on', async () => {
  let free = 10 * 2 ** 30;
  const { url } = await started(configOf(), { freeBytes: async () => free });
  expect((await track(url, 'Before')).status).toBe(200);

  free = 2 ** 20;
  await expect.poll(async () => (await track(url, 'Full')).status, { timeout: 5000 }).toBe(503);
  const refused = await track(url, 'Full');
  expect(refused.headers.get('retry-after')).toBe('30');
  expect(await refused.json()).toMatchObject({
    type: 'disk/full',
    detail: expect.stringContaining('Only 1 MB'),
  });
  const made = await fetch(`${url}/api/sources`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Till', kind: 'till' }),
  });
  expect(made.status).toBe(503);
  const signIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'not the right one' }),
  });
  expect(signIn.status).toBe(401);
  expect(await eventsIn(url)).toBeGreaterThan(0);

  free = 10 * 2 ** 30;
  await expect.poll(async () => (await track(url, 'After')).status, { timeout: 5000 }).toBe(200);
});

describe('in roles', () => {
  test('a web server alone makes what it accepts readable; a worker has only its operator’s doors', async () => {
    const { url: web } = await started(configOf({ PANDO_ROLE: 'api' }));
    const { url: worker } = await started(configOf({ PANDO_ROLE: 'worker' }));
    expect((await fetch(`${worker}/readyz`)).status).toBe(200);
    expect((await fetch(`${worker}/metrics`)).status).toBe(200);
    expect((await fetch(`${worker}/`)).status).toBe(404);
    expect((await track(worker, 'Nobody')).status).toBe(404);

    const before = await eventsIn(web);
    expect((await track(web, 'Apart')).status).toBe(200);
    await expect.poll(() => eventsIn(web), { timeout: 10_000 }).toBe(before + 1);
  });
});

describe('the command line', () => {
  test('finds the running program by its home, and is let in by the token there', async () => {
    const config = configOf();
    const { url } = await started(config);
    const door = await openDoor(config);
    expect([door.url, door.pando]).toEqual([url, undefined]);
    const link = await door.ask<{ url: string }>('/api/operator/reset-links', {
      body: { email: 'owner@pando.localhost' },
    });
    expect(link.url).toMatch(new RegExp(`^${url}/reset#`));
    await expect(door.ask('/api/overview')).rejects.toMatchObject({ type: 'identity/workspace-needed' });
    expect(await door.ask('/api/overview', { workspace: 'my-brand' })).toHaveProperty('events');
    await door.close();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    const stranger = await fetch(`${url}/api/operator/reset-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'owner@pando.localhost' }),
    });
    expect(stranger.status).toBe(403);
  });

  test('starts the program itself when there is none, and stops it again', async () => {
    const config = configOf({ PORT: '4999' });
    const door = await openDoor(config);
    expect(door.pando).toBeDefined();
    expect(readFileSync(join(config.home, 'cli-token'), 'utf8')).toMatch(/^cli_/);
    const link = await door.ask<{ url: string }>('/api/operator/reset-links', {
      body: { email: 'owner@pando.localhost' },
    });
    // It leads to where the program usually runs, not to the port of the moment.
    expect(link.url).toMatch(/^http:\/\/127\.0\.0\.1:4999\/reset#/);
    await door.close();
    await expect(fetch(door.url)).rejects.toThrow();
    holdHome(config.home).release();
  });
});

test('when a part does not come up, everything else is stopped again', async () => {
  const config = configOf({ DATABASE_URL: engines.DATABASE_URL.replace(/[^/]+$/, 'no_such_database') });
  await expect(compose(config, { log })).rejects.toThrow(/no such database/i);
  holdHome(config.home).release();
});
