import { existsSync, mkdtempSync, openAsBlob, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ingest } from '#modules/collect';
import { createHttp } from '#platform/http';
import { Unavailable } from '#platform/refusal';
import { dataFolder } from '../../../test/data.ts';
import { secretKey, type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { createImports, type Imports, importRoutes } from './index.ts';
import type { Guess, Import } from './schema.ts';

let program: TestProgram;
let home: string;
let imports: Imports;
let app: Awaited<ReturnType<typeof createHttp>>;
/** What stands between an import and collection; a test may put something in the way. */
let ingest: (request: Ingest) => ReturnType<TestProgram['collect']['ingest']>;

beforeAll(async () => {
  program = await testProgram();
  home = mkdtempSync(join(tmpdir(), 'pando-imports-'));
  const { pg, collect, identity, people, jobs, facts, clock, log } = program;
  ingest = collect.ingest;
  const between = { ...collect, ingest: (request: Ingest) => ingest(request) };
  imports = createImports({
    pg,
    collect: between,
    identity,
    people,
    jobs,
    facts,
    clock,
    log,
    home,
    disk: { refusal: () => undefined },
  });
  app = await createHttp({ log, config: { trustProxy: false }, version: 'test', checkAnswers: true });
  await importRoutes(app, { imports, identity, clock });
  await app.ready();
  await jobs.start();
}, 120_000);

afterAll(async () => {
  await app?.close();
  await program?.drop();
  rmSync(home, { recursive: true, force: true });
});

async function ask<T>(method: 'GET' | 'POST', url: string, form?: FormData, key = secretKey) {
  const body = form && new Response(form);
  const answer = await app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body ? { 'content-type': body.headers.get('content-type') ?? '' } : {}),
    },
    ...(body ? { payload: Buffer.from(await body.arrayBuffer()) } : {}),
  });
  const json =
    answer.headers['content-type']?.includes('json') && !answer.headers['content-type'].includes('ndjson');
  return {
    status: answer.statusCode,
    text: answer.body,
    body: (json ? answer.json() : null) as T & { detail?: string; type?: string },
  };
}

function form(fields: Record<string, string | Blob>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.set(name, value);
    else data.set(name, value, 'sales.csv');
  }
  return data;
}

const send = (fields: Record<string, string | Blob>) => ask<Import>('POST', '/api/imports', form(fields));

async function ended(id: string): Promise<Import> {
  for (;;) {
    const { body } = await ask<Import>('GET', `/api/imports/${id}`);
    if (body.state !== 'waiting' && body.state !== 'running') return body;
    await program.clock.sleep(50);
  }
}

/** Sends a file and waits for what becomes of it. */
async function bring(fields: Record<string, string | Blob>): Promise<Import> {
  const sent = await send(fields);
  expect(sent.body.detail).toBeUndefined();
  expect(sent.status).toBe(202);
  return ended(sent.body.id);
}

const mapping = `
zone: Europe/London
records:
  - record: track
    group: order
    id: 'o:{order}'
    event: Order Completed
    time: at
    identifiers: { email: mail }
    anonymous: 'o:{order}'
    properties:
      order_id: order
      total: { sum: [n, price] }
      currency: { value: GBP }
    products: { name: what, quantity: { column: n, type: integer }, price: { column: price, type: decimal } }
`;

const header = 'order,at,mail,what,n,price';

/** Two rows an order, the second half-way through the file. */
function table(orders: number): string {
  const row = (i: number) => `${i},2020-03-01 10:00:00,p${i % 100}@example.com,hat,1,0.5`;
  const list = Array.from({ length: orders }, (_, i) => row(i + 1));
  return [header, ...list, ...list].join('\n');
}

const overview = async () =>
  (
    await program.ask<Record<string, unknown>>(
      'GET',
      '/api/overview?from=2000-01-01T00:00:00Z&to=2030-01-01T00:00:00Z',
    )
  ).body;

