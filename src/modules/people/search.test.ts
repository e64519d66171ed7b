import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Page {
  items: { id: string; name: string | null; known: boolean; identifiers: string[]; first_seen: string }[];
  next: string | null;
}

let p: TestProgram;
let otherKey: string;

beforeAll(async () => {
  p = await testProgram();
  await p.ask('PATCH', '/api/settings', { workspace: { country: 'DE' } });
  await p.accept(
    person('ann', {
      name: 'Ann Lee',
      email: 'ann.lee@example.com',
      phone: '+49 30 901820',
      card: '4000-1234',
    }),
    person('hannah', { firstName: 'Hannah', lastName: 'Leeb', city: 'Köln' }),
    person('obrien', { name: "Séan O'Brien-Smith", company: 'Tea & Sons' }),
    person('wang', { name: '王小明', city: '上海' }),
    person('sato', { name: 'さとう はなこ' }),
    person('lower', { name: 'ÉMILIE Straße' }),
    person('odd', { name: "x' | y:* & !z \\ %_ '" }),
    {
      type: 'track',
      event: 'Product Viewed',
      anonymousId: 'ann-the-browser',
      context: { device: { id: 'ann-the-phone' } },
    },
  );
  const brand = await p.newBrand('Other');
  otherKey = brand.secretKey;
  await p.send(
    'identify',
    person('ann', { name: 'Ann Elsewhere', email: 'ann@other.example' }),
    brand.writeKey,
  );
});
afterAll(() => p.drop());

function person(userId: string, traits: object) {
  return { type: 'identify', userId, traits };
}

/** The user ids of those found. */
async function found(q: string, key?: string): Promise<string[]> {
  const { status, body } = await p.ask<Page>('GET', `/api/people?q=${encodeURIComponent(q)}`, undefined, key);
  expect(status).toBe(200);
  return body.items
    .map((item) => item.identifiers.find((name) => name.startsWith('user_id:'))?.slice(8) ?? 'nobody known')
    .sort();
}

test.each<[string, string[]]>([
  // Names, by the beginnings of their words.
  ['ann', ['ann']],
  ['ANN', ['ann']],
  ['lee', ['ann', 'hannah']],
  ['lee ann', ['ann']],
  ['ann l', ['ann']],
  ['hannah lee', ['hannah']],
  ['nah', []],
  ["o'brien", ['obrien']],
  ['smith', ['obrien']],
  ['séan', ['obrien']],
  ['tea', ['obrien']],
  ['köln', ['hannah']],
  ['émilie', ['lower']],
  ['straß', ['lower']],
  // Chinese and Japanese have no blanks.
  ['王', ['wang']],
  ['小明', ['wang']],
  ['明', ['wang']],
  ['上海', ['wang']],
  ['はな', ['sato']],
  // Identifiers, by their beginning.
  ['ann.lee@', ['ann']],
  ['Ann.Lee@Example.com', ['ann']],
  ['hann', ['hannah']],
  ['40001234', ['ann']],
  ['4000 1234', ['ann']],
  ['4000-12', ['ann']],
  ['+4930901820', ['ann']],
  ['+49 30 901820', ['ann']],
  ['030 901820', ['ann']],
  ['030/901820', ['ann']],
  ['+49 30 9018', ['ann']],
  // What a search language might take for its own.
  ["x' | y:* & !z", ['odd']],
  ['%', []],
  ['_', []],
  ['ann%', ['ann']],
  ['*', []],
  ["'", []],
  [':*', []],
  ['ann & lee', ['ann']],
  ['\\', []],
  ['nobody at all', []],
  // Browsers and devices are no names.
  ['ann-the', []],
])('%s finds %j', async (q, expected) => {
  expect(await found(q)).toEqual(expected);
});

test('somebody by the id that stands in the address bar, also by one of before', async () => {
  const { body } = await p.ask<Page>('GET', '/api/people?identifier=user_id:ann');
  expect(await found(String(body.items[0]?.id))).toEqual(['ann']);
  expect(await found(String(body.items[0]?.id).toUpperCase())).toEqual(['ann']);
});

test('another brand’s people only by that brand', async () => {
  expect(await found('ann', otherKey)).toEqual(['ann']);
  expect(await found('elsewhere', otherKey)).toEqual(['ann']);
  expect(await found('elsewhere')).toEqual([]);
  expect(await found('hannah', otherKey)).toEqual([]);
  expect(await found(`${p.workspaceId}/hannah`, otherKey)).toEqual([]);
});

describe('a name that changes', () => {
  test('is found as it is now, whatever else is told later', async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const identify = (traits: object, second: number) => ({
      ...person('change', traits),
      timestamp: at(second),
    });
    await p.accept(identify({ name: 'Maria Altmann' }, 2));
    await p.accept(identify({ plan: 'gold' }, 3));
    expect(await found('altmann')).toEqual(['change']);
    await p.accept(identify({ city: 'Ulm' }, 4));
    expect([await found('altmann'), await found('ulm')]).toEqual([['change'], ['change']]);
    await p.accept(identify({ name: 'Maria Neumann' }, 6));
    await p.accept(identify({ name: 'Maria Lateomann' }, 5));
    expect(await found('neumann')).toEqual(['change']);
    expect(await found('altmann')).toEqual([]);
    expect(await found('lateomann')).toEqual([]);
    await p.accept(identify({ name: null }, 7));
    expect(await found('neumann')).toEqual([]);
    expect(await found('ulm')).toEqual(['change']);
  });
});

