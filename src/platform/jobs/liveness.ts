import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';

// The first half of the advisory locks' keys; the second is the hash of the runner's name.
const LOCK_CLASS = 504_672;
const SWEEP_MS = { usual: 30_000, soon: 5_000 };

/**
 * graphile-worker gives the jobs of a runner that died to others after four hours. Here every runner holds an advisory
 * lock as long as it lives, and what is in the hands of one that does not is freed after some seconds.
 */
export function createLiveness(o: { url: string; log: Log; clock: Clock }) {
  const { log, clock } = o;
  const events: WorkerEvents = new EventEmitter();
  const runners = new Set<string>();
  const stopping = new AbortController();
  let nap = new AbortController();
  let client: pg.Client | undefined;
  let suspects: string[] = [];
  let sweeping: Promise<void> = Promise.resolve();

  events.on('pool:create', ({ workerPool }) => {
    runners.add(workerPool.id);
    client?.query(HOLD, [LOCK_CLASS, workerPool.id]).catch(() => {});
    nap.abort();
  });
  events.on('pool:release', ({ workerPool }) => {
    runners.delete(workerPool.id);
    client?.query(LET_GO, [LOCK_CLASS, workerPool.id]).catch(() => {});
  });

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: o.url, application_name: 'pando-jobs', keepAlive: true });
    const forget = () => {
      if (client === fresh) client = undefined;
    };
    fresh.on('error', forget);
    fresh.once('end', forget);
    await fresh.connect();
    for (const runner of runners) await fresh.query(HOLD, [LOCK_CLASS, runner]);
    return fresh;
  }

  async function sweep(): Promise<void> {
    client ??= await connect();
    const { rows } = await client.query<{ runner: string }>(DEAD, [LOCK_CLASS]);
    const dead = rows.map((r) => r.runner).filter((runner) => !runners.has(runner));
    // Only who was dead twice: a living one may just be connecting again.
    const surely = dead.filter((runner) => suspects.includes(runner));
    suspects = dead.filter((runner) => !surely.includes(runner));
    if (surely.length === 0) return;
    await client.query('select graphile_worker.force_unlock_workers($1)', [surely]);
    log.warn({ runners: surely.length }, 'jobs of a process that died are given to others');
  }

  async function keepSweeping(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      await sweep().catch(() => {
        client = undefined;
      });
      const soon = suspects.length > 0 || !client;
      await clock.sleep(soon ? SWEEP_MS.soon : SWEEP_MS.usual, nap.signal);
    }
  }

  return {
    /** To be given to the runner. */
    events,
    start() {
      sweeping = keepSweeping();
    },
    async stop() {
      stopping.abort();
      nap.abort();
      await sweeping;
      await client?.end().catch(() => {});
    },
  };
}

const HOLD = 'select pg_advisory_lock($1, hashtext($2))';
const LET_GO = 'select pg_advisory_unlock($1, hashtext($2))';
const DEAD = `
  select held.runner from (
    select locked_by as runner from graphile_worker._private_jobs where locked_by is not null
    union
    select locked_by from graphile_worker._private_job_queues where locked_by is not null
  ) as held
  where not exists (
    select from pg_locks
    where locktype = 'advisory' and objsubid = 2 and classid = $1
      and database = (select oid from pg_database where datname = current_database())
      and objid = ((hashtext(held.runner)::bigint + 4294967296) % 4294967296)::oid
  )`;
