import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Page {
  items: {
    id: string;
    name: string | null;
    identifiers: string[];
    traits?: Record<string, unknown>;
    last_seen?: string | null;
  }[];
  next: string | null;
}

let p: TestProgram;
let otherKey: string;

const identify = (userId: string, traits: object, more: object = {}) => ({
  type: 'identify',
  userId,
  traits,
  timestamp: at(0),
  ...more,
});
const track = (who: object, event: string, second: number) => ({
  type: 'track',
  event,
  timestamp: at(second),
  ...who,
});
const at = (second: number) => new Date(Date.UTC(2026, 0, 10, 12, 0, second)).toISOString();

beforeAll(async () => {
  p = await testProgram();
  await p.accept(
    identify('ann', { name: 'Ann', city: 'Leith', plan: 'gold', visits: 7, tags: ['tea', 'mugs'] }),
    identify('bo', { name: 'bo', city: 'Leith', plan: "o'gold \\ 'x'" }),
    identify('cy', { firstName: 'Cy', lastName: 'Ash', city: 'Köln', vip: true, email: 'cy@example.com' }),
    track({ anonymousId: 'visitor' }, 'Product Viewed', 50),
    track({ userId: 'ann' }, 'Order Completed', 30),
    track({ userId: 'bo' }, 'Product Viewed', 40),
  );
  // One person by two names: the newer holds.
  await p.accept(
    identify('dee', { name: 'Zoe', city: 'Rome' }),
    identify('dee', { name: 'Dee', city: 'Oslo' }, { anonymousId: 'dee-browser', timestamp: at(5) }),
    { type: 'identify', anonymousId: 'dee-browser', traits: { name: 'Old Dee' }, timestamp: at(1) },
  );
  const till = await p.newSource('till', 'till');
  expect(
    (await p.send('track', { ...track({ userId: 'cy' }, 'Order Completed', 20) }, `wk_${till.name}`))
      .statusCode,
  ).toBe(200);
  await p.ask('POST', `/api/people/${await idOf('user_id:bo')}/consent`, {
    purposes: { marketing_email: true, analytics: true },
    source: 'Form',
  });
  const brand = await p.newBrand('Other');
  otherKey = brand.secretKey;
  await p.send('identify', identify('ann', { name: 'Elsewhere', city: 'Leith' }), brand.writeKey);
  await p.settled();
});
afterAll(() => p.drop());

async function idOf(identifier: string): Promise<string> {
  const { body } = await p.ask<Page>('GET', `/api/people?identifier=${identifier}`);
  return String(body.items[0]?.id);
}

const shortName = (item: Page['items'][number]) =>
  item.identifiers.find((text) => text.startsWith('user_id:'))?.slice(8) ?? 'visitor';

