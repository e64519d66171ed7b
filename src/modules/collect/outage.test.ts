import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClickHouse, openClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres, type Postgres } from '#platform/postgres';
import { testClickHouse } from '../../../test/fixtures/clickhouse.ts';
import { type Line, lineTo } from '../../../test/fixtures/line.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { onEngines, type TestProcess } from '../../../test/fixtures/program.ts';

const log = createLog({ level: 'silent', pretty: false });
const patience = { timeout: 20_000, interval: 50 };
const bufferEvents = 100;

let postgres: Awaited<ReturnType<typeof testPostgres>>;
let clickhouse: Awaited<ReturnType<typeof testClickHouse>>;
let toPostgres: Line;
let toClickHouse: Line;
let pg: Postgres;
let ch: ClickHouse;
let p: TestProcess;

beforeAll(async () => {
  [postgres, clickhouse] = await Promise.all([testPostgres(), testClickHouse()]);
  [toPostgres, toClickHouse] = await Promise.all([lineTo(postgres.url), lineTo(clickhouse.url)]);
  pg = await openPostgres({ url: toPostgres.url, log, clock: systemClock, poolSize: 8 });
  ch = await openClickHouse({ url: toClickHouse.url, log, clock: systemClock });
  p = await onEngines({ pg, ch, bufferEvents });
});
afterAll(async () => {
  toPostgres.mend();
  toClickHouse.mend();
  await p.stop();
  await Promise.all([pg.close(), ch.close()]);
  await Promise.all([toPostgres.close(), toClickHouse.close()]);
  await Promise.all([postgres.drop(), clickhouse.drop()]);
});
beforeEach(() => {
  toPostgres.mend();
  toClickHouse.mend();
});

interface Refusal {
  type: string;
  detail: string;
}

const event = (messageId: string, userId = 'ann') => ({ type: 'track', event: 'Seen', userId, messageId });
const batch = (prefix: string, count: number) => ({
  batch: Array.from({ length: count }, (_, i) => event(`${prefix}-${i}`)),
});

/** How often each message of this prefix is in ClickHouse, as whoever is connected straight to it sees. */
async function stored(prefix: string): Promise<{ messages: number; rows: number }> {
  const [row] = await clickhouse.ch.query<{ messages: string; rows: string }>(
    `select uniqExact(message_id) as messages, count() as rows from events where startsWith(message_id, {prefix:String})`,
    { prefix: `${prefix}-` },
  );
  return { messages: Number(row?.messages), rows: Number(row?.rows) };
}

/** Sends until it is accepted, as an SDK does. */
async function sendUntilAccepted(process: TestProcess, body: Record<string, unknown>): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await process.send('batch', body);
    if (answer.statusCode !== 200) {
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      throw new Error(`not yet: ${answer.json<Refusal>().type}`);
    }
  }, patience);
}

