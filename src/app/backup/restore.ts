import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import { prepareJobs } from '#platform/jobs';
import type { Postgres } from '#platform/postgres';
import * as events from './ch-sql.ts';
import { EventSink } from './event-sink.ts';
import type { Applied, Header, Part } from './format.ts';
import * as sql from './pg-sql.ts';
import { refuse } from './refusals.ts';
import { type Contents, checkBackup, unpack } from './unpack.ts';
import { copied } from './write.ts';

interface Deps {
  pg: Postgres;
  ch: ClickHouse;
  clock: Clock;
}

/**
 * Brings a backup into an installation that has been migrated and never been used. The file is read through before
 * anything is touched. Postgres takes all of it or nothing, at the very end; until then, what an interrupted restore
 * left in ClickHouse is marked, and removed by the next one. `read` hears the share of the work, from 0 to 1.
 */
export async function restoreBackup(
  deps: Deps,
  file: string,
  read: (share: number) => void = () => {},
): Promise<Contents> {
  const contents = await checkBackup(file, (share) => read(share / 4));
  const { pg, ch } = deps;
  await prepareJobs(pg);
  const client = await pg.raw.connect();
  let done = false;
  try {
    await refuseOtherTables(contents.header, {
      pg: await sql.readMigrations(client),
      ch: await events.readMigrations(ch),
    });
    await refuseUsed(client, ch);
    await sql.markRestore(client);
    await events.emptyTables(ch);
    await sql.beginRestore(client);
    await sql.emptyTables(client, await sql.readTables(client));
    await bringIn(deps, client, file, (share) => read(0.25 + share * 0.75));
    await sql.settle(client, contents.header.sequences);
    await carryPersons(deps, client);
    await compareCounts(contents, ch);
    await client.query('commit');
    await client.query('analyze');
    done = true;
    return contents;
  } finally {
    client.release(!done);
  }
}

/** To be asked before the program starts: half of a brand's events are worse than none. */
export async function refuseHalfRestored(pg: Postgres): Promise<void> {
  if (!(await sql.isRestoring(pg.raw))) return;
  throw refuse(
    'half-restored',
    'A restore was interrupted here, and not everything has come in. Run pando restore with the same file again; it ' +
      'begins anew.',
  );
}

async function refuseOtherTables(header: Header, here: Header['migrations']): Promise<void> {
  const list = (all: readonly Applied[]) =>
    all
      .map((m) => `${m.module}/${m.number} ${m.checksum}`)
      .sort()
      .join('\n');
  if (list(header.migrations.pg) === list(here.pg) && list(header.migrations.ch) === list(here.ch)) return;
  throw refuse(
    'other-version',
    `The backup was made by Pando ${header.version}, whose tables are not those of this program. Restore it with that ` +
      'version, into an empty installation; the version that you want can be started on it afterwards.',
  );
}

async function refuseUsed(client: PoolClient, ch: ClickHouse): Promise<void> {
  const empty = await sql.readIsEmpty(client);
  if (empty && ((await sql.isRestoring(client)) || (await events.countEvents(ch)) === 0)) return;
  throw refuse(
    'not-empty',
    `A backup is restored into an empty installation only, and ${empty ? `the ClickHouse database ${ch.database} has events` : 'this one has a workspace'}. ` +
      'Choose a new folder with PANDO_HOME (or new databases with DATABASE_URL and CLICKHOUSE_URL), and do not start ' +
      'Pando on it before the restore.',
  );
}

async function bringIn(
  { ch, clock }: Deps,
  client: PoolClient,
  file: string,
  read: (share: number) => void,
): Promise<void> {
  const token = `restore:${uuidv7(clock)}`;
  let sink: Sink | null = null;
  for await (const piece of unpack(file, read)) {
    if (piece.kind === 'part') sink = await sinkFor(piece.part, client, ch, token);
    if (piece.kind === 'data') await sink?.write(piece.data);
    if (piece.kind === 'partEnd') {
      await sink?.end();
      sink = null;
    }
  }
}

interface Sink {
  write(data: Buffer): Promise<void>;
  end(): Promise<void>;
}

async function sinkFor(part: Part, client: PoolClient, ch: ClickHouse, token: string): Promise<Sink> {
  if (part.engine === 'jobs') return copyIn(client, await sql.makeRoomForJobs(client));
  if (part.engine === 'postgres') {
    return copyIn(client, sql.copyTable({ name: part.table, columns: part.columns }, 'from stdin'));
  }
  if (part.table === 'moved_identifiers') return copyIn(client, await sql.makeRoomForMoved(client));
  return new EventSink(ch, part.table, part.columns, token);
}

function copyIn(client: PoolClient, statement: string): Sink {
  const copy: CopyStreamQuery = client.query(copyFrom(statement));
  const ended = finished(copy);
  // Heard by whoever writes or ends; not an unhandled rejection meanwhile.
  ended.catch(() => {});
  return {
    async write(data) {
      if (!copy.write(data)) await Promise.race([once(copy, 'drain'), ended]);
    },
    async end() {
      copy.end();
      await ended;
    },
  };
}

/** The persons of identifiers as Postgres has them now. */
async function carryPersons({ ch, clock }: Deps, client: PoolClient): Promise<void> {
  const sink = new EventSink(
    ch,
    'moved_identifiers',
    ['key', 'person', 'version'],
    `persons:${uuidv7(clock)}`,
  );
  for await (const data of copied(client, sql.copyMoved)) await sink.write(data);
  await sink.end();
  await events.reloadPersons(ch);
}

async function compareCounts({ parts }: Contents, ch: ClickHouse): Promise<void> {
  const written = parts.find((part) => part.engine === 'clickhouse' && part.table === 'events')?.rows ?? 0;
  const there = await events.countEvents(ch);
  if (there !== written) {
    throw refuse(
      'counts-differ',
      `The backup has ${written} events, and ClickHouse has ${there} after the restore.`,
    );
  }
}
