import pg from 'pg';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { inTransaction, type Tx } from './transaction.ts';
import { asUnavailable, codeOf, isAway, isRepeatable, refuse, withoutValues } from './trouble.ts';
import { types } from './types.ts';

export interface Postgres {
  /**
   * One transaction that sees one workspace: row-level security holds. Repeated up to three times when it lost against
   * another one (a serialization failure, a deadlock), so `work` must have no effect outside the transaction.
   * `timeoutMs` is for each statement, 30 s unless told otherwise; 0 is none.
   */
  inWorkspace<T>(workspaceId: number, work: (tx: Tx) => Promise<T>, o?: { timeoutMs?: number }): Promise<T>;
  /** The same as the owner of the tables, over all workspaces. */
  asSystem<T>(work: (tx: Tx) => Promise<T>, o?: { timeoutMs?: number }): Promise<T>;
  /** Statements as the owner without a transaction and without a time limit. Its errors are the driver's. */
  readonly raw: pg.Pool;
  readonly url: string;
  status(): { up: boolean; detail: string };
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const PROBE_EVERY_MS = 2_000;
const REPEATS = 3;
const REPEAT_AFTER_MS = 10;

/**
 * A pool of connections. It goes on by itself when the server comes back. Rejects with Unavailable when the server
 * cannot be reached now, with a Refusal when the url is wrong.
 */
export async function openPostgres(o: {
  url: string;
  log: Log;
  clock: Clock;
  poolSize?: number;
}): Promise<Postgres> {
  const pool = newPool(o.url, o.poolSize ?? 16);
  let version: string;
  try {
    const { rows } = await pool.query<{ server_version: string }>('show server_version');
    version = rows[0]?.server_version ?? '';
  } catch (error) {
    await pool.end();
    throw explainOpening(error, o.url);
  }

  const place = placeOf(o.url);
  const up = { up: true, detail: `PostgreSQL ${version} at ${place}` };
  let status = up;
  const closing = new AbortController();

  function heard(error?: unknown): void {
    if (error === undefined) {
      if (!status.up) o.log.info({ place }, 'Postgres is back');
      status = up;
    } else if (isAway(error) && !closing.signal.aborted) {
      if (status.up) o.log.warn({ place, reason: withoutValues(error) }, 'Postgres is away');
      status = { up: false, detail: `Postgres does not answer at ${place}: ${withoutValues(error)}` };
    }
  }

  async function watch(): Promise<void> {
    while (!closing.signal.aborted) {
      await o.clock.sleep(PROBE_EVERY_MS, closing.signal);
      if (closing.signal.aborted) return;
      const probe: pg.QueryConfig & { query_timeout: number } = { text: 'select 1', query_timeout: 5_000 };
      await pool.query(probe).then(() => heard(), heard);
    }
  }

  async function run<T>(
    begin: string,
    workspaceId: number | null,
    timeoutMs: number,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(pool, { begin, workspaceId, timeoutMs, heard }, work);
      } catch (error) {
        if (!isRepeatable(error) || attempt > REPEATS) throw error;
        // Postgres ended one of those that stood in each other's way; the others are soon done.
        await o.clock.sleep(REPEAT_AFTER_MS * attempt);
      }
    }
  }

  const watching = watch();
  return {
    async inWorkspace(workspaceId, work, { timeoutMs = STATEMENT_TIMEOUT_MS } = {}) {
      if (!Number.isInteger(workspaceId) || workspaceId < 1 || workspaceId > 0x7fffffff) {
        throw new TypeError('A workspace id is a positive integer.');
      }
      const begin = `begin; set local role pando_app; set local pando.workspace = ${workspaceId}; set local plan_cache_mode = force_custom_plan`;
      return run(begin, workspaceId, timeoutMs, work);
    },
    asSystem: (work, { timeoutMs = STATEMENT_TIMEOUT_MS } = {}) => run('begin', null, timeoutMs, work),
    raw: pool,
    url: o.url,
    status: () => status,
    async close() {
      closing.abort();
      await watching;
      await pool.end();
    },
  };
}

/** Connections as all of Pando uses them: tables are found in `pando`, days and hours are UTC. */
export function newPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'pando',
    max: size,
    types,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A promise is waited for before the connection is handed out, whatever the type says.
    onConnect: (client) => client.query(SESSION) as unknown as undefined,
  });
  // Without a listener, a connection that breaks while nobody queries would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

// A transaction that somebody forgot would hold back every follower; five minutes are more than any should take.
const SESSION =
  "set search_path = pando, public; set time zone 'UTC'; set idle_in_transaction_session_timeout = '5min'";

function placeOf(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return `${host}:${port}/${database ?? ''}`;
}

function explainOpening(error: unknown, url: string): unknown {
  const place = placeOf(url);
  switch (codeOf(error)) {
    case '28P01':
    case '28000':
      return refuse(
        'sign-in-refused',
        `Postgres at ${place} refused the user or the password. Check both in DATABASE_URL.`,
      );
    case '3D000':
      return refuse(
        'no-database',
        `There is no such database at ${place}. Create it, or correct DATABASE_URL.`,
      );
    default:
      return asUnavailable(error);
  }
}
