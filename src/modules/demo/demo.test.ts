import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#platform/clock';
import { createJobs } from '#platform/jobs';
import { testClickHouse } from '../../../test/fixtures/clickhouse.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { onEngines } from '../../../test/fixtures/program.ts';
import { createDemo, type Demo } from './demo.ts';
import type { Message } from './post.ts';
import type { DemoProgress } from './schema.ts';
import { deliveries } from './simulate.ts';
import { createWorld } from './world.ts';

let program: Awaited<ReturnType<typeof onEngines>>;
let drop: () => Promise<unknown>;

/** A fixed moment, so that the brand of a seed is always the same. */
const now = Date.UTC(2026, 10, 20, 15, 30);
const begun = systemClock.ms();
const people = 300;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([testPostgres(), testClickHouse()]);
  program = await onEngines({ pg: postgres.pg, ch: clickhouse.ch });
  drop = async () => {
    await program.stop();
    await Promise.all([postgres.drop(), clickhouse.drop()]);
  };
});
afterAll(() => drop());

/** A clock that goes on from `now`, so many times as fast as ours. */
function runningFrom(startMs: number, times = 1): Clock {
  const ms = () => startMs + (systemClock.ms() - begun) * times;
  const sleep = (time: number, signal?: AbortSignal) => systemClock.sleep(time / times, signal);
  return { ...systemClock, ms, now: () => new Date(ms()), sleep };
}

/** One process that runs the demo and its jobs, for as long as `work` takes. */
async function withDemo<T>(
  o: { load?: () => number; enabled?: boolean; clock?: Clock },
  work: (demo: Demo) => Promise<T>,
): Promise<T> {
  const { pg, identity, collect, log } = program;
  const jobs = await createJobs({ pg, log, clock: systemClock });
  const demo = createDemo({
    pg,
    identity,
    collect,
    people: program.people,
    jobs,
    clock: o.clock ?? runningFrom(now),
    log,
    load: o.load ?? (() => 0),
    enabled: o.enabled ?? false,
  });
  await jobs.start();
  demo.start();
  try {
    return await work(demo);
  } finally {
    await demo.stop();
    await jobs.stop();
  }
}

async function filled(demo: Demo, slug: string): Promise<DemoProgress> {
  for (;;) {
    const progress = await demo.progress(slug);
    if (progress.state === 'filled') return progress;
    await systemClock.sleep(50);
  }
}

async function idOf(slug: string): Promise<number> {
  return (await program.identity.workspaces.bySlug(slug))?.id ?? 0;
}

async function count(slug: string, where = '1', what = 'count()'): Promise<number> {
  const rows = await program.ch.query<{ n: string }>(
    `select ${what} as n from events where workspace_id = {ws:Int32} and ${where}`,
    { ws: await idOf(slug) },
  );
  return Number(rows[0]?.n);
}

describe('a brand of 300 people, told to the program', () => {
  let first: DemoProgress;

  beforeAll(async () => {
    first = await withDemo({}, async (demo) => {
      await demo.order({ workspace: 'small', people, seed: 4 });
      return filled(demo, 'small');
    });
  }, 120_000);

  test('is told to the end', () => {
    expect(first).toMatchObject({ state: 'filled', progress: 1, people, seed: 4, months: 12 });
    expect(first.messages).toBeGreaterThan(3000);
    expect(first.result?.people).toBeGreaterThan(people * 0.95);
  });

  test('every message is accounted for', async () => {
    const { events, duplicates, quarantined, withheld } = first.result ?? {};
    expect(Number(events) + Number(duplicates) + Number(quarantined) + Number(withheld)).toBe(first.messages);
    expect(await count('small')).toBe(events);
    expect(duplicates).toBeGreaterThan(10);
    expect(quarantined).toBeGreaterThan(0);
    expect(withheld).toBeGreaterThan(10);
  });

  test('is resolved as the truth has it', () => {
    expect(first.result?.precision).toBeGreaterThanOrEqual(0.99);
    expect(first.result?.recall).toBeGreaterThanOrEqual(0.9);
  });

  test('its orders and its money are what the story says, by currency', async () => {
    const [story] = await program.pg.inWorkspace(await idOf('small'), (tx) =>
      tx.query<{ now: Date }>('select now from demo_stories'),
    );
    const told = { GBP: 0, CNY: 0 };
    let orders = 0;
    for (const { message, oddity } of deliveries(
      createWorld({ seed: 4, people, months: 12, now: story?.now.getTime() ?? 0 }),
    )) {
      const { event, properties } = message as Message;
      if (event !== 'Order Completed' || /repeat|restamped|malformed/.test(oddity ?? '')) continue;
      orders++;
      told[properties?.currency as 'GBP' | 'CNY'] += Math.round(Number(properties?.total) * 100);
    }
    expect(first.result?.orders).toBe(orders);
    expect(await count('small', `event = 'Order Completed'`)).toBe(orders);
    for (const currency of ['GBP', 'CNY'] as const) {
      const sum = await count(
        'small',
        `event = 'Order Completed' and currency = '${currency}'`,
        'sum(total)',
      );
      expect(Math.round(sum * 100)).toBe(told[currency]);
    }
  });

  test('wrong clocks are put right, and late events stand where they happened', async () => {
    const end = Math.floor(now / 1000) + 60;
    expect(await count('small', `time < ${end} - 368 * 86400 or time > ${end}`)).toBe(0);
    expect(await count('small', 'received - time > 3600')).toBeGreaterThan(5);
  });

  test('known crawlers are marked', async () => {
    expect(await count('small', 'bot')).toBeGreaterThan(10);
  });

  test('told once more from the beginning, it adds only what happened meanwhile', async () => {
    const before = await count('small');
    await program.pg.inWorkspace(await idOf('small'), (tx) =>
      tx.query('update demo_stories set position = 0'),
    );
    const again = await withDemo({}, async (demo) => {
      expect(await demo.order({ workspace: 'small' })).toMatchObject({ state: 'waiting' });
      return filled(demo, 'small');
    });
    expect(again.messages).toBeGreaterThanOrEqual(first.messages);
    expect((await count('small')) - before).toBeLessThan(20);
    expect(again.result?.orders).toBeGreaterThanOrEqual(first.result?.orders ?? 0);
  }, 120_000);

  test('another seed is refused, and so is a workspace with data of its own', async () => {
    await withDemo({}, async (demo) => {
      await expect(demo.order({ workspace: 'small', seed: 5 })).rejects.toMatchObject({
        type: 'demo/other-story',
      });
      await expect(demo.order({ workspace: 'acme' })).rejects.toMatchObject({ type: 'demo/not-a-demo' });
      await expect(demo.progress('acme')).rejects.toMatchObject({ type: 'demo/no-story' });
    });
  });
});

