import { parseCronItems, type Runner, run, type TaskList } from 'graphile-worker';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { newPool, type Postgres, type Tx, withoutValues } from '#platform/postgres';
import { createLiveness } from './liveness.ts';
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

/** The jobs of this database, kept by graphile-worker in the schema `graphile_worker`. */
export async function createJobs(o: { pg: Postgres; log: Log; clock: Clock }): Promise<Jobs> {
  const { pg, log, clock } = o;
  await prepareJobs(pg);
  const tasks: TaskList = {};
  const crontabs: { task: string; match: string; options: { backfillPeriod: number } }[] = [];
  const stopping = new AbortController();
  const liveness = createLiveness({ url: pg.url, log, clock });
  // Of its own, so that jobs and requests do not wait for each other's connections.
  const pool = newPool(pg.url, CONCURRENCY + 2);
  let runner: Runner | undefined;
  let running: Promise<void> | undefined;

  function begin(): Promise<Runner> {
    return run({
      pgPool: pool,
      taskList: tasks,
      parsedCronItems: parseCronItems(crontabs),
      noHandleSignals: true,
      logger: quietLogger(log),
      events: liveness.events,
      preset: {
        worker: {
          concurrentJobs: CONCURRENCY,
          localQueue: { size: 50 },
          // Without batches, an error of Postgres while a job is ticked off would end the process.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          gracefulShutdownAbortTimeout: LEAVE_OFF_AFTER_MS,
        },
      },
    });
  }

  // graphile-worker gives up when Postgres was away at the wrong moment; then it is begun anew.
  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        runner ??= await begin();
        await runner.promise;
      } catch (error) {
        log.warn({ reason: withoutValues(error) }, 'the runner of jobs ended; it is started again');
      }
      runner = undefined;
      await clock.sleep(START_AGAIN_AFTER_MS, stopping.signal);
    }
  }

  async function windUp(ending: Runner): Promise<void> {
    const patience = new AbortController();
    const stopped = ending.stop().catch(() => {});
    const late = clock.sleep(STOP_WITHIN_MS, patience.signal).then(() => 'late' as const);
    if ((await Promise.race([stopped, late])) === 'late') {
      log.warn('some jobs did not leave off; they are given up and tried again later');
      await ending.kill().catch(() => {});
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
      crontabs.push({ task: name, match: crontab, options: { backfillPeriod: 0 } });
    },
    async start() {
      liveness.start();
      runner = await begin();
      log.info({ jobs: Object.keys(tasks).length }, 'looking for jobs');
      running = keepRunning();
    },
    async stop() {
      stopping.abort();
      if (runner) await windUp(runner);
      await running;
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
