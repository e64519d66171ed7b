import { createServer } from 'node:net';
import pg from 'pg';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { refuse } from '../trouble.ts';
import { claimFolder } from './claim.ts';
import { initialise } from './initialise.ts';
import { DATABASE, findInstallation, type Installation, SUPERUSER } from './installation.ts';
import { endLeftovers } from './leftovers.ts';
import { engineFolder } from './place.ts';
import { signalAll } from './processes.ts';
import { type Server, startServer } from './server.ts';
import { socketFolder } from './socket.ts';

/** A database engine that this program runs as a child and keeps running. */
export interface EmbeddedEngine {
  /** Stays the same when the engine is started again. */
  readonly url: string;
  /** The same engine for who is on this machine: by a socket where it has one, which costs less than a port. */
  readonly nearUrl: string;
  /** Of the engine's process while it runs. */
  pid(): number | undefined;
  status(): { up: boolean; detail: string };
  stop(): Promise<void>;
}

const BACK_OFF_MS = { first: 100, last: 10_000 };
// An engine that ran this long was not ended by what ended it before.
const STEADY_MS = 60_000;
const PORTS_TO_TRY = 5;

/**
 * Postgres in `home`/postgres, made at the first start, on a free port of 127.0.0.1. When it ends by itself it is
 * started again. Rejects with a Refusal when another living Pando uses the folder, or when it cannot run here.
 */
export async function startEmbeddedPostgres(o: {
  home: string;
  log: Log;
  clock: Clock;
  /** Of a database that is gone with the machine anyway, nothing waits for the disk; for tests. */
  throwaway?: boolean;
}): Promise<EmbeddedEngine> {
  const { log, clock } = o;
  const folder = engineFolder(o.home);
  const giveBack = claimFolder(folder);
  try {
    const at = findInstallation(folder, o.throwaway);
    await endLeftovers(at.data, at.clusterName, clock, log);
    const password = await initialise(at);
    const { server, port } = await startOnAFreePort(at, clock, log);
    const url = (database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
    await ensureDatabase(url('postgres'));
    const socket = socketFolder(at, port);
    const nearUrl = socket
      ? `postgres://${SUPERUSER}:${password}@${encodeURIComponent(socket)}:${port}/${DATABASE}`
      : url(DATABASE);
    return supervise({ at, server, port, url: url(DATABASE), nearUrl, giveBack, clock, log });
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function startOnAFreePort(
  at: Installation,
  clock: Clock,
  log: Log,
): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { server: await startServer(at, port, clock, log), port };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // Another program may have taken the port between our look and Postgres' own.
      if (attempt < PORTS_TO_TRY && /could not create any TCP\/IP sockets/.test(why)) continue;
      throw refuse('will-not-start', `The embedded Postgres in ${at.data} does not start: ${why}`);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function supervise(o: {
  at: Installation;
  server: Server;
  port: number;
  url: string;
  nearUrl: string;
  giveBack: () => void;
  clock: Clock;
  log: Log;
}): EmbeddedEngine {
  const { at, clock, log } = o;
  let server: Server | undefined = o.server;
  let trouble = '';
  const stopping = new AbortController();

  // Leaving without stop(), as after an exception that nobody caught, shall leave no server behind.
  const onExit = () => {
    if (server) signalAll([server.pid], 'SIGINT');
  };
  process.once('exit', onExit);

  async function keepRunning(): Promise<void> {
    let waitMs = BACK_OFF_MS.first;
    while (server) {
      const startedAt = clock.tick();
      const how = await server.ended;
      server = undefined;
      if (stopping.signal.aborted) return;
      if (clock.tick() - startedAt > STEADY_MS) waitMs = BACK_OFF_MS.first;
      log.error({ engine: 'postgres', how }, 'the embedded Postgres ended by itself; starting it again');
      trouble = how;
      while (!server && !stopping.signal.aborted) {
        await clock.sleep(waitMs, stopping.signal);
        if (stopping.signal.aborted) return;
        waitMs = Math.min(waitMs * 2, BACK_OFF_MS.last);
        server = await startAgain();
        if (stopping.signal.aborted) await server?.stop();
      }
    }
  }

  async function startAgain(): Promise<Server | undefined> {
    try {
      await endLeftovers(at.data, at.clusterName, clock, log);
      const again = await startServer(at, o.port, clock, log, stopping.signal);
      log.info({ engine: 'postgres', pid: again.pid }, 'the embedded Postgres runs again');
      return again;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
      log.error(
        { engine: 'postgres', reason: trouble },
        'the embedded Postgres does not start; trying again',
      );
      return undefined;
    }
  }

  const running = keepRunning();
  return {
    url: o.url,
    nearUrl: o.nearUrl,
    pid: () => server?.pid,
    status: () =>
      server
        ? { up: true, detail: `embedded PostgreSQL in ${at.data}, process ${server.pid}` }
        : { up: false, detail: stopping.signal.aborted ? 'stopped' : `starting again after: ${trouble}` },
    async stop() {
      stopping.abort();
      await server?.stop();
      await running;
      process.off('exit', onExit);
      o.giveBack();
    },
  };
}
