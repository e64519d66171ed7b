import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { loadMigrations } from '#platform/migrations';
import { migratePostgres, openPostgres, type Postgres, type Tx } from '#platform/postgres';
import { testEngine, testPostgres } from '../../../test/fixtures/postgres.ts';
import { createFacts, type Facts, type StoredFact } from './index.ts';
import { findGate } from './sql.ts';

const log = createLog({ level: 'silent', pretty: false });
let database: Awaited<ReturnType<typeof testPostgres>>;
let pg: Postgres;
let facts: Facts;

beforeAll(async () => {
  database = await testPostgres();
  pg = database.pg;
  await pg.asSystem((tx) =>
    tx.query('create table pando.seen (workspace_id int not null, follower text, subject text)'),
  );
  await pg.asSystem((tx) => tx.query("select pando.protect('seen')"));
});
afterAll(() => database.drop());

beforeEach(async () => {
  await pg.asSystem((tx) => tx.query('truncate facts, fact_followers, seen'));
  facts = await createFacts({ pg, log, clock: systemClock });
});
afterEach(() => facts.stop());

const joined = (subject: string) => ({ type: 'people.joined', subject, data: { with: 'p0' } });

/** A handler that leaves a trace in its transaction. */
const remember =
  (follower: string, before: (fact: StoredFact) => void = () => {}) =>
  async (fact: StoredFact, tx: Tx) => {
    before(fact);
    await tx.query('insert into seen (workspace_id, follower, subject) values ($1, $2, $3)', [
      fact.workspaceId,
      follower,
      fact.subject,
    ]);
  };

async function seenBy(follower: string): Promise<string[]> {
  const rows = await pg.asSystem((tx) =>
    tx.query<{ subject: string }>('select subject from seen where follower = $1', [follower]),
  );
  return rows.map((r) => r.subject);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(10);
}

/** A transaction that is held open until it is told to end. */
async function openTransaction(workspaceId: number, begin: (tx: Tx) => Promise<void>) {
  let end = () => {};
  const told = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begun = () => {};
  const ready = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const done = pg.inWorkspace(workspaceId, async (tx) => {
    await begin(tx);
    begun();
    await told;
  });
  await ready;
  return {
    commit: () => {
      end();
      return done;
    },
  };
}

