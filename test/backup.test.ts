import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { saveBackup } from '../src/app/backup/download.ts';
import { refuseHalfRestored, restoreBackup } from '../src/app/backup/restore.ts';
import { checkBackup, unpack } from '../src/app/backup/unpack.ts';
import { writeBackup } from '../src/app/backup/write.ts';
import { testClickHouse } from './fixtures/clickhouse.ts';
import { testPostgres } from './fixtures/postgres.ts';
import { onEngines, type TestProcess, type TestProgram, testProgram } from './fixtures/program.ts';

// The drill: a backup while events come in, restored elsewhere, and compared.

const clock = systemClock;
const ends: (() => Promise<void> | void)[] = [];
let folder: string;
let file: string;
let p: TestProgram;
/** Figures of the time before the stream of events, which nothing of it changes. */
let peopleBefore: unknown;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pando-backup-'));
  file = join(folder, 'acme.backup');
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  p = await testProgram({ work: true });
  ends.push(() => p.drop());
  await live(p);
  const { jobs, workspaceId } = p;
  const runAt = new Date(clock.ms() + 3_600_000);
  await jobs.enqueue(null, 'people.reconsider', { workspaceId }, { key: 'drill', runAt, priority: 7 });
  peopleBefore = await peopleOf(p);
  await backupUnderLoad();
}, 120_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const order = (n: number, userId: string, more: object = {}) => ({
  type: 'track',
  messageId: `order-${n}`,
  event: 'Order Completed',
  userId,
  properties: { order_id: `o${n}`, total: '10.25', currency: 'EUR', note: 'tab\there\nline \\N' },
  ...more,
});

/** Joins, a split, an erasure done and one that waits, a conflict, and a bad event in quarantine. */
async function live(on: TestProgram): Promise<void> {
  for (let n = 0; n < 20; n++) {
    await on.accept({ type: 'page', anonymousId: `a${n}`, name: 'Home' }, order(n, `u${n}`), {
      type: 'identify',
      anonymousId: `a${n}`,
      userId: `u${n}`,
      traits: { email: `u${n}@example.com` },
    });
  }
  await on.accept({ type: 'identify', userId: 'u1', traits: { email: 'u2@example.com' } });
  await on.settled();
  const bad = await on.send('batch', { batch: [{ type: 'track', userId: 'u3', messageId: 'bad' }] });
  expect(bad.statusCode).toBe(200);
  const split = await on.ask('POST', `/api/people/${await idOf(on, 'user_id:u5')}/split`, {
    identifiers: ['anonymous_id:a5'],
  });
  expect(split.status).toBe(200);
  const joined = await on.ask('POST', `/api/people/${await idOf(on, 'user_id:u6')}/join`, {
    identifier: 'user_id:u7',
  });
  expect(joined.status).toBe(200);
  await on.accept(
    { type: 'track', event: 'After', userId: 'u7' },
    { type: 'track', event: 'After', anonymousId: 'a5' },
  );
  await on.settled();
  const gone = await on.ask('DELETE', `/api/people/${await idOf(on, 'user_id:u8')}?now=true`);
  expect(gone.status).toBe(202);
  await vi.waitFor(async () => expect(await openErasures(on.pg)).toBe(0), { timeout: 20_000 });
  // It was ordered a second time, for the case that the first had been interrupted; it would take the next one along.
  await on.pg.raw.query('select graphile_worker.remove_job($1)', [`people.purge:${on.workspaceId}`]);
  const waiting = await on.ask('DELETE', `/api/people/${await idOf(on, 'user_id:u9')}`);
  expect(waiting.status).toBe(202);
  expect(await openErasures(on.pg)).toBe(1);
}

/** Events go on being accepted from before the backup begins until after it has ended. */
async function backupUnderLoad(): Promise<void> {
  let sending = true;
  let sent = 0;
  const stream = (async () => {
    for (; sending; sent++) {
      const batch = Array.from({ length: 20 }, (_, i) => ({
        type: 'track',
        event: 'Streamed',
        messageId: `stream-${sent}-${i}`,
        userId: `s${sent}`,
        // One a customer: a visitor of two customers would be a conflict, and those are counted.
        anonymousId: `sa${sent}`,
      }));
      expect((await p.send('batch', { batch })).statusCode).toBe(200);
    }
  })();
  await vi.waitFor(() => expect(sent).toBeGreaterThan(10), { timeout: 20_000 });
  const before = sent;
  await saveBackup(writeBackup({ pg: p.pg, ch: p.ch, clock, version: 'test' }), file, {
    force: false,
    wrote: () => {},
  });
  await vi.waitFor(() => expect(sent).toBeGreaterThan(before), { timeout: 20_000 });
  sending = false;
  await stream;
  await p.settled();
}

