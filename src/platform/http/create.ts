import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, type FastifyReply, fastify, LogController } from 'fastify';
import { secret } from '#platform/ids';
import type { Log } from '#platform/log';
import type { App } from './app.ts';
import { securityHeaders } from './headers.ts';
import { readJson } from './json.ts';
import { type LoadWatch, watchLoad } from './load.ts';
import { answerUnknown } from './not-found.ts';
import { describe } from './openapi.ts';
import { refuse, toDocument, toRefusal } from './problem.ts';
import { checkingSerializerCompiler, serializerCompiler, validatorCompiler } from './validate.ts';

const bodyLimit = 1024 * 1024;

/**
 * The web server before anybody's routes: errors as problem documents, schemas checked and documented, security
 * headers, cookies, and new requests turned away while the process cannot keep up.
 */
export async function createHttp(o: {
  log: Log;
  config: { trustProxy: false | string[]; publicUrl?: string };
  version: string;
  /** Instead of watching this process, in tests. */
  load?: LoadWatch;
  /** An answer that is not as its schema says becomes an error: for tests. */
  checkAnswers?: boolean;
}): Promise<App> {
  const boot = secret('', 4);
  let requests = 0;
  const load = o.load ?? watchLoad();
  const headers = securityHeaders({ https: o.config.publicUrl?.startsWith('https:') ?? false });

  const app: App = fastify({
    loggerInstance: o.log as FastifyBaseLogger,
    // The address may hold a person's identifier; what happened is in the metrics, and errors are logged below.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => `${boot}-${(++requests).toString(36)}`,
    trustProxy: o.config.trustProxy,
    bodyLimit,
    // A large file over a slow line takes its time; the head of a request has a minute.
    requestTimeout: 3_600_000,
    // What is under way when the program stops is finished, also on a connection that is kept open.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => {
      // No hook has run for these.
      reply.headers(headers).header('request-id', request.id);
      answerError(error, request.id, reply as unknown as FastifyReply);
    },
    clientErrorHandler,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(o.checkAnswers ? checkingSerializerCompiler : serializerCompiler);
  readJson(app);
  app.setErrorHandler((error, request, reply) => {
    const refusal = answerError(error, request.id, reply);
    if (!refusal) {
      request.log.error(
        { err: error, route: request.routeOptions.url, method: request.method },
        'request failed',
      );
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('request-id', request.id);
    if (load.overloaded() && !request.routeOptions.config.always) {
      return done(refuse('overloaded', 'Nothing was done. Try again in a moment.', { retryAfterS: 2 }));
    }
    done();
  });
  app.addHook('onClose', async () => load.close());
  answerUnknown(app);
  await app.register(cookie);
  await describe(app, { version: o.version, ...o.config });
  return app;
}

/** Stops taking requests and finishes what is under way; cuts off what is not done after `ms`. */
export async function closeWithin(app: App, ms: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), ms);
  // A connection that was busy when closing began falls idle later, and would be kept open for its next request.
  const reap = setInterval(() => app.server.closeIdleConnections(), 20);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(reap);
  }
}

function answerError(error: unknown, requestId: string, reply: FastifyReply) {
  const refusal = toRefusal(error, { bodyLimit: reply.request.routeOptions?.bodyLimit ?? bodyLimit });
  if (refusal?.retryAfterS !== undefined) reply.header('retry-after', String(Math.ceil(refusal.retryAfterS)));
  reply
    .code(refusal?.status ?? 500)
    .header('content-type', 'application/problem+json; charset=utf-8')
    // As text, because an error is written the same whatever the route documents.
    .send(JSON.stringify(toDocument(refusal, requestId)));
  return refusal;
}

/** What cannot even be read as HTTP never becomes a request; it is answered on the bare connection. */
function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const refusal =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? refuse('timeout', 'Send it again, on a better line or in smaller parts.')
      : refuse('bad-request', 'This is not HTTP as it should be, or its head is too large.');
  const body = JSON.stringify(toDocument(refusal, 'none'));
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
