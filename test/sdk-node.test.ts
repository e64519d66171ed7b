import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sightOf } from './fixtures/listed.ts';
import { type TestProgram, testProgram } from './fixtures/program.ts';

// Segment's library for Node as npm has it, over HTTP, against the listening program.

const timeout = 120_000;
let p: TestProgram;
let url: string;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  p = await testProgram();
  url = await p.app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(() => p.drop());

async function library(name: string, o: { host?: string; flushAt?: number } = {}) {
  const brand = await p.newBrand(name);
  const failures: unknown[] = [];
  const analytics = new Analytics({ writeKey: brand.writeKey, host: url, ...o });
  analytics.on('error', (error) => failures.push(error));
  return { analytics, failures, brand, sight: sightOf(p, brand) };
}

/** A server between the library and the program, that may treat each request as it likes. */
async function between(
  treat: (n: number, pass: () => Promise<Response>) => Promise<Response | 'cut'>,
): Promise<string> {
  let n = 0;
  const listener: RequestListener = async (request, reply) => {
    const body = await bytesOf(request);
    const pass = () =>
      fetch(url + request.url, {
        method: request.method ?? 'POST',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': request.headers['content-type'] ?? '',
        },
        body,
      });
    const answer = await treat(++n, pass);
    if (answer === 'cut') return request.socket.destroy();
    reply.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  };
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

test('every call of the library arrives once, as it was made', { timeout }, async () => {
  const { analytics, failures, brand, sight } = await library('Calls');
  const timestamp = new Date(Date.now() - 60_000);
  analytics.track({
    anonymousId: 'visitor-1',
    event: 'Product Viewed',
    properties: { sku: 'A-1', price: 12.5, tags: ['new', 'naïve ☂'] },
    timestamp,
    messageId: 'given-by-the-caller',
  });
  analytics.page({ anonymousId: 'visitor-1', category: 'Shop', name: 'Home', properties: { path: '/' } });
  analytics.identify({
    userId: 'u-1',
    anonymousId: 'visitor-1',
    traits: { email: 'Ann@Example.com', phone: '+49 30 901820', name: 'Ann' },
  });
  analytics.screen({ userId: 'u-1', name: 'Basket', properties: { items: 2 } });
  analytics.group({ userId: 'u-1', groupId: 'club', traits: { tier: 'gold' } });
  analytics.track({
    userId: 'u-1',
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 25.1, currency: 'EUR', products: [{ sku: 'A-1', quantity: 2 }] },
    context: { externalIds: [{ id: '4006381333931', type: 'card', collection: 'users', encoding: 'none' }] },
  });
  analytics.alias({ userId: 'u-2', previousId: 'u-1' });
  await analytics.closeAndFlush();
  expect(failures).toEqual([]);

  const events = await sight.count(7);
  expect(events.map((event) => `${event.type} ${event.event}`.trim()).sort()).toEqual([
    'alias',
    'group',
    'identify',
    'page Home',
    'screen Basket',
    'track Order Completed',
    'track Product Viewed',
  ]);
  const viewed = events.find((event) => event.event === 'Product Viewed');
  // By Segment's rule for clocks that are wrong, the way to here is added; the minute that it lay back stays.
  const shiftMs = Date.parse(viewed?.time ?? '') - timestamp.getTime();
  expect(shiftMs).toBeGreaterThanOrEqual(0);
  expect(shiftMs).toBeLessThan(50_000);
  expect(viewed).toMatchObject({
    message_id: 'given-by-the-caller',
    anonymous_id: 'visitor-1',
    properties: { sku: 'A-1', price: 12.5, tags: ['new', 'naïve ☂'] },
    context: { library: { name: '@segment/analytics-node' } },
  });
  expect(events.find((event) => event.event === 'Home')?.properties).toMatchObject({ path: '/' });
  expect(events.find((event) => event.type === 'group')?.traits).toMatchObject({ tier: 'gold' });
  expect(Number(events.find((event) => event.event === 'Order Completed')?.total)).toBe(25.1);

  const person = await sight.person('user_id:u-2');
  expect(new Set(events.map((event) => event.person_id))).toEqual(new Set([person?.id]));
  for (const identifier of [
    'email:ann@example.com',
    'phone:+4930901820',
    'user_id:u-1',
    'anonymous_id:visitor-1',
    'card:4006381333931',
  ]) {
    expect(await sight.person(identifier), identifier).toMatchObject({ id: person?.id });
  }
  const traits = await p.ask<{ traits: unknown }>(
    'GET',
    `/api/people/${person?.id}`,
    undefined,
    brand.secretKey,
  );
  expect(JSON.stringify(traits.body.traits)).toContain('Ann@Example.com');
  expect(await sight.figures()).toMatchObject({ accepted: 7, duplicates: 0, quarantined: 0 });
});

