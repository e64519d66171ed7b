import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { temporaryFolder } from '../../../../test/fixtures/clickhouse.ts';
import { type EmbeddedEngine, startEmbeddedClickHouse } from '../embedded.ts';
import { type Connection, loadNative } from './native.ts';

// A query that fails after many rows have been made, on which chDB has been seen to hand them to the next query.
const failsLate = 'SELECT number, throwIf(number = 250000) FROM numbers(300000)';
const failsInMemory =
  'SELECT number, toString(number) FROM numbers(2000000) SETTINGS max_memory_usage = 20000000';

const folder = temporaryFolder();
let engine: EmbeddedEngine;
beforeAll(async () => {
  engine = await startEmbeddedClickHouse({
    home: folder.path,
    log: createLog({ level: 'silent', pretty: false }),
    clock,
    reads: 3,
  });
});
afterAll(async () => {
  await engine.stop();
  await folder.remove();
});

function ask(sql: string, more: Record<string, string> = {}): Promise<Response> {
  const { username, password, origin } = new URL(engine.url);
  return fetch(`${origin}/?${new URLSearchParams(more)}`, {
    method: 'POST',
    body: sql,
    headers: { 'x-clickhouse-user': username, 'x-clickhouse-key': password },
  });
}

test('chDB hands the rows of a failed query to the next one on its connection: why each has its own', async () => {
  const native = loadNative();
  const other = temporaryFolder();
  const run = async (connection: Connection, sql: string) =>
    Buffer.from((await native.QueryAsyncConnection(connection, sql, 'JSONEachRow')).bytes).toString();
  const anchor = native.CreateConnection(other.path, []);
  const foreign = { reused: 0, own: 0 };
  for (let i = 0; i < 10; i++) {
    const reused = native.CreateConnection(other.path, []);
    await expect(run(reused, failsLate)).rejects.toThrow('throwIf');
    if ((await run(reused, 'SELECT 42 AS answer')) !== '{"answer":42}\n') foreign.reused++;
    const own = native.CreateConnection(other.path, []);
    if ((await run(own, 'SELECT 42 AS answer')) !== '{"answer":42}\n') foreign.own++;
    native.CloseConnection(own);
    native.CloseConnection(reused);
  }
  native.CloseConnection(anchor);
  await other.remove();
  expect(foreign.own).toBe(0);
  // Should this ever be 0, chDB has been mended, and connections might be kept.
  expect(foreign.reused).toBeGreaterThan(0);
});

test('failing queries and good ones side by side: no good one ever sees a row that is not its own', {
  timeout: 60_000,
}, async () => {
  const until = clock.tick() + 4_000;
  const seen = { good: 0, failed: 0, foreign: 0 };
  // A busy machine takes longer to say as much.
  const goesOn = () => clock.tick() < until || seen.good <= 50 || seen.failed <= 10;
  const reader = async (name: string) => {
    for (let i = 0; goesOn(); i++) {
      const answer = await ask('SELECT {own:String} AS own FORMAT JSONEachRow', {
        param_own: `${name}-${i}`,
      });
      if ((await answer.text()) === `{"own":"${name}-${i}"}\n`) seen.good++;
      else seen.foreign++;
    }
  };
  const failing = async (sql: string, format: string) => {
    while (goesOn()) {
      const answer = await ask(sql, { default_format: format });
      if ((await answer.text()).includes('DB::Exception')) seen.failed++;
    }
  };
  await Promise.all([
    reader('a'),
    reader('b'),
    reader('c'),
    failing(failsLate, 'JSONEachRow'),
    failing(failsInMemory, 'JSON'),
    failing('SELECT no such column', 'JSON'),
  ]);
  expect(seen.foreign).toBe(0);
  expect(seen.good).toBeGreaterThan(50);
  expect(seen.failed).toBeGreaterThan(10);
});

test('settings, parameters and the current database do not stick', async () => {
  const value = "SELECT getSetting('max_threads')";
  const before = await (await ask(value)).text();
  for (let i = 0; i < 8; i++) {
    expect(await (await ask(value, { max_threads: '7' })).text()).toBe('7\n');
    expect(
      await (
        await ask('SELECT {x:String}, currentDatabase()', { param_x: 'mine', database: 'system' })
      ).text(),
    ).toBe('mine\tsystem\n');
  }
  for (let i = 0; i < 8; i++) {
    expect(await (await ask(value)).text()).toBe(before);
    const unset = await ask('SELECT {x:String}');
    expect([unset.status, await unset.text()]).toEqual([
      400,
      expect.stringContaining('UNKNOWN_QUERY_PARAMETER'),
    ]);
    expect(await (await ask('SELECT currentDatabase()')).text()).toBe('default\n');
  }
});
