import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { temporaryFolder } from '../../../../test/fixtures/clickhouse.ts';
import { type EmbeddedEngine, startEmbeddedClickHouse } from '../embedded.ts';
import { tableSettings } from './config.ts';

const folder = temporaryFolder();
let engine: EmbeddedEngine;
let origin: string;
let auth: Record<string, string>;

beforeAll(async () => {
  const log = createLog({ level: 'silent', pretty: false });
  engine = await startEmbeddedClickHouse({ home: folder.path, log, clock, reads: 3 });
  const url = new URL(engine.url);
  origin = url.origin;
  auth = { 'x-clickhouse-user': url.username, 'x-clickhouse-key': url.password };
  await ask('CREATE DATABASE d ENGINE = Atomic');
});
afterAll(async () => {
  await engine.stop();
  await folder.remove();
});

type Body = NonNullable<RequestInit['body']>;

interface Asked extends Omit<RequestInit, 'body'> {
  query?: Record<string, string>;
  body?: Body;
}

function send({ query = {}, headers, ...rest }: Asked): Promise<Response> {
  return fetch(`${origin}/?${new URLSearchParams({ database: 'd', ...query })}`, {
    method: 'POST',
    ...rest,
    headers: { ...auth, ...headers },
  });
}

async function ask(body: string, query: Record<string, string> = {}): Promise<string> {
  const answer = await send({
    body,
    query: body.startsWith('CREATE DATABASE') ? { database: 'default' } : query,
  });
  return answer.text();
}

