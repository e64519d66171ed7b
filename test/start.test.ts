import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

// The program as a process of its own, with the embedded engines, in a home that only we may enter (mode 0700).

const timeout = 120_000;
const main = join(import.meta.dirname, '../src/app/main.ts');
const children: ChildProcess[] = [];
let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pando-start-')));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
  await expect.poll(engineProcesses, { timeout: 30_000 }).toEqual([]);
  // As root, Postgres' data may stand outside the home.
  for (const folder of folders()) {
    if (!folder.startsWith(home)) rmSync(dirname(folder), { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
});

function pando(...words: string[]) {
  const { DATABASE_URL: _, CLICKHOUSE_URL: __, ...own } = process.env;
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...own, PANDO_HOME: home, PORT: '0', PANDO_DEMO: 'off', PANDO_LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  return {
    child,
    text: () => said,
    async ready(): Promise<string> {
      await expect.poll(() => said, { timeout: 60_000 }).toMatch(/Ctrl-C stops it/);
      return /Status page +(\S+)\//.exec(said)?.[1] ?? '';
    },
    async ended(): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

function folders(): string[] {
  const data = join(home, 'postgres/data');
  return existsSync(data) ? [home, realpathSync(data)] : [home];
}

/** Processes that have to do with this home: of the engines, however they came to be there. */
function engineProcesses(): string[] {
  const theirs = folders();
  return execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => theirs.some((folder) => line.includes(folder)) && !line.includes(' ps '));
}

test('starts, says how to sign in once, stops when told, and leaves no process behind', {
  timeout,
}, async () => {
  const first = pando('start');
  const url = await first.ready();
  const password = /Password +(\S+) /.exec(first.text())?.[1];
  expect(password).toBeDefined();
  const signIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'owner@pando.localhost', password }),
  });
  expect(signIn.status).toBeLessThan(300);

  const second = pando('start');
  expect(await second.ended()).toBe(1);
  expect(second.text()).toContain(`Another Pando (process ${first.child.pid}, ${url}) is running on ${home}`);

  const doctor = pando('doctor', '--json');
  expect(await doctor.ended()).toBe(0);
  const { ok, findings } = JSON.parse(doctor.text()) as { ok: boolean; findings: { says: string }[] };
  expect(ok).toBe(true);
  expect(findings.map((f) => f.says)).toContain(
    `Pando runs on this home (process ${first.child.pid}) at ${url}.`,
  );

  first.child.kill('SIGTERM');
  // Passed on by those who started it, the same wish may arrive twice.
  first.child.kill('SIGINT');
  expect(await first.ended()).toBe(0);
  expect(engineProcesses()).toEqual([]);

  const again = pando('start');
  await again.ready();
  expect(again.text()).not.toContain('Password');
  again.child.kill('SIGINT');
  expect(await again.ended()).toBe(0);
});

test('after it was killed outright, its engines end or are taken over, and the next start goes on', {
  timeout,
}, async () => {
  const killed = pando('start');
  await killed.ready();
  killed.child.kill('SIGKILL');
  await killed.ended();

  const doctor = pando('doctor');
  expect(await doctor.ended(), doctor.text()).toBe(0);
  expect(doctor.text()).toContain('Pando does not run on this home now.');
  expect(doctor.text()).toMatch(/PostgreSQL 18[.\d]* answers[\s\S]*ClickHouse 26[.\d]* answers/);

  const next = pando('start');
  const url = await next.ready();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(JSON.parse(readFileSync(join(home, 'run.json'), 'utf8'))).toEqual({ pid: next.child.pid, url });
  next.child.kill('SIGTERM');
  expect(await next.ended()).toBe(0);
});

test('stops soon, too, when Postgres was stopped at the same moment', { timeout }, async () => {
  // As where every process of a group is told to stop at once.
  const program = pando('start');
  await program.ready();
  const postmaster = Number(readFileSync(join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(postmaster, 'SIGINT');
  program.child.kill('SIGINT');
  expect(await program.ended()).toBe(0);
});

test('what is wrong with the settings is said before anything is started', { timeout }, async () => {
  const wrong = pando('start', '--no-such-option');
  expect(await wrong.ended()).toBe(2);
  expect(wrong.text()).toContain("unknown option '--no-such-option'");
  expect(readdirSync(home)).toEqual([]);
});
