import { type ParsedCronItem, parseCronItem, type Runner, run, type TaskList } from 'graphile-worker';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, type Tx, withoutValues } from '#platform/postgres';
import { createLiveness } from './liveness.ts';
import { patientPool } from './patient.ts';
import { prepareJobs } from './prepare.ts';
import { quietLogger } from './quiet.ts';

export { prepareJobs } from './prepare.ts';

export type JobHandler<T> = (
  payload: T,
  job: {
    /** 1 at the first try. */
    attempts: number;
    /** Aborted when the program stops: leave off soon, by throwing; the job is tried again later. */
    signal: AbortSignal;
  },
) => Promise<void>;

export interface JobOptions {
  runAt?: Date;
  /** At most one job that has not begun has this key: a later one takes the place of the earlier. */
  key?: string;
  /** Jobs of one queue run one after the other. Use few names. */
  queue?: string;
  /** 25 unless told otherwise, ever further apart: after the tenth try come hours. */
  maxAttempts?: number;
  /** Lower is sooner; 0 unless told otherwise. */
  priority?: number;
}

/**
 * Work to be done later, shared out over all processes that have started. A job runs at least once: it runs again when
 * it failed, or when its process died, so handlers must bear repetition. Put ids into payloads, not personal data.
 */
export interface Jobs {
  define<T>(name: string, handler: JobHandler<T>): void;
  /** With a transaction the job exists from the commit on, and not at all without it; with null, at once. */
  enqueue(tx: Tx | null, name: string, payload: unknown, o?: JobOptions): Promise<void>;
  /** Runs the job of this name by the clock (UTC), `minute hour day month weekday`, in one process only. */
  cron(name: string, crontab: string): void;
  start(): Promise<void>;
  /** Takes no more jobs, tells those at work to leave off, and waits for them. */
  stop(): Promise<void>;
}

const CONCURRENCY = 8;
const START_AGAIN_AFTER_MS = 1_000;
const LEAVE_OFF_AFTER_MS = 1_000;
const STOP_WITHIN_MS = 20_000;
const KILL_WITHIN_MS = 6_000;

/** The jobs of this database, kept by graphile-worker in the schema `graphile_worker`. */
export async function createJobs(o: { pg: Postgres; log: Log; clock: Clock }): Promise<Jobs> {
  const { pg, log, clock } = o;
  await prepareJobs(pg);
  const tasks: TaskList = {};
  const cronItems: ParsedCronItem[] = [];
  const stopping = new AbortController();
  const over = new AbortController();
  const liveness = createLiveness({ url: pg.url, log, clock });
  // Of its own, so that jobs and requests do not wait for each other's connections.
  const pool = patientPool({ url: pg.url, size: CONCURRENCY + 2, clock, over: over.signal });
  let runner: Runner | undefined;
  let running: Promise<void> | undefined;

  function begin(): Promise<Runner> {
    return run({
      pgPool: pool,
      taskList: tasks,
      parsedCronItems: cronItems,
      noHandleSignals: true,
      logger: quietLogger(log),
      events: liveness.events,
      preset: {
        worker: {
          concurrentJobs: CONCURRENCY,
          gracefulShutdownAbortTimeout: LEAVE_OFF_AFTER_MS,
        },
      },
    });
  }

  async function keepRunning(): Promise<void> {
    const stopped = new Promise<undefined>((resolve) =>
      stopping.signal.addEventListener('abort', () => resolve(undefined)),
    );
    while (!stopping.signal.aborted) {
      try {
        const begun = runner ? Promise.resolve(runner) : begin();
        runner = await Promise.race([begun, stopped]);
        if (!runner) return void begun.then((late) => late.stop()).catch(() => {});
        await Promise.race([runner.promise, stopped]);
        if (stopping.signal.aborted) return;
        log.warn('the runner of jobs ended; it is started again');
      } catch (error) {
        log.warn({ reason: withoutValues(error) }, 'the runner of jobs failed; it is started again');
      }
      runner = undefined;
      await clock.sleep(START_AGAIN_AFTER_MS, stopping.signal);
    }
  }

  async function windUp(ending: Runner): Promise<void> {
    const stopped = ending.stop().catch(() => {});
    // With Postgres away nothing can be ticked off any more; what is at work is done again later. Its timers end at once:
    // the longest would keep the process for ten minutes.
    if (!pg.status().up) return;
    const patience = new AbortController();
    const late = clock.sleep(STOP_WITHIN_MS, patience.signal).then(() => 'late' as const);
    if ((await Promise.race([stopped, late])) === 'late') {
      log.warn('some jobs did not leave off; they are given up and tried again later');
      await Promise.race([ending.kill().catch(() => {}), clock.sleep(KILL_WITHIN_MS)]);
    }
    patience.abort();
  }

  return {
    define(name, handler) {
      if (tasks[name]) throw new Error(`There are two jobs named ${name}.`);
      tasks[name] = async (payload, { job, abortSignal }) => {
        try {
          await handler(payload as Parameters<typeof handler>[0], {
            attempts: job.attempts,
            signal: abortSignal,
          });
        } catch (error) {
          // The message is written into the job and into the log.
          throw new Error(withoutValues(error), { cause: error });
        }
      };
    },
    async enqueue(tx, name, payload, options = {}) {
      if (tx) await insertJob(tx, name, payload, options);
      else await pg.asSystem((own) => insertJob(own, name, payload, options));
    },
    cron(name, crontab) {
      cronItems.push(parseCronItem({ task: name, match: crontab, options: { backfillPeriod: 0 } }));
    },
    async start() {
      liveness.start();
      runner = await begin();
      log.info({ jobs: Object.keys(tasks).length }, 'looking for jobs');
      running = keepRunning();
    },
    async stop() {
      stopping.abort();
      await running;
      if (runner) await windUp(runner);
      over.abort();
      await liveness.stop();
      await pool.end();
    },
  };
}

async function insertJob(tx: Tx, name: string, payload: unknown, o: JobOptions): Promise<void> {
  await tx.query(
    'select pando.enqueue_job($1, $2, $3, $4, $5, $6, $7)',
    [
      name,
      JSON.stringify(payload ?? {}),
      o.queue ?? null,
      o.runAt ?? null,
      o.maxAttempts ?? null,
      o.key ?? null,
      o.priority ?? null,
    ],
    'enqueue_job',
  );
}
