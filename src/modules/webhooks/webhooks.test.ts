import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { pauseAfter } from './attempt.ts';

interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
interface Made {
  id: string;
  secret: string;
}
interface Delivery {
  id: string;
  state: string;
  attempts: number;
  status: number | null;
  error: string | null;
  due_at: string | null;
}

let p: TestProgram;
let receiver: Server;
let url: string;
/** What arrived, and what is answered to it. */
let got: Got[] = [];
let answer: (path: string) => number = () => 200;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const path = request.url ?? '';
    got.push({ path, headers: request.headers, body });
    response.writeHead(answer(path), { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  p = await testProgram({
    work: true,
    offers: [
      {
        type: 'test.rang',
        description: 'A bell rang',
        topic: 'bell',
        tell: async ({ data }) => (data.inside ? null : { data, topic: String(data.bell) }),
      },
    ],
  });
});
afterAll(async () => {
  await p.drop();
  receiver.close();
});
beforeEach(() => {
  got = [];
  answer = () => 200;
});

const ring = (bell: string, more: Record<string, unknown> = {}, subject = 'nobody') =>
  p.pg.inWorkspace(p.workspaceId, (tx) =>
    p.facts.record(tx, { type: 'test.rang', subject, data: { bell, ...more } }),
  );
async function hook(path: string, more: object = {}): Promise<Made> {
  const made = await p.ask<Made>('POST', '/api/webhooks', {
    url: `${url}${path}`,
    types: ['test.rang'],
    ...more,
  });
  expect(made.status).toBe(201);
  return made.body;
}
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 100 });
const arrived = (path: string) => got.filter((one) => one.path === path);
const deliveries = async (id: string, query = '') =>
  (await p.ask<{ items: Delivery[] }>('GET', `/api/webhooks/${id}/deliveries${query}`)).body.items;
/** The pause is over. */
const hurry = () =>
  p.pg.inWorkspace(p.workspaceId, (tx) =>
    tx.query('update webhook_deliveries set due_at = now() where state = 0'),
  );

test('what happens is told once, signed so that the specification’s own library accepts it', async () => {
  const { id, secret } = await hook('/a', { topics: ['big'] });
  await ring('small');
  await ring('big', { inside: true });
  await ring('big');
  await soon(async () => expect((await deliveries(id))[0]?.state).toBe('delivered'));
  const [one, ...others] = arrived('/a');
  expect(others).toEqual([]);
  if (!one) throw new Error('Nothing arrived.');
  const headers = one.headers as Record<string, string>;
  const told = new Webhook(secret).verify(one.body, headers);
  expect(told).toEqual({ type: 'test.rang', timestamp: expect.any(String), data: { bell: 'big' } });
  expect(() => new Webhook(secret).verify(`${one.body} `, headers)).toThrow('No matching signature');
  // The secret is shown once.
  expect(JSON.stringify((await p.ask('GET', '/api/webhooks')).body)).not.toContain(secret);
});

test('after a rotation both secrets are good, for a day', async () => {
  const { id, secret } = await hook('/rotated');
  const { body: rotated } = await p.ask<Made>('POST', `/api/webhooks/${id}/rotate`);
  expect(rotated.secret).not.toBe(secret);
  await ring('any');
  await soon(() => expect(arrived('/rotated')).toHaveLength(1));
  const [one] = arrived('/rotated');
  for (const good of [secret, rotated.secret]) {
    expect(new Webhook(good).verify(one?.body ?? '', one?.headers as Record<string, string>)).toBeTruthy();
  }
});

test('what fails is tried again under the same id, given up in the end, shown, and can be sent again', {
  timeout: 60_000,
}, async () => {
  answer = (path) => (path === '/down' ? 500 : 200);
  const { id } = await hook('/down');
  const { id: other } = await hook('/up');
  await ring('any');
  for (let attempts = 1; ; attempts++) {
    await soon(async () => expect((await deliveries(id))[0]).toMatchObject({ attempts, status: 500 }));
    const [delivery] = await deliveries(id);
    if (delivery?.state === 'dead') {
      expect([attempts, delivery.error, delivery.due_at]).toEqual([10, 'Answered 500.', null]);
      break;
    }
    await hurry();
  }
  expect(new Set(arrived('/down').map((one) => one.headers['webhook-id'])).size).toBe(1);
  expect((await deliveries(other))[0]?.state).toBe('delivered');

  answer = () => 200;
  expect((await p.ask('POST', `/api/webhooks/${id}/replay`, {})).body).toEqual({ replayed: 1 });
  await soon(async () => expect((await deliveries(id, '?state=delivered'))[0]?.attempts).toBe(1));
  expect(arrived('/down')).toHaveLength(11);
});

test('a redirect is not followed, and a receiver that is gone for good is told no more', async () => {
  answer = (path) => (path === '/moved' ? 302 : path === '/gone' ? 410 : 200);
  const { id: moved } = await hook('/moved');
  const { id: gone } = await hook('/gone');
  await ring('any');
  await soon(async () => expect((await deliveries(moved))[0]?.error).toBe('A redirect is not followed.'));
  await soon(async () => expect((await deliveries(gone))[0]?.state).toBe('dead'));
  expect(arrived('/elsewhere')).toEqual([]);
  const { items } = (
    await p.ask<{ items: { id: string; disabled_why: string | null }[] }>('GET', '/api/webhooks')
  ).body;
  expect(items.find((one) => one.id === gone)?.disabled_why).toMatch(/410/);
  await ring('again');
  await soon(async () => expect(await deliveries(moved)).toHaveLength(2));
  expect(await deliveries(gone)).toHaveLength(1);
  // Resumed by the team, it hears of what comes then.
  await p.ask('PATCH', `/api/webhooks/${gone}`, { disabled: false });
  answer = () => 200;
  expect((await p.ask('POST', `/api/webhooks/${gone}/test`)).status).toBe(202);
  await soon(() => expect(arrived('/gone')).toHaveLength(2));
});

test('whoever is erased is in no delivery any more', async () => {
  await p.accept({ type: 'identify', userId: 'ann' });
  const { body } = await p.ask<{ items: { id: string }[] }>('GET', '/api/people?identifier=user_id:ann');
  const [key] = await p.people.keysOf(p.workspaceId, body.items[0]?.id ?? '');
  answer = () => 503;
  const { id } = await hook('/late');
  await ring('any', {}, String(key));
  await soon(async () => expect(await deliveries(id)).toHaveLength(1));
  await p.ask('DELETE', `/api/people/${body.items[0]?.id}`);
  expect(await deliveries(id)).toEqual([]);
});

test.each([
  [{ url: 'ftp://example.com/' }, 'webhooks/bad-url'],
  [{ url: 'https://ann:secret@example.com/' }, 'webhooks/bad-url'],
  [{ types: ['test.rang', 'test.sang'] }, 'webhooks/unknown-type'],
])('%o is refused', async (more, type) => {
  const body = { url: 'https://example.com/', types: ['test.rang'], ...more };
  expect((await p.ask('POST', '/api/webhooks', body)).body).toMatchObject({
    type: expect.stringContaining(type),
  });
});

test('the pauses grow over three days', () => {
  const pauses = Array.from({ length: 10 }, (_, i) => pauseAfter(i + 1, 0.5));
  expect(pauses.slice(0, 2)).toEqual([5_000, 300_000]);
  expect(pauses[9]).toBeNull();
  const all = pauses.slice(0, 9) as number[];
  expect([...all].sort((a, b) => a - b)).toEqual(all);
  expect(all.reduce((sum, ms) => sum + ms, 0) / 86_400_000).toBeGreaterThan(2.5);
});
