import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';

// The first half of the advisory locks' keys; the second is the hash of the runner's name.
const LOCK_CLASS = 504_672;
const SWEEP_MS = { usual: 30_000, withSuspects: 2_500, disconnected: 500 };
// A living runner may be without its lock for a moment, while it connects again.
const SURELY_LOST_AFTER_MS = 2_000;

interface HeldJob {
  id: string;
  runner: string;
  alive: boolean;
}

/**
 * graphile-worker gives a job whose runner died to others after four hours. Here every runner holds an advisory lock as
 * long as it lives, and a job in the hands of one that does not, or that a living one holds without knowing of it (the
 * answer got lost with the connection), is freed after some seconds.
 */
export function createLiveness(o: { url: string; log: Log; clock: Clock }) {
  const { log, clock } = o;
  const events: WorkerEvents = new EventEmitter();
  const runners = new Set<string>();
  const atWork = new Set<string>();
  const rests = new Rests(clock);
  let client: pg.Client | undefined;
  /** Jobs that seemed lost at the last sweep, and since when. */
  let suspects = new Map<string, number>();
  let sweeping: Promise<void> = Promise.resolve();

  events.on('pool:create', ({ workerPool }) => {
    runners.add(workerPool.id);
    client?.query(HOLD, [LOCK_CLASS, workerPool.id]).catch(() => {});
    rests.wake();
  });
  events.on('pool:release', ({ workerPool }) => {
    runners.delete(workerPool.id);
    client?.query(LET_GO, [LOCK_CLASS, workerPool.id]).catch(() => {});
  });
  // Our pool reads int8 as a number, graphile-worker's types say text; the sweep compares texts.
  events.on('job:start', ({ job }) => atWork.add(String(job.id)));
  events.on('job:complete', ({ job }) => atWork.delete(String(job.id)));

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: o.url, application_name: 'pando-jobs', keepAlive: true });
    const forget = () => {
      if (client !== fresh) return;
      client = undefined;
      rests.wake();
    };
    fresh.on('error', forget);
    fresh.once('end', forget);
    await fresh.connect();
    for (const runner of runners) await fresh.query(HOLD, [LOCK_CLASS, runner]);
    return fresh;
  }

  async function sweep(): Promise<void> {
    client ??= await connect();
    const { rows } = await client.query<HeldJob>(HELD, [LOCK_CLASS]);
    const nowMs = clock.tick();
    const lost = rows.filter((job) => (runners.has(job.runner) ? !atWork.has(job.id) : !job.alive));
    const key = (job: HeldJob) => `${job.id} ${job.runner}`;
    suspects = new Map(lost.map((job) => [key(job), suspects.get(key(job)) ?? nowMs]));
    const surely = lost.filter((job) => nowMs - (suspects.get(key(job)) ?? nowMs) > SURELY_LOST_AFTER_MS);
    if (surely.length === 0) return;
    await client.query(FREE, [surely.map((job) => job.id), surely.map((job) => job.runner)]);
    log.warn({ jobs: surely.length }, 'jobs whose process died are given to others');
  }

  async function keepSweeping(): Promise<void> {
    while (!rests.hasEnded) {
      await sweep().catch(() => {
        client = undefined;
      });
      const pace = !client ? 'disconnected' : suspects.size > 0 ? 'withSuspects' : 'usual';
      await rests.rest(SWEEP_MS[pace]);
    }
  }

  return {
    /** To be given to the runner. */
    events,
    start() {
      sweeping = keepSweeping();
    },
    async stop() {
      rests.end();
      await sweeping;
      await client?.end().catch(() => {});
    },
  };
}

const HOLD = 'select pg_advisory_lock($1, hashtext($2))';
const LET_GO = 'select pg_advisory_unlock($1, hashtext($2))';
const HELD = `
  select id::text, locked_by as runner, exists (
    select from pg_locks
    where locktype = 'advisory' and objsubid = 2 and classid = $1
      and database = (select oid from pg_database where datname = current_database())
      and objid = ((hashtext(locked_by)::bigint + 4294967296) % 4294967296)::oid
  ) as alive
  from graphile_worker._private_jobs
  where locked_by is not null`;
const FREE = `
  with freed as (
    update graphile_worker._private_jobs as job
    set locked_at = null, locked_by = null
    from unnest($1::bigint[], $2::text[]) as lost (id, runner)
    where job.id = lost.id and job.locked_by = lost.runner
    returning job.job_queue_id as queue, lost.runner
  )
  update graphile_worker._private_job_queues as q
  set locked_at = null, locked_by = null
  from freed
  where q.id = freed.queue and q.locked_by = freed.runner`;
