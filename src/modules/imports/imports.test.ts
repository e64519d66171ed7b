import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unavailable } from '#platform/refusal';
import { form, type TestImports, testImports } from '../../../test/fixtures/imports.ts';
import { runImport } from './run/run.ts';
import type { Guess, Import, RejectPage } from './schema.ts';

let on: TestImports;
beforeAll(async () => {
  on = await testImports();
}, 120_000);
afterAll(() => on?.drop());

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

test('a file comes in once, however often it is sent', async () => {
  const file = new Blob([gzipSync(table(1200))]);
  const first = await on.bring({ name: 'Twice', mapping, file });
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
    created_by: expect.stringMatching(/^key:/),
    created_by_name: expect.any(String),
    error: null,
  });
  const before = await on.overview();
  expect(before).toMatchObject({ orders: 1200, known_people: 100 });
  const second = await on.bring({ name: 'twice', mapping, file });
  expect(second).toMatchObject({ state: 'done', accepted: 0, duplicates: 1200 });
  expect(await on.overview()).toEqual(before);
  expect(on.files()).toEqual([]);
  const { body } = await on.ask<{ items: Import[] }>('GET', '/api/imports?limit=1');
  expect(body.items.map((i) => i.id)).toEqual([second.id]);
});

describe('when the program dies', () => {
  test.each([1, 3])(
    'after %i batches, another one goes on where it stood, and every order is there once',
    async (batches) => {
      const name = `Killed ${batches}`;
      let calls = 0;
      const dead = Promise.withResolvers<never>();
      // The process freezes in the middle of a batch whose answer it never sees.
      on.between.ingest = async (request) => {
        calls++;
        const answer = await on.program.collect.ingest(request);
        return calls <= batches ? answer : dead.promise;
      };
      const { body } = await on.send({
        name,
        mapping: mapping.replaceAll('o:', `${batches}:`),
        file: new Blob([table(3000)]),
      });
      while (calls <= batches) await on.program.clock.sleep(20);
      await on.program.clock.sleep(700);
      const frozen = (await on.ask<Import>('GET', `/api/imports/${body.id}`)).body;
      expect(frozen.state).toBe('running');
      expect(frozen.sent).toBeLessThan(3000);

      on.between.ingest = on.program.collect.ingest;
      const { pg, collect, facts, clock, log } = on.program;
      const disk = { refusal: () => undefined };
      await runImport(
        { pg, collect, facts, clock, log, disk, files: on.imports.files },
        { workspaceId: on.program.workspaceId, id: body.id, signal: new AbortController().signal },
      );
      const after = await on.ended(body.id);
      expect(after).toMatchObject({ state: 'done', rows: 6000, events: 3000, sent: 3000, resumed: 1 });
      expect(after.accepted + after.duplicates).toBe(3000);
      const count = await ordersOf(name);
      expect(count).toBe(3000);
      // The frozen one comes to, finds that it is somebody else's work, and leaves off.
      dead.reject(new Unavailable('gone'));
      while ((await jobsLeft()) > 0) await on.program.clock.sleep(20);
      expect(await ordersOf(name)).toBe(3000);
    },
  );
});

async function jobsLeft(): Promise<number> {
  const { rows } = await on.program.pg.raw.query('select from graphile_worker._private_jobs');
  return rows.length;
}

async function ordersOf(sourceName: string): Promise<number> {
  await on.program.settled();
  const source = await on.program.collect.sources.ensure(on.program.workspaceId, {
    name: sourceName,
    kind: 'import',
  });
  const [row] = await on.program.ch.query<{ n: string }>(
    'select count() as n from events where workspace_id = {w:UInt32} and source = {s:UInt32}',
    { w: on.program.workspaceId, s: source.id },
  );
  return Number(row?.n);
}

