import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { identify, peopleOf, track } from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

const patience = { timeout: 20_000, interval: 50 };
let p: TestProgram;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  p = await testProgram({ work: true });
  people = peopleOf(p);
});
afterAll(() => p.drop());

interface Erased {
  gone_by: string;
  done: boolean;
}
const erase = (id: string, now = false) =>
  p.ask<Erased>('DELETE', `/api/people/${id}${now ? '?now=true' : ''}`);

/** Rows of these messages in ClickHouse, whoever may see them. */
async function rowsOf(prefix: string): Promise<number> {
  await p.settled();
  const [row] = await p.ch.query<{ n: string }>(
    'select count() as n from events where startsWith(message_id, {prefix:String})',
    { prefix },
  );
  return Number(row?.n);
}

test('somebody is hidden from every read at once, and gone from both engines when it was promised', async () => {
  await p.accept(
    identify(
      { userId: 'h1', anonymousId: 'h1-browser' },
      { email: 'hidden@example.com', name: 'Hidde Hidden' },
      { messageId: 'h1-1' },
    ),
    track(
      { anonymousId: 'h1-browser' },
      { messageId: 'h1-2', event: 'Order Completed', properties: { total: '77', currency: 'CHF' } },
    ),
    track({ userId: 'h2' }, { messageId: 'other-3' }),
    identify({ userId: 'h2' }, { email: 'hidden@example.com' }, { messageId: 'other-4' }),
  );
  await p.settled();
  const [id, other] = [await people.idOf('user_id:h1'), await people.idOf('user_id:h2')];
  const browser = (await p.ask<{ items: { id: string }[] }>('GET', '/api/people?q=hidde')).body.items[0]?.id;
  expect(browser).toBe(id);

  const { status, body } = await erase(id);
  expect([status, body.done]).toEqual([202, false]);
  const hours = (Date.parse(body.gone_by) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThan(24.1);

  for (const path of ['', '/events', '/export']) {
    expect((await p.ask('GET', `/api/people/${id}${path}`)).status).toBe(404);
  }
  for (const identifier of ['user_id:h1', 'anonymous_id:h1-browser', 'email:hidden@example.com']) {
    expect(await people.idsOf(identifier)).toEqual([]);
  }
  for (const url of [
    '/api/people?q=hidde',
    `/api/people?q=${id}`,
    '/api/people',
    '/api/events',
    '/api/overview',
    '/api/conflicts',
    '/api/audit',
    '/api/quarantine',
  ]) {
    const answer = await p.ask('GET', url);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toMatch(/h1-|Hidde Hidden|CHF|user_id:h1/);
    expect(JSON.stringify(answer.body)).not.toContain(id);
  }
  expect((await erase(id)).status).toBe(404);
  // What the other said of themselves is theirs.
  expect((await people.person(other)).traits.email?.value).toBe('hidden@example.com');

  expect(await rowsOf('h1-')).toBe(2);
  await p.jobs.enqueue(null, 'people.purge-due', {});
  await noJobs();
  expect(await rowsOf('h1-')).toBe(2);
  await p.pg.inWorkspace(p.workspaceId, (tx) =>
    tx.query("update erasures set due_at = now() + interval '1 hour'"),
  );
  await p.jobs.enqueue(null, 'people.purge-due', {});
  await noJobs();
  expect([await rowsOf('h1-'), await rowsOf('other-')]).toEqual([0, 2]);
  const left = await p.pg.inWorkspace(p.workspaceId, (tx) =>
    tx.query('select keys, done_at is not null as done from erasures'),
  );
  expect(left).toEqual([{ keys: [], done: true }]);
  expect(await p.ch.query('select * from moved_identifiers')).toEqual([]);
  expect(await p.ch.query('select distinct person from person_identifiers')).toHaveLength(1);
  expect((await p.ask('GET', `/api/people/${other}`)).status).toBe(200);
});

/** Waits until nothing is left to do now. */
async function noJobs(): Promise<void> {
  await vi.waitFor(async () => {
    const jobs = await p.pg.asSystem((tx) =>
      tx.query('select 1 from graphile_worker._private_jobs where run_at <= now()'),
    );
    expect(jobs).toEqual([]);
  }, patience);
}

test('what belongs to others stays, however much they have in common', async () => {
  const chrome =
    'Mozilla/5.0 (Macintosh) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  await p.accept(
    identify(
      { userId: '1234', anonymousId: 'c1-browser' },
      { name: 'Anna', city: 'Rome', plan: 'gold', lang: 'en-GB', email: 'anna@example.com' },
    ),
    identify({ userId: 'c2' }, { name: 'Anna', city: 'Rome', plan: 'gold' }),
    identify({ anonymousId: 'c2-browser' }, { phone: '+4930901234' }),
  );
  const bad = (who: object, more: object = {}) => ({ type: 'track', ...who, ...more });
  const theirs = [
    bad({ userId: 'c2', messageId: 'theirs 1' }, { traits: { name: 'Anna', city: 'Rome', plan: 'gold' } }),
    bad({ userId: 'c2', messageId: 'theirs 2' }, { context: { userAgent: chrome, locale: 'en-GB' } }),
    bad({ userId: '12345', messageId: 'theirs 3' }, { properties: { order_id: '1234', total: 1234 } }),
    bad({ userId: 'c2', messageId: 'theirs 4', timestamp: '1234-01-01' }),
  ];
  const hers = [
    bad({ userId: '1234', messageId: 'hers 1' }),
    bad({ userId: 1234, messageId: 'hers 2' }),
    bad({ anonymousId: 'c1-browser', messageId: 'hers 3' }),
    bad({ messageId: 'hers 4' }, { context: { externalIds: [{ id: '1234', type: 'user_id' }] } }),
    bad({ messageId: 'hers 5' }, { properties: { to: 'Write to ANNA@example.com, please' } }),
  ];
  await p.send('batch', { batch: [...theirs, ...hers] });
  const quarantined = async () => {
    const { body } = await p.ask<{ items: { message_id: string }[] }>('GET', '/api/quarantine?limit=500');
    return body.items
      .map((item) => item.message_id)
      .filter((id) => /^(hers|theirs)/.test(id))
      .sort();
  };
  expect(await quarantined()).toHaveLength(9);
  await p.ask('PATCH', '/api/settings', { collect: { requestsPerSecond: 1234 } });
  await p.ask('PATCH', '/api/settings', { collect: null });
  const audit = async () =>
    (await p.ask<{ items: { action: string }[] }>('GET', '/api/audit?limit=500')).body.items;
  const before = await audit();

  expect((await erase(await people.idOf('user_id:1234'), true)).body.done).toBe(true);
  expect(await quarantined()).toEqual(['theirs 1', 'theirs 2', 'theirs 3', 'theirs 4']);
  expect((await audit()).slice(1)).toEqual(before);
  const kept = await people.person('user_id:c2');
  expect(kept.traits).toMatchObject({ name: { value: 'Anna' }, city: { value: 'Rome' } });
});

