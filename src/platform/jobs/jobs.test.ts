import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { loadMigrations } from '#platform/migrations';
import { migratePostgres, openPostgres, type Postgres } from '#platform/postgres';
import { testEngine, testPostgres } from '../../../test/fixtures/postgres.ts';
import { createJobs, type Jobs } from './index.ts';

const log = createLog({ level: 'silent', pretty: false });

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(10);
}

describe('jobs', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>;
  let pg: Postgres;
  let jobs: Jobs;
  let done: unknown[];

  beforeAll(async () => {
    database = await testPostgres();
    pg = database.pg;
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await pg.asSystem((tx) =>
      tx.query('truncate graphile_worker._private_jobs, graphile_worker._private_job_queues cascade'),
    );
    done = [];
    jobs = await createJobs({ pg, log, clock: systemClock });
    jobs.define<{ n: number }>('note', async ({ n }) => void done.push(n));
  });
  afterEach(() => jobs.stop());

  test('a job comes with the transaction that enqueued it, and not without', async () => {
    await jobs.start();
    const failing = pg.inWorkspace(7, async (tx) => {
      await jobs.enqueue(tx, 'note', { n: 1 });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await pg.inWorkspace(7, (tx) => jobs.enqueue(tx, 'note', { n: 2 }));
    await jobs.enqueue(null, 'note', { n: 3 });
    await until(() => done.length === 2);
    expect(done.sort()).toEqual([2, 3]);
  });

  test('a workspace can enqueue, but neither read nor change what is enqueued', async () => {
    await pg.inWorkspace(7, (tx) => jobs.enqueue(tx, 'note', { n: 1 }));
    for (const statement of [
      'select * from graphile_worker._private_jobs',
      "select graphile_worker.add_job('note')",
      'delete from graphile_worker._private_jobs',
    ]) {
      await expect(pg.inWorkspace(7, (tx) => tx.query(statement))).rejects.toThrow('permission denied');
    }
  });

  test('with a key, a later job takes the place of the earlier', async () => {
    await jobs.enqueue(null, 'note', { n: 1 }, { key: 'same' });
    await jobs.enqueue(null, 'note', { n: 2 }, { key: 'same' });
    await jobs.start();
    await until(() => done.length > 0);
    expect(done).toEqual([2]);
  });

  test('jobs of one queue run one after the other, the lower priority number first, and none before its time', async () => {
    let atOnce = 0;
    jobs.define<{ n: number }>('slow', async ({ n }) => {
      atOnce++;
      await systemClock.sleep(5);
      done.push(atOnce === 1 ? n : 'two at once');
      atOnce--;
    });
    const queue = 'one-by-one';
    const tomorrow = new Date(systemClock.ms() + 86_400_000);
    await jobs.enqueue(null, 'slow', { n: 1 }, { queue, priority: 5 });
    await jobs.enqueue(null, 'slow', { n: 2 }, { queue });
    await jobs.enqueue(null, 'slow', { n: 3 }, { queue, priority: -5 });
    await jobs.enqueue(null, 'slow', { n: 4 }, { queue, runAt: tomorrow });
    await jobs.start();
    await until(() => done.length === 3);
    expect(done).toEqual([3, 2, 1]);
  });

  test('a job that failed is tried again, and its error holds no values of rows', async () => {
    jobs.define<{ n: number }>('fragile', async ({ n }, { attempts }) => {
      if (attempts === 1) await pg.raw.query("select 'ann@example.com'::int");
      done.push([n, attempts]);
    });
    await jobs.start();
    await jobs.enqueue(null, 'fragile', { n: 1 });
    const errors = async () =>
      (await pg.raw.query<{ last_error: string | null }>('select last_error from graphile_worker.jobs')).rows;
    await until(async () => (await errors()).some((job) => job.last_error));
    expect(await errors()).toEqual([{ last_error: 'SQLSTATE 22P02' }]);
    await until(() => done.length > 0);
    expect(done).toEqual([[1, 2]]);
  });

  test('at the stop, jobs at work are told to leave off, and waited for', async () => {
    let begun = false;
    jobs.define('long', async (_payload, { signal }) => {
      begun = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await systemClock.sleep(20);
      done.push('left off');
    });
    await jobs.start();
    await jobs.enqueue(null, 'long', {});
    await until(() => begun);
    await jobs.stop();
    expect(done).toEqual(['left off']);
    jobs = await createJobs({ pg, log, clock: systemClock });
  });

  test('a job in the hands of a process that died is given to another', async () => {
    await jobs.enqueue(null, 'note', { n: 1 }, { queue: 'held' });
    // As it is left behind by a process that was killed at its work.
    await pg.raw.query("update graphile_worker._private_jobs set locked_by = 'pool-dead', locked_at = now()");
    await pg.raw.query(
      "update graphile_worker._private_job_queues set locked_by = 'pool-dead', locked_at = now()",
    );
    await jobs.start();
    await until(() => done.length > 0);
    expect(done).toEqual([1]);
  });

  test('what lives keeps its jobs, though another process looks for the dead', async () => {
    let begun = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    jobs.define('held', async () => {
      begun++;
      await finished;
    });
    await jobs.enqueue(null, 'held', {});
    await jobs.start();
    await until(() => begun === 1);
    const other = await createJobs({ pg, log, clock: systemClock });
    other.define('held', async () => void begun++);
    await other.start();
    // Longer than it takes to free the jobs of the dead.
    await systemClock.sleep(6_000);
    expect(begun).toBe(1);
    finish();
    await other.stop();
  });

  test('a crontab that cannot be read is refused when it is given', async () => {
    expect(() => jobs.cron('note', 'every now and then')).toThrow();
    jobs.cron('note', '0 4 * * *');
    await jobs.start();
    const known = 'select identifier from graphile_worker._private_known_crontabs';
    await until(async () => (await pg.raw.query(known)).rows.length > 0);
    expect((await pg.raw.query(known)).rows).toEqual([{ identifier: 'note' }]);
  });
});

/** Of this process, those that keep it from ending. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('jobs go on by themselves when Postgres was killed, and each is done', async () => {
  const timersBefore = timers();
  // Chance decides when the runner first looks for jobs of the dead: as late as can be, so that its timer is there.
  const late = vi.spyOn(Math, 'random').mockReturnValue(0.999);
  const { engine, stop } = await testEngine();
  const pg = await openPostgres({ url: engine.url, log, clock: systemClock });
  await migratePostgres(
    pg,
    loadMigrations('pg').filter((m) => m.module.startsWith('platform/')),
    log,
  );
  const jobs = await createJobs({ pg, log, clock: systemClock });
  const done = new Set<number>();
  jobs.define<{ n: number }>('note', async ({ n }) => {
    await systemClock.sleep(2);
    done.add(n);
  });
  await jobs.start();
  late.mockRestore();
  const enqueue = async (from: number, to: number) =>
    pg.inWorkspace(7, async (tx) => {
      for (let n = from; n < to; n++) await jobs.enqueue(tx, 'note', { n });
    });
  await enqueue(0, 500);
  await until(() => done.size > 50);
  for (let kill = 0; kill < 3; kill++) {
    const pid = engine.pid();
    if (pid) process.kill(pid, 'SIGKILL');
    await until(() => engine.pid() !== undefined && engine.pid() !== pid);
    await systemClock.sleep(300);
  }
  await until(async () =>
    enqueue(500, 600).then(
      () => true,
      () => false,
    ),
  );
  await until(() => done.size === 600);

  // And they can be stopped while it is away, with nothing left that would keep the process.
  await engine.stop();
  await until(() => !pg.status().up);
  await jobs.stop();
  await pg.close();
  await stop();
  await until(() => timers() <= timersBefore);
}, 60_000);
