import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestProgram, testProgram } from './fixtures/program.ts';

let on: TestProgram;
beforeAll(async () => {
  on = await testProgram({ work: true });
}, 120_000);
afterAll(() => on?.drop());

/** What tells who it was, each text of a kind of its own. */
const told = {
  userId: 'erased-user-4711',
  laterUserId: 'erased-user-4712',
  anonymousId: 'erased-browser-4711',
  email: 'vera.erased@example.com',
  laterEmail: 'vera.newly@example.com',
  phone: '+4930901820',
  card: 'ERASED99887766',
  device: 'erased-device-4711',
  name: 'Vera Verschwunden',
  street: 'Vergissmeinnichtgasse',
  note: 'allergic to forget-me-nots',
  place: 'Nirgendwo an der Leine',
};

test('an erased person is in no table of either engine, and everybody else still is', async () => {
  const { userId, anonymousId, email, phone, card, device } = told;
  const externalIds = [{ id: card, type: 'card', collection: 'users', encoding: 'none' }];
  const kept = 'kept-user-0815';
  await on.accept(
    {
      type: 'identify',
      userId,
      anonymousId,
      traits: { email, phone, name: told.name, address: { street: told.street } },
      context: { externalIds, device: { id: device }, consent: { categoryPreferences: { sharing: true } } },
    },
    { type: 'track', event: 'Signed Up', userId, properties: { note: told.note } },
    { type: 'track', event: 'Walked By', anonymousId, context: { page: { title: told.place } } },
    { type: 'identify', userId: told.laterUserId, traits: { email: told.laterEmail, name: told.name } },
    { type: 'identify', userId: kept, traits: { name: 'Karla Kept' } },
    { type: 'track', event: 'Signed Up', userId: kept, properties: { note: 'nothing to hide' } },
  );
  // What is wrong with them leaves them in quarantine, with who they are of.
  for (const who of [{ userId }, { anonymousId: 'other', traits: { email } }]) {
    expect((await on.send('track', { ...who, properties: { note: told.note } })).statusCode).toBe(400);
  }
  await on.settled();
  const id = await personOf(userId);
  const joined = await on.ask('POST', `/api/people/${id}/join`, {
    person: await personOf(told.laterUserId),
    note: `${told.name} has called, and is both`,
  });
  expect(joined.status).toBe(200);
  expect((await on.ask('GET', `/api/people/${id}/export`)).status).toBe(200);
  for (const text of Object.values(told)) {
    expect((await everything()).filter(({ row }) => row.includes(text)).length, text).toBeGreaterThan(0);
  }

  const erased = await on.ask('DELETE', `/api/people/${id}?now=true`);
  expect(erased).toMatchObject({ status: 202, body: { done: true } });

  expect((await on.ask('GET', `/api/people/${id}`)).status).toBe(404);
  const left = (await everything()).filter(({ row }) =>
    Object.values(told).some((text) => row.toLowerCase().includes(text.toLowerCase())),
  );
  expect(left.map(({ table, row }) => `${table}: ${row.slice(0, 400)}`)).toEqual([]);
  expect((await everything()).filter(({ row }) => row.includes('Karla Kept')).length).toBeGreaterThan(1);
  expect(await personOf(kept)).toBeTruthy();
});

test('in quarantine an erased person is found however the texts are written', async () => {
  const userId = 'erased "4713" \\';
  await on.accept({ type: 'identify', userId, traits: { phone: '+49 30 901821' } });
  const senders: Record<string, unknown>[] = [
    { userId },
    { userId: userId.toUpperCase() },
    { anonymousId: 'a1', context: { traits: { phone: '030 / 901 821' } } },
    { anonymousId: 'a2', context: { traits: { phone: '+4930901822' } } },
  ];
  for (const who of senders) expect((await on.send('track', { ...who, traits: {} })).statusCode).toBe(400);
  const id = await personOf(userId);
  expect((await on.ask('DELETE', `/api/people/${id}?now=true`)).status).toBe(202);

  type Page = { items: { raw: { anonymousId?: string } }[] };
  const { body } = await on.ask<Page>('GET', '/api/quarantine');
  expect(body.items.map(({ raw }) => raw.anonymousId)).toEqual(['a2']);
});

async function personOf(userId: string): Promise<string> {
  const found = await on.ask<{ items: { id: string }[] }>(
    'GET',
    `/api/people?identifier=user_id:${encodeURIComponent(userId)}`,
  );
  return found.body.items[0]?.id ?? '';
}

/** Every row of every table of this program in both engines, packed ones unpacked. */
async function everything(): Promise<{ table: string; row: string }[]> {
  const tables = await on.pg.asSystem((tx) =>
    tx.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
    ),
  );
  const rows: { table: string; row: string }[] = [];
  for (const { name } of tables) {
    const found = await on.pg.asSystem((tx) =>
      tx.query<{ row: string }>(`select t::text as row from ${name} t`),
    );
    rows.push(...found.map(({ row }) => ({ table: name, row })));
  }
  const batches = await on.pg.asSystem((tx) =>
    tx.query<{ payload: Buffer }>('select payload from event_log'),
  );
  rows.push(
    ...batches.map(({ payload }) => ({
      table: 'event_log',
      row: zstdDecompressSync(payload).toString('utf8'),
    })),
  );
  const inClickHouse = await on.ch.query<{ name: string }>(
    "select name from system.tables where database = {database:String} and engine like '%MergeTree'",
    { database: on.ch.database },
  );
  for (const { name } of inClickHouse) {
    const found = await on.ch.query(`select * from ${name}`);
    rows.push(...found.map((row) => ({ table: `ClickHouse ${name}`, row: JSON.stringify(row) })));
  }
  return rows;
}
