import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFolder } from '../../../test/data.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Person {
  name: string | null;
  traits: Record<string, { value: unknown; type: string; time: string; from: string }>;
}

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

async function person(identifier: string): Promise<Person> {
  const found = await p.ask<{ items: { id: string }[] }>(
    'GET',
    `/api/people?identifier=${encodeURIComponent(identifier)}`,
  );
  const { status, body } = await p.ask<Person>('GET', `/api/people/${found.body.items[0]?.id}`);
  expect(status).toBe(200);
  return body;
}

async function values(identifier: string): Promise<Record<string, unknown>> {
  const { traits } = await person(identifier);
  // By entries, because a trait may be named like something that every object has.
  return Object.fromEntries(Object.entries(traits).map(([name, trait]) => [name, trait.value]));
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 10, 12, 0, second)).toISOString();
const identify = (who: object, traits: object, second = 0) => ({
  type: 'identify',
  ...who,
  traits,
  timestamp: at(second),
});

async function batch(...calls: object[]): Promise<void> {
  expect((await p.send('batch', { batch: calls })).statusCode).toBe(200);
}

test('a trait has its type, its time and the identifier it came with', async () => {
  await p.accept(
    identify(
      { userId: 'ann', anonymousId: 'ann-browser' },
      { name: ' Ann Lee ', age: 30, vip: true, since: '2024-02-29' },
      1,
    ),
    identify({ anonymousId: 'ann-browser' }, { tags: ['tea'], address: { city: 'Rome' }, nothing: null }, 2),
  );
  const { name, traits } = await person('user_id:ann');
  expect(name).toBe('Ann Lee');
  const from = 'user_id:ann';
  const browser = 'anonymous_id:ann-browser';
  expect(traits).toEqual({
    address: { value: { city: 'Rome' }, type: 'object', time: at(2), from: browser },
    age: { value: 30, type: 'number', time: at(1), from },
    name: { value: ' Ann Lee ', type: 'text', time: at(1), from },
    nothing: { value: null, type: 'null', time: at(2), from: browser },
    since: { value: '2024-02-29', type: 'date', time: at(1), from },
    tags: { value: ['tea'], type: 'list', time: at(2), from: browser },
    vip: { value: true, type: 'boolean', time: at(1), from },
  });
});

describe('for each trait the newest by the event’s own time holds', () => {
  test('whatever the order of arrival, over one identifier and over several', async () => {
    await p.accept(
      identify({ userId: 'bob' }, { city: 'Rome', plan: 'gold' }, 5),
      identify({ userId: 'bob' }, { city: 'Oslo', plan: 'free', first: 1 }, 3),
      identify({ anonymousId: 'bob-browser' }, { city: 'Bern' }, 7),
      identify({ anonymousId: 'bob-browser' }, { plan: 'none' }, 1),
    );
    expect(await values('user_id:bob')).toEqual({ city: 'Rome', plan: 'gold', first: 1 });
    await p.accept({ type: 'track', event: 'Signed In', userId: 'bob', anonymousId: 'bob-browser' });
    expect(await values('user_id:bob')).toEqual({ city: 'Bern', plan: 'gold', first: 1 });
  });

  test('also at one and the same time, and however calls are put into batches', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        'a',
        'B',
        '\uff01',
        '😀',
        10,
        9,
        1.5,
        '10',
        { b: 1, aa: 2 },
        { aa: 2, b: 1 },
        [1, 2],
        '',
        null,
        true,
      ),
    );
    const call = fc.record({
      traits: fc.dictionary(fc.constantFrom('x', 'y', 'name'), value, { minKeys: 1 }),
      second: fc.integer({ min: 0, max: 2 }),
      identifier: fc.constantFrom('user', 'browser'),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 8 }).chain((calls) =>
          fc.record({
            calls: fc.constant(calls),
            order: fc.shuffledSubarray([...calls.keys()], { minLength: calls.length }),
            cuts: fc.array(fc.integer({ min: 0, max: calls.length }), { maxLength: 3 }),
          }),
        ),
        async ({ calls, order, cuts }) => {
          round++;
          const told: Record<string, unknown>[] = [];
          for (const [name, sequence] of [
            ['straight', [...calls.keys()]],
            ['shuffled', order],
          ] as const) {
            const who = {
              user: { userId: `${name}${round}` },
              browser: { anonymousId: `${name}${round}-b` },
            };
            const sent = sequence.map((i) => {
              const { traits, second, identifier } = calls[i] as (typeof calls)[number];
              return identify(who[identifier], traits, second);
            });
            sent.push({ type: 'identify', ...who.user, ...who.browser, traits: {}, timestamp: at(0) });
            const ends = name === 'straight' ? [sent.length] : [...cuts, sent.length].sort((a, b) => a - b);
            let from = 0;
            for (const end of ends) {
              if (end > from) await batch(...sent.slice(from, end));
              from = end;
            }
            told.push(await values(`user_id:${name}${round}`));
          }
          expect(told[1]).toEqual(told[0]);
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
  });
});

