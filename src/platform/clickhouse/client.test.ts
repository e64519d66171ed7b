import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { Unavailable } from '#platform/refusal';
import { testClickHouse } from '../../../test/fixtures/clickhouse.ts';
import { type ClickHouse, checkVersion, openClickHouse } from './client.ts';
import { ClickHouseFailure } from './error.ts';

const log = createLog({ level: 'silent', pretty: false });
let ch: ClickHouse;
let url: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ ch, url, drop } = await testClickHouse(inject('clickhouseUrl'), { empty: true }));
  await ch.command(
    ch.fill(`create table things {on_cluster} (id UInt64, name String, price Nullable(Decimal(18, 6)), at DateTime64(3, 'UTC'),
      kind LowCardinality(String), tags Array(String)) engine = {replicated}MergeTree order by id settings {durable}`),
  );
});
afterAll(() => drop());

describe('query', () => {
  test('gives 64-bit integers and decimals as text, times in UTC to the millisecond', async () => {
    const [row] = await ch.query(
      "select toUInt64(18446744073709551615) as n, toDecimal64('0.1', 6) as d, fromUnixTimestamp64Milli(1767225600123, 'UTC') as t, [1, 2] as a, null as x, toUInt32(7) as small",
    );
    expect(row).toEqual({
      n: '18446744073709551615',
      d: '0.1',
      t: '2026-01-01 00:00:00.123',
      a: [1, 2],
      x: null,
      small: 7,
    });
  });

  test('reads and shows times without a zone as UTC', async () => {
    const [row] = await ch.query("select toDateTime('2026-07-01 12:00:00') as t, toUnixTimestamp(t) as s");
    expect(row).toEqual({ t: '2026-07-01 12:00:00', s: Date.UTC(2026, 6, 1, 12) / 1000 });
  });

  test('takes any text as a parameter, and gives it back', async () => {
    for (const text of [
      "it's",
      '\\',
      "\\'",
      '\\N',
      'a\tb\r\nc',
      '{x:String}',
      '漢字😀',
      "'; drop table things; --",
      '',
    ]) {
      expect(await ch.query('select {text:String} as text', { text })).toEqual([{ text }]);
      expect(await ch.query('select {list:Array(String)} as list', { list: [text, 'x'] })).toEqual([
        { list: [text, 'x'] },
      ]);
    }
  });

  test('takes a list of 100,000 keys as a parameter', async () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => 1_000_000 + i);
    const [row] = await ch.query(
      'select length({keys:Array(UInt64)}) as n, arraySum({keys:Array(UInt64)}) as sum',
      {
        keys,
      },
    );
    expect(row).toEqual({ n: '100000', sum: '104999950000' });
  });

  test('a parameter that is not given is a failure, never the value of another query', async () => {
    await ch.query('select {secret:String}', { secret: 'of somebody else' });
    await expect(ch.query('select {secret:String}')).rejects.toMatchObject({ code: 456 });
  });

  test('fails with the code of ClickHouse', async () => {
    const failure = await ch.query('select * from nowhere').catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(ClickHouseFailure);
    expect(failure).toMatchObject({
      code: 60,
      type: 'UNKNOWN_TABLE',
      message: expect.stringContaining('nowhere'),
    });
  });

  test('what takes too much memory says what to do', async () => {
    const much =
      'select length(groupArray(number)) as n from numbers(10000000) settings max_memory_usage = 30000000';
    await expect(ch.query(much)).rejects.toMatchObject({
      type: 'clickhouse/too-little-memory',
      status: 422,
      detail: expect.stringContaining('PANDO_CLICKHOUSE_MEMORY_MB'),
    });
  });

  test('what takes too long is Unavailable, and ended on the engine', async () => {
    const slow = `select count() from numbers(1e12) where sipHash64(number) = 1 and '${ch.database}' != ''`;
    await expect(ch.query(slow, {}, { timeoutMs: 300 })).rejects.toBeInstanceOf(Unavailable);
    const endless = `select number, '${ch.database}' as d from numbers(1e12) where sipHash64(number) != 1`;
    await expect(ch.query(endless, {}, { timeoutMs: 500 })).rejects.toBeInstanceOf(Unavailable);
    await expect(async () => {
      for await (const _ of ch.queryStream(endless, {}, { timeoutMs: 500 })) await clock.sleep(0);
    }).rejects.toBeInstanceOf(Unavailable);
    const leaving = new AbortController();
    const asked = ch.query(slow, {}, { signal: leaving.signal });
    const gone = new Error('no longer wanted');
    const rejected = expect(asked).rejects.toBe(gone);
    await clock.sleep(100);
    leaving.abort(gone);
    await rejected;
    const running = async () => {
      const [row] = await ch.query<{ n: string }>(
        `select count() as n from system.processes where position(query, '${ch.database}') > 0 and position(query, 'sipHash64') > 0 and position(query, 'system') = 0`,
      );
      return Number(row?.n);
    };
    for (let i = 0; i < 200 && (await running()) > 0; i++) await clock.sleep(50);
    expect(await running()).toBe(0);
  });
});

