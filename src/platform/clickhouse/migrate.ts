import type { Log } from '#platform/log';
import type { Migration } from '#platform/migrations';
import type { ClickHouse } from './client.ts';
import { splitStatements } from './engine/statement.ts';

interface Applied {
  module: string;
  number: number;
  checksum: string;
}

/**
 * Applies what is missing, in the order given. ClickHouse knows no transactions: a file that broke off is applied
 * again from its beginning, so its statements must bear that (`IF NOT EXISTS`, `OR REPLACE`).
 * Throws when the database has migrations that this program does not know (a newer one made them), and when a file
 * that was applied has changed since.
 */
export async function migrateClickHouse(
  ch: ClickHouse,
  migrations: readonly Migration[],
  log: Log,
): Promise<void> {
  await ch.command(
    ch.fill(`CREATE TABLE IF NOT EXISTS pando_migrations {on_cluster} (
      module String, number UInt32, name String, checksum String, applied DateTime64(3, 'UTC') DEFAULT now64(3)
    ) ENGINE = {replicated}MergeTree ORDER BY (module, number) SETTINGS {durable}`),
  );
  const applied = await ch.query<Applied>('SELECT module, number, checksum FROM pando_migrations');
  const key = (m: { module: string; number: number }) => `${m.module}/${m.number}`;
  const checksums = new Map(applied.map((a) => [key(a), a.checksum]));
  const known = new Set(migrations.map(key));
  const unknown = applied.find((a) => !known.has(key(a)));
  if (unknown) {
    throw new Error(
      `The ClickHouse database ${ch.database} has migration ${unknown.number} of ${unknown.module}, which this program does not know: a newer version of Pando has used it. Start that version, or restore a backup made with this one.`,
    );
  }
  for (const migration of migrations) {
    const before = checksums.get(key(migration));
    if (before === migration.checksum) continue;
    if (before !== undefined) {
      throw new Error(
        `Migration ${migration.number} of ${migration.module} (${migration.name}) was applied to ClickHouse and has changed since. Put the file back as it was, and write what is new as the next number.`,
      );
    }
    for (const statement of splitStatements(migration.sql)) await ch.command(ch.fill(statement));
    const { module, number, name, checksum } = migration;
    await ch.insert(
      'pando_migrations',
      ['module', 'number', 'name', 'checksum'],
      'JSONEachRow',
      JSON.stringify({ module, number, name, checksum }),
      { dedupToken: `${module}/${number}/${checksum}` },
    );
    log.info({ module, number, migration: name }, 'applied a migration to ClickHouse');
  }
}