describe('all people', () => {
  test('can be paged through, newest first, each once', async () => {
    const { body: whole } = await p.ask<Page>('GET', '/api/people?limit=500');
    expect(whole.next).toBe(null);
    expect(whole.items.length).toBeGreaterThan(7);
    const seen: Page['items'] = [];
    for (let cursor = ''; ; ) {
      const { body } = await p.ask<Page>('GET', `/api/people?limit=2${cursor}`);
      seen.push(...body.items);
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(whole.items);
    expect(new Set(seen.map((item) => item.id)).size).toBe(seen.length);
    expect(seen.find((item) => item.identifiers.includes('device_id:ann-the-phone'))).toMatchObject({
      known: false,
      name: null,
      identifiers: ['device_id:ann-the-phone', 'anonymous_id:ann-the-browser'],
    });
    expect(seen.find((item) => item.identifiers[0] === 'user_id:ann')).toMatchObject({
      known: true,
      name: 'Ann Lee',
      identifiers: ['user_id:ann', 'card:40001234', 'email:ann.lee@example.com', 'phone:+4930901820'],
    });
  });

  test('one by an identifier in any way of writing it', async () => {
    for (const identifier of [
      'email: ANN.lee@example.com',
      'card:4000 12 34',
      'phone:030 901820',
      'device_id:ann-the-phone',
    ]) {
      const { body } = await p.ask<Page>('GET', `/api/people?identifier=${encodeURIComponent(identifier)}`);
      expect(body.items).toHaveLength(1);
    }
    expect((await p.ask<Page>('GET', '/api/people?identifier=email:nobody@example.com')).body).toEqual({
      items: [],
      next: null,
    });
  });

  test.each([
    ['identifier=ann', 'people/not-an-identifier'],
    ['identifier=email:ann', 'people/not-an-identifier'],
    ['identifier=user_id:null', 'people/not-an-identifier'],
    ['identifier=loyalty:7', 'people/not-an-identifier'],
    ['q=', 'people/bad-query'],
    ['q=%20', 'people/bad-query'],
    ['q=a%00b', 'people/bad-query'],
    ['cursor=!', 'people/bad-query'],
    ['cursor=zzzzzzzzzzzzzzzzzzzz', 'people/bad-query'],
    ['limit=0', 'http/invalid'],
  ])('?%s is refused with a sentence', async (query, type) => {
    expect(await p.ask('GET', `/api/people?${query}`)).toMatchObject({ status: 400, body: { type } });
  });

  test.each(['', '/events', '/export'])(
    'nobody has an id that was made up: /api/people/:id%s',
    async (rest) => {
      for (const id of [
        'ann',
        '00000000-0000-7000-8000-000000000000',
        '%00',
        '..%2F..',
        `${'9'.repeat(400)}`,
      ]) {
        const answer = await p.ask<{ type: string }>('GET', `/api/people/${id}${rest}`);
        expect([answer.status, answer.body.type]).toEqual([404, 'people/no-such-person']);
      }
    },
  );
});

test('the export has everything that is known of a person, and nothing of anybody else', async () => {
  await p.accept(
    {
      type: 'track',
      event: 'Order Completed',
      userId: 'ann',
      messageId: 'export-order',
      properties: { order_id: 'o1', total: '12.50', currency: 'EUR', note: 'a\0b' },
      context: { consent: { categoryPreferences: { marketing_email: true }, textVersion: '7' } },
    },
    { type: 'track', event: 'Product Viewed', userId: 'hannah', messageId: 'not-in-it' },
  );
  await p.settled();
  const { body } = await p.ask<Page>('GET', '/api/people?identifier=user_id:ann');
  const answer = await p.ask<{
    person: object;
    consent_history: object[];
    events: { message_id: string; total: string; properties: object }[];
  }>('GET', `/api/people/${body.items[0]?.id}/export`);
  expect(answer.status).toBe(200);
  expect(answer.body.person).toMatchObject({
    name: 'Ann Lee',
    known: true,
    identifiers: [
      { kind: 'user_id', value: 'ann', state: 'active' },
      { kind: 'card', value: '40001234' },
      { kind: 'email', value: 'ann.lee@example.com' },
      { kind: 'phone', value: '+4930901820' },
    ],
    consent: { marketing_email: { granted: true, asked: true } },
  });
  expect(answer.body.consent_history).toMatchObject([
    {
      purpose: 'marketing_email',
      granted: true,
      source: 'Shop',
      text_version: '7',
      message_id: 'export-order',
    },
  ]);
  expect(answer.body.events.map((event) => event.message_id)).toContain('export-order');
  expect(answer.body.events.find((event) => event.message_id === 'export-order')).toMatchObject({
    total: '12.5',
    properties: { note: 'a\0b' },
  });
  expect(JSON.stringify(answer.body)).not.toContain('not-in-it');
  expect(JSON.stringify(answer.body)).not.toMatch(/annah|Elsewhere/);
  const { body: audit } = await p.ask<{ items: { action: string }[] }>(
    'GET',
    '/api/audit?action=people.exported',
  );
  expect(audit.items).toHaveLength(1);
});
