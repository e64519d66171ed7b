import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProcess, type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { trimLog } from './sql.ts';

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram({ work: true });
});
afterAll(() => p.drop());

const event = (messageId: string, more: object = {}) => ({
  type: 'track',
  event: 'Seen',
  userId: 'ann',
  messageId,
  ...more,
});

async function send(process: TestProcess, ids: readonly string[], key?: string): Promise<void> {
  const answer = await process.send('batch', { batch: ids.map((id) => event(id)) }, key);
  expect(answer.statusCode).toBe(200);
}

/** How often each of these ids is in ClickHouse. */
async function stored(ids: readonly string[]): Promise<Record<string, number>> {
  await p.settled();
  const rows = await p.ch.query<{ message_id: string; times: string }>(
    'select message_id, count() as times from events where message_id in ({ids:Array(String)}) group by 1 order by 1',
    { ids },
  );
  return Object.fromEntries(rows.map((row) => [row.message_id, Number(row.times)]));
}

/** One run of all ids so far; the log keeps none of them. */
async function foldAndTrim(): Promise<void> {
  expect(await p.collect.fold(p.workspaceId)).toBe(true);
  await p.settled();
  await p.pg.inWorkspace(p.workspaceId, (tx) => trimLog(tx, p.workspaceId, 10_000));
  expect(await p.pg.inWorkspace(p.workspaceId, (tx) => tx.query('select seq from event_log'))).toEqual([]);
}

describe('the same event again is counted once', () => {
  test('in one batch, in another, alone, with another time and other contents', async () => {
    await send(p, ['a1', 'a2', 'a1']);
    await send(p, ['a2', 'a3']);
    const again = event('a1', { timestamp: '2024-02-29T00:00:00Z', userId: 'bob', properties: { n: 2 } });
    await p.accept(again);
    expect(await stored(['a1', 'a2', 'a3'])).toEqual({ a1: 1, a2: 1, a3: 1 });
    const [first] = await p.ch.query("select user_id from events where message_id = 'a1'");
    expect(first).toEqual({ user_id: 'ann' });
  });

  test('by two processes at the same moment', async () => {
    const other = await p.another();
    const ids = Array.from({ length: 40 }, (_, i) => `b${i}`);
    await Promise.all(Array.from({ length: 20 }, (_, i) => send(i % 2 ? p : other, ids.slice(i, i + 21))));
    expect(await stored(ids)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    await other.stop();
  });

  test('by a process that started later, from the log and from runs', async () => {
    await send(p, ['c1', 'c2']);
    const fromLog = await p.another();
    await send(fromLog, ['c1', 'c3']);
    await foldAndTrim();
    const fromRuns = await p.another();
    await send(fromRuns, ['c1', 'c2', 'c3', 'c4']);
    // Those that were there before learn of the run when they next accept.
    await send(fromLog, ['c2', 'c4', 'c5']);
    await send(p, ['c3', 'c5', 'a1']);
    expect(await stored(['a1', 'c1', 'c2', 'c3', 'c4', 'c5'])).toEqual({
      a1: 1,
      c1: 1,
      c2: 1,
      c3: 1,
      c4: 1,
      c5: 1,
    });
    await Promise.all([fromLog.stop(), fromRuns.stop()]);
  });

  test('after many runs became one', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `d${i}`);
    for (const id of ids) {
      await send(p, [id]);
      await foldAndTrim();
    }
    const runs = await p.pg.inWorkspace(p.workspaceId, (tx) => tx.query('select run from id_runs'));
    expect(runs.length).toBeLessThan(8);
    await send(p, ids);
    const other = await p.another();
    await send(other, ids);
    await other.stop();
    expect(await stored(ids)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
  });

  test('whatever comes in which order, to whom, and however the memory is kept meanwhile', async () => {
    const other = await p.another();
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          to: fc.boolean(),
          ids: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
        }),
      },
      { weight: 2, arbitrary: fc.constant('fold' as const) },
      { weight: 1, arbitrary: fc.constant('fold elsewhere' as const) },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 8 }), async (story) => {
        round++;
        const sent = new Set<string>();
        for (const together of story) {
          await Promise.all(
            together.map(async (one) => {
              if (one === 'fold') await p.collect.fold(p.workspaceId);
              else if (one === 'fold elsewhere') await other.collect.fold(p.workspaceId);
              else {
                const ids = one.ids.map((id) => `r${round}-${id}`);
                for (const id of ids) sent.add(id);
                await send(one.to ? other : p, ids);
              }
            }),
          );
        }
        expect(await stored([...sent])).toEqual(Object.fromEntries([...sent].map((id) => [id, 1])));
      }),
      { numRuns: 12, endOnFailure: true },
    );
    await other.stop();
  }, 60_000);
});

