import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { testHome } from '../../../../test/fixtures/postgres.ts';
import { openPostgres } from '../open.ts';
import { findBinaries, reachableBinaries } from './binaries.ts';
import { processesNamed } from './processes.ts';
import { type EmbeddedEngine, startEmbeddedPostgres } from './start.ts';
import { engineUser } from './user.ts';

const log = createLog({ level: 'silent', pretty: false });
const isRoot = process.getuid?.() === 0;
/** A home whose engine has been started before: making data anew takes a second, copying them does not. */
let begun: string;
let home: string;
let cleanUp: (() => unknown)[];

beforeAll(async () => {
  begun = testHome();
  const engine = await startEmbeddedPostgres({ home: begun, log, clock: systemClock });
  await engine.stop();
});
afterAll(() => rmSync(begun, { recursive: true, force: true }));

beforeEach(() => {
  home = testHome();
  cleanUp = [() => rmSync(home, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
});

const beginAsBefore = () => execFileSync('cp', ['-a', join(begun, 'postgres'), home]);

async function start(at = home): Promise<EmbeddedEngine> {
  const engine = await startEmbeddedPostgres({ home: at, log, clock: systemClock });
  cleanUp.push(() => engine.stop());
  return engine;
}

async function ask<R = Record<string, unknown>>(
  engine: { url: string },
  ...statements: string[]
): Promise<R[]> {
  const pg = await openPostgres({ url: engine.url, log, clock: systemClock, poolSize: 1 });
  try {
    let rows: R[] = [];
    for (const statement of statements) rows = (await pg.raw.query(statement)).rows as R[];
    return rows;
  } finally {
    await pg.close();
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(10);
}

const isAlive = (pid: number) => processesNamed('postgres').includes(pid);
const dataOf = (at: string) => realpathSync(join(at, 'postgres', 'data'));

/** Another Pando as a process of its own: its engine's url and process, once it runs. */
async function otherPando(then = ''): Promise<{ node: ChildProcess; url: string; pid: number }> {
  const program = `
    import { startEmbeddedPostgres } from '#platform/postgres';
    import { systemClock } from '#platform/clock';
    import { createLog } from '#platform/log';
    const log = createLog({ level: 'silent', pretty: false });
    const engine = await startEmbeddedPostgres({ home: ${JSON.stringify(home)}, log, clock: systemClock });
    console.log(JSON.stringify({ url: engine.url, pid: engine.pid() }));
    ${then}`;
  const node = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: join(import.meta.dirname, '../../../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUp.push(() => node.kill('SIGKILL'));
  for await (const line of createInterface({ input: node.stdout })) return { node, ...JSON.parse(line) };
  throw new Error('The other Pando ended.');
}

describe('the first start', () => {
  test('makes a database that speaks UTF-8, writes to disk, and listens on this machine only', async () => {
    beginAsBefore();
    const engine = await start();
    const [settings] = await ask(
      engine,
      `select current_setting('server_encoding') as encoding, datlocprovider as provider, datlocale as locale,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
         current_setting('data_checksums') as checksums
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
      fsync: 'on',
      commit: 'on',
      addresses: '127.0.0.1',
      sockets: realpathSync(join(home, 'postgres', 'data')),
      checksums: 'on',
    });
    expect(engine.status()).toEqual({ up: true, detail: expect.stringContaining(`process ${engine.pid()}`) });

    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    if (outside) {
      const knock = connect(Number(new URL(engine.url).port), outside.address);
      await expect(
        new Promise((resolve, reject) => knock.on('connect', resolve).on('error', reject)),
      ).rejects.toThrow('ECONNREFUSED');
    }
  });

  test('makes a password that only its owner can read, and lets nobody in without', async () => {
    beginAsBefore();
    const engine = await start();
    const file = join(home, 'postgres', 'password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new URL(engine.url).password).toBe(readFileSync(file, 'utf8'));
    for (const way of [engine.url, engine.nearUrl]) {
      const url = new URL(way);
      url.password = '';
      await expect(ask({ url: url.href })).rejects.toThrow();
    }
  });

  test('goes well after one that was killed half-way', async () => {
    mkdirSync(join(home, 'postgres', 'data.half', 'base'), { recursive: true });
    writeFileSync(join(home, 'postgres', 'data.half', 'PG_VERSION'), '18\n');
    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a later start', () => {
  beforeEach(beginAsBefore);

  test('finds what was there, and no process is left in between', async () => {
    const engine = await start();
    await ask(engine, 'create table kept (id int)', 'insert into kept values (1)');
    const pid = engine.pid() ?? 0;
    await engine.stop();
    expect(isAlive(pid)).toBe(false);
    expect(engine.status()).toEqual({ up: false, detail: 'stopped' });
    expect(await ask(await start(), 'select id from kept')).toEqual([{ id: 1 }]);
  });

  test('stops the server that a killed Pando left behind, and goes on with its data', async () => {
    const other = await otherPando();
    await ask(other, 'create table kept (id int)', 'insert into kept values (1)');
    other.node.kill('SIGKILL');
    await new Promise((resolve) => other.node.once('exit', resolve));
    expect(isAlive(other.pid)).toBe(true);
    const engine = await start();
    expect(isAlive(other.pid)).toBe(false);
    expect(await ask(engine, 'select id from kept')).toEqual([{ id: 1 }]);
  });

  test('is not held up by the pid file of a dead server, though its number belongs to another process by now', async () => {
    const engine = await start();
    const file = join(dataOf(home), 'postmaster.pid');
    const [, ...rest] = readFileSync(file, 'utf8').split('\n');
    await engine.stop();
    const stranger = spawn('sleep', ['60'], { uid: statSync(dataOf(home)).uid });
    cleanUp.push(() => stranger.kill());
    writeFileSync(file, [stranger.pid, ...rest].join('\n'));
    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode).toBe(null);
  });

  test('is refused while another Pando lives on the folder, with what to do', async () => {
    const other = await otherPando();
    await expect(start()).rejects.toMatchObject({
      type: 'postgres/folder-in-use',
      detail: expect.stringMatching(
        new RegExp(`Another Pando \\(process ${other.node.pid}\\).*${home}.*Stop it.*PANDO_HOME`),
      ),
    });
    expect(await ask(other, 'select 1 as one')).toEqual([{ one: 1 }]);
    other.node.kill('SIGKILL');
  });

  test('is refused on data of another version, with what to do', async () => {
    const file = join(dataOf(home), 'PG_VERSION');
    writeFileSync(file, '17\n');
    await expect(start()).rejects.toMatchObject({
      type: 'postgres/folder-of-other-version',
      detail: expect.stringMatching(/PostgreSQL 17, and this Pando brings 18.*backup.*restore/),
    });
  });

  test('is refused without the password, with what to do', async () => {
    rmSync(join(home, 'postgres', 'password'));
    await expect(start()).rejects.toMatchObject({ detail: expect.stringContaining('Put the file back') });
  });
});

describe('a running server', () => {
  beforeEach(beginAsBefore);

  test('that is killed is started again at the same address, also under a session at work, with all that was committed', async () => {
    const engine = await start();
    const pg = await openPostgres({ url: engine.url, log, clock: systemClock });
    cleanUp.push(() => pg.close());
    await pg.raw.query('create table kept (id int)');
    for (let round = 1; round <= 2; round++) {
      await pg.asSystem((tx) => tx.query('insert into kept values ($1)', [round]));
      // Does not look up from its work when its server dies.
      const busy = pg.raw
        .query('select count(*) from generate_series(1, 1000000000)')
        .catch((error: Error) => error);
      const pid = engine.pid() ?? 0;
      process.kill(pid, 'SIGKILL');
      expect(await busy).toBeInstanceOf(Error);
      await until(() => engine.pid() !== undefined && engine.pid() !== pid);
    }
    await until(() =>
      pg
        .asSystem((tx) => tx.query('select 1'))
        .then(
          () => true,
          () => false,
        ),
    );
    expect(await pg.asSystem((tx) => tx.query('select id from kept order by id'))).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
    expect(pg.status().up).toBe(true);
  });

  test('can be stopped at the moment at which it is being started again', async () => {
    const engine = await start();
    process.kill(engine.pid() ?? 0, 'SIGKILL');
    await until(() => engine.pid() === undefined);
    expect(engine.status()).toEqual({ up: false, detail: expect.stringContaining('SIGKILL') });
    await engine.stop();
    expect(processesNamed(dataOf(home))).toEqual([]);
  });

  test('ends with a Pando that leaves without a word', async () => {
    const other = await otherPando('setTimeout(() => { throw new Error("nobody catches this") }, 0);');
    await until(() => other.node.exitCode !== null && !isAlive(other.pid));
    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe.runIf(isRoot)('as root', () => {
  test('the server runs as another user', async () => {
    beginAsBefore();
    const engine = await start();
    expect(statSync(`/proc/${engine.pid()}`).uid).not.toBe(0);
    expect(statSync(dataOf(home)).uid).not.toBe(0);
  });

  test('in a home that others cannot enter, the data are kept outside, and found again, also when the home was moved', async () => {
    chmodSync(home, 0o700);
    const [here, there] = [join(home, 'here'), join(home, 'there')];
    const engine = await start(here);
    const outside = dirname(dataOf(here));
    cleanUp.push(() => rmSync(outside, { recursive: true, force: true }));
    expect(lstatSync(join(here, 'postgres', 'data')).isSymbolicLink()).toBe(true);
    expect(outside.startsWith(home)).toBe(false);
    expect(readFileSync(join(outside, 'belongs-to'), 'utf8')).toBe(`${join(here, 'postgres')}\n`);
    await ask(engine, 'create table kept (id int)', 'insert into kept values (1)');
    await engine.stop();
    renameSync(here, there);
    const moved = await start(there);
    expect(await ask(moved, 'select id from kept')).toEqual([{ id: 1 }]);
    await moved.stop();

    // A new home at the old path has nothing to do with them.
    const anew = await start(here);
    const other = dirname(dataOf(here));
    cleanUp.push(() => rmSync(other, { recursive: true, force: true }));
    expect(await ask(anew, "select to_regclass('public.kept') as kept")).toEqual([{ kept: null }]);

    rmSync(outside, { recursive: true });
    await expect(start(there)).rejects.toMatchObject({ detail: expect.stringContaining('Put them back') });
  });

  test('binaries that others cannot get to are copied to where they can, once, with the links that npm cannot pack', () => {
    const found = findBinaries();
    const hidden = join(home, 'hidden');
    mkdirSync(hidden, { mode: 0o700 });
    cpSync(found.native, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
    const library =
      readdirSync(join(hidden, 'native', 'lib')).find((name) => /^libpq\.so\.\d+$/.test(name)) ?? '';
    rmSync(join(hidden, 'native', 'lib', library));
    chmodSync(join(hidden, 'native', 'share'), 0o700);
    const outside = join(home, 'outside');
    mkdirSync(outside);

    const user = engineUser();
    const where = () => reachableBinaries({ ...found, native: join(hidden, 'native') }, user, () => outside);
    const copy = where();
    expect(copy.startsWith(outside)).toBe(true);
    const told = execFileSync(join(copy, 'bin', 'initdb'), ['--version'], {
      ...user,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(told).toContain('18');
    expect(where()).toBe(copy);
    expect(readdirSync(outside)).toHaveLength(1);
  });
});