async function idOf(on: TestProcess, identifier: string): Promise<string> {
  const { body } = await on.ask<{ items: { id: string }[] }>(
    'GET',
    `/api/people?identifier=${encodeURIComponent(identifier)}`,
  );
  const [found] = body.items;
  if (!found) throw new Error(`Nobody has ${identifier}.`);
  return found.id;
}

async function openErasures(pg: Postgres): Promise<number> {
  const { rows } = await pg.raw.query<{ n: number }>(
    'select count(*) as n from erasures where done_at is null',
  );
  return rows[0]?.n ?? 0;
}

/** People with their identifiers, traits, events. */
async function peopleOf(on: TestProcess): Promise<unknown> {
  const told = [];
  for (let n = 0; n < 20; n++) {
    for (const identifier of [`user_id:u${n}`, `anonymous_id:a${n}`]) {
      const { body } = await on.ask<{ items: { id: string }[] }>(
        'GET',
        `/api/people?identifier=${identifier}`,
      );
      const id = body.items[0]?.id;
      told.push([
        identifier,
        id && (await on.ask('GET', `/api/people/${id}`)).body,
        id && (await on.ask('GET', `/api/people/${id}/events`)).body,
      ]);
    }
  }
  return [told, (await on.ask('GET', '/api/conflicts')).body, (await on.ask('GET', '/api/quarantine')).body];
}

async function countEvents(ch: ClickHouse, upTo: number): Promise<number> {
  const [row] = await ch.query<{ n: string }>(
    'select count() as n from people_events where seq <= {upTo:UInt64}',
    {
      upTo,
    },
  );
  return Number(row?.n);
}

/** Engines with tables, and nobody in them. */
async function emptyEngines() {
  const [postgres, clickhouse] = await Promise.all([testPostgres(), testClickHouse()]);
  ends.push(
    () => postgres.drop(),
    () => clickhouse.drop(),
  );
  return { pg: postgres.pg, ch: clickhouse.ch };
}

