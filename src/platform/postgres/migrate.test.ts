import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { sha256Hex } from '#platform/ids';
import { createLog } from '#platform/log';
import { loadMigrations, type Migration } from '#platform/migrations';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { migratePostgres, openPostgres, type Postgres } from './index.ts';

const log = createLog({ level: 'silent', pretty: false });
let database: Awaited<ReturnType<typeof testPostgres>>;
let pg: Postgres;

beforeEach(async () => {
  database = await testPostgres({ empty: true });
  pg = database.pg;
});
afterEach(() => database.drop());

function migration(number: number, sql: string): Migration {
  return { module: 'people', number, name: `step-${number}`, sql, checksum: sha256Hex(sql) };
}

const applied = async () =>
  (await pg.raw.query<{ name: string }>('select name from pando.migrations order by number')).rows.map(
    (r) => r.name,
  );

test('migrations are applied in order, each once, also when several programs start at once', async () => {
  const migrations = [
    migration(1, 'create table a (id int); insert into a values (1);'),
    migration(2, 'insert into a select id + 1 from a;'),
  ];
  const programs = await Promise.all(
    [1, 2, 3].map(() => openPostgres({ url: pg.url, log, clock: systemClock, poolSize: 2 })),
  );
  await Promise.all(programs.map((program) => migratePostgres(program, migrations, log)));
  for (const program of programs) await program.close();
  await migratePostgres(pg, [...migrations, migration(3, 'insert into a values (3);')], log);
  expect((await pg.raw.query('select id from a order by id')).rows).toEqual([
    { id: 1 },
    { id: 2 },
    { id: 3 },
  ]);
  expect(await applied()).toEqual(['step-1', 'step-2', 'step-3']);
});

test('a database of a newer program is refused, with what to do', async () => {
  await migratePostgres(pg, [migration(1, 'select 1'), migration(2, 'select 2')], log);
  await expect(migratePostgres(pg, [migration(1, 'select 1')], log)).rejects.toMatchObject({
    type: 'postgres/database-newer',
    detail: expect.stringMatching(/people\/0002-step-2.*Start that newer Pando/),
  });
});

test('a migration that was changed after it was applied is refused, with what to do', async () => {
  await migratePostgres(pg, [migration(1, 'select 1')], log);
  await expect(migratePostgres(pg, [migration(1, 'select 100')], log)).rejects.toMatchObject({
    type: 'postgres/migration-changed',
    detail: expect.stringMatching(/people\/0001-step-1.*new migration/),
  });
});

test('a migration that fails leaves nothing of itself, and says where', async () => {
  const bad = migration(2, 'create table b (id int);\n\nselect wrong from a;');
  const migrating = migratePostgres(pg, [migration(1, 'create table a (id int)'), bad], log);
  await expect(migrating).rejects.toThrow(
    'people/0002-step-2 failed at line 3: column "wrong" does not exist; it was undone.',
  );
  expect(await applied()).toEqual(['step-1']);
  expect(
    (await pg.raw.query("select to_regclass('a') is null as a, to_regclass('b') is null as b")).rows,
  ).toEqual([{ a: false, b: true }]);
});

test('an owner who is no superuser can migrate, and workspaces are kept apart', async () => {
  const owner = `pando_test_owner_${randomBytes(4).toString('hex')}`;
  const url = new URL(pg.url);
  await pg.raw.query(`create role ${owner} login password 'secret'`);
  await pg.raw.query(`grant ${owner} to current_user`);
  await pg.raw.query(`grant create on database ${url.pathname.slice(1)} to ${owner}`);
  url.username = owner;
  url.password = 'secret';
  const theirs = await openPostgres({ url: url.href, log, clock: systemClock });
  try {
    await expect(migratePostgres(theirs, [], log)).rejects.toMatchObject({
      type: 'postgres/no-role',
      detail: expect.stringContaining('grant pando_app to'),
    });
    await pg.raw.query(`grant pando_app to ${owner}`);
    await migratePostgres(
      theirs,
      loadMigrations('pg').filter((m) => m.module === 'platform/postgres'),
      log,
    );
    await theirs.asSystem((tx) =>
      tx.query(
        "create table t (workspace_id int not null); select pando.protect('t'); insert into t values (1), (2)",
      ),
    );
    expect(await theirs.inWorkspace(2, (tx) => tx.query('select * from t'))).toEqual([{ workspace_id: 2 }]);
  } finally {
    await theirs.close();
    await pg.raw.query(`drop owned by ${owner} cascade; drop role ${owner}`);
  }
});
