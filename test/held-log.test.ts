import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { compose, type Pando } from '../src/app/compose.ts';
import type { Finding } from '../src/app/doctor/finding.ts';
import { openBrowser } from './fixtures/browser.ts';
import { signIn } from './fixtures/console.ts';
import { testInstallations } from './fixtures/installation.ts';
import { secretKey } from './fixtures/program.ts';

// A backup is restored into a new home, where nothing is kept of what was public: the log of points is held, whoever
// looks is told, and it goes on when an operator says so.

const log = createLog({ level: 'silent', pretty: false });
let installations: ReturnType<typeof testInstallations>;
let running: Pando | undefined;
let url: string;
let programme: string;

beforeAll(() => {
  installations = testInstallations();
});
afterAll(async () => {
  await running?.close();
  await installations.drop();
});

async function start(env: Record<string, string>): Promise<void> {
  running = await compose(readConfig(env), { log });
  url = await running.listen();
}

async function ask<T>(method: 'GET' | 'POST', path: string, body?: object, key = secretKey): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  expect(answer.ok, `${method} ${path}: ${text}`).toBe(true);
  return JSON.parse(text) as T;
}

interface LogState {
  size: number;
  signed: number;
  waiting: number;
  totalsAt: string | null;
  held: object | null;
}
/** Nothing is on its way into the log, and nothing of it is still to be signed. */
const isQuiet = ({ size, signed, waiting }: LogState) => waiting === 0 && size === signed;
const logState = () => ask<LogState>('GET', `/api/points/${programme}/log`);

/** The log once it is as asked. */
async function logWhen(isThere: (state: LogState) => boolean): Promise<LogState> {
  for (;;) {
    const state = await logState();
    if (isThere(state)) return state;
    await systemClock.sleep(25);
  }
}

async function payIn(secondKey: string): Promise<void> {
  const path = `/api/points/${programme}/proposals`;
  const { id } = await ask<{ id: string }>('POST', path, { kind: 'pay-in', amount: 100, reason: 'Money' });
  await ask('POST', `${path}/${id}/decide`, { approve: true }, secondKey);
}

async function publicLogOf(env: Record<string, string>): Promise<{ code: number; finding?: Finding }> {
  const code = await installations.pando(env, 'doctor', '--json');
  const { findings } = JSON.parse(installations.said.out) as { findings: Finding[] };
  const finding = findings.find(({ check }) => check === 'public log');
  return { code, ...(finding ? { finding } : {}) };
}

test('a log that was restored into a new home is held, is told of, and goes on when an operator says so', async () => {
  const here = await installations.settings();
  const there = await installations.settings();
  const saved = join(installations.folder, 'saved.backup');
  await start(here);
  const { id } = await ask<{ id: string }>('POST', '/api/points', {
    ...{ name: 'Leaves', slug: 'leaves', currency: 'EUR' },
  });
  programme = id;
  const { secret } = await ask<{ secret: string }>('POST', '/api/keys', {
    ...{ name: 'A second person', scopes: ['points:write'] },
  });
  await payIn(secret);
  const { signed } = await logWhen((state) => isQuiet(state) && state.totalsAt !== null);
  expect(await publicLogOf(here)).toMatchObject({ finding: { state: 'fine' } });
  expect(await installations.pando(here, 'backup', saved)).toBe(0);
  await running?.close();

  expect(await installations.pando(there, 'restore', saved)).toBe(0);
  await start(there);
  await payIn(secret);
  expect(await logWhen((state) => state.held !== null)).toMatchObject({
    ...{ signed, waiting: 1, held: { why: 'no-files', known: signed, public: null } },
  });
  expect(await publicLogOf(there)).toMatchObject({
    code: 3,
    finding: {
      state: 'problem',
      says: expect.stringMatching(/^A public log of points does not go on/),
      todo: expect.stringContaining('docs/proof.md'),
    },
  });

  const browser = await openBrowser();
  try {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    await context.addInitScript("localStorage.setItem('pando.language', 'en')");
    const page = await context.newPage();
    await signIn(page, url);
    await page.goto(`${url}/points`);
    const banner = page.getByRole('alert').filter({ hasText: 'The public log of Leaves does not go on' });
    await banner.filter({ hasText: 'Points still move; new receipts wait until then.' }).waitFor();

    // Whoever moves points may not say so; the command line on the machine may.
    const path = '/api/operator/logs/leaves/go-on';
    const refused = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}` },
    });
    expect(refused.status).toBe(403);
    expect(await logState()).toMatchObject({ held: { why: 'no-files' } });
    const home = there.PANDO_HOME ?? '';
    const token = readFileSync(join(home, 'cli-token'), 'utf8').trim();
    expect(await ask('POST', path, undefined, token)).toEqual({ size: signed });

    // The page hears of it by itself.
    await banner.waitFor({ state: 'detached' });
    const now = await logWhen((state) => isQuiet(state) && state.signed > signed);
    expect(now.held).toBe(null);
    expect(await publicLogOf(there)).toMatchObject({
      finding: { state: 'fine', says: 'No public log is held back.' },
    });
    const file = join(home, 'log/leaves/checkpoint');
    while (!existsSync(file)) await systemClock.sleep(25);
    expect(Number(readFileSync(file, 'utf8').split('\n')[1])).toBeGreaterThan(signed);
  } finally {
    await browser.close();
  }
}, 120_000);