/** The list, page by page, each of `limit`. */
async function listed(query: string, limit = 2, key?: string): Promise<string[]> {
  const names: string[] = [];
  let cursor = '';
  for (let pages = 0; pages < 20; pages++) {
    const { status, body } = await p.ask<Page>(
      'GET',
      `/api/people?limit=${limit}&${query}${cursor}`,
      undefined,
      key,
    );
    expect([status, body]).toEqual([200, expect.anything()]);
    names.push(...body.items.map(shortName));
    if (body.next === null) return names;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
  throw new Error('The list has no end.');
}

describe.each([1, 2, 50])('in pages of %d', (limit) => {
  test.each<[string, string[]]>([
    ['', ['dee', 'visitor', 'cy', 'bo', 'ann']],
    ['sort=oldest', ['ann', 'bo', 'cy', 'visitor', 'dee']],
    ['sort=name', ['ann', 'bo', 'cy', 'dee']],
    ['sort=seen', ['visitor', 'bo', 'ann', 'cy', 'dee']],
    ['known=true', ['dee', 'cy', 'bo', 'ann']],
    ['known=false', ['visitor']],
    ['has=email', ['cy']],
    ['has=anonymous_id&sort=oldest', ['visitor', 'dee']],
    ['has=card', []],
    ['trait=city:Leith', ['bo', 'ann']],
    ['trait=city:Leith&sort=name', ['ann', 'bo']],
    ['trait=city:Leith&trait=plan:gold', ['ann']],
    ['trait=city:leith', []],
    ['trait=city', ['dee', 'cy', 'bo', 'ann']],
    // What held once does not hold any more.
    ['trait=city:Rome', []],
    ['trait=city:Oslo', ['dee']],
    ['trait=name:Zoe', []],
    ['trait=name:Dee', ['dee']],
    ['trait=visits:7', ['ann']],
    ['trait=vip:true', ['cy']],
    ['trait=tags:mugs', ['ann']],
    [`trait=${encodeURIComponent("plan:o'gold \\ 'x'")}`, ['bo']],
    ['trait=constructor', []],
    ['consent=marketing_email:granted', ['bo']],
    ['consent=marketing_email:refused&known=true', ['dee', 'cy', 'ann']],
    // The default of the workspace holds for whoever was never asked.
    ['consent=analytics:granted&sort=oldest', ['ann', 'bo', 'cy', 'visitor', 'dee']],
    ['met_from=2001-01-01T00:00:00Z&sort=oldest', ['ann', 'bo', 'cy', 'visitor', 'dee']],
    ['met_to=2001-01-01T00:00:00Z', []],
    [`seen_from=${at(25)}`, ['visitor', 'bo', 'ann']],
    [`seen_from=${at(25)}&sort=seen`, ['visitor', 'bo', 'ann']],
    [`seen_from=${at(25)}&sort=name`, ['ann', 'bo']],
    ['channel=till', ['cy']],
    ['channel=web&did=deal', ['ann']],
    ['did=deal&sort=oldest', ['ann', 'cy']],
    ['did=use', []],
    ['did=deal&trait=city:Leith', ['ann']],
    ['did=deal&sort=name', ['ann', 'cy']],
    ['did=attention&known=true&sort=seen', ['bo']],
  ])('%s lists %j', async (query, expected) => {
    expect(await listed(query, limit)).toEqual(expected);
  });
});

test('a text and a filter hold together', async () => {
  expect(await listed('q=leith')).toEqual(expect.arrayContaining(['ann', 'bo']));
  expect(await listed('q=leith&trait=plan:gold')).toEqual(['ann']);
  expect(await listed('q=leith&has=email')).toEqual([]);
  expect(await listed('q=ash&channel=till')).toEqual(['cy']);
  expect(await listed('q=ash&channel=chat')).toEqual([]);
  expect(await listed('identifier=user_id:cy&did=deal')).toEqual(['cy']);
});

test('shows the traits and the moment that are asked for', async () => {
  const { body } = await p.ask<Page>(
    'GET',
    '/api/people?sort=oldest&limit=1&traits=city,visits,unknown&last_seen=true',
  );
  expect(body.items[0]).toMatchObject({
    name: 'Ann',
    traits: { city: 'Leith', visits: 7, unknown: null },
    last_seen: at(30),
  });
  const plain = await p.ask<Page>('GET', '/api/people?limit=1');
  expect(Object.keys(plain.body.items[0] ?? {})).not.toContain('traits');
});

test.each<[string, number]>([
  ['', 5],
  ['known=true', 4],
  ['trait=city:Leith', 2],
  ['consent=marketing_email:granted', 1],
  ['channel=till', 1],
  ['did=deal&trait=city:Leith', 1],
  [`seen_from=${at(25)}`, 3],
])('counts %s: %d', async (query, people) => {
  const { body } = await p.ask('GET', `/api/people/count?${query}`);
  expect(body).toEqual({ people, exact: true });
});

test('what would have to be looked at one by one is not counted', async () => {
  const { body } = await p.ask('GET', '/api/people/count?channel=till&has=email');
  expect(body).toEqual({ people: null, exact: false });
});

test('another brand’s people only by that brand', async () => {
  expect(await listed('trait=city:Leith', 2, otherKey)).toEqual(['ann']);
  expect(await listed('sort=name', 2, otherKey)).toEqual(['ann']);
  expect(await listed('sort=seen', 2, otherKey)).toEqual(['ann']);
  expect(await listed(`trait=${encodeURIComponent(`${p.workspaceId}=city=Leith:x`)}`, 2, otherKey)).toEqual(
    [],
  );
  const { body } = await p.ask('GET', '/api/people/count', undefined, otherKey);
  expect(body).toEqual({ people: 1, exact: true });
});

test.each([
  'cursor=%20',
  'cursor=!',
  'sort=name&cursor=abc',
  'sort=seen&cursor=W10',
  'consent=x',
  'did=nothing',
  'sort=up',
])('%s is refused', async (query) => {
  expect((await p.ask('GET', `/api/people?${query}`)).status).toBe(400);
});

test('names the traits that were told', async () => {
  const { body } = await p.ask<{ items: { name: string; types: string[] }[] }>('GET', '/api/people/traits');
  expect(body.items).toEqual(
    expect.arrayContaining([
      { name: 'city', types: ['text'] },
      { name: 'visits', types: ['number'] },
    ]),
  );
  const other = await p.ask<{ items: { name: string }[] }>('GET', '/api/people/traits', undefined, otherKey);
  expect(other.body.items.map(({ name }) => name)).toEqual(['city', 'name']);
});

test('every answer about consent is evidence, the newest first', async () => {
  const url = `/api/people/${await idOf('user_id:bo')}/consent`;
  await p.ask('POST', url, { purposes: { marketing_email: false }, source: 'Call', text_version: '2' });
  const { body } = await p.ask<{ items: { purpose: string }[] }>('GET', url);
  expect(body.items.filter(({ purpose }) => purpose === 'marketing_email')).toMatchObject([
    { granted: false, source: 'Call', text_version: '2', from: 'user_id:bo' },
    { granted: true, source: 'Form', text_version: '1', from: 'user_id:bo' },
  ]);
  await p.ask('POST', url, { purposes: { marketing_email: true }, source: 'Form' });
  expect((await p.ask('GET', url, undefined, otherKey)).status).toBe(404);
});

test('what was said of a trait, newest first, with when, where and by which identifier', async () => {
  await p.accept(
    identify('eva', { city: 'Rome', tier: 1 }, { timestamp: at(1) }),
    identify('eva', { city: 'Rome' }, { timestamp: at(2) }),
    identify('eva', { city: 'Oslo' }, { timestamp: at(3) }),
    { type: 'identify', anonymousId: 'eva-browser', traits: { city: 'Rome' }, timestamp: at(4) },
    track({ userId: 'eva', anonymousId: 'eva-browser' }, 'Product Viewed', 5),
  );
  await p.settled();
  const url = `/api/people/${await idOf('user_id:eva')}/traits/city/history`;
  const { status, body } = await p.ask<{ items: unknown[]; whole: boolean }>('GET', url);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    whole: true,
    items: [
      { value: 'Rome', time: at(4), from: 'anonymous_id:eva-browser', channel: 'web', times: 1 },
      { value: 'Oslo', time: at(3), from: 'user_id:eva', times: 1 },
      { value: 'Rome', time: at(1), from: 'user_id:eva', times: 2 },
    ],
  });
  const none = await p.ask('GET', url.replace('city', 'nothing'));
  expect(none.body).toEqual({ items: [], whole: true });
  expect((await p.ask('GET', url, undefined, otherKey)).status).toBe(404);
});

test('whoever was known before can be found the same way', async () => {
  const folder = join(import.meta.dirname, 'migrations/0007-find-by-trait.pg.sql');
  const backfill = readFileSync(folder, 'utf8')
    .split(';')
    .find((statement) => /^\s*update /m.test(statement));
  const stored = () =>
    p.pg.asSystem((tx) =>
      tx.query('select key, name, search::text from profiles order by workspace_id, key'),
    );
  const before = await stored();
  expect(before.length).toBeGreaterThan(5);
  await p.pg.asSystem(async (tx) => {
    // The words of names were there before; only what is new is made again.
    await tx.query(`update profiles set name = null, search = coalesce((select array_to_tsvector(array_agg(w))
      from unnest(tsvector_to_array(search)) w where w not like '%=%'), '')`);
    await tx.query(String(backfill));
  });
  expect(await stored()).toEqual(before);
});
