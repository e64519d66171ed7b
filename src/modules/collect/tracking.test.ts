import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { basic, type TestProgram, testProgram, writeKey } from '../../../test/fixtures/program.ts';

interface Listed {
  items: {
    message_id: string;
    type: string;
    event: string;
    time: string;
    received: string;
    historical: boolean;
    bot: boolean;
    channel: string;
    source: string;
    properties: unknown;
    traits: unknown;
    context: unknown;
    total: string | null;
    ignored: unknown[];
  }[];
  next: string | null;
}

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

async function events(query = ''): Promise<Listed['items']> {
  await p.settled();
  return (await p.ask<Listed>('GET', `/api/events?limit=1000${query}`)).body.items;
}

async function find(messageId: string): Promise<Listed['items'][number] | undefined> {
  return (await events()).find((event) => event.message_id === messageId);
}

/** A request as it stands, without what `send` adds. */
function raw(
  path: string,
  body: string | Buffer | undefined,
  headers: Record<string, string> = { authorization: basic(writeKey), 'content-type': 'application/json' },
) {
  return p.app.inject({
    method: 'POST',
    url: `/v1/${path}`,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  });
}

/** Every refusal is a problem document with a sentence. */
async function refused(answer: Promise<{ statusCode: number; headers: object; json(): unknown }>) {
  const { statusCode, headers, json } = await answer.then((a) => ({
    ...a,
    json: a.json.bind(a),
    headers: a.headers,
    statusCode: a.statusCode,
  }));
  const body = json() as { type: string; status: number; detail: string };
  expect(headers).toMatchObject({ 'content-type': expect.stringContaining('application/problem+json') });
  expect(body.status).toBe(statusCode);
  expect(body.detail).toMatch(/^\p{Lu}.{15,}[.)]$/su);
  return {
    status: statusCode,
    type: body.type,
    detail: body.detail,
    headers: headers as Record<string, string>,
  };
}

describe('what is accepted', () => {
  test('is soon readable, without asking for it', async () => {
    await p.accept({ type: 'track', messageId: 'soon', event: 'Product Viewed', userId: 'soon' });
    await vi.waitFor(
      async () => {
        const { body } = await p.ask<Listed>('GET', '/api/events?name=Product%20Viewed');
        expect(body.items.map((event) => event.message_id)).toContain('soon');
      },
      { timeout: 10_000, interval: 50 },
    );
  });

  test.each([
    ['track', 't', { event: 'Paths' }],
    ['identify', 'i', { traits: { plan: 'gold' } }],
    ['page', 'p', { name: 'Paths' }],
    ['screen', 's', { name: 'Paths' }],
    ['group', 'g', { groupId: 'club' }],
    ['alias', 'a', { previousId: 'older' }],
  ])('%s, by both of its paths', async (call, short, body) => {
    for (const path of [call, short]) {
      const messageId = `path-${path}`;
      const answer = await raw(path, JSON.stringify({ ...body, userId: `by-${path}`, messageId }));
      expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
      expect(await find(messageId)).toMatchObject({ type: call, channel: 'web' });
    }
  });

  test('a batch, by its three paths, with what its events have in common', async () => {
    for (const path of ['batch', 'b', 'import']) {
      const batch = [
        { type: 'track', messageId: `${path}-1`, event: 'Seen', userId: 'b', context: { locale: 'de' } },
        { type: 'page', messageId: `${path}-2`, userId: 'b' },
      ];
      const answer = await raw(path, JSON.stringify({ batch, context: { locale: 'en', app: 'shop' } }));
      expect(answer.statusCode).toBe(200);
      expect((await find(`${path}-1`))?.context).toEqual({ app: 'shop', locale: 'de' });
      expect((await find(`${path}-2`))?.context).toEqual({ app: 'shop', locale: 'en' });
    }
    expect((await raw('batch', '{"batch":[]}')).statusCode).toBe(200);
  });

  test('gzip, and bodies that a page sends on its way out: as text, with the key in them', async () => {
    const body = (messageId: string) => JSON.stringify({ event: 'Sent', messageId, userId: 'g', writeKey });
    const sent = [
      raw('track', gzipSync(body('zip')), {
        authorization: basic(writeKey),
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      }),
      raw('t', body('beacon'), { 'content-type': 'text/plain;charset=UTF-8' }),
      raw('t', body('form'), { 'content-type': 'application/x-www-form-urlencoded' }),
      raw('t', body('untyped'), {}),
    ];
    for (const answer of sent) expect((await answer).statusCode).toBe(200);
    const ids = (await events('&name=Sent')).map((event) => event.message_id);
    expect(ids.sort()).toEqual(['beacon', 'form', 'untyped', 'zip']);
  });

  test('the time is what it was by our clock', async () => {
    const hourFast = Date.now() + 3_600_000;
    await p.accept({
      type: 'track',
      messageId: 'skewed',
      event: 'Skewed',
      userId: 'k',
      timestamp: new Date(hourFast - 120_000).toISOString(),
      sentAt: new Date(hourFast).toISOString(),
    });
    const event = await find('skewed');
    expect(Date.parse(event?.received ?? '') - Date.parse(event?.time ?? '')).toBe(120_000);
  });

  test('events older than a day are marked as historical', async () => {
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
    await p.accept(
      { type: 'track', messageId: 'old', event: 'Aged', userId: 'h', timestamp: hours(25) },
      { type: 'track', messageId: 'young', event: 'Aged', userId: 'h', timestamp: hours(23) },
    );
    expect((await find('old'))?.historical).toBe(true);
    expect((await find('young'))?.historical).toBe(false);
  });

  test('what identifies nobody is told with the event', async () => {
    await p.accept({
      type: 'identify',
      messageId: 'junk',
      userId: 'j',
      traits: { email: 'test@test.com', phone: '000' },
    });
    expect((await find('junk'))?.ignored).toEqual([
      { kind: 'email', value: 'test@test.com', reason: 'placeholder' },
      { kind: 'phone', value: '000', reason: 'placeholder' },
    ]);
  });
});