describe('what is another event', () => {
  test('the same id from another source', async () => {
    await p.newSource('till', 'till');
    await send(p, ['e1']);
    await send(p, ['e1'], 'wk_till');
    await send(p, ['e1'], 'wk_till');
    expect(await stored(['e1'])).toEqual({ e1: 2 });
  });

  test('the same id from another brand', async () => {
    const brand = await p.newBrand('Other');
    await send(p, ['f1']);
    await send(p, ['f1'], brand.writeKey);
    await p.settled(brand.workspace.id);
    expect(await stored(['f1'])).toEqual({ f1: 2 });
  });

  test('ids that differ in anything', async () => {
    const ids = ['g', 'G', 'g ', ' g', 'g\0', '1:g', 'ɡ'];
    await send(p, ids);
    await send(p, ids);
    expect(await stored(ids)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
  });
});

test('ids are forgotten a month after the last of their run; those of imports never', async () => {
  await p.newSource('file', 'import');
  await send(p, ['h1']);
  await send(p, ['h2'], 'wk_file');
  await foldAndTrim();
  const age = (days: number) =>
    p.pg.inWorkspace(p.workspaceId, (tx) =>
      tx.query("update id_runs set newest = now() - $1 * interval '1 day'", [days]),
    );
  const daily = async () => {
    const marker = 'select count(*)::int as n from graphile_worker._private_jobs';
    await p.jobs.enqueue(null, 'collect.daily', {});
    for (let n = 1; n > 0; ) {
      await p.clock.sleep(50);
      n = (await p.pg.asSystem((tx) => tx.query<{ n: number }>(marker)))[0]?.n ?? 0;
    }
  };
  await age(30);
  await daily();
  await send(p, ['h1']);
  await send(p, ['h2'], 'wk_file');
  expect(await stored(['h1', 'h2'])).toEqual({ h1: 1, h2: 1 });
  await age(32);
  await daily();
  await send(p, ['h1']);
  await send(p, ['h2'], 'wk_file');
  expect(await stored(['h1', 'h2'])).toEqual({ h1: 2, h2: 1 });
});

test('the figures of a source tell what came of everything that was sent', async () => {
  interface Sources {
    items: { name: string; figures: Record<string, unknown> }[];
  }
  await p.newSource('counted');
  const before = new Date().toISOString();
  const batch = [
    event('i1'),
    event('i1'),
    event('i2', {
      context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
    }),
    { type: 'track', messageId: 'i3', userId: 'ann' },
    'no event',
    event('i4', { userId: 'denies', context: { consent: { categoryPreferences: { analytics: false } } } }),
    event('i5', { userId: 'denies', event: 'Order Completed', properties: { total: 1 } }),
  ];
  for (let i = 0; i < 2; i++) await p.send('batch', { batch }, 'wk_counted');
  await p.settled();
  const { body } = await p.ask<Sources>('GET', '/api/sources');
  const figures = body.items.find((source) => source.name === 'counted')?.figures;
  expect(figures).toMatchObject({
    accepted: 3,
    duplicates: 6,
    quarantined: 4,
    withheld: 1,
    bots: 1,
    lag_ms: 0,
  });
  expect(String(figures?.last_seen) >= before).toBe(true);
  expect(await stored(['i1', 'i2', 'i3', 'i4', 'i5'])).toEqual({ i1: 1, i2: 1, i5: 1 });
  const humans = await p.ask<{ items: { message_id: string }[] }>(
    'GET',
    '/api/events?humans=true&limit=1000',
  );
  const ids = humans.body.items.map((one) => one.message_id);
  expect([ids.includes('i1'), ids.includes('i2')]).toEqual([true, false]);
});
