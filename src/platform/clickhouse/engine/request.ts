import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { clickHouseError } from './error.ts';

/** A request to ClickHouse's HTTP interface, taken apart. */
export interface HttpRequest {
  /** What the URL (or a form) says is the query. */
  query: string;
  body: Buffer;
  database: string;
  queryId: string;
  format: string;
  params: Map<string, string>;
  settings: Map<string, string>;
  /** The caller wants to know how it ended before the first byte of the answer. */
  waitForEnd: boolean;
}

const maxBodyBytes = 256 * 1024 * 1024;

/** They steer the server's own HTTP layer, and are no settings of the engine. */
const notSettings = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'quota_key',
  'stacktrace',
  'session_timeout',
  'session_check',
  'close_session',
  'buffer_size',
  'wait_end_of_query',
  'add_http_cors_header',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'http_wait_end_of_query',
  'http_zlib_compression_level',
  'http_native_compression_disable_checksumming_on_decompress',
  'http_write_exception_in_output_format',
  'enable_http_compression',
]);

const notSupported = new Set(['session_id', 'compress', 'decompress', 'role']);

const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Reads the whole request; throws as ClickHouse's server would. */
export async function readRequest(message: IncomingMessage, url: URL): Promise<HttpRequest> {
  const search = url.searchParams;
  for (const name of notSupported) {
    if (search.has(name) && !['', '0'].includes(search.get(name) ?? '')) {
      throw clickHouseError(48, 'NOT_IMPLEMENTED', `The embedded ClickHouse does not support ${name}`);
    }
  }
  const request: HttpRequest = {
    query: search.get('query') ?? '',
    body: await readBody(message),
    database: search.get('database') ?? header(message, 'x-clickhouse-database') ?? 'default',
    queryId: search.get('query_id') ?? '',
    format: search.get('default_format') ?? header(message, 'x-clickhouse-format') ?? 'TabSeparated',
    params: new Map(),
    settings: new Map(),
    waitForEnd: search.get('wait_end_of_query') === '1',
  };
  for (const [name, value] of search) sort(request, name, value);
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(message.headers['content-type'] ?? '');
  if (boundary?.[1]) {
    for (const [name, value] of readForm(request.body, boundary[1])) {
      if (name === 'query') request.query += value;
      else sort(request, name, value);
    }
    request.body = Buffer.alloc(0);
  }
  // As the real server: what only asks must not change anything.
  if (message.method === 'GET') request.settings.set('readonly', '2');
  return request;
}

function sort(request: HttpRequest, name: string, value: string): void {
  if (name.startsWith('param_')) request.params.set(name.slice('param_'.length), value);
  else if (!notSettings.has(name) && !notSupported.has(name)) request.settings.set(name, value);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const encoding = message.headers['content-encoding']?.toLowerCase() ?? 'identity';
  const decoder = decoders[encoding];
  if (!decoder && encoding !== 'identity') {
    throw clickHouseError(48, 'NOT_IMPLEMENTED', `Unknown content encoding ${encoding.slice(0, 20)}`);
  }
  const stream = decoder ? decode(message, decoder()) : message;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and dropped, so that the answer finds a sender who listens.
    if (size <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > maxBodyBytes) {
    throw clickHouseError(
      307,
      'TOO_MANY_BYTES',
      `A request may have ${maxBodyBytes} bytes; this one has more`,
    );
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}

function decode(message: IncomingMessage, decoder: NodeJS.ReadWriteStream): Readable {
  // A body that breaks off must fail, not wait for ever.
  message.once('error', (error) => decoder.emit('error', error));
  message.once('aborted', () => decoder.emit('error', new Error('The request was broken off')));
  return message.pipe(decoder) as unknown as Readable;
}

/** The parts of a form as @clickhouse/client sends them: long parameters go this way instead of in the URL. */
function* readForm(body: Buffer, boundary: string): Generator<[name: string, value: string]> {
  const delimiter = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(delimiter); at !== -1; ) {
    const next = body.indexOf(delimiter, at + delimiter.length);
    if (next === -1) return;
    const part = body.subarray(at + delimiter.length + 2, next - 2);
    const gap = part.indexOf('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(part.subarray(0, Math.max(gap, 0)).toString())?.[1];
    if (name !== undefined) yield [name, part.subarray(gap + 4).toString()];
    at = next;
  }
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