describe('queryStream', () => {
  test('gives the rows one by one, as many as wanted', async () => {
    let sum = 0;
    for await (const row of ch.queryStream<{ n: string }>('select number as n from numbers({n:UInt32})', {
      n: 200_000,
    })) {
      sum += Number(row.n);
    }
    expect(sum).toBe((199_999 * 200_000) / 2);
    const first: unknown[] = [];
    for await (const row of ch.queryStream('select number as n from numbers(1e12)')) {
      first.push(row);
      if (first.length === 3) break;
    }
    expect(first).toEqual([{ n: '0' }, { n: '1' }, { n: '2' }]);
  });

  test('fails, too, when the query fails after rows have come', async () => {
    let rows = 0;
    const reading = (async () => {
      for await (const _ of ch.queryStream('select number, throwIf(number = 300000) from numbers(400000)'))
        rows++;
    })();
    await expect(reading).rejects.toMatchObject({ code: 395 });
    expect(rows).toBeGreaterThan(0);
  });
});

describe('export', () => {
  async function exported(sql: string, params = {}): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of ch.export(sql, params)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }

  test('gives TabSeparated as it is', async () => {
    const text = await exported("select number, concat('a\\tb', {x:String}) from numbers(2)", { x: '\n漢' });
    expect(text).toBe('0\ta\\tb\\n漢\n1\ta\\tb\\n漢\n');
    expect(await exported('select 1, 2 from numbers(0)')).toBe('');
    expect((await exported('select number, number from numbers(200000)')).match(/\n/g)).toHaveLength(200_000);
  });

  test('throws when the engine fails half-way, and when it refuses', async () => {
    const late = 'select number, throwIf(number = 3000000) from numbers(4000000) settings max_threads = 1';
    await expect(exported(late)).rejects.toThrow(/ClickHouse/);
    await expect(exported('select 1, 2 from nowhere')).rejects.toBeInstanceOf(ClickHouseFailure);
  });
});

