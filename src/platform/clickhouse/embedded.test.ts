import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { Unavailable } from '#platform/refusal';
import { temporaryFolder } from '../../../test/fixtures/clickhouse.ts';
import { type ClickHouse, openClickHouse } from './client.ts';
import { type EmbeddedEngine, startEmbeddedClickHouse } from './embedded.ts';

const log = createLog({ level: 'silent', pretty: false });
let folder: ReturnType<typeof temporaryFolder>;
let engine: EmbeddedEngine | undefined;
let ch: ClickHouse | undefined;
let other: ChildProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await ch?.close();
  await engine?.stop();
  other?.kill('SIGKILL');
  await folder.remove();
  [ch, engine, other] = [undefined, undefined, undefined];
});

async function start(): Promise<{ engine: EmbeddedEngine; ch: ClickHouse }> {
  engine = await startEmbeddedClickHouse({ home: folder.path, log, clock });
  ch = await openClickHouse({ url: engine.url, log, clock });
  return { engine, ch };
}

/** Another program that starts the engine on the same folder, and tells what came of it. */
async function startElsewhere(): Promise<{ pid: number; said: string }> {
  const program = `
    import { startEmbeddedClickHouse } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
    import { systemClock as clock } from '#platform/clock';
    import { createLog } from '#platform/log';
    const log = createLog({ level: 'silent', pretty: false });
    try {
      const engine = await startEmbeddedClickHouse({ home: process.argv[1], log, clock });
      console.log(engine.pid());
    } catch (error) {
      console.log(error.message);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  other = child;
  const [said] = await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, said: String(said).trim() };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await what()) return;
    await clock.sleep(25);
  }
  throw new Error('It did not come about.');
}

test('keeps its address, its password and its data; others cannot read them', async () => {
  const first = await start();
  await first.ch.command('create table kept (x UInt32) engine = MergeTree order by x');
  await first.ch.insert('kept', ['x'], 'TabSeparated', '7\n');
  expect(first.engine.status()).toMatchObject({ up: true, detail: expect.stringContaining('26.7') });
  const { url } = first.engine;
  await first.ch.close();
  await first.engine.stop();
  expect(first.engine.status()).toEqual({ up: false, detail: 'was stopped' });
  expect(first.engine.pid()).toBeUndefined();
  const second = await start();
  expect(second.engine.url).toBe(url);
  expect(await second.ch.query('select x from kept')).toEqual([{ x: 7 }]);
  const secrets = statSync(join(folder.path, 'clickhouse/engine.json'));
  expect(secrets.mode & 0o777).toBe(0o600);
  expect(statSync(join(folder.path, 'clickhouse')).mode & 0o777).toBe(0o700);
});

test('killed at any moment, it is back by itself, and every acknowledged row is there exactly once', async () => {
  const { engine, ch } = await start();
  await ch.command('create table counted (id UInt64, text String) engine = MergeTree order by id');
  let batch = 0;
  let kills = 0;
  const acknowledged: number[] = [];
  const killing = (async () => {
    for (; kills < 4; kills++) {
      await clock.sleep(150 + 170 * kills);
      const pid = engine.pid();
      if (pid) process.kill(pid, 'SIGKILL');
      await until(() => engine.pid() !== pid && engine.status().up);
    }
  })();
  while (kills < 4 || batch < 30) {
    const rows = Array.from({ length: 500 }, (_, i) => `${batch * 500 + i}\t${'x'.repeat(200)}\n`).join('');
    try {
      await ch.insert('counted', ['id', 'text'], 'TabSeparated', rows, { dedupToken: `batch-${batch}` });
      acknowledged.push(batch++);
    } catch (error) {
      // The same batch goes out again under the same token, as after a crash of the program.
      expect(error).toBeInstanceOf(Unavailable);
      await clock.sleep(20);
    }
  }
  await killing;
  // What was acknowledged before the last kill is known by its token after it, too.
  await ch.insert('counted', ['id', 'text'], 'TabSeparated', '0\tagain\n', { dedupToken: 'batch-0' });
  const [total] = await ch.query('select count() as n, uniqExact(id) as ids, max(id) as last from counted');
  const n = acknowledged.length * 500;
  expect(total).toEqual({ n: `${n}`, ids: `${n}`, last: `${n - 1}` });
});

test('says so while it is away, and that it is back', async () => {
  const { engine, ch } = await start();
  process.kill(engine.pid() ?? 0, 'SIGKILL');
  await until(() => !engine.status().up);
  expect(engine.status().detail).toMatch(/SIGKILL.*started again/);
  await expect(ch.query('select 1')).rejects.toBeInstanceOf(Unavailable);
  await until(() => !ch.status().up || engine.status().up);
  await until(() => engine.status().up && ch.status().up);
  expect(await ch.query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('a second program on the folder is told who has it', async () => {
  await start();
  const { said } = await startElsewhere();
  expect(said).toMatch(new RegExp(`${folder.path}/clickhouse is in use by process ${process.pid} `));
});

test('a second program is refused, too, when it cannot know who has the folder', async () => {
  await start();
  rmSync(join(folder.path, 'clickhouse/engine.lock'));
  const { said } = await startElsewhere();
  expect(said).toMatch(/clickhouse is in use by another process/);
});

test('ends when its program is killed, and the next one has the folder', async () => {
  const { pid, said } = await startElsewhere();
  const child = Number(said);
  expect(lives(child)).toBe(true);
  process.kill(pid, 'SIGKILL');
  await until(() => !lives(child));
  const { ch } = await start();
  expect(await ch.query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('an orphan that does not go is ended by the next one', async () => {
  const { pid, said } = await startElsewhere();
  const child = Number(said);
  process.kill(child, 'SIGSTOP');
  process.kill(pid, 'SIGKILL');
  const { engine } = await start();
  expect(lives(child)).toBe(false);
  expect(engine.pid()).not.toBe(child);
});

test('a lock that was left behind by a dead process is no obstacle', async () => {
  await start();
  await ch?.close();
  await engine?.stop();
  const lock = join(folder.path, 'clickhouse/engine.lock');
  expect(existsSync(lock)).toBe(false);
  // The number of a process that lives, but is something else.
  writeFileSync(lock, JSON.stringify({ pid: process.pid, parentPid: process.ppid }));
  await start();
});

test('moves to another port when its own was taken before the start', async () => {
  const first = await start();
  const port = Number(new URL(first.engine.url).port);
  await first.ch.close();
  await first.engine.stop();
  const squatter = createServer().listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  const second = await start();
  expect(Number(new URL(second.engine.url).port)).not.toBe(port);
  expect(await second.ch.query('select 1 as one')).toEqual([{ one: 1 }]);
  squatter.close();
});

test('says what is wrong when it cannot start', async () => {
  await start();
  await ch?.command('create table broken (x UInt8) engine = MergeTree order by x');
  await ch?.close();
  await engine?.stop();
  [ch, engine] = [undefined, undefined];
  const metadata = join(folder.path, 'clickhouse/data/metadata/pando.sql');
  writeFileSync(metadata, 'no SQL at all');
  await expect(start()).rejects.toThrow(/cannot open .*clickhouse.data: .*Syntax error/s);
  rmSync(join(folder.path, 'clickhouse'), { recursive: true });
  writeFileSync(join(folder.path, 'clickhouse'), 'a file where the folder should be');
  await expect(start()).rejects.toThrow(/EEXIST|ENOTDIR/);
});
