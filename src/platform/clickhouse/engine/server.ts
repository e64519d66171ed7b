import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { sha256Hex } from '#platform/ids';
import type { Credentials } from './config.ts';
import type { Engine, Job, Outcome } from './engine.ts';
import { asEngineError, clickHouseError, type EngineError, httpStatus } from './error.ts';
import { type HttpRequest, readRequest } from './request.ts';
import { readStatement } from './statement.ts';

/** So much of a result waits for how the statement ends, so that its error comes with the right status. */
const heldBackBytes = 1024 * 1024;
const heldBackBytesWhenAsked = 32 * 1024 * 1024;
/** A receiver that takes nothing for so long holds a place that others need. */
const stalledMs = 300_000;

export interface EngineServer {
  listen(port: number): Promise<void>;
  /** Takes nothing new, waits for what runs, and after `patienceMs` ends that too. */
  stop(patienceMs: number): Promise<void>;
}

/** ClickHouse's HTTP interface over the engine. `onFatal` is called when the engine can no longer be used. */
export function createEngineServer(
  engine: Engine,
  credentials: Credentials,
  onFatal: () => void,
): EngineServer {
  const running = new Set<Promise<void>>();
  const server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 0 }, (message, response) => {
    const url = new URL(message.url ?? '/', 'http://localhost');
    if (url.pathname === '/ping' || (url.pathname === '/' && message.method === 'GET' && url.search === '')) {
      message.resume();
      response.setHeader('content-type', 'text/plain; charset=UTF-8');
      response.end('Ok.\n');
      return;
    }
    const answered = answer(engine, credentials, message, url, response)
      .catch((thrown: unknown) => {
        // What was not read would keep the connection from being used again.
        message.resume();
        const error = asEngineError(thrown);
        // ABORTED: after a fatal error, the engine in this process refuses everything.
        if (error.code === 236) onFatal();
        if (response.headersSent || response.destroyed) response.destroy();
        else sendError(response, engine, error);
      })
      .then(() => sent(response))
      .finally(() => running.delete(answered));
    running.add(answered);
  });
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      }),
    async stop(patienceMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      const impatient = setTimeout(() => server.closeAllConnections(), patienceMs);
      await Promise.all(running);
      // Also those that Node does not call idle because nothing was ever asked on them.
      server.closeAllConnections();
      clearTimeout(impatient);
      await closed;
    },
  };
}

async function sent(response: ServerResponse): Promise<void> {
  if (!response.closed) await new Promise<void>((resolve) => response.once('close', resolve));
}

async function answer(
  engine: Engine,
  credentials: Credentials,
  message: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'pando-embedded');
  if (!isAllowed(message, url, credentials)) {
    throw clickHouseError(516, 'AUTHENTICATION_FAILED', 'Authentication failed: wrong user or password');
  }
  const request = await readRequest(message, url);
  response.setHeader('X-ClickHouse-Query-Id', request.queryId || randomUUID());
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const job = toJob(engine, request, gone.signal);
  if (job.statement.kind === 'rows') {
    await engine.rows(job, (source, outcome) => stream(engine, request, job, response, source, outcome));
    return;
  }
  const outcome = await (job.statement.kind === 'insert' ? engine.insert(job) : engine.command(job));
  if (outcome.error) throw outcome.error;
  response.setHeader('X-ClickHouse-Summary', summary(outcome));
  sendWhole(response, job.format, outcome.text);
}

function toJob(engine: Engine, request: HttpRequest, gone: AbortSignal): Job {
  const { query, body, database, params, settings, format } = request;
  const first = readStatement(query === '' ? body.toString() : query, engine.outputFormats);
  if (first.text.trim() === '') throw clickHouseError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query');
  const base = { database, params, settings, format, gone };
  if (first.kind === 'insert') {
    // Rows that came apart are handed on as they are: they need not even be text.
    const rows = first.inline ? null : query === '' ? Buffer.alloc(0) : body;
    return { ...base, statement: first, rows };
  }
  const whole =
    query === '' || body.length === 0 ? first : readStatement(`${query}\n${body}`, engine.outputFormats);
  return { ...base, statement: whole, rows: null };
}

