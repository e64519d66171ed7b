import type { PoolClient } from 'pg';
import type { Log } from '#platform/log';
import type { Migration } from '#platform/migrations';
import type { Postgres } from './open.ts';
import { ensureRole } from './role.ts';
import { refuse } from './trouble.ts';

// Any number, the same in every Pando: whoever holds this advisory lock of the database migrates it.
const LOCK = 5_046_720_001;
const OLDEST = 15;

/**
 * Brings the database up to this program: each migration in a transaction of its own, one program at a time. Refuses
 * a Postgres that is too old, a database that is newer than the program, and a migration that was changed.
 */
export async function migratePostgres(pg: Postgres, migrations: Migration[], log: Log): Promise<void> {
  const client = await pg.raw.connect();
  try {
    await checkVersion(client);
    await lock(client, log);
    await ensureRole(client);
    await client.query(`
      create schema if not exists pando;
      create table if not exists pando.migrations (
        module text not null,
        number int not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now(),
        primary key (module, number)
      )`);
    const applied = await readApplied(client);
    compare(applied, migrations);
    for (const migration of migrations) {
      if (applied.some((a) => isSame(a, migration))) continue;
      await apply(client, migration);
      log.info(
        { module: migration.module, number: migration.number, name: migration.name },
        'migrated Postgres',
      );
    }
  } finally {
    // Ending the session gives back the lock, whatever happened.
    client.release(true);
  }
}

type Applied = Pick<Migration, 'module' | 'number' | 'name' | 'checksum'>;

async function checkVersion(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
  );
  const server = rows[0];
  if (server && server.number < OLDEST * 10_000) {
    throw refuse(
      'too-old',
      `This is PostgreSQL ${server.version}; Pando needs ${OLDEST} or later. Upgrade the server, or leave out ` +
        'DATABASE_URL to use the one that comes with Pando.',
    );
  }
}

async function lock(client: PoolClient, log: Log): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
  if (rows[0]?.mine) return;
  log.info('another Pando is migrating this database; waiting for it');
  await client.query('select pg_advisory_lock($1)', [LOCK]);
}

async function readApplied(client: PoolClient): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'select module, number, name, checksum from pando.migrations order by applied_at, module, number',
  );
  return rows;
}

function isSame(a: Applied, b: Applied): boolean {
  return a.module === b.module && a.number === b.number;
}

function title(m: Applied): string {
  return `${m.module}/${String(m.number).padStart(4, '0')}-${m.name}`;
}

function compare(applied: Applied[], migrations: Migration[]): void {
  for (const old of applied) {
    const known = migrations.find((m) => isSame(old, m));
    if (!known) {
      throw refuse(
        'database-newer',
        `The database has the migration ${title(old)}, which this program does not know: a newer Pando made it. ` +
          'Start that newer Pando, or restore a backup from before the upgrade.',
      );
    }
    if (known.checksum !== old.checksum) {
      throw refuse(
        'migration-changed',
        `The migration ${title(known)} is not the one that was applied to this database. Put the file back as it ` +
          'was, and write what is to change as a new migration.',
      );
    }
  }
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin; set local search_path = pando, public');
    await client.query(migration.sql);
    await client.query(
      'insert into pando.migrations (module, number, name, checksum) values ($1, $2, $3, $4)',
      [migration.module, migration.number, migration.name, migration.checksum],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw new Error(
      `The migration ${title(migration)} failed${lineOf(error, migration.sql)}; it was undone.`,
      {
        cause: error,
      },
    );
  }
}

function lineOf(error: unknown, sql: string): string {
  if (!(error instanceof Error)) return '';
  const position = 'position' in error ? Number(error.position) : Number.NaN;
  const line = position > 0 ? ` at line ${sql.slice(0, position).split('\n').length}` : '';
  return `${line}: ${error.message}`;
}
