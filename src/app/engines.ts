import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  startEmbeddedClickHouse,
} from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import type { Part } from '#platform/http';
import type { Log } from '#platform/log';
import { loadMigrations } from '#platform/migrations';
import { migratePostgres, openPostgres, type Postgres, startEmbeddedPostgres } from '#platform/postgres';
import { Unavailable } from '#platform/refusal';
import type { Closing } from './closing.ts';

export interface Engines {
  pg: Postgres;
  ch: ClickHouse;
  parts(): Part[];
}

interface Deps {
  config: Config;
  log: Log;
  clock: Clock;
}

/** Both engines, embedded or by URL, with this program's tables in them. */
export async function openEngines(deps: Deps, closing: Closing): Promise<Engines> {
  // Side by side, because each takes its time; both are waited for, so that none is left behind when one fails.
  const [postgres, clickhouse] = await Promise.allSettled([
    postgresWithTables(deps, closing),
    clickHouseWithTables(deps, closing),
  ]);
  if (postgres.status === 'rejected') throw postgres.reason;
  if (clickhouse.status === 'rejected') throw clickhouse.reason;
  const pg = postgres.value;
  const ch = clickhouse.value;
  return { pg, ch, parts: () => [part('PostgreSQL', pg.status().up), part('ClickHouse', ch.status().up)] };
}

/** Anybody may read this, so it names no hosts and folders; the log does. */
function part(name: string, up: boolean): Part {
  return { name, up, detail: up ? 'answers' : 'does not answer; the log says why' };
}

async function postgresWithTables({ config, log, clock }: Deps, closing: Closing): Promise<Postgres> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const engine = await startEmbeddedPostgres({ home: config.home, log, clock });
    closing.later('PostgreSQL', () => engine.stop());
    url = engine.nearUrl;
  }
  const open = () => openPostgres({ url, log, clock });
  const pg = await patiently(open, { log, clock });
  closing.later('the connections to PostgreSQL', () => pg.close());
  await migratePostgres(pg, loadMigrations('pg'), log);
  return pg;
}

async function clickHouseWithTables({ config, log, clock }: Deps, closing: Closing): Promise<ClickHouse> {
  let url = config.clickhouseUrl;
  if (url === undefined) {
    const { home, clickhouseMemoryMb: memoryMb } = config;
    const engine = await startEmbeddedClickHouse({ home, memoryMb, log, clock });
    closing.later('ClickHouse', () => engine.stop());
    url = engine.url;
  }
  const cluster = config.clickhouseCluster;
  const open = () => openClickHouse({ url, log, clock, ...(cluster ? { cluster } : {}) });
  const ch = await patiently(open, { log, clock });
  closing.later('the connections to ClickHouse', () => ch.close());
  await migrateClickHouse(ch, loadMigrations('ch'), log);
  return ch;
}

const patienceMs = 60_000;

/** An engine of somebody else's may still be starting, as after a power cut: worth a minute of waiting. */
async function patiently<T>(open: () => Promise<T>, { log, clock }: { log: Log; clock: Clock }): Promise<T> {
  const until = clock.tick() + patienceMs;
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 4000)) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof Unavailable) || clock.tick() + waitMs > until) throw error;
      log.warn({ reason: error.message }, 'waiting for an engine');
      await clock.sleep(waitMs);
    }
  }
}
