import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { sha256Hex } from '#platform/ids';
import { createLog } from '#platform/log';
import type { Migration } from '#platform/migrations';
import { testClickHouse } from '../../../test/fixtures/clickhouse.ts';
import { migrateClickHouse } from './migrate.ts';

const log = createLog({ level: 'silent', pretty: false });
let database: Awaited<ReturnType<typeof testClickHouse>>;
beforeEach(async () => {
  database = await testClickHouse(inject('clickhouseUrl'), { empty: true });
});
afterEach(() => database.drop());

const migration = (module: string, number: number, sql: string): Migration => ({
  module,
  number,
  name: 'make',
  sql,
  checksum: sha256Hex(sql),
});
const first = migration(
  'people',
  1,
  `-- What is here; and why
create table if not exists a {on_cluster} (x String default ';') engine = {replicated}MergeTree order by x settings {durable};

create table if not exists b {on_cluster} (y String) engine = {replicated}MergeTree order by y;`,
);
const second = migration('collect', 1, 'create view if not exists c as select x from a;');

const tables = async () =>
  (
    await database.ch.query<{ name: string }>(
      'select name from system.tables where database = currentDatabase() order by name',
    )
  ).map(({ name }) => name);

test('applies what is missing, in order, once', async () => {
  await migrateClickHouse(database.ch, [first], log);
  expect(await tables()).toEqual(['a', 'b', 'pando_migrations']);
  await migrateClickHouse(database.ch, [first, second], log);
  await migrateClickHouse(database.ch, [first, second], log);
  expect(await tables()).toEqual(['a', 'b', 'c', 'pando_migrations']);
  expect(
    await database.ch.query('select module, number, name from pando_migrations order by module'),
  ).toEqual([
    { module: 'collect', number: 1, name: 'make' },
    { module: 'people', number: 1, name: 'make' },
  ]);
  const [durable] = await database.ch.query<{ sql: string }>(
    "select create_table_query as sql from system.tables where database = currentDatabase() and name = 'a'",
  );
  expect(durable?.sql).toMatch(/fsync_after_insert = 1.*non_replicated_deduplication_window = 1000/);
});

test('two programs that start at once leave one record of each', async () => {
  await Promise.all([1, 2].map(() => migrateClickHouse(database.ch, [first, second], log)));
  expect(await database.ch.query('select count() as n from pando_migrations')).toEqual([{ n: '2' }]);
});

test('goes on where a file broke off', async () => {
  const broken = migration(
    'people',
    1,
    first.sql.replace('engine = {replicated}MergeTree order by y', 'engine = NoSuch'),
  );
  await expect(migrateClickHouse(database.ch, [broken], log)).rejects.toMatchObject({
    type: 'UNKNOWN_STORAGE',
  });
  expect(await tables()).toEqual(['a', 'pando_migrations']);
  await migrateClickHouse(database.ch, [first], log);
  expect(await tables()).toEqual(['a', 'b', 'pando_migrations']);
});

test('refuses a database that a newer program has used', async () => {
  await migrateClickHouse(database.ch, [first, second], log);
  await expect(migrateClickHouse(database.ch, [first], log)).rejects.toThrow(
    /migration 1 of collect.*newer version/,
  );
});

test('refuses a file that has changed since', async () => {
  await migrateClickHouse(database.ch, [first], log);
  const changed = migration('people', 1, `${first.sql}\n-- changed`);
  await expect(migrateClickHouse(database.ch, [changed], log)).rejects.toThrow(
    /applied .* has changed since/,
  );
});
