import { connect } from 'node:net';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#platform/log';
import { createMetrics } from '#platform/metrics';
import { Refusal, Unavailable } from '#platform/refusal';
import {
  type App,
  acceptUploads,
  closeWithin,
  createHttp,
  operationRoutes,
  type Part,
  rawBodies,
} from './index.ts';

const json = { 'content-type': 'application/json' };
const lines: string[] = [];
let app: App;
let url: string;
let overloaded = false;
let parts: Part[] = [];

beforeAll(async () => {
  app = await createHttp({
    log: createLog({ level: 'info', pretty: false, to: { write: (line: string) => void lines.push(line) } }),
    config: { trustProxy: false, publicUrl: 'https://pando.example.com' },
    version: '1.2.3',
    load: { overloaded: () => overloaded, close() {} },
    checkAnswers: true,
  });
  operationRoutes(app, { parts: () => parts, metrics: createMetrics() });
  someRoutes(app);
  await app.register(async (scope) => {
    rawBodies(scope as App, { maxBytes: 2048 });
    scope.post('/raw', (request) => ({ bytes: (request.body as Buffer).length }));
  });
  await app.register(async (scope) => {
    await acceptUploads(scope as App, { maxFileBytes: 10 });
    scope.post('/upload', async (request) => {
      const file = await request.file();
      return { name: file?.filename, bytes: (await file?.toBuffer())?.length };
    });
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => closeWithin(app, 1000));

function someRoutes(to: App) {
  const body = Type.Object(
    {
      name: Type.String({ minLength: 1 }),
      kind: Type.Optional(Type.Union([Type.Literal('web'), Type.Literal('app')])),
      sizes: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
    },
    { additionalProperties: false },
  );
  const response = { 200: Type.Object({ name: Type.String() }, { additionalProperties: false }) };
  to.post(
    '/api/things',
    { schema: { operationId: 'makeThing', tags: ['Things'], security: [{ secretKey: [] }], body, response } },
    (request) => ({ name: request.body.name }),
  );
  const querystring = Type.Object(
    { limit: Type.Integer({ minimum: 1, default: 50 }), all: Type.Boolean({ default: false }) },
    { additionalProperties: false },
  );
  to.get('/api/things', { schema: { querystring } }, (request) => request.query);
  to.get('/api/things/:id', (request) => request.params);
  to.get('/api/refused', () => {
    throw new Refusal({
      type: 'people/person-not-found',
      status: 404,
      title: 'No such person',
      detail: 'No person has this id.',
      more: { hint: 'search' },
    });
  });
  to.get('/api/away', () => {
    throw new Unavailable('PostgreSQL is away.', { retryAfterS: 2 });
  });
  to.get('/api/bug', () => {
    throw new Error('inner secret of ann@example.com');
  });
  to.get('/api/untrue', { schema: { response } }, () => ({ name: 'x', more: 1 }) as { name: string });
}

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(url + path, init);
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: text.startsWith('{') ? JSON.parse(text) : {},
  };
}

const post = (path: string, body: string | FormData, headers: Record<string, string> = json) =>
  ask(path, { method: 'POST', body, ...(typeof body === 'string' ? { headers } : {}) });

describe('errors are problem documents', () => {
  test.each<[string, () => ReturnType<typeof ask>, number, string, RegExp]>([
    ['a refusal', () => ask('/api/refused'), 404, 'people/person-not-found', /No person has this id/],
    ['an engine that is away', () => ask('/api/away'), 503, 'platform/unavailable', /PostgreSQL is away/],
    ['an unknown address', () => ask('/nothing?email=a'), 404, 'http/not-found', /reference/],
    ['a wrong method', () => ask('/api/things/5', { method: 'PUT' }), 405, 'http/method-not-allowed', /GET/],
    ['half a document', () => post('/api/things', '{"name":'), 400, 'http/not-json', /Unexpected end/],
    ['no body', () => post('/api/things', ''), 400, 'http/invalid', /The body must be an object/],
    ['a prototype', () => post('/api/things', '{"a":[{"__proto__":1}]}'), 400, 'http/not-json', /__proto__/],
    [
      'a hidden prototype',
      () => post('/api/things', '{"\\u005f_proto__":1}'),
      400,
      'http/not-json',
      /__proto__/,
    ],
    ['deep nesting', () => post('/api/things', '['.repeat(90_000)), 400, 'http/not-json', /cannot be read/],
    [
      'too much',
      () => post('/api/things', `"${'x'.repeat(2 ** 20)}"`),
      413,
      'http/too-large',
      /at most 1 MB/,
    ],
    ['too much for this route', () => post('/raw', 'x'.repeat(2049)), 413, 'http/too-large', /at most 2 KB/],
    [
      'a strange type',
      () => post('/api/things', 'x', { 'content-type': 'image/png' }),
      415,
      'http/media-type',
      /json/,
    ],
    ['no form', () => post('/upload', '{}'), 415, 'http/media-type', /as documented/],
    ['a broken address', () => ask('/api/things/%zz'), 400, 'http/bad-request', /%/],
    ['a long address', () => ask(`/api/things/${'x'.repeat(600)}`), 404, 'http/not-found', /longer/],
  ])('%s', async (_what, send, status, type, detail) => {
    const { body, headers, ...answer } = await send();
    expect(answer.status).toBe(status);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type,
      status,
      title: expect.any(String),
      detail: expect.stringMatching(detail),
    });
    expect(body.requestId).toBe(headers.get('request-id'));
  });

  test('further members and Retry-After are passed on', async () => {
    expect((await ask('/api/refused')).body.hint).toBe('search');
    expect((await ask('/api/away')).headers.get('retry-after')).toBe('2');
    expect((await ask('/api/things', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, POST');
  });

  test('a bug tells the request id and nothing else; the log has the rest without the person and the address', async () => {
    const { status, text, body } = await ask('/api/bug?email=ann@example.com');
    expect(status).toBe(500);
    expect(text).not.toMatch(/inner|ann/);
    const line = JSON.parse(lines.find((l) => l.includes('request failed')) ?? '');
    expect(line).toMatchObject({ requestId: body.requestId, route: '/api/bug', err: { type: 'Error' } });
    expect(JSON.stringify(line)).not.toContain('ann');
  });

  test('what is no HTTP is answered too, and the program lives', async () => {
    const { hostname, port } = new URL(url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write('NONSENSE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"http\/bad-request"/s);
    expect((await ask('/healthz')).status).toBe(200);
  });
});

describe('a request is checked against its schema', () => {
  test('everything that is wrong is listed, with its place', async () => {
    const { body } = await post('/api/things', '{"kind":"tv","sizes":[1,0,"2"],"colour":"red"}');
    expect(body).toMatchObject({ type: 'http/invalid', detail: expect.stringMatching(/And 4 more/) });
    expect(body.errors).toHaveLength(5);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { in: 'body', at: '/name', message: 'is missing' },
        { in: 'body', at: '/colour', message: 'is not known here' },
        { in: 'body', at: '/kind', message: 'must be "web" or "app"' },
        { in: 'body', at: '/sizes/1', message: 'must be at least 1' },
        { in: 'body', at: '/sizes/2', message: 'must be an integer' },
      ]),
    );
  });

  test('a long list of mistakes is cut', async () => {
    const { body } = await post('/api/things', JSON.stringify({ name: 'x', sizes: Array(5000).fill('x') }));
    expect(body.errors).toHaveLength(8);
  });

  test('the query is read as its types, with defaults; a body is not bent', async () => {
    expect((await ask('/api/things?limit=7&all=true')).body).toEqual({ limit: 7, all: true });
    expect((await ask('/api/things')).body).toEqual({ limit: 50, all: false });
    expect((await ask('/api/things?limit=x')).body.detail).toBe('limit in the query must be an integer.');
    expect((await post('/api/things', '{"name":5}')).body.errors).toEqual([
      { in: 'body', at: '/name', message: 'must be a string' },
    ]);
  });

  test('in tests, an answer that is not as documented is a bug', async () => {
    expect((await ask('/api/untrue')).status).toBe(500);
  });
});

describe('doors', () => {
  test('raw bodies arrive as bytes, of any type and of none', async () => {
    expect((await post('/raw', '{"broken')).body).toEqual({ bytes: 8 });
    expect((await post('/raw', 'abc', { 'content-type': 'text/plain' })).body).toEqual({ bytes: 3 });
    expect((await ask('/raw', { method: 'POST', body: new Uint8Array(5) })).body).toEqual({ bytes: 5 });
  });

  test('a file is streamed in, up to its limit', async () => {
    const form = (text: string) => {
      const data = new FormData();
      data.append('file', new Blob([text]), 'sales.csv');
      return data;
    };
    expect((await post('/upload', form('a,b'))).body).toEqual({ name: 'sales.csv', bytes: 3 });
    const { status, body } = await post('/upload', form('x'.repeat(11)));
    expect([status, body.type]).toEqual([413, 'http/too-large']);
  });

  test('health, readiness and figures', async () => {
    expect((await ask('/healthz')).body).toEqual({ status: 'ok' });
    parts = [
      { name: 'postgres', up: true, detail: 'answers' },
      { name: 'clickhouse', up: false, detail: 'It does not answer.' },
    ];
    const away = await ask('/readyz');
    expect([away.status, away.body.parts[1]]).toEqual([503, parts[1]]);
    parts = parts.slice(0, 1);
    expect((await ask('/readyz')).body).toEqual({ status: 'ready', parts });
    expect((await ask('/metrics')).text).toContain('pando_nodejs_eventloop_lag_seconds');
  });

  test('under overload new work is turned away, and the operator is not', async () => {
    overloaded = true;
    const { status, headers, body } = await ask('/api/things');
    const health = await ask('/healthz');
    overloaded = false;
    expect([status, body.type, headers.get('retry-after')]).toEqual([503, 'http/overloaded', '2']);
    expect(health.status).toBe(200);
    expect((await ask('/api/things')).status).toBe(200);
  });

  test('every answer carries the security headers', async () => {
    for (const path of ['/healthz', '/nothing', '/reference', '/api/bug']) {
      const { headers } = await ask(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=/);
    }
  });
});

describe('the description', () => {
  test('OpenAPI 3.1 is made from the schemas', async () => {
    const { body } = await ask('/openapi.json');
    expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'Pando', version: '1.2.3' } });
    expect(body.paths['/api/things'].post).toMatchObject({
      operationId: 'makeThing',
      tags: ['Things'],
      security: [{ secretKey: [] }],
      requestBody: { content: { 'application/json': { schema: { required: ['name'] } } } },
    });
    expect(Object.keys(body.components.securitySchemes)).toEqual([
      'secretKey',
      'session',
      'boardLink',
      'writeKey',
    ]);
    expect(body.paths['/healthz'].get.operationId).toBe('getHealth');
    expect(body.paths).not.toHaveProperty('/openapi.json');
  });

  test('the reference page names no other origin', async () => {
    const page = await ask('/reference');
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1] ?? '');
    expect(assets.length).toBeGreaterThan(4);
    for (const asset of assets) {
      expect(asset).toMatch(/^\/reference\/static\//);
      expect((await ask(asset)).status).toBe(200);
    }
  });
});