test('while an engine is away the import waits, and goes on', async () => {
  let tries = 0;
  on.between.ingest = async (request) => {
    tries++;
    if (tries <= 3) throw new Unavailable('ClickHouse is away.', { retryAfterS: 0.01 });
    return on.program.collect.ingest(request);
  };
  const found = await on.bring({ name: 'Patient', mapping, file: new Blob([table(50)]) });
  on.between.ingest = on.program.collect.ingest;
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
    const found = await on.bring({ name: 'Mend me', mapping, file: new Blob([bad]) });
    expect(found).toMatchObject({ state: 'done', rows: 4, events: 1, accepted: 1, rejected: 3 });
    const rejects = await on.ask('GET', `/api/imports/${found.id}/rejects`);
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
    const page = await on.ask<RejectPage>('GET', `/api/imports/${found.id}/rejects/rows?limit=2`);
    expect(page.body.columns).toEqual(header.split(','));
    const rest = await on.ask<RejectPage>(
      'GET',
      `/api/imports/${found.id}/rejects/rows?cursor=${page.body.next}`,
    );
    expect(rest.body.next).toBeNull();
    const rows = [...page.body.items, ...rest.body.items];
    expect(rows.map(({ line, cells }) => [line, cells])).toEqual([
      [3, ['2', '2020-03-01', 'b@example.com', 'hat', 'many', '2']],
      [4, ['2', '2020-03-01', 'b@example.com', 'pin', '1', '1']],
      [5, null],
    ]);
    expect(rows[0]?.reason).toContain('a number is expected');
    const mended = rejects.text
      .replace(',many,', ',4,')
      .replace(/^5,.*$/m, '5,,3,2020-03-01,c@example.com,nail,1,1');
    const again = await on.bring({ name: 'Mend me', mapping, file: new Blob([mended]) });
    expect(again).toMatchObject({ state: 'done', events: 2, accepted: 2, rejected: 0 });
    expect((await on.ask('GET', `/api/imports/${again.id}/rejects`)).body.type).toBe(
      'imports/nothing-rejected',
    );
  });

  test('are gone when the person they tell of is erased', async () => {
    const file = new Blob([
      `${header}\n7,2020-03-01,gone@example.com,hat,1,2\n8,someday,Gone@Example.com,hat,1,2\n9,someday,stays@example.com,hat,1,2\n`,
    ]);
    const found = await on.bring({ name: 'Erase', mapping, file });
    expect(found.rejected).toBe(2);
    const { body } = await on.program.ask<{ items: { id: string }[] }>(
      'GET',
      '/api/people?identifier=email:gone@example.com',
    );
    const erased = await on.program.ask('DELETE', `/api/people/${body.items[0]?.id}`);
    expect(erased.status).toBeLessThan(300);
    const left = (await on.ask('GET', `/api/imports/${found.id}/rejects`)).text;
    expect(left).not.toMatch(/gone@example/i);
    expect(left).toContain('stays@example.com');
  });
});

