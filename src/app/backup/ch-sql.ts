import type { ClickHouse } from '#platform/clickhouse';
import type { Applied } from './format.ts';

const hours = 3_600_000;
/** A large installation takes its time. */
const patience = { timeoutMs: 24 * hours };

export async function readMigrations(ch: ClickHouse): Promise<Applied[]> {
  return ch.query<Applied>(
    'select distinct module, number, checksum from pando_migrations order by module, number',
  );
}

/** The columns that are written; what the engine works out by itself comes again by itself. */
export async function readColumns(ch: ClickHouse, table: string): Promise<string[]> {
  const rows = await ch.query<{ name: string }>(
    `select name from system.columns where database = currentDatabase() and table = {table:String}
        and default_kind not in ('MATERIALIZED', 'ALIAS') order by position`,
    { table },
  );
  return rows.map((row) => row.name);
}

/** The events of a workspace up to a batch of its log. */
export function eventsUpTo(
  ch: ClickHouse,
  columns: readonly string[],
  workspaceId: number,
  seq: number,
): AsyncIterable<Buffer> {
  return ch.export(
    `select ${columns.map((name) => `\`${name}\``).join(', ')} from events
      where workspace_id = {ws:UInt32} and seq <= {seq:UInt64}`,
    { ws: workspaceId, seq },
    patience,
  );
}

export function movedIdentifiers(ch: ClickHouse): AsyncIterable<Buffer> {
  return ch.export('select key, person from moved_identifiers final', {}, patience);
}

export async function countEvents(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ n: string }>('select count() as n from events');
  return Number(row?.n ?? 0);
}

/** An estimate: what the events take up on the disk. */
export async function readSize(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ n: string }>(
    "select sum(bytes_on_disk) as n from system.parts where database = currentDatabase() and active and table = 'events'",
  );
  return Number(row?.n ?? 0);
}

export async function emptyTables(ch: ClickHouse): Promise<void> {
  for (const table of ['events', 'moved_identifiers', 'person_identifiers']) {
    await ch.command(ch.fill(`truncate table ${table} {on_cluster}`));
  }
}

export async function reloadPersons(ch: ClickHouse): Promise<void> {
  await ch.command('system reload dictionary person_now');
}