describe('with ClickHouse away', () => {
  test('events are accepted up to the bound, then refused; and all goes on by itself when it is back', async () => {
    await p.send('batch', batch('before', 10));
    await p.settled();
    toClickHouse.cut();
    await vi.waitFor(async () => expect((await p.ask('GET', '/api/events')).status).toBe(503), patience);
    for (let i = 0; i < 4; i++) expect((await p.send('batch', batch(`away${i}`, 30))).statusCode).toBe(200);

    const refused = await p.send('batch', batch('over', 1));
    expect(refused.statusCode).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const body = refused.json<Refusal>();
    expect(body.type).toBe('collect/buffer-full');
    expect(body.detail).toContain('120 accepted events');
    expect((await p.send('track', event('over-alone'))).json<Refusal>().type).toBe('collect/buffer-full');
    // What was accepted is known still, and so are people.
    expect((await p.ask('GET', '/api/people?identifier=user_id:ann')).status).toBe(200);
    const { body: sources } = await p.ask<{ items: { figures: { lag_ms: number } }[] }>(
      'GET',
      '/api/sources',
    );
    expect(sources.items[0]?.figures.lag_ms).toBeGreaterThan(0);

    toClickHouse.mend();
    await sendUntilAccepted(p, batch('over', 1));
    await p.settled();
    for (let i = 0; i < 4; i++) expect(await stored(`away${i}`)).toEqual({ messages: 30, rows: 30 });
    expect(await stored('over')).toEqual({ messages: 1, rows: 1 });
    expect((await p.ask('GET', '/api/events')).status).toBe(200);
  }, 60_000);

  test('the team decides who is one person, and reports see it once it is back', async () => {
    await p.accept(event('decide-1', 'decide-a'), event('decide-2', 'decide-b'));
    await p.settled();
    const idOf = async (user: string) => {
      const url = `/api/people?identifier=user_id:${user}`;
      return (await p.ask<{ items: { id: string }[] }>('GET', url)).body.items[0]?.id;
    };
    const [a, b] = [await idOf('decide-a'), await idOf('decide-b')];
    toClickHouse.cut();
    const joined = await p.ask('POST', `/api/people/${a}/join`, { person: b });
    expect(joined).toMatchObject({ status: 200, body: { id: a, stage: null } });
    expect(await p.ask('GET', `/api/people/${b}`)).toMatchObject({ status: 200, body: { id: a } });
    toClickHouse.mend();
    await vi.waitFor(async () => {
      const { body } = await p.ask<{ items: { message_id: string }[] }>('GET', `/api/people/${a}/events`);
      expect(body.items.map((one) => one.message_id).sort()).toEqual(['decide-1', 'decide-2']);
    }, patience);
  }, 60_000);

  test('somebody who is erased is hidden, and gone once it is back', async () => {
    await p.accept(event('leaves-1', 'leaving'));
    await p.settled();
    const { body } = await p.ask<{ items: { id: string }[] }>(
      'GET',
      '/api/people?identifier=user_id:leaving',
    );
    toClickHouse.cut();
    const erased = await p.ask('DELETE', `/api/people/${body.items[0]?.id}?now=true`);
    expect(erased).toMatchObject({ status: 202, body: { done: false } });
    expect((await p.ask('GET', `/api/people/${body.items[0]?.id}`)).status).toBe(404);
    const jobs = await postgres.pg.asSystem((tx) =>
      tx.query(
        'select identifier from graphile_worker._private_tasks t join graphile_worker._private_jobs j on j.task_id = t.id',
      ),
    );
    expect(jobs).toEqual([{ identifier: 'people.purge' }]);
    toClickHouse.mend();
    await vi.waitFor(async () => {
      const events = await p.ask<{ items: { message_id: string }[] }>('GET', '/api/events');
      expect(events.status).toBe(200);
      expect(events.body.items.map((one) => one.message_id)).not.toContain('leaves-1');
    }, patience);
    expect(await p.people.purge(p.workspaceId, true)).toBe(1);
    expect(await stored('leaves')).toEqual({ messages: 0, rows: 0 });
  }, 60_000);

  test('a process that stops meanwhile leaves what it accepted to the next', async () => {
    toClickHouse.cut();
    expect((await p.send('batch', batch('left', 20))).statusCode).toBe(200);
    const other = await onEngines({ pg: postgres.pg, ch: clickhouse.ch });
    await vi.waitFor(async () => expect(await stored('left')).toEqual({ messages: 20, rows: 20 }), patience);
    await other.stop();
  }, 60_000);
});

test('an insert whose answer was lost is not done twice, by whoever goes on', async () => {
  for (const [prefix, goesOn] of [
    ['lost', 'the same process'],
    ['taken', 'another process'],
  ]) {
    toClickHouse.loseAnswers();
    await sendUntilAccepted(p, batch(String(prefix), 50));
    // It is there, and nobody told the writer.
    await vi.waitFor(
      async () => expect(await stored(String(prefix))).toEqual({ messages: 50, rows: 50 }),
      patience,
    );
    const [row] = await postgres.pg.asSystem((tx) =>
      tx.query<{ plan: object | null }>('select plan from event_writer'),
    );
    expect(row?.plan).not.toBe(null);
    if (goesOn === 'another process') {
      toClickHouse.cut();
      const other = await onEngines({ pg: postgres.pg, ch: clickhouse.ch });
      await other.settled();
      await other.stop();
    } else {
      toClickHouse.mend();
      await p.settled();
    }
    expect(await stored(String(prefix))).toEqual({ messages: 50, rows: 50 });
    toClickHouse.mend();
    await p.send('batch', batch(`${prefix} after`, 5));
    await p.settled();
    expect(await stored(`${prefix} after`)).toEqual({ messages: 5, rows: 5 });
  }
}, 60_000);