describe('what is refused says why', () => {
  test.each<[string, string | Buffer | undefined]>([
    ['nothing', undefined],
    ['an empty body', ''],
    ['broken JSON', '{"event": "Seen", "userId": '],
    ['another encoding', Buffer.from('{"event":"Se\xe9n"}', 'latin1')],
    ['a body in UTF-16', Buffer.from('{"event":"Seen"}', 'utf16le')],
    ['a form', 'event=Seen&userId=u'],
  ])('%s is no JSON', async (_, body) => {
    const { status, type } = await refused(raw('track', body));
    expect([status, type]).toEqual([400, 'collect/malformed-json']);
  });

  test.each<[string, string, string]>([
    ['a list', 'track', '[1]'],
    ['text', 'track', '"Seen"'],
    ['null', 'track', 'null'],
    ['a batch without a list', 'batch', '{}'],
    ['a batch of text', 'batch', '{"batch":"[]"}'],
  ])('%s is no request of this API', async (_, path, body) => {
    const { status, type } = await refused(raw(path, body));
    expect([status, type]).toEqual([400, 'collect/malformed-request']);
  });

  test('gzip that is none', async () => {
    const headers = { authorization: basic(writeKey), 'content-encoding': 'gzip' };
    const { status, type } = await refused(raw('track', '{}', headers));
    expect([status, type]).toEqual([400, 'collect/malformed-json']);
    const cut = gzipSync('{"event":"Cut","userId":"u"}').subarray(0, 20);
    expect((await refused(raw('track', cut, headers))).status).toBe(400);
  });

  test('one event that cannot be accepted: the reason, and that it was kept', async () => {
    const { status, type, detail } = await refused(raw('track', '{"userId":"u"}'));
    expect([status, type]).toEqual([400, 'collect/bad-event']);
    expect(detail).toContain('quarantine');
  });

  test.each<[string, Record<string, string>, object]>([
    ['no key', {}, {}],
    ['an unknown key', { authorization: basic('wk_unknown') }, {}],
    ['an empty key', { authorization: basic('') }, {}],
    ['a key as bearer', { authorization: `Bearer ${writeKey}` }, {}],
    ['no Base64', { authorization: 'Basic %%%' }, {}],
    ['a NUL', { authorization: basic('wk\0') }, {}],
    ['a NUL in the body', {}, { writeKey: 'wk\0' }],
    ['half a character in the body', {}, { writeKey: 'wk\ud800' }],
    ['a number in the body', {}, { writeKey: 7 }],
    ['a very long one', {}, { writeKey: 'k'.repeat(10_000) }],
  ])('%s is no write key', async (_, headers, body) => {
    const sent = JSON.stringify({ event: 'Seen', userId: 'u', ...body });
    const { status, type } = await refused(
      raw('track', sent, { 'content-type': 'application/json', ...headers }),
    );
    expect([status, type]).toEqual([401, 'collect/wrong-write-key']);
  });

  test('the key of an archived source', async () => {
    const source = await p.newSource('closing');
    const send = () => p.send('track', { event: 'Seen', userId: 'u' }, 'wk_closing');
    expect((await send()).statusCode).toBe(200);
    expect((await p.ask('DELETE', `/api/sources/${source.uuid}`)).status).toBe(204);
    expect((await refused(send())).type).toBe('collect/wrong-write-key');
    expect((await p.app.inject('/v1/projects/wk_closing/settings')).statusCode).toBe(401);
  });

  test('an event of more than 32 KB, a batch of more than 500 KB, packed or not', async () => {
    const event = (bytes: number) => ({ event: 'Big', userId: 'u', properties: { text: 'x'.repeat(bytes) } });
    const fits = JSON.stringify(event(32_000));
    expect((await raw('track', fits)).statusCode).toBe(200);
    const large = await refused(raw('track', JSON.stringify(event(33_000))));
    expect([large.status, large.detail.includes('32 KB')]).toEqual([413, true]);

    const batch = (events: number) =>
      JSON.stringify({ batch: Array.from({ length: events }, () => ({ type: 'track', ...event(20_000) })) });
    expect((await raw('batch', batch(24))).statusCode).toBe(200);
    const tooLarge = await refused(raw('batch', batch(26)));
    expect([tooLarge.status, tooLarge.detail.includes('500 KB')]).toEqual([413, true]);
    const bomb = gzipSync(`{"batch":[${' '.repeat(50_000_000)}]}`);
    const packed = await refused(
      raw('batch', bomb, { authorization: basic(writeKey), 'content-encoding': 'gzip' }),
    );
    expect([packed.status, packed.detail.includes('500 KB')]).toEqual([413, true]);
  });

  test('too many requests, and when to come again', async () => {
    await p.newSource('eager');
    expect((await p.ask('PATCH', '/api/settings', { collect: { requestsPerSecond: 1 } })).status).toBe(200);
    try {
      const send = () => p.send('track', { event: 'Eager', userId: 'u' }, 'wk_eager');
      let answer = await send();
      for (let i = 0; i < 100 && answer.statusCode === 200; i++) answer = await send();
      const told = await refused(Promise.resolve(answer));
      expect([told.status, told.type]).toEqual([429, 'collect/too-many']);
      const waitS = Number(told.headers['retry-after']);
      expect(waitS).toBeGreaterThanOrEqual(1);
      await p.clock.sleep(waitS * 1_000);
      expect((await send()).statusCode).toBe(200);
    } finally {
      await p.ask('PATCH', '/api/settings', { collect: null });
    }
  });

  test('more events at once than can wait', async () => {
    const message = { type: 'track', event: 'Flood', userId: 'u' };
    const flood = p.collect.ingest({
      workspaceId: p.workspaceId,
      source: p.source,
      messages: new Array(50_001).fill(message),
      receivedAt: p.clock.now(),
    });
    await expect(flood).rejects.toMatchObject({ type: 'collect/busy', status: 503, retryAfterS: 1 });
  });
});