test('stopped halfway, it goes on where it stood, and comes to the same', async () => {
  // It waits after so many rounds, and is stopped when some of what it handed in is answered, at any speed.
  let rounds = 0;
  const load = () => (++rounds > 600 ? 1 : 0);
  const between = await withDemo({ load }, async (demo) => {
    await demo.order({ workspace: 'halves', people, seed: 4 });
    await expect.poll(() => count('halves'), { timeout: 60_000 }).toBeGreaterThan(100);
    await demo.stop();
    return demo.progress('halves');
  });
  expect(between).toMatchObject({ state: 'filling', result: null });
  expect(between.messages).toBeGreaterThan(0);
  expect(between.progress).toBeGreaterThan(0);
  expect(between.progress).toBeLessThan(1);
  const whole = await withDemo({}, async (demo) => {
    await demo.order({ workspace: 'halves' });
    return filled(demo, 'halves');
  });
  expect(whole.result?.precision).toBeGreaterThanOrEqual(0.99);
  expect(await count('halves')).toBe(whole.result?.events);
  expect(await count('halves', '1', 'uniqExact(message_id, source)')).toBe(whole.result?.events);
}, 120_000);

test('it waits while others are busy', async () => {
  let load = 1;
  await withDemo({ load: () => load }, async (demo) => {
    await demo.order({ workspace: 'patient', people: 20 });
    await systemClock.sleep(1500);
    expect(await demo.progress('patient')).toMatchObject({ messages: 0 });
    load = 0;
    expect((await filled(demo, 'patient')).result?.events).toBeGreaterThan(50);
  });
}, 60_000);

describe('the workspace demo', () => {
  test('is made at the first start', async () => {
    await withDemo({ enabled: true, load: () => 1 }, async (demo) => {
      const progress = () => demo.progress('demo').catch(() => null);
      const asItIs = { state: 'waiting', people: 5000, seed: 1, months: 12 };
      await expect.poll(progress, { timeout: 20_000 }).toMatchObject(asItIs);
    });
  }, 60_000);

  test('is filled, and then alive', async () => {
    // So many people are not needed here.
    const demoId = await idOf('demo');
    await program.pg.inWorkspace(demoId, (tx) => tx.query('update demo_stories set people = 200'));
    // Faster still, and a hold on the story would run out whenever the machine pauses for a moment.
    await withDemo({ enabled: true, clock: runningFrom(now, 50) }, async (demo) => {
      await filled(demo, 'demo');
      const lively = async () => {
        await program.collect.settled(demoId);
        return count('demo', `message_id like '%-live%'`);
      };
      await expect.poll(lively, { timeout: 60_000, interval: 300 }).toBeGreaterThan(30);
      expect(await count('demo', `message_id like '%-live%' and time < ${Math.floor(now / 1000)}`)).toBe(0);
    });
  }, 180_000);
});
