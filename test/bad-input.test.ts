import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFolder } from './data.ts';
import { basic, type TestProgram, testProgram, writeKey } from './fixtures/program.ts';

const folder = dataFolder();
const badInput = join(folder ?? '', 'bad-input');
/** JSONTestSuite's name and bytes of each file. `n_`: no JSON; `y_`: JSON; `i_`: either. */
const documents = folder ? readDocuments() : [];
const naughty = folder ? readNaughtyStrings() : [];

let on: TestProgram;
beforeAll(async () => {
  if (folder) on = await testProgram();
}, 120_000);
afterAll(() => on?.drop());

interface Document {
  name: string;
  bytes: Buffer;
}
interface Stored {
  message_id: string;
  event: string;
  person_id: string | null;
  user_id: string;
  anonymous_id: string;
  properties: Record<string, unknown> | null;
  ignored: { kind: string; value: string; reason: string }[];
}
interface Person {
  id: string;
  identifiers: string[];
}
interface Quarantined {
  id: string;
  reason: string;
  message_id: string | null;
  raw: unknown;
}
type Message = Record<string, unknown>;

describe.skipIf(!folder)('JSON that is broken, strange, or merely unusual', () => {
  test('is all there', () => {
    const kinds = Object.groupBy(documents, ({ name }) => name.slice(0, 2));
    expect(kinds.n_?.length).toBeGreaterThan(150);
    expect(kinds.y_?.length).toBeGreaterThan(90);
    expect(kinds.i_?.length).toBeGreaterThan(30);
  });

  test.each(['track', 'batch'])('as the body of /v1/%s gets a clear answer', async (call) => {
    const unclear = await told(documents, async ({ name, bytes }) => {
      const { status, explains } = await post(call, bytes);
      const refused = status >= 400 && status < 500 && explains;
      return refused || (status === 200 && !name.startsWith('n_')) ? null : `${name}: ${status}`;
    });
    expect(unclear).toEqual([]);
    await expectAlive(`after-${call}`);
  });

  test('as a property in a batch comes back as it was sent, or the batch is refused', async () => {
    const around = (name: string, bytes: Buffer) =>
      Buffer.concat([
        Buffer.from('{"batch":['),
        Buffer.from(`{"type":"track","event":"Said","userId":"json","messageId":"${name}",`),
        Buffer.from('"properties":{"value":'),
        bytes,
        Buffer.from('}}]}'),
      ]);
    const accepted: string[] = [];
    const unclear = await told(documents, async ({ name, bytes }) => {
      // What is no value, but is one with what stands around it, is not what this is about.
      if (name.startsWith('n_') && parsed(bytes) !== undefined) return `${name} is JSON`;
      if (name.startsWith('n_') && parsed(around(name, bytes)) !== undefined) return null;
      const { status, explains } = await post('batch', around(name, bytes));
      if (status === 200) accepted.push(name);
      const refused = status >= 400 && status < 500 && explains;
      if (name.startsWith('y_')) return status === 200 ? null : `${name}: ${status}`;
      return refused || (status === 200 && name.startsWith('i_')) ? null : `${name}: ${status}`;
    });
    expect(unclear).toEqual([]);
    await expectAlive('after-values');

    const stored = byMessage(await eventsNamed('Said'));
    const quarantined = new Set((await quarantine()).map((item) => item.message_id));
    const wrong = documents.filter(({ name, bytes }) => {
      if (!accepted.includes(name)) return false;
      const event = stored.get(name);
      if (!event) return !quarantined.has(name);
      return JSON.stringify(event.properties?.value) !== JSON.stringify(parsed(bytes));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(documents.filter(({ name }) => name.startsWith('y_') && !stored.has(name))).toEqual([]);
  });
});

describe.skipIf(!folder)('naughty strings', () => {
  test('are all there', () => {
    expect(naughty.length).toBeGreaterThan(500);
  });

  test('come back as they were sent as name of an event, and as name and value of a property', async () => {
    const messages = naughty.map((text, i) => ({
      type: 'track',
      messageId: `event-${i}`,
      userId: `of-event-${i}`,
      event: text,
      properties: { value: text, [`the ${text}`]: i, [text]: text },
    }));
    await sendAll(messages);
    const stored = byMessage(await allEvents());
    const reasons = new Map((await quarantine()).map((item) => [item.message_id, item]));
    for (const message of messages) {
      const event = stored.get(message.messageId);
      if (message.event === '') {
        expect(reasons.get(message.messageId)).toMatchObject({ reason: 'event-name-missing', raw: message });
      } else {
        expect(event?.event).toBe(message.event);
        expectSame(event?.properties, message.properties);
      }
    }
    const notFound = await told(
      // All came back above; each search reads the whole log, so some stand for the others.
      naughty.filter((text, i) => text !== '' && i % 4 === 0),
      async (text) => {
        const found = await eventsNamed(text);
        return found.length === 1 && found[0]?.event === text ? null : text;
      },
    );
    expect(notFound).toEqual([]);
  });

  test('come back as they were sent as name and value of a trait', async () => {
    const size = 20;
    const messages = Array.from({ length: Math.ceil(naughty.length / size) }, (_, i) => {
      const texts = naughty.slice(i * size, (i + 1) * size);
      const values = texts.map((text, n) => [`value ${n}`, text]);
      // In a trait's name Postgres cannot hold a NUL; it becomes U+FFFD there.
      const names = texts.filter((text) => !text.includes('\0')).map((text, n) => [text, n]);
      return {
        type: 'identify',
        messageId: `traits-${i}`,
        userId: `of-traits-${i}`,
        traits: Object.fromEntries([...values, ...names]) as Record<string, unknown>,
      };
    });
    await sendAll(messages);
    for (const { userId, traits } of messages) {
      const found = await get<{ items: Person[] }>(`/api/people?identifier=user_id:${userId}`);
      const person = await get<{ traits: Record<string, { value: unknown }> }>(
        `/api/people/${found.items[0]?.id}`,
      );
      const values = Object.entries(person.traits).map(([name, { value }]) => [name, value]);
      expectSame(Object.fromEntries(values), traits);
    }
  });

  const kinds = [
    { kind: 'user_id', as: (value: string) => ({ userId: value }) },
    { kind: 'anonymous_id', as: (value: string) => ({ anonymousId: value }) },
    { kind: 'email', as: (value: string) => ({ type: 'identify', traits: { email: value } }) },
    { kind: 'phone', as: (value: string) => ({ type: 'identify', traits: { phone: value } }) },
    {
      kind: 'card',
      as: (value: string) => ({
        context: { externalIds: [{ id: value, type: 'card', collection: 'users', encoding: 'none' }] },
      }),
    },
  ];
  test.each(kinds)('as $kind identify as they were sent, or are told to identify nobody', async (how) => {
    const { kind, as } = how;
    // Two texts may have one normal form; two user ids beside it would be a conflict.
    const carrier = kind === 'anonymous_id' ? 'userId' : 'anonymousId';
    const messageOf = (text: string, id: string): Message => ({
      type: 'track',
      event: `With ${kind}`,
      messageId: id,
      ...as(text),
    });
    const carried = naughty.map((text, i) => ({
      ...messageOf(text, `${kind}-${i}`),
      [carrier]: `with-${kind}-${i}`,
    }));
    const alone = naughty.map((text, i) => messageOf(text, `${kind}-alone-${i}`));
    await sendAll([...carried, ...alone]);
    const stored = byMessage(await allEvents());
    const people = new Map((await allPeople()).map((person) => [person.id, person.identifiers]));
    const quarantined = new Map((await quarantine()).map((item) => [item.message_id, item]));

    const wrong: string[] = [];
    for (const [i, text] of naughty.entries()) {
      const event = stored.get(`${kind}-${i}`);
      const ignored = event?.ignored.find((one) => one.kind === kind);
      const itself = quarantined.get(`${kind}-alone-${i}`);
      if (ignored) {
        const isTold = itself?.reason === 'no-identifier' && !stored.has(`${kind}-alone-${i}`);
        expectSame(itself?.raw, alone[i]);
        if (ignored.value !== text || !isTold) wrong.push(`${text}: ${ignored.reason}`);
      } else {
        const identifiers = people.get(event?.person_id ?? '') ?? [];
        const isSame = stored.get(`${kind}-alone-${i}`)?.person_id === event?.person_id;
        const names = identifiers.flatMap((one) =>
          one.startsWith(`${kind}:`) ? one.slice(kind.length + 1) : [],
        );
        if (!names.some((name) => isForm(kind, name, text)) || !isSame) wrong.push(text);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function readDocuments(): Document[] {
  const json = join(badInput, 'json');
  return readdirSync(json)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, bytes: readFileSync(join(json, name)) }));
}

/** With a few that the list does not have, and that objects and databases trip over. */
function readNaughtyStrings(): string[] {
  const list = JSON.parse(readFileSync(join(badInput, 'naughty-strings.json'), 'utf8')) as string[];
  return [...new Set([...list, '__proto__', 'constructor', 'toString', 'nul\0nul', 'ends in \\'])];
}

/** What each says when something is wrong with it, a few at a time. */
async function told<T>(all: readonly T[], ask: (one: T) => Promise<string | null>): Promise<string[]> {
  const wrong: string[] = [];
  for (let i = 0; i < all.length; i += 20) {
    wrong.push(...(await Promise.all(all.slice(i, i + 20).map(ask))).filter((what) => what !== null));
  }
  return wrong;
}

async function post(call: string, payload: Buffer): Promise<{ status: number; explains: boolean }> {
  const answer = await on.app.inject({
    method: 'POST',
    url: `/v1/${call}`,
    headers: { authorization: basic(writeKey), 'content-type': 'application/json' },
    payload,
  });
  const isProblem = String(answer.headers['content-type']).startsWith('application/problem+json');
  return { status: answer.statusCode, explains: isProblem && Boolean(answer.json().detail) };
}

async function sendAll(messages: readonly Message[]): Promise<void> {
  for (let i = 0; i < messages.length; i += 100) {
    const answer = await post('batch', Buffer.from(JSON.stringify({ batch: messages.slice(i, i + 100) })));
    expect(answer.status).toBe(200);
  }
  await on.settled();
}

/** It still takes events, and shows them. */
async function expectAlive(id: string): Promise<void> {
  await sendAll([{ type: 'track', event: 'Alive', userId: 'alive', messageId: id }]);
  expect((await eventsNamed('Alive')).map((event) => event.message_id)).toContain(id);
}

async function get<T>(url: string): Promise<T> {
  const { status, body } = await on.ask<T>('GET', url);
  expect(status, url).toBe(200);
  return body;
}

async function everything<T>(url: string): Promise<T[]> {
  const all: T[] = [];
  for (let cursor = ''; ; ) {
    const page = await get<{ items: T[]; next: string | null }>(`${url}${cursor}`);
    all.push(...page.items);
    if (page.next === null) return all;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

const allEvents = () => everything<Stored>('/api/events?limit=1000');
const eventsNamed = (name: string) =>
  everything<Stored>(`/api/events?limit=1000&name=${encodeURIComponent(name)}`);
const allPeople = () => everything<Person>('/api/people?limit=500');
const quarantine = () => everything<Quarantined>('/api/quarantine?limit=500');

function byMessage(events: readonly Stored[]): Map<string, Stored> {
  return new Map(events.map((event) => [event.message_id, event]));
}

/** Also tells apart what `toEqual` does not: names such as `__proto__`. */
function expectSame(found: unknown, sent: unknown): void {
  expect(sorted(found)).toEqual(sorted(sent));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, sorted(inner)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether an identifier is a text as it was sent, or in the normal form of its kind. */
function isForm(kind: string, value: string, text: string): boolean {
  if (kind === 'email') return value === text.trim().toLowerCase();
  if (kind === 'card') return value === text.replace(/[\s-]+/g, '');
  if (kind === 'phone') return /^\+[1-9][0-9]{5,14}$/.test(value);
  return value === text;
}