/** Passes a result on at the receiver's pace; reads it to its end in any case. */
async function stream(
  engine: Engine,
  request: HttpRequest,
  job: Job,
  response: ServerResponse,
  source: Readable,
  outcome: Promise<Outcome>,
): Promise<void> {
  const format = job.statement.format?.name ?? job.format;
  const tag = randomBytes(8).toString('hex');
  const limit = request.waitForEnd ? heldBackBytesWhenAsked : heldBackBytes;
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    if (response.destroyed) continue;
    if (!response.headersSent) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < limit) continue;
      response.setHeader('X-ClickHouse-Exception-Tag', tag);
      response.writeHead(200, { 'Content-Type': contentType(format), 'X-ClickHouse-Format': format });
      await write(response, Buffer.concat(held));
      held = [];
    } else await write(response, chunk);
  }
  const ended = await outcome;
  if (response.destroyed) return;
  if (ended.error && !response.headersSent) throw ended.error;
  if (ended.error) {
    response.end(errorInStream(engine, ended.error, tag));
  } else if (response.headersSent) {
    response.end();
  } else {
    response.setHeader('X-ClickHouse-Summary', summary(ended));
    sendWhole(response, format, Buffer.concat(held));
  }
}

async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (response.write(chunk)) return;
  const stalled = setTimeout(() => response.destroy(), stalledMs);
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
  clearTimeout(stalled);
}

function sendWhole(response: ServerResponse, format: string, body: Uint8Array): void {
  response.writeHead(200, {
    'Content-Type': contentType(format),
    'X-ClickHouse-Format': format,
    'Content-Length': body.length,
  });
  response.end(body);
}

function sendError(response: ServerResponse, engine: Engine, error: EngineError): void {
  const status = httpStatus(error.code);
  if (status === 503) response.setHeader('Retry-After', '1');
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': error.code,
  });
  response.end(`${withVersion(engine, error)}\n`);
}

/** How ClickHouse (25.11 and later) tells of an error after rows have gone out. */
function errorInStream(engine: Engine, error: EngineError, tag: string): string {
  const text = `${withVersion(engine, error)}\n`;
  const length = Buffer.byteLength(text);
  return `\r\n__exception__\r\n${tag}\r\n${text}${length} ${tag}\r\n__exception__\r\n`;
}

function withVersion(engine: Engine, error: EngineError): string {
  return `${error.message} (version ${engine.version} (chDB))`;
}

function summary(outcome: Outcome): string {
  return JSON.stringify({
    read_rows: '0',
    read_bytes: '0',
    written_rows: `${outcome.writtenRows}`,
    written_bytes: `${outcome.writtenBytes}`,
    total_rows_to_read: '0',
    result_rows: `${outcome.resultRows}`,
    result_bytes: '0',
    elapsed_ns: `${Math.round(outcome.elapsed * 1e9)}`,
  });
}

function contentType(format: string): string {
  if (/^JSON(EachRow|CompactEachRow|StringsEachRow|LinesEachRow)/i.test(format))
    return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/i.test(format)) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(TSV|TabSeparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^(Pretty|Values|Vertical|Markdown|XML|SQLInsert)/i.test(format)) return 'text/plain; charset=UTF-8';
  return 'application/octet-stream';
}

function isAllowed(message: IncomingMessage, url: URL, expected: Credentials): boolean {
  const [user, password] = givenCredentials(message, url);
  const same = (a: string, b: string) =>
    timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
  return same(user, expected.user) && same(password, expected.password);
}

function givenCredentials(message: IncomingMessage, url: URL): [user: string, password: string] {
  const basic = /^Basic (.+)$/i.exec(message.headers.authorization ?? '')?.[1];
  if (basic) {
    const text = Buffer.from(basic, 'base64').toString();
    const colon = text.indexOf(':');
    return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  }
  const user = message.headers['x-clickhouse-user'] ?? url.searchParams.get('user') ?? 'default';
  const key = message.headers['x-clickhouse-key'] ?? url.searchParams.get('password') ?? '';
  return [String(user), String(key)];
}
