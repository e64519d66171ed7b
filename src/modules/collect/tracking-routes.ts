import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import cors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Clock } from '#platform/clock';
import type { App, RateLimiter } from '#platform/http';
import { byWriteKey, createRateLimiter, problem, rawBodies } from '#platform/http';
import type { Collect } from './collect.ts';
import { maxEventBytes } from './collect.ts';
import type { IngestAnswer } from './ingest.ts';
import { parseTime } from './moment.ts';
import { refuse } from './schema.ts';
import type { Source } from './source.ts';

const inflate = promisify(gunzip);
const maxBatchBytes = 500 * 1024;

/** Segment's paths, and the short ones that its browser library uses. */
const calls: Record<string, string> = {
  identify: 'identify',
  track: 'track',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
};

const Answer = Type.Object({ success: Type.Boolean() });
const schema = (operationId: string, summary: string, hide = false) => ({
  tags: ['Collection'],
  operationId,
  summary,
  hide,
  security: byWriteKey,
  response: { 200: Answer, '4xx': problem, '5xx': problem },
});

/** Segment's HTTP Tracking API, to the letter of its requests. */
export async function trackingRoutes(
  app: App,
  deps: { collect: Collect; clock: Clock; publicUrl?: string },
): Promise<void> {
  const { collect, clock } = deps;
  const limiters = new Map<number, RateLimiter>();

  /** The allowance of a source: as its workspace sets it. */
  function limiterOf(perSecond: number): RateLimiter {
    let limiter = limiters.get(perSecond);
    if (!limiter)
      limiters.set(perSecond, (limiter = createRateLimiter({ clock, perSecond, burst: perSecond * 2 })));
    return limiter;
  }

  async function sourceOf(request: FastifyRequest, inBody: unknown): Promise<Source> {
    const key = keyInHeader(request) ?? (typeof inBody === 'string' ? inBody : null);
    const source = key === null ? null : await collect.sources.byWriteKey(key);
    if (!source) {
      throw refuse(
        'wrong-write-key',
        key === null
          ? 'Send the write key of a source as the user name of Basic authentication, or as "writeKey" in the body.'
          : 'No source has this write key. Copy it from the source again; an archived source takes no events.',
      );
    }
    const { requestsPerSecond } = await collect.settings.read(source.workspaceId);
    const waitS = limiterOf(requestsPerSecond).take(`${source.workspaceId}:${source.id}`);
    if (waitS > 0) {
      throw refuse(
        'too-many',
        `This source may send ${requestsPerSecond} requests a second. Put more events into one batch, or try again later.`,
        { retryAfterS: Math.ceil(waitS) },
      );
    }
    return source;
  }

  async function accept(request: FastifyRequest, call: string | null): Promise<{ success: true }> {
    const receivedAt = clock.now();
    const bytes = await bodyOf(request);
    const body = parseBody(bytes);
    const source = await sourceOf(request, body.writeKey);
    const single = call !== null;
    const messages = single ? [{ ...body, type: call }] : body.batch;
    if (!Array.isArray(messages))
      throw refuse('malformed-request', 'A batch needs its events as a list in "batch".');
    if (single && bytes.length > maxEventBytes) {
      throw refuse('too-large', `An event may have ${maxEventBytes / 1024} KB. Send less with it.`);
    }
    const context = body.context;
    // Returned and not waited for here, so that this frame does not hold what was sent until its commit.
    return told(
      single,
      collect.ingest({
        workspaceId: source.workspaceId,
        source,
        messages:
          single || context === undefined
            ? messages
            : messages.map((message) => withContext(message, context)),
        receivedAt,
        sentAt: parseTime(body.sentAt),
        ...(typeof request.headers['user-agent'] === 'string'
          ? { userAgent: request.headers['user-agent'] }
          : {}),
      }),
    );
  }

  async function told(single: boolean, answer: Promise<IngestAnswer>): Promise<{ success: true }> {
    const [only] = (await answer).items;
    if (single && only?.outcome === 'quarantined') {
      throw refuse('bad-event', `${only.detail} The event is kept in quarantine.`, { reason: only.reason });
    }
    return { success: true };
  }

  const routes = async (scope: App): Promise<void> => {
    await scope.register(cors, {
      origin: true,
      methods: ['POST', 'GET', 'OPTIONS'],
      // Otherwise a page's library is told to wait, and cannot read for how long.
      exposedHeaders: ['retry-after', 'request-id'],
      maxAge: 86_400,
      hideOptionsRoute: true,
    });
    rawBodies(scope, { maxBytes: maxBatchBytes });
    for (const [path, call] of Object.entries(calls)) {
      const short = path.length === 1;
      const options = schema(short ? `${call}Short` : call, `One ${call} call`, short);
      scope.post(`/${path}`, { schema: options }, (request) => accept(request, call));
    }
    for (const path of ['batch', 'b', 'import']) {
      const options = schema(path, 'Many calls at once', path !== 'batch');
      scope.post(`/${path}`, { schema: options }, (request) => accept(request, null));
    }
    // What the browser library tells about itself is nobody's business; it must not be an error either.
    scope.post('/m', { schema: schema('libraryMetrics', 'Ignored', true) }, async () => ({
      success: true,
    }));
    scope.get(
      '/projects/:writeKey/settings',
      {
        schema: {
          tags: ['Collection'],
          operationId: 'librarySettings',
          summary: 'What Segment’s browser library loads first',
          params: Type.Object({ writeKey: Type.String() }),
          response: { 200: Type.Record(Type.String(), Type.Unknown()), '4xx': problem, '5xx': problem },
        },
      },
      async (request, reply) => {
        const { writeKey } = request.params as { writeKey: string };
        if (!(await collect.sources.byWriteKey(writeKey))) {
          throw refuse('wrong-write-key', 'No source has this write key.');
        }
        reply.header('cache-control', 'public, max-age=300');
        // Behind a proxy the request does not tell how browsers reach us.
        const reached = deps.publicUrl === undefined ? null : new URL(deps.publicUrl);
        const protocol = reached?.protocol.slice(0, -1) ?? request.protocol;
        return librarySettings(writeKey, reached?.host ?? request.host, protocol);
      },
    );
  };
  // By the prefix only these paths answer pages of other origins.
  await app.register((scope) => routes(scope as App), { prefix: '/v1' });
}

function keyInHeader(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (!header?.startsWith('Basic ')) return null;
  const text = Buffer.from(header.slice(6), 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? text : text.slice(0, colon);
}

async function bodyOf(request: FastifyRequest): Promise<Buffer> {
  const sent = request.body;
  if (!Buffer.isBuffer(sent)) throw refuse('malformed-json', 'The request has no body.');
  if (request.headers['content-encoding'] !== 'gzip') return sent;
  try {
    return await inflate(sent, { maxOutputLength: maxBatchBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw refuse('too-large', `A batch may have ${maxBatchBytes / 1024} KB, unpacked. Send it in parts.`);
    }
    throw refuse('malformed-json', 'The body says it is gzip, and is not.');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseBody(bytes: Buffer): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw refuse('malformed-json', `The body could not be read as JSON: ${why.slice(0, 200)}.`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refuse('malformed-request', 'The body must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** A batch may carry what is common to its events; each event's own word counts more. */
function withContext(message: unknown, context: unknown): unknown {
  if (typeof message !== 'object' || message === null || typeof context !== 'object' || context === null)
    return message;
  const own = 'context' in message && typeof message.context === 'object' ? message.context : {};
  return { ...message, context: { ...context, ...own } };
}

function librarySettings(writeKey: string, host: string, protocol: string): Record<string, unknown> {
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