describe('a backup that was made under load', () => {
  let head: number;
  let restored: TestProcess;

  beforeAll(async () => {
    const engines = await emptyEngines();
    const { header } = await restoreBackup({ ...engines, clock }, file);
    head = header.heads[0]?.head ?? 0;
    await refuseHalfRestored(engines.pg);
    restored = await onEngines({ ...engines, work: true });
    ends.push(() => restored.stop());
    await restored.settled();
  }, 60_000);

  test('has one position of the log, in the middle of the stream, and every event up to there', async () => {
    const { rows } = await p.pg.raw.query<{ head: number }>('select head from log_heads');
    expect(head).toBeGreaterThan(60);
    expect(head).toBeLessThan(rows[0]?.head ?? 0);
    const expected = await countEvents(p.ch, head);
    expect(await countEvents(restored.ch, Number.MAX_SAFE_INTEGER)).toBe(expected);
    const overview = await restored.ask<{ events: number; orders: number; revenue: object }>(
      'GET',
      '/api/overview',
    );
    // Of 20 orders, those of two erased people are gone.
    expect(overview.body).toMatchObject({ events: expected, orders: 18, revenue: { EUR: '184.5' } });
    const digest = `select message_id, key, time, toString(total), properties, dictGetOrDefault('person_now', 'person', key, person)
      from events where seq <= {head:UInt64} and key not in (select key from moved_identifiers final where person = 0) order by 1, 2`;
    expect(await restored.ch.query(digest, { head })).toEqual(await p.ch.query(digest, { head }));
  });

  test('brings back people, evidence, conflicts, quarantine and keys', async () => {
    expect(await peopleOf(restored)).toEqual(peopleBefore);
    const counts = `select (select count(*) from ties where outcome = 1) as conflicts, (select count(*) from quarantine) as quarantine,
      (select count(*) from secret_keys) as keys, (select count(*) from decisions) as decisions`;
    const [here] = (await restored.pg.raw.query<Record<string, number>>(counts)).rows;
    expect(here).toEqual((await p.pg.raw.query(counts)).rows[0]);
    expect(here).toMatchObject({ conflicts: 1, quarantine: 1, decisions: 2 });
  });

  test('does not bring back who waits for an erasure, and goes on with it', async () => {
    const hidden = await restored.ask<{ items: object[] }>('GET', '/api/people?identifier=user_id:u9');
    expect(hidden.body.items).toEqual([]);
    expect(await openErasures(restored.pg)).toBe(1);
    const erased = await restored.ch.query(
      "select count() as n from people_events where message_id = 'order-9'",
    );
    expect(erased).toEqual([{ n: '0' }]);
    const { workspaceId } = restored;
    await restored.jobs.enqueue(null, 'people.purge', { workspaceId, all: true });
    await vi.waitFor(async () => expect(await openErasures(restored.pg)).toBe(0), { timeout: 20_000 });
    const gone = await restored.ch.query("select count() as n from events where message_id = 'order-9'");
    expect(gone).toEqual([{ n: '0' }]);
  });

  test('has the jobs that waited', async () => {
    const waiting = `select t.identifier, j.payload, j.run_at, j.max_attempts, j.key, j.priority from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where j.key = 'drill'`;
    const { rows } = await restored.pg.raw.query<{ payload: object }>(waiting);
    expect(rows).toEqual((await p.pg.raw.query(waiting)).rows);
    expect(rows[0]).toMatchObject({
      identifier: 'people.reconsider',
      payload: { workspaceId: p.workspaceId },
    });
  });

  test('goes on: new events, new people, and none twice', async () => {
    const before = await countEvents(restored.ch, Number.MAX_SAFE_INTEGER);
    await restored.accept(order(3, 'u3'), {
      type: 'track',
      event: 'Streamed',
      messageId: 'stream-0-0',
      userId: 's0',
    });
    await restored.settled();
    expect(await countEvents(restored.ch, Number.MAX_SAFE_INTEGER)).toBe(before);
    await restored.accept(order(1000, 'u3'), {
      type: 'track',
      event: 'New',
      messageId: 'new-1',
      userId: 'new',
      anonymousId: 'new',
    });
    await restored.accept({ type: 'alias', messageId: 'new-2', previousId: 'u10', userId: 'u11' });
    await restored.settled();
    expect(await countEvents(restored.ch, Number.MAX_SAFE_INTEGER)).toBe(before + 3);
    expect(await idOf(restored, 'user_id:new')).not.toBe(await idOf(restored, 'user_id:u3'));
    expect(await idOf(restored, 'user_id:u10')).toBe(await idOf(restored, 'user_id:u11'));
  });

  test('is refused by an installation that is in use', async () => {
    await expect(restoreBackup({ pg: restored.pg, ch: restored.ch, clock }, file)).rejects.toMatchObject({
      type: 'backup/not-empty',
      detail: expect.stringContaining('PANDO_HOME'),
    });
  });
});

describe('an interrupted restore', () => {
  test('keeps the program from starting, and is done again from the beginning', async () => {
    const engines = await emptyEngines();
    const { insert } = engines.ch;
    let inserts = 0;
    const breaking: ClickHouse = Object.assign(Object.create(engines.ch), {
      ...through(engines.ch),
      insert: async (...given: Parameters<typeof insert>) => {
        if (++inserts > 1) throw new Error('the power went');
        return engines.ch.insert(...given);
      },
    });
    await expect(restoreBackup({ pg: engines.pg, ch: breaking, clock }, file)).rejects.toThrow(
      'the power went',
    );
    const [left] = await engines.ch.query<{ n: string }>('select count() as n from events');
    expect(Number(left?.n)).toBeGreaterThan(0);
    await expect(refuseHalfRestored(engines.pg)).rejects.toMatchObject({ type: 'backup/half-restored' });
    const { parts } = await restoreBackup({ ...engines, clock }, file);
    await refuseHalfRestored(engines.pg);
    const [now] = await engines.ch.query<{ n: string }>('select count() as n from events');
    expect(Number(now?.n)).toBe(parts.find((part) => part.engine === 'clickhouse')?.rows);
  });

  test('somebody’s events without a workspace are not taken for its leavings', async () => {
    const { pg } = await emptyEngines();
    await expect(restoreBackup({ pg, ch: p.ch, clock }, file)).rejects.toMatchObject({
      type: 'backup/not-empty',
    });
    expect(await countEvents(p.ch, 1)).toBeGreaterThan(0);
  });
});