describe('as the HTTP interface of a ClickHouse server', () => {
  test('answers /ping to anybody, and queries to who knows the password', async () => {
    expect(await (await fetch(`${origin}/ping`)).text()).toBe('Ok.\n');
    const wrong = await send({ body: 'SELECT 1', headers: { 'x-clickhouse-key': 'guess' } });
    expect([wrong.status, wrong.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516']);
    const none = await fetch(`${origin}/?query=SELECT+1`);
    expect([none.status, await none.text()]).toEqual([403, expect.stringContaining('AUTHENTICATION_FAILED')]);
    const { username, password } = new URL(engine.url);
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    expect(
      await (
        await fetch(`${origin}/?query=SELECT+1`, { headers: { authorization: `Basic ${basic}` } })
      ).text(),
    ).toBe('1\n');
    expect(
      await (await fetch(`${origin}/?query=SELECT+1&user=${username}&password=${password}`)).text(),
    ).toBe('1\n');
  });

  test('takes the query from the URL, the body, or both, in the format asked for', async () => {
    expect(await ask('SELECT 1 AS one')).toBe('1\n');
    expect(await ask('', { query: 'SELECT 1 AS one FORMAT JSONEachRow' })).toBe('{"one":1}\n');
    expect(await ask('1 AS one', { query: 'SELECT', default_format: 'CSVWithNames' })).toBe('"one"\n1\n');
    const json = await send({ body: 'SELECT 1 AS one', query: { default_format: 'JSON', query_id: 'mine' } });
    expect(json.headers.get('content-type')).toMatch('application/json');
    expect(json.headers.get('x-clickhouse-query-id')).toBe('mine');
    expect(await json.json()).toMatchObject({ rows: 1, data: [{ one: 1 }] });
  });

  test('quotes 64-bit integers in JSON, because JavaScript would round them', async () => {
    expect(await ask('SELECT toUInt64(18446744073709551615) AS n FORMAT JSONEachRow')).toBe(
      '{"n":"18446744073709551615"}\n',
    );
  });

  test.each([
    ['SELECT x FROM nowhere', 404, '60', 'UNKNOWN_TABLE'],
    ['SELEC 1', 400, '62', 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, '62', 'Multi-statements'],
    ["SELECT toUInt8('x')", 400, '6', 'CANNOT_PARSE_TEXT'],
    ['', 400, '62', 'Empty query'],
    ['SELECT 1 SETTINGS no_such_setting = 1', 404, '115', 'UNKNOWN_SETTING'],
    ['INSERT INTO nowhere VALUES (1)', 404, '60', 'UNKNOWN_TABLE'],
    ['DROP TABLE nowhere', 404, '60', 'UNKNOWN_TABLE'],
  ])('%j fails with %s %s', async (body, status, code, text) => {
    const answer = await send({ body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe(code);
    expect(await answer.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .*${text}.*version`, 's'),
    );
  });

  test.each([{ no_such: '1' }, { 'x; DROP': '1' }, { session_id: 'x' }, { database: 'nowhere' }])(
    'refuses %j',
    async (query) => {
      expect((await send({ body: 'SELECT 1', query })).ok).toBe(false);
    },
  );

  test('a GET may not change anything', async () => {
    const answer = await send({
      method: 'GET',
      query: { query: 'CREATE TABLE never (a Int8) ENGINE = Memory' },
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('READONLY')]);
  });

  test('takes parameters as text, in the URL or in a form, and any text comes back', async () => {
    const naughty = [
      "it's",
      '\\',
      "\\'",
      'a\tb\nc',
      '$${{x}}',
      '{x:String}',
      '漢字😀',
      "'; DROP TABLE t; --",
      '\0end',
    ];
    for (const text of naughty) {
      const escaped = text.replace(
        /[\\\t\n\0]/g,
        (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\0',
      );
      const sql = 'SELECT {x:String} AS x FORMAT JSONEachRow';
      expect(JSON.parse(await ask(sql, { param_x: escaped }))).toEqual({ x: text });
      const form = new FormData();
      form.set('query', sql);
      form.set('param_x', escaped);
      expect(await (await send({ body: form })).json()).toEqual({ x: text });
    }
  });
});

describe('inserts', () => {
  const insert = (query: string, body: Body, more: Asked = {}) =>
    send({ ...more, body, query: { query, ...more.query } });
  const total = async (table: string) => (await ask(`SELECT count(), sum(a) FROM ${table}`)).trim();

  test('come as TabSeparated, JSONEachRow, gzip, binary, or in the statement', async () => {
    await ask('CREATE TABLE formats (a UInt32, b String) ENGINE = MergeTree ORDER BY a');
    const first = await insert('INSERT INTO formats (a, b) FORMAT TabSeparated', '1\tx\\ty\n2\tz\n');
    expect(JSON.parse(first.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ written_rows: '2' });
    await insert('INSERT INTO formats FORMAT JSONEachRow', '{"a":4,"b":"\\u6f22"}\n');
    await insert('INSERT INTO formats FORMAT TSV', new Uint8Array(gzipSync('8\tgz\n')), {
      headers: { 'content-encoding': 'gzip' },
    });
    await insert('INSERT INTO formats (a, b) FORMAT RowBinary', new Uint8Array([16, 0, 0, 0, 2, 0, 255]));
    await insert('INSERT INTO formats SELECT 32, 1', '');
    await ask("INSERT INTO formats VALUES (64, ';'), (128, 'y')");
    await ask('INSERT INTO formats FORMAT CSV\n256,"z"\n');
    expect(await ask('', { query: "INSERT INTO formats VALUES (512, 'in the URL')" })).toBe('');
    expect(await insert('INSERT INTO formats FORMAT TSV', '')).toMatchObject({ status: 200 });
    expect(await total('formats')).toBe('10\t1023');
    expect(await ask('SELECT b FROM formats WHERE a = 1 FORMAT JSONEachRow')).toBe('{"b":"x\\ty"}\n');
  });

  test('are there as a whole or not at all', async () => {
    await ask('CREATE TABLE whole (a UInt32) ENGINE = MergeTree ORDER BY a');
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join('');
    const bad = await insert('INSERT INTO whole FORMAT TSV', `${rows}not a number\n`);
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('at row 50001')]);
    expect(await total('whole')).toBe('0\t0');
    expect((await insert('INSERT INTO whole FORMAT TSV', rows)).ok).toBe(true);
    expect(await ask("SELECT count() FROM system.parts WHERE table = 'whole' AND active")).toBe('1\n');
  });

  test('under one deduplication token count once, in what follows from them, too', async () => {
    await ask('CREATE TABLE once (a UInt32) ENGINE = MergeTree ORDER BY a');
    await ask('CREATE TABLE sums (s UInt64) ENGINE = MergeTree ORDER BY s');
    await ask('CREATE MATERIALIZED VIEW feeds TO sums AS SELECT sum(a) AS s FROM once');
    const query = {
      insert_deduplication_token: 'token-1',
      deduplicate_blocks_in_dependent_materialized_views: '1',
    };
    for (let i = 0; i < 3; i++) await insert('INSERT INTO once FORMAT TSV', '5\n', { query });
    expect(await total('once')).toBe('1\t5');
    expect(await ask('SELECT count(), sum(s) FROM sums')).toBe('1\t5\n');
    await insert('INSERT INTO once FORMAT TSV', '5\n', { query: { insert_deduplication_token: 'token-2' } });
    expect(await total('once')).toBe('2\t10');
  });

  test('are as durable as promised, for every table', async () => {
    await ask('CREATE TABLE plain (a UInt32) ENGINE = MergeTree ORDER BY a');
    const settings = await ask('SELECT name, value FROM system.merge_tree_settings');
    for (const [name, value] of Object.entries(tableSettings))
      expect(settings).toContain(`${name}\t${value}\n`);
    for (const name of ['fsync_after_insert', 'fsync_part_directory', 'min_rows_to_fsync_after_merge']) {
      expect(tableSettings[name]).toBe(1);
    }
    expect(await ask("SELECT engine FROM system.databases WHERE name = 'd'")).toBe('Atomic\n');
    // Nothing is written when nobody writes.
    expect(
      await ask("SELECT count() FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'"),
    ).toBe('0\n');
  });
});

describe('long results and long queries', () => {
  const running = () => ask("SELECT count() FROM system.processes WHERE query NOT LIKE '%system.processes%'");
  async function none(): Promise<string> {
    for (let i = 0; i < 200 && (await running()) !== '0\n'; i++) await clock.sleep(50);
    return running();
  }

  test('a result that fails after rows went out ends in an error, not in silence', async () => {
    const answer = await send({
      body: 'SELECT number, throwIf(number = 300000) FROM numbers(400000)',
      query: { default_format: 'JSONEachRow' },
    });
    expect(answer.status).toBe(200);
    const tag = answer.headers.get('x-clickhouse-exception-tag');
    const text = await answer.text();
    const end = text.slice(text.indexOf('\r\n__exception__'));
    expect(end).toMatch(
      new RegExp(`^\r\n__exception__\r\n${tag}\r\nCode: 395\\. .*\n\\d+ ${tag}\r\n__exception__\r\n$`, 's'),
    );
  });

  test.skipIf(process.platform !== 'linux')(
    'a result goes at the pace of the reader, and is not kept in memory',
    async () => {
      const memory = () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.pid()}/status`, 'utf8'))?.[1]) / 1024;
      const before = memory();
      const received = await new Promise<number>((resolve, reject) => {
        const message = request(`${origin}/?database=d`, { method: 'POST', headers: auth }, (response) => {
          let bytes = 0;
          response.once('data', async () => {
            response.pause();
            await clock.sleep(700);
            expect(memory() - before).toBeLessThan(150);
            response.resume();
          });
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
          response.once('end', () => resolve(bytes));
          response.once('error', reject);
        });
        message.end('SELECT number FROM numbers(40000000)');
      });
      expect(received).toBe(348_888_890);
      expect(memory() - before).toBeLessThan(200);
    },
  );

  test.each([
    'SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1',
    'SELECT number FROM numbers(1e12)',
  ])('what nobody waits for any more is ended: %s', async (body) => {
    const leaving = new AbortController();
    const answer = send({ body, signal: leaving.signal }).then((r) => r.text());
    while ((await running()) === '0\n') await clock.sleep(20);
    leaving.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    expect(await none()).toBe('0\n');
  });

  test('a statement that reads much is read by two', async () => {
    await ask('CREATE TABLE much (n UInt64) ENGINE = MergeTree ORDER BY n');
    await ask('INSERT INTO much SELECT number FROM numbers(1000000)');
    expect(await ask('EXPLAIN PIPELINE SELECT sum(n * n) FROM much')).toMatch(/MergeTreeSelect\(.*\) × 2/);
  });

  test('light queries do not wait behind heavy ones, nor behind a scalar subquery', async () => {
    const leaving = new AbortController();
    const heavy = [
      'SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1',
      'SELECT (SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1)',
    ].map((body) => send({ body, signal: leaving.signal }).catch(() => null));
    while ((await running()) !== '2\n') await clock.sleep(20);
    expect(await ask('SELECT 1')).toBe('1\n');
    await ask('CREATE TABLE IF NOT EXISTS beside (a UInt32) ENGINE = MergeTree ORDER BY a');
    expect((await send({ body: '1\n', query: { query: 'INSERT INTO beside FORMAT TSV' } })).ok).toBe(true);
    leaving.abort();
    await Promise.all(heavy);
    expect(await none()).toBe('0\n');
  });

  test('a query that takes longer than it may is ended by the engine', async () => {
    const answer = await send({
      body: 'SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1',
      query: { max_execution_time: '1' },
    });
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('159');
  });
});