describe('what tells of an erased person is found however it is written', () => {
  /** Sends a file of rows that cannot be taken, erases who has this identifier, and tells what is left of it. */
  async function leftAfter(o: {
    name: string;
    person: object;
    who: string;
    mapping: string;
    lines: string[];
  }) {
    const { program } = on;
    await program.accept({ type: 'identify', messageId: `${o.name}-1`, ...o.person });
    const found = await on.bring({ name: o.name, mapping: o.mapping, file: new Blob([o.lines.join('\n')]) });
    expect(found).toMatchObject({
      accepted: 0,
      rejected: o.lines.length - (o.lines[0]?.startsWith('{') ? 0 : 1),
    });
    const { body } = await program.ask<{ items: { id: string }[] }>('GET', `/api/people?identifier=${o.who}`);
    expect((await program.ask('DELETE', `/api/people/${body.items[0]?.id}`)).status).toBe(202);
    return (await on.ask<RejectPage>('GET', `/api/imports/${found.id}/rejects/rows`)).body.items.map(
      (r) => r.line,
    );
  }

  const byColumns = (columns: string) => `
records:
  - { record: track, id: '{id}', event: Sold, time: at, identifiers: { ${columns} }, properties: { note: note, n: n } }
`;

  test('in CSV: in quotes, with dashes, as a number with a fraction, and short where the row says whose it is', async () => {
    const left = await leftAfter({
      name: 'Traces',
      person: {
        userId: '12',
        traits: { name: 'Jo "Kit" Ash-Lee', email: 'kit@example.com' },
        context: { externalIds: [{ id: 'K-77-01', type: 'card', collection: 'users', encoding: 'none' }] },
      },
      who: 'email:kit@example.com',
      mapping: byColumns('user_id: { column: who, type: integer }, card: card'),
      lines: [
        'id,at,who,card,n,note',
        '1,someday,12.0,,3,short and whose it is',
        '2,someday,34,,12,the same number is a quantity here',
        '3,someday,34,"K 77-01",1,the card',
        '4,someday,34,,1,"said by Jo ""Kit"" Ash-Lee"',
        '5,someday,120,,1,another customer',
        '6,someday,34,,1,"kit@example.com" is broken',
      ],
    });
    expect(left).toEqual([3, 6]);
  });

  test('in JSON: with escaped letters and quotes', async () => {
    const left = await leftAfter({
      name: 'Traces in JSON',
      person: { userId: 'zoé/7', traits: { name: 'Zoé "Zed" Ray' } },
      who: 'user_id:zoé/7',
      mapping: byColumns('user_id: who'),
      lines: [
        '{"id":1,"at":"someday","who":"zo\\u00e9\\/7","n":1,"note":""}',
        '{"id":2,"at":"someday","who":"a","n":1,"note":"Zo\\u00e9 \\"Zed\\" Ray called"}',
        '{"id":3,"at":"someday","who":"b","n":1,"note":"somebody else"}',
      ],
    });
    expect(left).toEqual([3]);
  });

  test('also in rows that are set aside after the erasure, and in the sample of a dry run', async () => {
    const { program } = on;
    await program.accept({
      type: 'identify',
      messageId: 'later-1',
      userId: '9',
      traits: { email: 'late@example.com' },
    });
    const sample = await on.bring({
      name: 'Sampled',
      dry_run: 'true',
      mapping: byColumns('user_id: who'),
      file: new Blob(['id,at,who,n,note\n1,2020-03-01,9,1,x\n']),
    });
    expect(sample.sample?.length).toBe(1);
    const reading = Promise.withResolvers<void>();
    on.between.ingest = async (request) => {
      await reading.promise;
      return program.collect.ingest(request);
    };
    const good = Array.from({ length: 3000 }, (_, i) => `g${i},2020-03-01,1${i},1,x`);
    const { body } = await on.send({
      name: 'Later',
      mapping: byColumns('user_id: who'),
      file: new Blob([
        ['id,at,who,n,note', ...good, 'r1,someday,9,1,whose', 'r2,someday,90,9,of another'].join('\n'),
      ]),
    });
    while ((await on.ask<Import>('GET', `/api/imports/${body.id}`)).body.state === 'waiting')
      await program.clock.sleep(20);
    const { body: people } = await program.ask<{ items: { id: string }[] }>(
      'GET',
      '/api/people?identifier=user_id:9',
    );
    expect((await program.ask('DELETE', `/api/people/${people.items[0]?.id}`)).status).toBe(202);
    reading.resolve();
    on.between.ingest = program.collect.ingest;
    expect(await on.ended(body.id)).toMatchObject({ state: 'done', rejected: 2 });
    const { body: left } = await on.ask<RejectPage>('GET', `/api/imports/${body.id}/rejects/rows`);
    expect(left.items.map((row) => row.cells?.[0])).toEqual(['r2']);
    expect((await on.ask<Import>('GET', `/api/imports/${sample.id}`)).body.sample).toBeNull();
  });
});