test('what the team wrote down about somebody does not tell who it was', async () => {
  await p.accept(track({ userId: 'w1' }), track({ userId: 'w2' }));
  const [id, other] = [await people.idOf('user_id:w1'), await people.idOf('user_id:w2')];
  await p.ask('POST', `/api/people/${id}/join`, { person: other, note: 'w1 and w2 are the same' });
  await p.ask('GET', `/api/people/${other}/export`);
  await p.ask('POST', `/api/people/${id}/consent`, { purposes: { sharing: true }, source: 'Call' });
  await erase(id, true);
  const { body } = await p.ask<{ items: object[] }>('GET', '/api/audit?limit=500');
  expect(JSON.stringify(body)).not.toContain(id);
  expect(JSON.stringify(body)).not.toContain(other);
  expect(JSON.stringify(body)).toContain('people.exported');
  for (const table of ['decisions', 'decision_keys', 'consents', 'facts', 'moves']) {
    const rows = await p.pg.inWorkspace(p.workspaceId, (tx) => tx.query(`select * from ${table}`));
    expect(JSON.stringify(rows)).not.toMatch(/w1|w2/);
  }
});

describe('who was erased', () => {
  const traits = { email: 'back@example.com', phone: '+49 30 5550199' };

  beforeAll(async () => {
    await p.newSource('past', 'import');
    await p.accept(
      identify(
        { userId: 'r1', anonymousId: 'r1-browser' },
        { ...traits, plan: 'gold' },
        { messageId: 'r1-1' },
      ),
    );
    await erase(await people.idOf('user_id:r1'), true);
  });

  test('does not come back by an import, by whichever identifier; others of the same file do', async () => {
    const answer = await p.send(
      'batch',
      {
        batch: [
          track({ userId: 'r1' }, { messageId: 'r1-2' }),
          identify({ userId: 'r1-new' }, { email: ' BACK@example.com' }, { messageId: 'r1-3' }),
          identify({ anonymousId: 'r1-till' }, { phone: '+49 (30) 555-0199' }, { messageId: 'r1-4' }),
          track({ userId: 'r1', anonymousId: 'r1-other' }, { messageId: 'r1-5' }),
          track({ userId: 'r2' }, { messageId: 'r1-6' }),
        ],
      },
      'wk_past',
    );
    expect(answer.statusCode).toBe(200);
    for (const identifier of [
      'user_id:r1',
      'user_id:r1-new',
      'email:back@example.com',
      'anonymous_id:r1-till',
      'anonymous_id:r1-other',
    ]) {
      expect(await people.idsOf(identifier)).toEqual([]);
    }
    expect(await people.eventsOf(await people.idOf('user_id:r2'))).toEqual(['r1-6']);
    expect(await rowsOf('r1-')).toBe(1);
    const { body } = await p.ask<{ items: { name: string; figures: object }[] }>('GET', '/api/sources');
    expect(body.items.find((source) => source.name === 'past')?.figures).toMatchObject({
      accepted: 1,
      withheld: 4,
    });
  });

  test('nor by what is sent again, and comes back by what they do themselves, as somebody new', async () => {
    await p.accept(identify({ userId: 'r1' }, traits, { messageId: 'r1-1' }));
    expect(await people.idsOf('user_id:r1')).toEqual([]);
    await p.accept(track({ userId: 'r1' }, { messageId: 'r1-7' }));
    const back = await people.person('user_id:r1');
    expect(back.identifiers.map((one) => one.value)).toEqual(['r1']);
    expect(back.traits).toEqual({});
    expect(await people.eventsOf(back.id)).toEqual(['r1-7']);
  });

  test('is forgotten by every process', async () => {
    const other = await p.another();
    const see = (from: typeof other, messageId: string) =>
      from.send('track', { ...track({ userId: 'r3', anonymousId: 'r3-browser' }), messageId });
    await see(p, 'r3-1');
    await see(other, 'r3-2');
    await erase(await people.idOf('user_id:r3'));
    await Promise.all([see(other, 'r3-3'), see(p, 'r3-4')]);
    const back = await people.person('user_id:r3');
    expect((await people.eventsOf(back.id)).sort()).toEqual(['r3-3', 'r3-4']);
    expect(back.id).toBe(await people.idOf('anonymous_id:r3-browser'));
    await p.people.purge(p.workspaceId, true);
    expect((await people.eventsOf(back.id)).sort()).toEqual(['r3-3', 'r3-4']);
    expect(await rowsOf('r3-')).toBe(2);
    await other.stop();
  });

  test('while they act: what comes meanwhile is all of somebody new, or gone', async () => {
    await p.accept(track({ userId: 'r4', anonymousId: 'r4-browser' }, { messageId: 'r4-0' }));
    const id = await people.idOf('user_id:r4');
    const acting = Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        p.accept(track({ userId: 'r4', anonymousId: `r4-browser${i % 3}` }, { messageId: `r4-${i + 1}` })),
      ),
    );
    const erased = await erase(id, true);
    expect(erased.status).toBe(202);
    await acting;
    await p.people.purge(p.workspaceId, true);
    const visible = await people.idsOf('user_id:r4');
    const events = visible[0] ? await people.eventsOf(visible[0]) : [];
    expect(events).not.toContain('r4-0');
    expect(await rowsOf('r4-')).toBe(events.length);
  });
});