describe('a trait comes back as it was sent', () => {
  async function sentBack(userId: string, traits: Record<string, unknown>): Promise<void> {
    // As text, because some values are written one way only.
    const body = `{"messageId":"m-${userId}","userId":"${userId}","traits":${JSON.stringify(traits)}}`;
    const answer = await p.app.inject({
      method: 'POST',
      url: '/v1/identify',
      payload: body,
      headers: { authorization: `Basic ${btoa('wk_test:')}` },
    });
    expect(answer.statusCode).toBe(200);
    expect(await values(`user_id:${userId}`)).toEqual(traits);
  }

  test('with what no database stores', async () => {
    await sentBack('odd', {
      nul: 'a\0b',
      high: 'a\ud800b',
      low: '\udc00',
      both: ['\0', { deep: '\ud83d' }],
      'in a name': { 'a\0b': 1 },
      escaped: '\\u0000 \\ud800',
      emoji: '😀',
    });
  });

  test('with what we write ourselves', async () => {
    await sentBack('ours', {
      a: { $json: '"x"' },
      b: { $json: 'no JSON' },
      c: { $json: { $json: '1' } },
      d: { $json: '1', more: 2 },
      e: { more: 2, $json: '1' },
      f: [{ $json: '1' }],
      g: { $json: '\0' },
    });
  });

  test('with the names that objects have', async () => {
    await sentBack(
      'names',
      JSON.parse(
        '{"__proto__":{"a":1},"constructor":"c","hasOwnProperty":1,"toString":"t","":"empty","then":true,"length":0,"name":"Ann"}',
      ),
    );
  });

  test('whatever it is', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 })),
        async (traits) => {
          await sentBack(`any${round++}`, JSON.parse(JSON.stringify(traits)));
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
  });

  test('a name that is very long, or many', async () => {
    const long = Array.from({ length: 4000 }, (_, i) =>
      String.fromCharCode(0x4e00 + ((i * 7919) % 20000)),
    ).join('');
    await sentBack('long', { [long]: 'long', short: 1 });
    await sentBack('many', Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`trait ${i}`, i])));
  });

  const folder = dataFolder();
  test.skipIf(!folder)('all naughty strings', async () => {
    const naughty: string[] = JSON.parse(
      readFileSync(join(String(folder), 'bad-input/naughty-strings.json'), 'utf8'),
    );
    expect(naughty.length).toBeGreaterThan(400);
    for (let from = 0; from < naughty.length; from += 100) {
      const some = naughty.slice(from, from + 100);
      await sentBack(`naughty${from}`, Object.fromEntries(some.map((text) => [text, text])));
    }
  });
});

test('the frequent values of a trait are counted, each thing on a list for itself', async () => {
  await p.accept(
    identify({ userId: 'v1' }, { shade: 'green', likes: ['tea', 'pots'], level: 3, gone: null }),
    identify({ userId: 'v2' }, { shade: 'green', likes: ['tea'], level: 3, gone: { a: 1 } }),
    identify({ userId: 'v3' }, { shade: 'red', likes: [], level: true, gone: '' }),
  );
  const of = async (name: string) =>
    (await p.ask<{ items: unknown[] }>('GET', `/api/people/traits/values?name=${name}`)).body.items;
  expect(await of('shade')).toEqual([
    { value: 'green', times: 2 },
    { value: 'red', times: 1 },
  ]);
  expect(await of('likes')).toEqual([
    { value: 'tea', times: 2 },
    { value: 'pots', times: 1 },
  ]);
  expect(await of('level')).toEqual([
    { value: 3, times: 2 },
    { value: true, times: 1 },
  ]);
  expect(await of('gone')).toEqual([]);
  expect(await of('never')).toEqual([]);
});