test('a file comes in once, however often it is sent', async () => {
  const file = new Blob([gzipSync(table(1200))]);
  const first = await bring({ name: 'Twice', mapping, file });
  expect(first).toMatchObject({
    state: 'done',
    progress: 1,
    rows: 2400,
    events: 1200,
    sent: 1200,
    accepted: 1200,
    duplicates: 0,
    quarantined: 0,
    rejected: 0,
    by_event: { 'Order Completed': 1200 },
    file: 'sales.csv',
    error: null,
  });
  const before = await overview();
  expect(before).toMatchObject({ orders: 1200, known_people: 100 });
  const second = await bring({ name: 'twice', mapping, file });
  expect(second).toMatchObject({ state: 'done', accepted: 0, duplicates: 1200 });
  expect(await overview()).toEqual(before);
  expect(readFolder()).toEqual([]);
  const { body } = await ask<{ items: Import[] }>('GET', '/api/imports?limit=1');
  expect(body.items.map((i) => i.id)).toEqual([second.id]);
});

function readFolder(): string[] {
  const folder = join(home, 'imports');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe('when the program dies', () => {
  test.each([1, 3])(
    'after %i batches, another one goes on where it stood, and every order is there once',
    async (batches) => {
      const name = `Killed ${batches}`;
      let calls = 0;
      const dead = Promise.withResolvers<never>();
      // The process freezes in the middle of a batch whose answer it never sees.
      ingest = async (request) => {
        calls++;
        const answer = await program.collect.ingest(request);
        return calls <= batches ? answer : dead.promise;
      };
      const { body } = await send({
        name,
        mapping: mapping.replaceAll('o:', `${batches}:`),
        file: new Blob([table(3000)]),
      });
      while (calls <= batches) await program.clock.sleep(20);
      await program.clock.sleep(700);
      const frozen = (await ask<Import>('GET', `/api/imports/${body.id}`)).body;
      expect(frozen.state).toBe('running');
      expect(frozen.sent).toBeLessThan(3000);

      ingest = program.collect.ingest;
      const { runImport } = await import('./run/run.ts');
      const { pg, collect, facts, clock, log } = program;
      const disk = { refusal: () => undefined };
      await runImport(
        { pg, collect, facts, clock, log, disk, files: imports.files },
        { workspaceId: program.workspaceId, id: body.id, signal: new AbortController().signal },
      );
      const after = await ended(body.id);
      expect(after).toMatchObject({ state: 'done', rows: 6000, events: 3000, sent: 3000, resumed: 1 });
      expect(after.accepted + after.duplicates).toBe(3000);
      const count = await ordersOf(name);
      expect(count).toBe(3000);
      // The frozen one comes to, finds that it is somebody else's work, and leaves off.
      dead.reject(new Unavailable('gone'));
      while ((await jobsLeft()) > 0) await program.clock.sleep(20);
      expect(await ordersOf(name)).toBe(3000);
    },
  );
});

async function jobsLeft(): Promise<number> {
  const { rows } = await program.pg.raw.query('select from graphile_worker._private_jobs');
  return rows.length;
}

async function ordersOf(sourceName: string): Promise<number> {
  await program.settled();
  const source = await program.collect.sources.ensure(program.workspaceId, {
    name: sourceName,
    kind: 'import',
  });
  const [row] = await program.ch.query<{ n: string }>(
    'select count() as n from events where workspace_id = {w:UInt32} and source = {s:UInt32}',
    { w: program.workspaceId, s: source.id },
  );
  return Number(row?.n);
}

test('while an engine is away the import waits, and goes on', async () => {
  let tries = 0;
  ingest = async (request) => {
    tries++;
    if (tries <= 3) throw new Unavailable('ClickHouse is away.', { retryAfterS: 0.01 });
    return program.collect.ingest(request);
  };
  const found = await bring({ name: 'Patient', mapping, file: new Blob([table(50)]) });
  ingest = program.collect.ingest;
  expect(found).toMatchObject({ state: 'done', accepted: 50 });
  expect(tries).toBeGreaterThan(3);
});

describe('rows that cannot be taken', () => {
  const bad = [
    header,
    '1,2020-03-01,a@example.com,hat,1,2',
    '2,2020-03-01,b@example.com,hat,many,2',
    '2,2020-03-01,b@example.com,pin,1,1',
    '3,2020-03-01,c@example.com,"5" nail",1,1',
    '',
  ].join('\n');

  test('come back as a file with line and reason, which is imported once it is mended', async () => {
    const found = await bring({ name: 'Mend me', mapping, file: new Blob([bad]) });
    expect(found).toMatchObject({ state: 'done', rows: 4, events: 1, accepted: 1, rejected: 3 });
    const rejects = await ask('GET', `/api/imports/${found.id}/rejects`);
    expect(rejects.status).toBe(200);
    expect(rejects.text.split('\n').sort()).toEqual(
      [
        '',
        'line,reason,order,at,mail,what,n,price',
        '3,"n is ""many"", where a number is expected.",2,2020-03-01,b@example.com,hat,many,2',
        '4,"It belongs together with line 3, which cannot be taken.",2,2020-03-01,b@example.com,pin,1,1',
        expect.stringMatching(/^5,After a closing quote .*,"3,2020-03-01,c@example.com,""5"" nail"",1,1"$/),
      ].sort(),
    );
    const mended = rejects.text
      .replace(',many,', ',4,')
      .replace(/^5,.*$/m, '5,,3,2020-03-01,c@example.com,nail,1,1');
    const again = await bring({ name: 'Mend me', mapping, file: new Blob([mended]) });
    expect(again).toMatchObject({ state: 'done', events: 2, accepted: 2, rejected: 0 });
    expect((await ask('GET', `/api/imports/${again.id}/rejects`)).body.type).toBe('imports/nothing-rejected');
  });

  test('are gone when the person they tell of is erased', async () => {
    const file = new Blob([
      `${header}\n7,2020-03-01,gone@example.com,hat,1,2\n8,someday,Gone@Example.com,hat,1,2\n9,someday,stays@example.com,hat,1,2\n`,
    ]);
    const found = await bring({ name: 'Erase', mapping, file });
    expect(found.rejected).toBe(2);
    const { body } = await program.ask<{ items: { id: string }[] }>(
      'GET',
      '/api/people?identifier=email:gone@example.com',
    );
    const erased = await program.ask('DELETE', `/api/people/${body.items[0]?.id}`);
    expect(erased.status).toBeLessThan(300);
    const left = (await ask('GET', `/api/imports/${found.id}/rejects`)).text;
    expect(left).not.toMatch(/gone@example/i);
    expect(left).toContain('stays@example.com');
  });
});

test('a dry run reads everything and sends nothing', async () => {
  const before = await overview();
  const found = await bring({ name: 'Dry', mapping, dry_run: 'true', file: new Blob([table(20)]) });
  expect(found).toMatchObject({ state: 'done', dry_run: true, rows: 40, events: 20, sent: 0, accepted: 0 });
  expect(found.sample?.length).toBe(5);
  expect(found.sample?.[0]).toMatchObject({ event: 'Order Completed', properties: { currency: 'GBP' } });
  expect(await overview()).toEqual(before);
});

test('an import is cancelled where it stands', async () => {
  ingest = async (request) => {
    await program.clock.sleep(100);
    return program.collect.ingest(request);
  };
  const { body } = await send({ name: 'Cancelled', mapping, file: new Blob([table(20_000)]) });
  // The same once more, while it is under way, is the same import.
  const twin = await send({ name: 'Cancelled', mapping, file: new Blob([table(20_000)]) });
  expect([twin.status, twin.body.id]).toEqual([200, body.id]);
  while ((await ask<Import>('GET', `/api/imports/${body.id}`)).body.sent === 0) await program.clock.sleep(50);
  const cancelled = await ask<Import>('POST', `/api/imports/${body.id}/cancel`);
  expect(cancelled.body.state).toBe('cancelled');
  expect((await ask('POST', `/api/imports/${body.id}/cancel`)).body.type).toBe('imports/already-ended');
  for (let i = 0; i < 100 && readFolder().length > 0; i++) await program.clock.sleep(50);
  ingest = program.collect.ingest;
  expect(readFolder()).toEqual([]);
  expect((await ask<Import>('GET', `/api/imports/${body.id}`)).body).toMatchObject({ state: 'cancelled' });
});

describe('what is wrong is said at once', () => {
  const file = new Blob([table(2)]);
  test.each<[string, Record<string, string | Blob>, number, string, RegExp]>([
    ['no file', { name: 'x', mapping }, 400, 'imports/bad-form', /"file"/],
    ['no name', { mapping, file }, 400, 'imports/bad-form', /"name"/],
    ['no such preset', { name: 'x', preset: 'nope', file }, 422, 'imports/unknown-preset', /online-retail/],
    ['a mapping that is none', { name: 'x', mapping: 'a: [', file }, 422, 'imports/bad-mapping', /Line 1/],
    [
      'a column that is not there',
      { name: 'x', mapping: mapping.replace('time: at', 'time: date'), file },
      422,
      'imports/bad-mapping',
      /no column "date"/,
    ],
    ['the name of the web shop', { name: 'Shop', mapping, file }, 409, 'imports/name-taken', /kind web/],
    [
      'an Excel workbook',
      { name: 'x', mapping, file: new Blob([Buffer.from('PK\u0003\u0004xxxx')]) },
      422,
      'imports/unreadable-file',
      /Excel/,
    ],
    ['an empty file', { name: 'x', mapping, file: new Blob([]) }, 422, 'imports/unreadable-file', /empty/],
    [
      'columns that fit nothing',
      { name: 'x', file: new Blob(['a,b\n1,2\n']) },
      422,
      'imports/mapping-needed',
      /guessed/,
    ],
  ])('%s', async (_name, fields, status, type, detail) => {
    const answer = await send(fields);
    expect([answer.status, answer.body.type]).toEqual([status, type]);
    expect(answer.body.detail).toMatch(detail);
    expect(readFolder()).toEqual([]);
  });
});

test('a guess tells what the file seems to be and keeps nothing', async () => {
  const { body, status } = await ask<Guess>(
    'POST',
    '/api/imports/guess',
    form({ file: new Blob([table(3)]) }),
  );
  expect(status).toBe(200);
  expect(body.columns.map((c) => c.looks)).toEqual([
    'order number',
    'time',
    'e-mail address',
    'text',
    'integer',
    'price',
  ]);
  expect(body.sample.length).toBe(3);
  expect(readFolder()).toEqual([]);
});

test('another brand sees no import of this one', async () => {
  const found = await bring({ name: 'Mine', mapping, file: new Blob([table(2)]) });
  const { identity } = program;
  const other = await identity.workspaces.create({ name: 'Other' });
  const listed = await imports.list(other.id, null, 100);
  expect(listed).toEqual([]);
  await expect(imports.find(other.id, found.id)).rejects.toThrow(/No import/);
});

test.skipIf(!dataFolder())(
  'the real online-retail file has the figures that anyone can recompute, also when it is sent twice',
  async () => {
    const fresh = await testProgram();
    const folder = mkdtempSync(join(tmpdir(), 'pando-imports-'));
    try {
      const { pg, collect, identity, people, jobs, facts, clock, log } = fresh;
      const own = createImports({
        pg,
        collect,
        identity,
        people,
        jobs,
        facts,
        clock,
        log,
        home: folder,
        disk: { refusal: () => undefined },
      });
      const door = await createHttp({ log, config: { trustProxy: false }, version: 'test' });
      await importRoutes(door, { imports: own, identity, clock });
      await door.ready();
      await jobs.start();
      const known = app;
      app = door;
      try {
        const file = await openAsBlob(join(dataFolder() ?? '', 'online-retail.csv.gz'));
        const expected = {
          known_people: 4372,
          orders: 22064,
          returns: 3836,
          buyers: 4338,
          paid_orders: 18532,
          known_revenue: { GBP: '8911407.904' },
          revenue: { GBP: '10644560.424' },
        };
        for (const counts of [
          { accepted: 25900, duplicates: 0 },
          { accepted: 0, duplicates: 25900 },
        ]) {
          const found = await bring({ name: 'online-retail', file });
          expect(found).toMatchObject({
            state: 'done',
            preset: 'online-retail',
            rows: 541_909,
            rejected: 0,
            quarantined: 0,
            ...counts,
          });
          process.stdout.write(`online-retail: ${found.rows_per_s} rows/s\n`);
          const figures = await fresh.ask<Record<string, unknown>>(
            'GET',
            '/api/overview?from=2010-01-01T00:00:00Z&to=2012-01-01T00:00:00Z',
          );
          expect(figures.body).toMatchObject(expected);
        }
      } finally {
        app = known;
        await door.close();
      }
    } finally {
      await fresh.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