describe('recording', () => {
  test('a fact is told when its transaction commits, with what was recorded', async () => {
    const heard: StoredFact[] = [];
    facts.follow('test', ['people.joined'], async (fact) => void heard.push(fact));
    await facts.start();
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p1')));
    await until(async () => heard.length > 0);
    expect(heard).toEqual([
      { id: expect.any(Number), workspaceId: 7, at: expect.any(Date), ...joined('p1') },
    ]);
  });

  test('a fact of a transaction that was rolled back is never told', async () => {
    facts.follow('test', '*', remember('test'));
    await facts.start();
    const failing = pg.inWorkspace(7, async (tx) => {
      await facts.record(tx, joined('p1'));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p2')));
    await until(async () => (await seenBy('test')).length > 0);
    expect(await seenBy('test')).toEqual(['p2']);
  });

  test('facts belong to a workspace', async () => {
    await expect(pg.asSystem((tx) => facts.record(tx, joined('p1')))).rejects.toThrow('of its workspace');
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p1')));
    expect(await pg.inWorkspace(8, (tx) => tx.query('select * from facts'))).toEqual([]);
  });

  test('what was recorded about a subject can be erased, in its own workspace only', async () => {
    await pg.inWorkspace(7, (tx) => facts.recordMany(tx, [joined('p1'), joined('p2')]));
    await pg.inWorkspace(8, (tx) => facts.forget(tx, ['p1']));
    await pg.inWorkspace(7, (tx) => facts.forget(tx, ['p2']));
    expect(await pg.asSystem((tx) => tx.query('select subject from facts'))).toEqual([{ subject: 'p1' }]);
  });
});

describe('following', () => {
  test('a follower hears its types only, in order, and also what was before it', async () => {
    await pg.inWorkspace(7, (tx) =>
      facts.recordMany(tx, [joined('p1'), { type: 'people.split', subject: 'p2', data: {} }, joined('p3')]),
    );
    facts.follow('joins', ['people.joined'], remember('joins'));
    facts.follow('all', '*', remember('all'));
    await facts.start();
    await until(async () => (await facts.lag()).every((l) => l.behind === 0));
    expect(await seenBy('joins')).toEqual(['p1', 'p3']);
    expect(await seenBy('all')).toEqual(['p1', 'p2', 'p3']);
  });

  test('a handler works in the workspace of its fact, and sees no other', async () => {
    const rows: unknown[] = [];
    facts.follow('test', '*', async (fact, tx) => {
      rows.push([
        fact.workspaceId,
        tx.workspaceId,
        await tx.query('select workspace_id, subject from facts'),
      ]);
    });
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p1')));
    await pg.inWorkspace(8, (tx) => facts.record(tx, joined('p2')));
    await facts.start();
    await until(async () => rows.length === 2);
    expect(rows).toEqual([
      [7, 7, [{ workspace_id: 7, subject: 'p1' }]],
      [8, 8, [{ workspace_id: 8, subject: 'p2' }]],
    ]);
  });

  test('a follower that comes back goes on where it was', async () => {
    facts.follow('test', '*', remember('test'));
    await facts.start();
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p1')));
    await until(async () => (await seenBy('test')).length === 1);
    await facts.stop();
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p2')));
    const again = await createFacts({ pg, log, clock: systemClock });
    again.follow('test', '*', remember('test'));
    await again.start();
    await until(async () => (await seenBy('test')).length === 2);
    await again.stop();
    expect(await seenBy('test')).toEqual(['p1', 'p2']);
  });

  test('a failing handler leaves no trace, is named in the lag, is tried again, and stops nobody else', async () => {
    let broken = true;
    facts.follow(
      'fragile',
      '*',
      remember('fragile', (fact) => {
        if (broken && fact.subject === 'p2') throw new Error('cannot do p2');
      }),
    );
    facts.follow('sturdy', '*', remember('sturdy'));
    await pg.inWorkspace(7, (tx) => facts.recordMany(tx, [joined('p1'), joined('p2'), joined('p3')]));
    await facts.start();
    await until(async () => (await facts.lag()).some((l) => l.error));
    expect(await seenBy('fragile')).toEqual(['p1']);
    await until(async () => (await seenBy('sturdy')).length === 3);
    expect(await facts.lag()).toEqual([
      { name: 'fragile', behind: 2, error: 'cannot do p2' },
      { name: 'sturdy', behind: 0 },
    ]);
    broken = false;
    await until(async () => (await seenBy('fragile')).length === 3);
    expect(await seenBy('fragile')).toEqual(['p1', 'p2', 'p3']);
    expect(await facts.lag()).toEqual([
      { name: 'fragile', behind: 0 },
      { name: 'sturdy', behind: 0 },
    ]);
  });

  test('what Postgres says of a row does not get into the error', async () => {
    facts.follow('test', '*', async (_fact, tx) => {
      await tx.query("select 'ann@example.com'::int");
    });
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('p1')));
    await facts.start();
    await until(async () => (await facts.lag()).some((l) => l.error));
    expect((await facts.lag())[0]?.error).toBe('SQLSTATE 22P02');
  });
});

describe('a commit that comes late', () => {
  test('is waited for: nothing that began after it is told before it', async () => {
    facts.follow('test', '*', remember('test'));
    await facts.start();
    const slow = await openTransaction(7, (tx) => facts.record(tx, joined('slow')));
    await pg.inWorkspace(7, (tx) => facts.record(tx, joined('quick')));
    await systemClock.sleep(300);
    expect(await seenBy('test')).toEqual([]);
    expect(await facts.lag()).toEqual([{ name: 'test', behind: 1 }]);
    await slow.commit();
    await until(async () => (await seenBy('test')).length === 2);
    expect(await seenBy('test')).toEqual(['slow', 'quick']);
  });

  test('is never passed over, whatever order many transactions end in, by any of several processes', async () => {
    const others = await Promise.all(
      [1, 2].map(() => openPostgres({ url: pg.url, log, clock: systemClock, poolSize: 4 })),
    );
    const processes = await Promise.all(
      others.map((other) => createFacts({ pg: other, log, clock: systemClock })),
    );
    for (const process of processes) {
      process.follow('one', '*', remember('one'));
      process.follow('two', ['people.joined'], remember('two'));
      await process.start();
    }
    const committed: string[] = [];
    async function writer(name: string): Promise<void> {
      for (let n = 0; n < 40; n++) {
        const subjects = Array.from({ length: randomInt(1, 4) }, (_, i) => `${name}-${n}-${i}`);
        const giveUp = randomInt(5) === 0;
        await pg
          .inWorkspace(randomInt(1, 4), async (tx) => {
            for (const subject of subjects) {
              await facts.record(tx, joined(subject));
              await systemClock.sleep(randomInt(4));
            }
            if (giveUp) throw new Error('rolled back');
            committed.push(...subjects);
          })
          .catch(() => {});
      }
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(writer));
    await until(async () => (await processes[0]?.lag())?.every((l) => l.behind === 0) ?? false);
    for (const process of processes) await process.stop();
    for (const other of others) await other.close();

    expect(committed.length).toBeGreaterThan(100);
    expect((await seenBy('one')).sort()).toEqual([...committed].sort());
    expect((await seenBy('two')).sort()).toEqual([...committed].sort());
  });
});