describe('from a page of another origin', () => {
  test('the browser may send, and read the answer, also a refusal', async () => {
    const origin = 'https://shop.example.com';
    const preflight = await p.app.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'content-type,authorization',
    });
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
    for (const [body, status] of [
      ['{"event":"Crossed","userId":"u"}', 200],
      ['{', 400],
    ] as const) {
      const answer = await raw('t', body, { origin, authorization: basic(writeKey) });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
    }
    const settings = await p.app.inject({ url: `/v1/projects/${writeKey}/settings`, headers: { origin } });
    expect(settings.headers['access-control-allow-origin']).toBe(origin);
  });

  test('nothing else of the program is open to it', async () => {
    const origin = 'https://shop.example.com';
    for (const url of ['/api/people', '/api/events', '/openapi.json']) {
      const answer = await p.app.inject({ url, headers: { origin } });
      expect(answer.headers['access-control-allow-origin']).toBe(undefined);
      const preflight = await p.app.inject({
        method: 'OPTIONS',
        url,
        headers: { origin, 'access-control-request-method': 'GET' },
      });
      expect(preflight.headers['access-control-allow-origin']).toBe(undefined);
    }
  });
});

describe('over the wire', () => {
  test('a body without a length is held to the limit while it comes', async () => {
    const other = await p.another();
    await other.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = other.app.server.address() as AddressInfo;
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(64 * 1024, 'x'));
      },
    });
    const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      method: 'POST',
      headers: { authorization: basic(writeKey) },
      body: endless,
      duplex: 'half',
    } as RequestInit).catch((error: unknown) => error);
    // Some systems report the closed connection before the answer that came with it.
    if (answer instanceof Response) expect(answer.status).toBe(413);
    const next = await fetch(`http://127.0.0.1:${port}/v1/track`, {
      method: 'POST',
      headers: { authorization: basic(writeKey) },
      body: '{"event":"After","userId":"u"}',
    });
    expect(next.status).toBe(200);
  });
});