/** The methods of a door, bound to it: private fields are not found through another object. */
function through(ch: ClickHouse): Partial<ClickHouse> {
  return {
    query: (...given: Parameters<ClickHouse['query']>) => ch.query(...given),
    command: (...given: Parameters<ClickHouse['command']>) => ch.command(...given),
    fill: (text: string) => ch.fill(text),
  } as Partial<ClickHouse>;
}

describe('the file', () => {
  test('can be read by its owner only, says what is in it, and was not left half-written', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.partial`)).toBe(false);
    const { header, parts } = await checkBackup(file);
    expect(header.heads).toHaveLength(1);
    expect(parts.find((part) => part.table === 'identifiers')?.rows).toBeGreaterThan(50);
    expect(parts.some((part) => part.table === 'migrations')).toBe(false);
  });

  test('is refused with any byte flipped, or cut, by verify and by restore, before anything is touched', async () => {
    const whole = readFileSync(file);
    const bad = join(folder, 'bad');
    const engines = await emptyEngines();
    for (let i = 0; i < 40; i++) {
      const at = i < 20 ? i : Math.floor((whole.length - 1) * ((i - 20) / 19));
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ (1 << (i % 8));
      writeFileSync(bad, flipped);
      await expect(checkBackup(bad), `byte ${at}`).rejects.toMatchObject({
        type: expect.stringMatching(/^backup\/(damaged|no-backup)$/),
      });
      if (i % 10 === 0) await expect(restoreBackup({ ...engines, clock }, bad)).rejects.toThrow(/backup/);
    }
    for (const length of [0, 5, 13, 40, 60, whole.length - 1, whole.length - 33]) {
      writeFileSync(bad, whole.subarray(0, length));
      await expect(checkBackup(bad), `cut at ${length}`).rejects.toMatchObject({
        type: expect.stringMatching(/^backup\/(damaged|no-backup)$/),
      });
    }
    await refuseHalfRestored(engines.pg);
  });

  test('of other tables is refused, with the version to use', async () => {
    const engines = await emptyEngines();
    await engines.pg.raw.query(
      "insert into migrations (module, number, name, checksum) values ('people', 9999, 'x', 'x')",
    );
    await expect(restoreBackup({ ...engines, clock }, file)).rejects.toMatchObject({
      type: 'backup/other-version',
      detail: expect.stringContaining('Pando test'),
    });
  });

  test('is not overwritten, and not there when the backup broke off', async () => {
    const wrote = () => {};
    const kept = join(folder, 'kept');
    copyFileSync(file, kept);
    async function* broken() {
      yield readFileSync(file).subarray(0, 1000);
    }
    await expect(saveBackup(broken(), kept, { force: false, wrote })).rejects.toMatchObject({
      type: 'backup/file-exists',
    });
    await expect(saveBackup(broken(), kept, { force: true, wrote })).rejects.toMatchObject({
      type: 'backup/damaged',
    });
    expect(readFileSync(kept).equals(readFileSync(file))).toBe(true);
    expect(existsSync(`${kept}.partial`)).toBe(false);
  });

  test('whoever stops reading it leaves nothing open', async () => {
    for await (const piece of unpack(file)) if (piece.kind === 'part') break;
    const writing = writeBackup({ pg: p.pg, ch: p.ch, clock, version: 'test' });
    await writing.next();
    await writing.next();
    await writing.return(undefined);
    await expect.poll(() => idleTransactions(p.pg)).toBe(0);
  });
});

async function idleTransactions(pg: Postgres): Promise<number> {
  const { rows } = await pg.raw.query<{ n: number }>(
    "select count(*) as n from pg_stat_activity where datname = current_database() and query ilike 'copy %' and state <> 'idle'",
  );
  return rows[0]?.n ?? 0;
}