test('closing finishes what is under way and takes nothing new', async () => {
  const closing = await createHttp({
    log: createLog({ level: 'silent', pretty: false }),
    config: { trustProxy: false },
    version: '1',
  });
  let finish = () => {};
  const entered = new Promise<void>((resolve) => {
    closing.get('/slow', async () => {
      resolve();
      await new Promise<void>((done) => {
        finish = done;
      });
      return { done: true };
    });
  });
  const at = await closing.listen({ port: 0, host: '127.0.0.1' });
  const slow = fetch(`${at}/slow`);
  await entered;
  const closed = closeWithin(closing, 10_000);
  await expect
    .poll(() =>
      fetch(`${at}/healthz`).then(
        () => 'taken',
        () => 'refused',
      ),
    )
    .toBe('refused');
  finish();
  expect(await (await slow).json()).toEqual({ done: true });
  await closed;
});

test('closing cuts off what does not end', async () => {
  const closing = await createHttp({
    log: createLog({ level: 'silent', pretty: false }),
    config: { trustProxy: false },
    version: '1',
  });
  const entered = new Promise<void>((resolve) => {
    closing.get('/endless', () => {
      resolve();
      return new Promise(() => {});
    });
  });
  const at = await closing.listen({ port: 0, host: '127.0.0.1' });
  const endless = fetch(`${at}/endless`).catch(() => 'cut off');
  await entered;
  await closeWithin(closing, 50);
  expect(await endless).toBe('cut off');
});
