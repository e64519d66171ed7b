import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import * as events from './ch-sql.ts';
import { formatVersion, type Header, type Part, type PartSum } from './format.ts';
import { endFrame, headerFrame, pack, partFrames } from './pack.ts';
import * as sql from './pg-sql.ts';

interface Deps {
  pg: Postgres;
  ch: ClickHouse;
  clock: Clock;
  version: string;
}

/**
 * The bytes of a backup file of the running installation: Postgres as of one moment, and of ClickHouse exactly the
 * events that Postgres at that moment counts as written there. Later ones stand in Postgres, in the log.
 */
export function writeBackup(deps: Deps): AsyncGenerator<Buffer> {
  return pack(frames(deps));
}

/** About how many bytes a backup will have. */
export async function estimateBackup({ pg, ch }: Pick<Deps, 'pg' | 'ch'>): Promise<number> {
  const client = await pg.raw.connect();
  try {
    return Math.round((await sql.readSize(client)) / 3 + (await events.readSize(ch)));
  } finally {
    client.release();
  }
}

async function* frames(deps: Deps): AsyncGenerator<Buffer> {
  const { ch } = deps;
  const parts: (Part & PartSum)[] = [];
  const whole = (part: Part, rows: AsyncIterable<Buffer>) =>
    partFrames(part, rows, (sum) => parts.push({ ...part, ...sum }));

  const heads = yield* postgres(deps, whole);
  // Only now: an event that the snapshot knows as written was there before it was counted.
  const columns = await events.readColumns(ch, 'events');
  yield* whole({ engine: 'clickhouse', table: 'events', columns }, writtenEvents(ch, columns, heads));
  yield* whole(
    { engine: 'clickhouse', table: 'moved_identifiers', columns: ['key', 'person'] },
    events.movedIdentifiers(ch),
  );
  yield endFrame(parts);
}

type Whole = (part: Part, rows: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

async function* postgres(
  { pg, ch, clock, version }: Deps,
  whole: Whole,
): AsyncGenerator<Buffer, Header['heads']> {
  const client = await pg.raw.connect();
  let done = false;
  try {
    await sql.beginSnapshot(client);
    const heads = await sql.readHeads(client);
    const created = clock.now().toISOString();
    const migrations = { pg: await sql.readMigrations(client), ch: await events.readMigrations(ch) };
    const tables = await sql.readTables(client);
    const sequences = await sql.readSequences(client);
    yield headerFrame({ format: formatVersion, version, created, migrations, heads, sequences });
    for (const table of tables) {
      const part = { engine: 'postgres', table: table.name, columns: table.columns } as const;
      yield* whole(part, copied(client, sql.copyTable(table, 'to stdout')));
    }
    const jobs = { engine: 'jobs', table: 'jobs', columns: sql.jobColumns } as const;
    yield* whole(jobs, copied(client, sql.copyJobs));
    await client.query('commit');
    done = true;
    return heads;
  } finally {
    // Left off in the middle, the connection is of no more use.
    client.release(!done);
  }
}

/** What a `copy ... to stdout` gives. */
export function copied(client: PoolClient, statement: string): AsyncIterable<Buffer> {
  return client.query(copyTo(statement)) as AsyncIterable<Buffer>;
}

async function* writtenEvents(
  ch: ClickHouse,
  columns: readonly string[],
  heads: Header['heads'],
): AsyncGenerator<Buffer> {
  for (const { workspaceId, written } of heads) {
    if (written > 0) yield* events.eventsUpTo(ch, columns, workspaceId, written);
  }
}