describe('a transaction of another database of the server', () => {
  let other: Awaited<ReturnType<typeof testPostgres>>;
  beforeAll(async () => {
    other = await testPostgres({ empty: true });
    await other.pg.raw.query('create table public.night_work (n int)');
  });
  afterAll(() => other.drop());
  const atNight = (work: () => Promise<void>) =>
    other.pg.asSystem(async (tx) => {
      await tx.query('insert into public.night_work values (1)');
      await work();
    });

  test('holds nothing back, however long it takes', async () => {
    facts.follow('test', '*', remember('test'));
    await facts.start();
    await atNight(async () => {
      await pg.inWorkspace(7, (tx) => facts.record(tx, joined('by day')));
      await until(async () => (await seenBy('test')).length === 1);
      expect(await pg.inWorkspace(7, (tx) => facts.place(tx))).not.toBe('0.0');
    });
  });

  test('is told from those of ours: below a place that was found, nothing comes any more', async () => {
    let going = true;
    const whileGoing = async (work: () => Promise<unknown>) => {
      while (going) await work();
    };
    const nap = () => systemClock.sleep(randomInt(6));
    const day = () =>
      pg.inWorkspace(7, async (tx) => {
        await facts.record(tx, joined('day'));
        await nap();
      });
    const busy = [day, day, day, () => atNight(nap), () => atNight(nap)].map(whileGoing);
    const below = (place: number) =>
      pg.asSystem(async (tx) => {
        const rows = await tx.query<{ id: number }>('select id from facts where place < $1 order by id', [
          place,
        ]);
        return rows.map(({ id }) => id);
      });
    const found: { place: number; ids: number[] }[] = [];
    for (let n = 0; n < 150; n++) {
      const place = await pg.asSystem(findGate);
      found.push({ place, ids: await below(place) });
    }
    going = false;
    await Promise.all(busy);
    for (const { place, ids } of found) expect(await below(place)).toEqual(ids);
    expect(found.at(-1)?.ids.length).toBeGreaterThan(20);
  });
});

test('the log goes on after the data were moved to a younger server, whose transactions count from the beginning', async () => {
  facts.follow('test', '*', remember('test'));
  await pg.inWorkspace(7, (tx) => facts.record(tx, joined('told before the move')));
  await facts.start();
  await until(async () => (await seenBy('test')).length === 1);
  await facts.stop();
  await pg.inWorkspace(7, (tx) => facts.record(tx, joined('recorded before the move')));
  // As it looks on the new server: all that is stored comes from transactions of the future.
  await pg.asSystem((tx) => tx.query('update facts set place = place + 1000000'));
  await pg.asSystem((tx) => tx.query('update fact_followers set place = place + 1000000'));

  const moved = await createFacts({ pg, log, clock: systemClock });
  moved.follow('test', '*', remember('test'));
  await moved.start();
  await pg.inWorkspace(7, (tx) => moved.record(tx, joined('recorded after the move')));
  await until(async () => (await moved.lag()).every((l) => l.behind === 0));
  await moved.stop();
  expect(await seenBy('test')).toEqual([
    'told before the move',
    'recorded before the move',
    'recorded after the move',
  ]);
});

test('facts are told on when Postgres was killed, and telling can be stopped while it is away', async () => {
  const { engine, stop } = await testEngine();
  const own = await openPostgres({ url: engine.url, log, clock: systemClock });
  await migratePostgres(
    own,
    loadMigrations('pg').filter((m) => m.module.startsWith('platform/')),
    log,
  );
  const told = await createFacts({ pg: own, log, clock: systemClock });
  const heard = new Set<string>();
  told.follow('test', '*', async (fact) => void heard.add(fact.subject));
  await told.start();
  for (const subject of ['p1', 'p2', 'p3']) {
    const recording = () => own.inWorkspace(7, (tx) => told.record(tx, joined(subject)));
    await until(() =>
      recording().then(
        () => true,
        () => false,
      ),
    );
    await until(async () => heard.has(subject));
    const pid = engine.pid();
    if (pid) process.kill(pid, 'SIGKILL');
    await until(async () => engine.pid() !== pid);
  }
  await engine.stop();
  await told.stop();
  await own.close();
  await stop();
  expect([...heard]).toEqual(['p1', 'p2', 'p3']);
});
