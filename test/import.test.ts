import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// The command line as processes of their own, with the embedded engines.

const main = join(import.meta.dirname, '../src/app/main.ts');
const children: ChildProcess[] = [];
let home: string;

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pando-import-')));
});
afterAll(async () => {
  const data = join(home, 'data/postgres/data');
  const folders = existsSync(data) ? [home, realpathSync(data)] : [home];
  const left = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => folders.some((folder) => line.includes(folder)));
  for (const child of children) child.kill('SIGTERM');
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 40_000 });
  // As root, Postgres' data may stand outside the home.
  for (const folder of folders)
    if (!folder.startsWith(home)) rmSync(dirname(folder), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}, 60_000);

function pando(...words: string[]) {
  const { DATABASE_URL: _, CLICKHOUSE_URL: __, ...own } = process.env;
  const child = spawn(process.execPath, [main, ...words], {
    cwd: home,
    env: { ...own, PANDO_HOME: join(home, 'data'), PORT: '0', PANDO_DEMO: 'off', PANDO_LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => (said.out += chunk));
  child.stderr?.on('data', (chunk) => (said.err += chunk));
  return {
    child,
    said,
    async ended(): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

/** The exit code and the object on the last line. */
async function importing(...words: string[]) {
  const run = pando('import', ...words, '--json');
  const code = await run.ended();
  const last = run.said.out.trim().split('\n').at(-1) ?? '';
  return {
    code,
    err: run.said.err,
    result: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : null,
  };
}

async function start() {
  const run = pando('start');
  await expect.poll(() => run.said.out + run.said.err, { timeout: 90_000 }).toMatch(/Ctrl-C stops it/);
  return run;
}

const mapping = `
records:
  - record: track
    group: order
    id: 'o:{order}'
    event: Order Completed
    time: at
    identifiers: { email: mail }
    properties: { order_id: order, total: { sum: [n, price] }, currency: { value: GBP } }
`;
const orders = 20_000;

test('a file is imported by a program that is killed, started again, and asked again; every order is there once', async () => {
  writeFileSync(join(home, 'shop.yaml'), mapping);
  const row = (i: number) => `${i},2020-03-01 10:00:00,p${i % 500}@example.com,1,0.5`;
  const list = Array.from({ length: orders }, (_, i) => row(i + 1));
  writeFileSync(join(home, 'sales.csv'), ['order,at,mail,n,price', ...list, ...list, ...list, ''].join('\n'));
  const words = ['sales.csv', '--as', 'shop', '--mapping', 'shop.yaml'];

  const program = await start();
  const first = pando('import', ...words);
  await expect
    .poll(() => first.said.err, { timeout: 60_000, interval: 20 })
    .toMatch(/ [1-9][\d,]* events sent/);
  program.child.kill('SIGKILL');
  expect(await first.ended()).toBe(1);
  expect(first.said.err).toContain('does not answer');

  const again = await start();
  const second = await importing(...words);
  expect(second.err).not.toContain('Error');
  expect(second.code).toBe(0);
  expect(second.result).toMatchObject({
    name: 'shop',
    state: 'done',
    rows: 3 * orders,
    events: orders,
    rejected: 0,
  });
  const third = await importing(...words);
  expect(third.result).toMatchObject({ rows: 3 * orders, events: orders, accepted: 0, duplicates: orders });

  const url = /Status page +(\S+)\//.exec(again.said.out)?.[1];
  const headers = {
    authorization: `Bearer ${readFileSync(join(home, 'data/cli-token'), 'utf8').trim()}`,
    'pando-workspace': 'my-brand',
  };
  const answer = await fetch(`${url}/api/overview?from=2000-01-01T00:00:00Z&to=2030-01-01T00:00:00Z`, {
    headers,
  });
  expect(await answer.json()).toMatchObject({
    orders,
    known_people: 500,
    known_revenue: { GBP: String(orders * 1.5) },
  });

  again.child.kill('SIGTERM');
  await again.ended();
}, 240_000);

test('without a running program the command brings it up itself, and tells what it could not take', async () => {
  writeFileSync(
    join(home, 'till.csv'),
    'order,at,mail,n,price\n1,2020-03-01,a@example.com,1,2\n2,2020-03-01,b@example.com,some,2\n',
  );
  const found = await importing('till.csv', '--as', 'till', '--mapping', 'shop.yaml');
  expect(found.code).toBe(3);
  expect(found.result).toMatchObject({ rows: 2, accepted: 1, rejected: 1, rejects_file: 'till.rejects.csv' });
  expect(readFileSync(join(home, 'till.rejects.csv'), 'utf8')).toBe(
    'line,reason,order,at,mail,n,price\n3,"n is ""some"", where a number is expected.",2,2020-03-01,b@example.com,some,2\n',
  );

  writeFileSync(join(home, 'odd.csv'), 'a,b\n1,2\n');
  const odd = await importing('odd.csv', '--as', 'odd');
  expect([odd.code, odd.result]).toEqual([2, null]);

  const exported = pando(
    'export',
    'events',
    '--name',
    'Order Completed',
    '--from',
    '2020-02-29T00:00:00Z',
    '--format',
    'csv',
    '--out',
    'events.csv',
  );
  expect(await exported.ended()).toBe(0);
  expect(exported.said.err).toContain('20,001 events');
  const lines = readFileSync(join(home, 'events.csv'), 'utf8').trim().split('\n');
  expect(lines.length).toBe(20_002);
  expect(lines[0]).toMatch(/^message_id,type,event,time,/);
}, 240_000);