describe('with Postgres away', () => {
  test('events are refused with 503 and a sentence, and accepted again when it is back', async () => {
    toPostgres.cut();
    const refused = await p.send('batch', batch('refused', 3));
    expect(refused.statusCode).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json<Refusal>().detail).toMatch(/Postgres/);
    // Also a source that was never heard of is not called unknown now.
    expect((await p.send('track', event('unknown'), 'wk_never_seen')).statusCode).toBe(503);
    toPostgres.mend();
    await sendUntilAccepted(p, batch('refused', 3));
    await p.settled();
    expect(await stored('refused')).toEqual({ messages: 3, rows: 3 });
  }, 60_000);

  test('a commit whose answer was lost is not done twice', async () => {
    const accepted = async () => {
      const [row] = await postgres.pg.asSystem((tx) =>
        tx.query<{ events: number }>('select accepted_events as events from log_heads'),
      );
      return row?.events ?? 0;
    };
    let lost = 0;
    for (let i = 0; i < 5; i++) {
      // So that the next commit is that of the events, not of something that is looked up for them.
      await sendUntilAccepted(p, batch(`warm${i}`, 1));
      const before = await accepted();
      toPostgres.loseAnswers('commit');
      expect((await p.send('batch', batch(`half${i}`, 10))).statusCode).toBe(503);
      toPostgres.mend();
      if ((await accepted()) === before + 10) lost++;
      await sendUntilAccepted(p, batch(`half${i}`, 10));
      expect(await accepted()).toBe(before + 10);
    }
    expect(lost).toBeGreaterThan(0);
    await p.settled();
    for (let i = 0; i < 5; i++) expect(await stored(`half${i}`)).toEqual({ messages: 10, rows: 10 });
  }, 60_000);
});

test('whatever is cut at whatever moment, everything that was accepted is there once, and people are whole', async () => {
  const q = await onEngines({ pg, ch });
  const shared = 20;
  let stop = false;
  let accepted = 0;
  const trouble = (async () => {
    // Moments are worth cutting at only if some work gets through between them: how much time that takes, the machine says.
    let slowness = 1;
    for (let i = 0; !stop; i++) {
      const line = i % 2 ? toPostgres : toClickHouse;
      if (i % 3 === 0) line.loseAnswers();
      else line.cut();
      await systemClock.sleep(20 + ((i * 37) % 80));
      line.mend();
      const before = accepted;
      await systemClock.sleep((50 + ((i * 53) % 100)) * slowness);
      slowness = accepted > before ? 1 : slowness * 1.2;
    }
  })();
  await Promise.all(
    [p, q].map(async (process, n) => {
      for (let i = 0; i < 15; i++) {
        const calls = Array.from({ length: shared }, (_, j) => ({
          type: 'identify',
          messageId: `chaos-${i}-${j}`,
          userId: `chaos-${i}-${j}`,
          anonymousId: `chaos-browser-${i}-${j}`,
          traits: { email: `chaos-${i}-${j}@example.com`, by: n },
        }));
        await sendUntilAccepted(process, { batch: calls });
        accepted++;
      }
    }),
  );
  stop = true;
  await trouble;
  await q.settled();
  expect(await stored('chaos')).toEqual({ messages: 15 * shared, rows: 15 * shared });
  const [people] = await postgres.pg.asSystem((tx) =>
    tx.query<{ people: number; identifiers: number }>(
      `select count(distinct person_key)::int as people, count(*)::int as identifiers from identifiers where value like 'chaos-%'`,
    ),
  );
  expect(people).toEqual({ people: 15 * shared, identifiers: 3 * 15 * shared });
  await q.stop();
}, 90_000);