describe('insert', () => {
  const columns = ['id', 'name', 'price', 'at', 'kind', 'tags'];

  test('takes TabSeparated and JSONEachRow, from a buffer or text', async () => {
    await ch.insert(
      'things',
      columns,
      'TabSeparated',
      "1\ta\\tb\t1.990000\t2026-01-01 00:00:00.123\tx\t['p','q']\n",
    );
    const json = { tags: [], kind: '漢', at: '2026-01-02 00:00:00', price: null, name: '\n', id: 2 };
    await ch.insert(
      'things',
      ['tags', 'kind', 'at', 'price', 'name', 'id'],
      'JSONEachRow',
      Buffer.from(JSON.stringify(json)),
    );
    expect(await ch.query('select * from things order by id')).toEqual([
      { id: '1', name: 'a\tb', price: '1.99', at: '2026-01-01 00:00:00.123', kind: 'x', tags: ['p', 'q'] },
      { id: '2', name: '\n', price: null, at: '2026-01-02 00:00:00.000', kind: '漢', tags: [] },
    ]);
    await ch.command('truncate table things');
  });

  test('counts once under one token, whatever happened in between', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `${i}\t${'x'.repeat(500)}\t\\N\t1767225600.123\tk\t[]\n`,
    ).join('');
    for (const dedupToken of ['t1', 't2', 't1', 't2', 't1']) {
      await ch.insert('things', columns, 'TabSeparated', rows, { dedupToken });
    }
    expect(await ch.query('select count() as n from things')).toEqual([{ n: '40000' }]);
    await ch.insert('things', columns, 'TabSeparated', rows);
    expect(await ch.query('select count() as n from things')).toEqual([{ n: '60000' }]);
    await ch.command('truncate table things');
  });

  test('says which row was not accepted, and not what was in it', async () => {
    const bad = '1\tann@example.com\tnot a number\t0\tk\t[]\n';
    const failure = await ch.insert('things', columns, 'TabSeparated', bad).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(ClickHouseFailure);
    expect(String(failure)).toMatch(/row 1 /);
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/ann@|not a number/);
    const query = await ch.query('select {n:UInt8}', { n: 'ann@example.com' }).catch((e: unknown) => e);
    expect(String(query)).not.toMatch(/ann@/);
  });

  test('refuses names that are none', async () => {
    await expect(ch.insert('things; drop', ['id'], 'JSONEachRow', '{}')).rejects.toThrow(TypeError);
    await expect(ch.insert('things', ['id) --'], 'JSONEachRow', '{}')).rejects.toThrow(TypeError);
  });
});

describe('openClickHouse', () => {
  test('makes the database that the URL or the option names', async () => {
    const other = await openClickHouse({ url, database: `${ch.database}_other`, log, clock });
    expect(await other.query('select currentDatabase() as d')).toEqual([{ d: `${ch.database}_other` }]);
    expect(await other.query('select engine from system.databases where name = currentDatabase()')).toEqual([
      { engine: 'Atomic' },
    ]);
    await other.command(`drop database ${other.database}`);
    await other.close();
  });

  test('an engine that is away is Unavailable', async () => {
    await expect(openClickHouse({ url: 'http://127.0.0.1:9', log, clock })).rejects.toBeInstanceOf(
      Unavailable,
    );
  });

  test('a wrong password is told as it is', async () => {
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(openClickHouse({ url: wrong.href, log, clock })).rejects.toMatchObject({ code: 516 });
  });

  test.each(['24.8.1.1', '25.2.9.1'])('refuses version %s, and says what to do', (version) => {
    expect(() => checkVersion(version)).toThrow(/needs 25\.3 or newer\. Upgrade/);
  });
  test.each(['25.3.1.1', '26.7.2.1', '100.1'])('takes version %s', (version) => {
    expect(() => checkVersion(version)).not.toThrow();
  });

  test('fills in what a cluster needs', async () => {
    expect(
      ch.fill('create table t {on_cluster} engine = {replicated}MergeTree -- {database} {x:String}'),
    ).toBe(`create table t  engine = MergeTree -- ${ch.database} {x:String}`);
  });

  test('a dictionary with the filled-in source loads, reloads, and resolves unqualified', async () => {
    await ch.command(
      'create table links (key UInt64, person UInt64, version UInt64) engine = ReplacingMergeTree(version) order by key',
    );
    await ch.command(
      ch.fill(
        "create dictionary person_of (key UInt64, person UInt64) primary key key source(clickhouse({credentials} query 'select key, person from {database}.links final')) layout(hashed_array()) lifetime(0)",
      ),
    );
    const person = async () =>
      (await ch.query("select dictGetOrDefault('person_of', 'person', toUInt64(5), toUInt64(5)) as p"))[0];
    expect(await person()).toEqual({ p: '5' });
    await ch.insert('links', ['key', 'person', 'version'], 'TabSeparated', '5\t1\t1\n');
    await ch.insert('links', ['key', 'person', 'version'], 'TabSeparated', '5\t2\t2\n');
    await ch.command('system reload dictionary person_of');
    expect(await person()).toEqual({ p: '2' });
  });
});
