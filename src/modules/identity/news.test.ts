import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock, systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { lineTo } from '../../../test/fixtures/line.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { createNews, type News } from './news.ts';

const log = createLog({ level: 'silent', pretty: false });
const clock = manualClock(0);
let database: Awaited<ReturnType<typeof testPostgres>>;
let news: News;

beforeAll(async () => {
  database = await testPostgres();
  news = createNews({ pg: database.pg, clock, log });
});
afterAll(() => database.drop());

function remembered() {
  const memory = news.memory<{ loads: number }>({ max: 10, ttlMs: 1000 });
  let loads = 0;
  const load = async () => ({ loads: ++loads });
  return { memory, load };
}

test('what was loaded is remembered for its time', async () => {
  const { memory, load } = remembered();
  expect(memory.knows('a')).toBe(false);
  expect(await memory.get('a', load)).toEqual({ loads: 1 });
  clock.advance(999);
  expect(await memory.get('a', load)).toEqual({ loads: 1 });
  clock.advance(2);
  expect(memory.knows('a')).toBe(true);
  expect(await memory.get('a', load)).toEqual({ loads: 2 });
});

test('what is not there is not remembered', async () => {
  const { memory, load } = remembered();
  expect(await memory.get('a', async () => undefined)).toBeUndefined();
  expect(memory.knows('a')).toBe(false);
  expect(await memory.get('a', load)).toEqual({ loads: 1 });
});

test('a change drops it, also when its answer was lost, or when it came while it was being loaded', async () => {
  const { memory, load } = remembered();
  await memory.get('a', load);
  await news.changeInWorkspace(1, async () => {});
  expect(await memory.get('a', load)).toEqual({ loads: 2 });
  await news.changeAsSystem(() => Promise.reject(new Error('lost'))).catch(() => {});
  expect(await memory.get('a', load)).toEqual({ loads: 3 });

  await news.changeAsSystem(async () => {});
  const meanwhile = await memory.get('a', async () => {
    const value = await load();
    await news.changeAsSystem(async () => {});
    return value;
  });
  expect(meanwhile).toEqual({ loads: 4 });
  expect(await memory.get('a', load)).toEqual({ loads: 5 });
});

test('who stops while it connects gives the connection back', async () => {
  const own = await openPostgres({ url: database.url, log, clock: systemClock, poolSize: 1 });
  const stopped = createNews({ pg: own, clock: systemClock, log });
  const starting = stopped.start();
  await stopped.stop();
  await starting;
  // Waits for every connection that somebody has.
  await own.close();
});

test('who could not begin to listen, for a connection that broke then, tries again as one and not as several', async () => {
  const line = await lineTo(database.url);
  const own = await openPostgres({ url: line.url, log, clock: systemClock });
  const time = manualClock(0);
  const patient = createNews({ pg: own, clock: time, log });
  const listeners = async () => {
    const { rows } = await database.pg.raw.query(
      `select 1 from pg_stat_activity where datname = current_database() and query like 'listen pando_identity%'`,
    );
    return rows.length;
  };
  await patient.start();
  expect(await listeners()).toBe(1);
  line.loseAnswers('listen');
  await database.pg.raw.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen pando_identity%'`,
  );
  for (let i = 0; i < 20; i++) {
    time.advance(200);
    await systemClock.sleep(20);
  }
  line.mend();
  await expect
    .poll(() => {
      time.advance(200);
      return listeners();
    })
    .toBe(1);
  // Whoever else would try, would have by now.
  for (let i = 0; i < 20; i++) {
    time.advance(200);
    await systemClock.sleep(20);
  }
  expect(await listeners()).toBe(1);
  await patient.stop();
  // Waits for every connection that somebody has.
  await own.close();
  await line.close();
});