test('hundreds of events arrive in batches, each once', { timeout }, async () => {
  const batches: number[] = [];
  const host = await between(async (_n, pass) => {
    const answer = await pass();
    batches.push(answer.status);
    return answer;
  });
  const { analytics, failures, sight } = await library('Batches', { host, flushAt: 40 });
  const numbers = Array.from({ length: 700 }, (_, n) => n);
  for (const n of numbers) analytics.track({ userId: `u-${n % 50}`, event: 'Counted', properties: { n } });
  await analytics.flush();
  // The same instance goes on after a flush.
  analytics.track({ userId: 'u-0', event: 'Counted', properties: { n: 700 } });
  await analytics.closeAndFlush();
  expect(failures).toEqual([]);
  expect(batches).toEqual(Array(19).fill(200));

  const events = await sight.count(701);
  expect(events.map((event) => Number(event.properties.n)).sort((a, b) => a - b)).toEqual([...numbers, 700]);
  const ann = await sight.person('user_id:u-7');
  expect(events.filter((event) => event.person_id === ann?.id)).toHaveLength(14);
});

describe('a retry of the library is counted once', () => {
  test('after a 503, with what else came in the meantime', { timeout }, async () => {
    let refused = 0;
    const host = await between(async (n, pass) => {
      if (n > 2) return pass();
      refused++;
      return new Response('{}', { status: 503, headers: { 'retry-after': '1' } });
    });
    const { analytics, failures, sight } = await library('Refused', { host, flushAt: 3 });
    for (let n = 0; n < 7; n++) analytics.track({ userId: 'u-1', event: 'Tried', properties: { n } });
    await analytics.flush();
    analytics.identify({ userId: 'u-1', traits: { email: 'ann@example.com' } });
    await analytics.closeAndFlush();
    expect({ failures, refused }).toEqual({ failures: [], refused: 2 });
    const events = await sight.count(8);
    expect(new Set(events.map((event) => event.properties?.n ?? 'identify')).size).toBe(8);
    expect(await sight.person('email:ann@example.com')).toMatchObject({ id: events[0]?.person_id });
    expect((await sight.figures()).duplicates).toBe(0);
  });

  test('when the answer is lost after the events were accepted', { timeout }, async () => {
    const answers: number[] = [];
    const host = await between(async (n, pass) => {
      const answer = await pass();
      answers.push(answer.status);
      return n <= 2 ? 'cut' : answer;
    });
    const { analytics, failures, sight } = await library('Lost', { host, flushAt: 10 });
    for (let n = 0; n < 10; n++) analytics.track({ userId: 'u-1', event: 'Said twice', properties: { n } });
    await analytics.closeAndFlush();
    expect({ failures, answers }).toEqual({ failures: [], answers: [200, 200, 200] });
    await sight.count(10);
    expect(await sight.figures()).toMatchObject({ accepted: 10, duplicates: 20 });
  });
});

test('a wrong write key is told to the caller, and not tried again', { timeout }, async () => {
  let requests = 0;
  const host = await between((_n, pass) => {
    requests++;
    return pass();
  });
  const failures: unknown[] = [];
  const analytics = new Analytics({ writeKey: 'wk_of_nobody', host });
  analytics.on('error', (error) => failures.push(error.reason));
  analytics.track({ userId: 'u-1', event: 'Lost' });
  await analytics.closeAndFlush();
  expect(String(failures[0])).toContain('401');
  expect({ requests, failures: failures.length }).toEqual({ requests: 1, failures: 1 });
});