const embedded = !process.env.DATABASE_URL && !process.env.CLICKHOUSE_URL;
if (!embedded) process.stderr.write('Data files are those of other machines: they are not searched.\n');

test.skipIf(!embedded)(
  'after vacuum and merges, nothing is in the data files',
  async () => {
    const told = [
      'forgotten-user-9',
      'forgotten@files.example',
      '+493055501777',
      'Frida Filesforgotten',
      'forgotten-street',
    ];
    const [userId, email, phone, name, street] = told;
    await p.accept(
      identify({ userId, anonymousId: 'forgotten-browser-9' }, { email, phone, name, street }),
      track({ userId }, { properties: { street } }),
    );
    await p.send('batch', { batch: [{ type: 'track', userId }] });
    await p.settled();
    expect((await filesWith(told)).length).toBeGreaterThan(0);

    await erase(await people.idOf(`user_id:${userId}`), true);
    await p.pg.raw.query('vacuum full');
    await p.pg.raw.query('checkpoint');
    for (const table of ['events', 'moved_identifiers', 'person_identifiers'])
      await p.ch.command(`optimize table ${table} final`);
    // Parts that were merged into others are removed by themselves a while later.
    const [setting] = await p.ch.query<{ value: string }>(
      "select value from system.merge_tree_settings where name = 'old_parts_lifetime'",
    );
    expect(Number(setting?.value)).toBeLessThanOrEqual(3_600);
    expect(await filesWith([...told, 'forgotten-browser-9'])).toEqual([]);
  },
  90_000,
);

/** Files of this test's databases that hold one of these texts. */
async function filesWith(texts: readonly string[]): Promise<string[]> {
  const { rows } = await p.pg.raw.query<{ folder: string }>(
    `select setting || '/base/' || (select oid from pg_database where datname = current_database()) as folder
       from pg_settings where name = 'data_directory'`,
  );
  const parts = await p.ch.query<{ path: string }>(
    'select path from system.parts where database = currentDatabase() and active',
  );
  const folders = [...rows.map((row) => row.folder), ...parts.map((part) => part.path)];
  expect(folders.length).toBeGreaterThan(1);
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => {
        const bytes = readFileSync(file);
        return texts.some((text) => bytes.includes(text));
      }),
  );
}