test('a dry run reads everything and sends nothing', async () => {
  const before = await on.overview();
  const found = await on.bring({ name: 'Dry', mapping, dry_run: 'true', file: new Blob([table(20)]) });
  expect(found).toMatchObject({ state: 'done', dry_run: true, rows: 40, events: 20, sent: 0, accepted: 0 });
  expect(found.sample?.length).toBe(5);
  expect(found.sample?.[0]).toMatchObject({ event: 'Order Completed', properties: { currency: 'GBP' } });
  expect(await on.overview()).toEqual(before);
});

test('values are looked up in a file that comes along', async () => {
  const found = await on.bring({
    name: 'Looked up',
    dry_run: 'true',
    mapping: `${mapping.replace('name: what', 'name: goods.title')}lookup: { goods: { by: what, key: code } }\n`,
    file: new Blob([`${header}\n1,2020-03-01,a@example.com,x1,1,2\n2,2020-03-01,a@example.com,x2,1,2\n`]),
    'lookup:goods': new Blob(['code;title;shelf\nx1;"Hat; green";4\n']),
  });
  const products = (found.sample ?? []).map(
    (m) => (m as { properties: { products: unknown } }).properties.products,
  );
  expect(products).toEqual(
    expect.arrayContaining([
      [{ name: 'Hat; green', quantity: 1, price: '2' }],
      [{ quantity: 1, price: '2' }],
    ]),
  );
  const wrong = await on.send({ name: 'x', mapping, file: new Blob([table(1)]), other: new Blob(['x']) });
  expect(wrong.body.type).toBe('imports/bad-form');
});

test('an import is cancelled where it stands', async () => {
  on.between.ingest = async (request) => {
    await on.program.clock.sleep(100);
    return on.program.collect.ingest(request);
  };
  const { body } = await on.send({ name: 'Cancelled', mapping, file: new Blob([table(20_000)]) });
  // The same once more, while it is under way, is the same import.
  const twin = await on.send({ name: 'Cancelled', mapping, file: new Blob([table(20_000)]) });
  expect([twin.status, twin.body.id]).toEqual([200, body.id]);
  while ((await on.ask<Import>('GET', `/api/imports/${body.id}`)).body.sent === 0)
    await on.program.clock.sleep(50);
  const cancelled = await on.ask<Import>('POST', `/api/imports/${body.id}/cancel`);
  expect(cancelled.body.state).toBe('cancelled');
  expect((await on.ask('POST', `/api/imports/${body.id}/cancel`)).body.type).toBe('imports/already-ended');
  for (let i = 0; i < 100 && on.files().length > 0; i++) await on.program.clock.sleep(50);
  on.between.ingest = on.program.collect.ingest;
  expect(on.files()).toEqual([]);
  expect((await on.ask<Import>('GET', `/api/imports/${body.id}`)).body).toMatchObject({ state: 'cancelled' });
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
    const answer = await on.send(fields);
    expect([answer.status, answer.body.type]).toEqual([status, type]);
    expect(answer.body.detail).toMatch(detail);
    expect(on.files()).toEqual([]);
  });
});

test('a guess tells what the file seems to be and keeps nothing', async () => {
  const { body, status } = await on.ask<Guess>(
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
  expect(body.columns.map((c) => c.role)).toEqual(['order', 'time', 'email', 'other', 'other', 'price']);
  expect(body.asks).toEqual([{ about: 'currency', column: null, example: null }]);
  expect(body.questions.length).toBe(1);
  expect(body.tried).toEqual({
    ...{ rows: 6, events: 3, rejected: 0, skipped: 0 },
    ...{ by_event: { 'Order Completed': 3 }, skips: {} },
  });
  expect(body.sample.length).toBe(3);
  expect(on.files()).toEqual([]);
});

test('another brand sees no import of this one', async () => {
  const found = await on.bring({ name: 'Mine', mapping, file: new Blob([table(2)]) });
  const { identity } = on.program;
  const other = await identity.workspaces.create({ name: 'Other' });
  const listed = await on.imports.list(other.id, null, 100);
  expect(listed).toEqual([]);
  await expect(on.imports.find(other.id, found.id)).rejects.toThrow(/No import/);
});
