import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient, drainStream } from '@clickhouse/client';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { Unavailable } from '#platform/refusal';
import { failureOf } from './error.ts';
import { LineWatch } from './lines.ts';

interface StatementOptions {
  /** The statement is given up, on the engine too, after so long. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * A ClickHouse server, cluster, or the embedded engine. Every method throws `Unavailable` when the engine is away,
 * too busy, or slower than the time given, and `ClickHouseFailure` when it refuses the statement.
 * Values travel as parameters, `{name:Type}` in the SQL, never as text in it. A Date loses its milliseconds on the
 * way: pass text ('2026-01-01 00:00:00.123') or, for DateTime64(3), milliseconds through fromUnixTimestamp64Milli.
 */
export interface ClickHouse {
  /** All rows. 64-bit integers and decimals arrive as text, times as '2026-01-01 00:00:00.123' in UTC. */
  query<R = Record<string, unknown>>(
    sql: string,
    params?: Record<string, unknown>,
    o?: StatementOptions,
  ): Promise<R[]>;
  /** Rows one by one, at the reader's pace; for results that should not be in memory as a whole. */
  queryStream<R = Record<string, unknown>>(
    sql: string,
    params?: Record<string, unknown>,
    o?: StatementOptions,
  ): AsyncIterable<R>;
  /**
   * The result as TabSeparated, as it arrives: pieces of any length, at the reader's pace. Needs two columns or more
   * (an engine that fails half-way ends its answer with a line of its own, which is told by its cells), and throws
   * when the answer is not whole.
   */
  export(sql: string, params?: Record<string, unknown>, o?: StatementOptions): AsyncIterable<Buffer>;
  /** A statement without a result. */
  command(sql: string, params?: Record<string, unknown>, o?: StatementOptions): Promise<void>;
  /**
   * Adds rows; resolves when they are on disk. `body` is already in the format, its cells in the order of `columns`;
   * a list is sent one behind the other.
   * With a `dedupToken` the same rows may be sent again under the same token, and count once (for the last 1,000
   * inserts of the table). At most 1M rows or 256 MB: so much is one part, and there as a whole or not at all.
   */
  insert(
    table: string,
    columns: readonly string[],
    format: 'TabSeparated' | 'JSONEachRow' | 'JSONCompactEachRow',
    body: Buffer | string | Iterable<Buffer>,
    o?: StatementOptions & { dedupToken?: string },
  ): Promise<void>;
  /**
   * Fills in what differs between one engine and a cluster, for statements that define things: `{on_cluster}` (after
   * the table's name), `{replicated}` (before MergeTree), `{durable}` (in SETTINGS), `{database}` (in a dictionary's
   * query), `{credentials}` (in a dictionary's CLICKHOUSE source).
   */
  fill(sql: string): string;
  readonly database: string;
  status(): { up: boolean; detail: string };
  close(): Promise<void>;
}

interface ClickHouseOptions {
  /** `http://user:password@host:8123/database`. */
  url: string;
  /** Instead of the URL's; `pando` where neither says one. Made when it does not exist. */
  database?: string;
  /** The name of the cluster in the servers' configuration, where tables are to be made on all of it. */
  cluster?: string;
  log: Log;
  clock: Clock;
}

const oldest: readonly [major: number, minor: number] = [25, 3];
const queryMs = 30_000;
const streamMs = 600_000;
const commandMs = 600_000;
const insertMs = 60_000;
const pingEveryMs = 2_000;

/** Every table's settings for durability and for counting a repeated insert once, whatever the server's defaults. */
const durable =
  'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000';

/** Connects, checks the version, and makes the database when it is missing. */
export async function openClickHouse(o: ClickHouseOptions): Promise<ClickHouse> {
  const url = new URL(o.url);
  const database = checkedName(o.database ?? (decodeURIComponent(url.pathname.slice(1)) || 'pando'));
  const login = {
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
  };
  const connect = (to: string) =>
    createClient({
      url: url.origin,
      ...login,
      database: to,
      request_timeout: commandMs,
      max_open_connections: 32,
      keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
      use_multipart_params_auto: true,
      log: { level: ClickHouseLogLevel.OFF },
    });
  const first = connect('default');
  let embedded: boolean;
  let serverSettings: Record<string, string | number>;
  try {
    const about = await askAbout(first);
    checkVersion(about.version);
    embedded = about.embedded;
    // Times without a zone are UTC, whatever zone the server lives in.
    serverSettings = about.timezone === 'UTC' ? {} : { session_timezone: 'UTC' };
    const onCluster = o.cluster === undefined ? '' : ` ON CLUSTER '${checkedName(o.cluster)}'`;
    await first.command({
      query: `CREATE DATABASE IF NOT EXISTS \`${database}\`${onCluster} ENGINE = Atomic`,
    });
  } catch (thrown) {
    throw thrown instanceof VersionTooOld ? thrown : failureOf(thrown, 'opening it', { dataInside: false });
  } finally {
    await first.close();
  }
  const placeholders: Record<string, string> = {
    on_cluster: o.cluster === undefined ? '' : `ON CLUSTER '${o.cluster}'`,
    replicated: o.cluster === undefined ? '' : 'Replicated',
    durable,
    database,
    credentials: embedded ? '' : `USER ${literal(login.username)} PASSWORD ${literal(login.password)}`,
  };
  return new Client(connect(database), database, serverSettings, placeholders, o.clock);
}

class Client implements ClickHouse {
  readonly database: string;
  readonly #client: ClickHouseClient;
  readonly #settings: Record<string, string | number>;
  readonly #placeholders: Record<string, string>;
  readonly #clock: Clock;
  readonly #pinging: NodeJS.Timeout;
  #status = { up: true, detail: 'answers' };
  #heardAt: number;

  constructor(
    client: ClickHouseClient,
    database: string,
    settings: Record<string, string | number>,
    placeholders: Record<string, string>,
    clock: Clock,
  ) {
    this.database = database;
    this.#client = client;
    this.#settings = {
      ...settings,
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_decimals: 1,
    };
    this.#placeholders = placeholders;
    this.#clock = clock;
    this.#heardAt = clock.tick();
    this.#pinging = setInterval(() => void this.#ping(), pingEveryMs).unref();
  }

  async query<R>(sql: string, params: Record<string, unknown> = {}, o: StatementOptions = {}): Promise<R[]> {
    const until = patience(o, queryMs);
    return this.#watched({ what: 'a query', until }, async () => {
      using answer = await this.#ask(sql, params, until, o.timeoutMs ?? queryMs);
      return await answer.result.json<R>();
    });
  }

  async *queryStream<R>(
    sql: string,
    params: Record<string, unknown> = {},
    o: StatementOptions = {},
  ): AsyncIterable<R> {
    const until = patience(o, streamMs);
    const about = { what: 'a query', until };
    using answer = await this.#watched(about, () => this.#ask(sql, params, until, o.timeoutMs ?? streamMs));
    try {
      for await (const rows of answer.result.stream<R>()) {
        for (const row of rows) yield row.json();
      }
    } catch (thrown) {
      throw failure(thrown, about);
    }
  }

  async *export(
    sql: string,
    params: Record<string, unknown> = {},
    o: StatementOptions = {},
  ): AsyncIterable<Buffer> {
    const until = patience(o, streamMs);
    const about = { what: 'an export', until };
    const { stream } = await this.#watched(about, () =>
      this.#client.exec({
        query: `${sql}\nFORMAT TabSeparated`,
        query_params: params,
        abort_signal: until,
        clickhouse_settings: {
          ...this.#settings,
          cancel_http_readonly_queries_on_client_close: 1,
          max_execution_time: Math.ceil((o.timeoutMs ?? streamMs) / 1000),
        },
      }),
    );
    const lines = new LineWatch();
    const stop = () => stream.destroy();
    until.addEventListener('abort', stop, { once: true });
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        lines.saw(piece);
        yield piece;
      }
      until.throwIfAborted();
    } catch (thrown) {
      throw failure(thrown, about);
    } finally {
      until.removeEventListener('abort', stop);
      stream.destroy();
    }
    if (!lines.areWhole()) throw new Unavailable('ClickHouse broke off in the middle of an export.');
  }

  async command(sql: string, params: Record<string, unknown> = {}, o: StatementOptions = {}): Promise<void> {
    const until = patience(o, commandMs);
    await this.#watched({ what: 'a command', until }, () =>
      this.#client.command({
        query: sql,
        query_params: params,
        abort_signal: until,
        clickhouse_settings: { ...this.#settings, wait_end_of_query: 1 },
      }),
    );
  }

  async insert(
    table: string,
    columns: readonly string[],
    format: 'TabSeparated' | 'JSONEachRow' | 'JSONCompactEachRow',
    body: Buffer | string | Iterable<Buffer>,
    o: StatementOptions & { dedupToken?: string } = {},
  ): Promise<void> {
    const names = columns.map(checkedName).join(', ');
    const target = table.split('.').map(checkedName).join('.');
    const until = patience(o, insertMs);
    await this.#watched({ what: `an insert into ${target}`, until, dataInside: true }, async () => {
      const answer = await this.#client.exec({
        query: `INSERT INTO ${target} (${names}) FORMAT ${format}`,
        values: Readable.from(toChunks(body), { objectMode: false }),
        abort_signal: until,
        clickhouse_settings: {
          ...this.#settings,
          wait_end_of_query: 1,
          // An answer before the rows are on disk would be no answer.
          async_insert: 0,
          ...(o.dedupToken === undefined
            ? {}
            : {
                insert_deduplicate: 1,
                insert_deduplication_token: o.dedupToken,
                // What follows from an insert is repeated where it was missed, and only there.
                deduplicate_blocks_in_dependent_materialized_views: 1,
              }),
        },
      });
      // An insert has nothing to say; the socket is free when that has been read.
      await drainStream(answer.stream);
    });
  }

  fill(sql: string): string {
    return sql.replace(/\{(\w+)\}/g, (whole, name: string) => this.#placeholders[name] ?? whole);
  }

  status(): { up: boolean; detail: string } {
    return this.#status;
  }

  async close(): Promise<void> {
    clearInterval(this.#pinging);
    this.#status = { up: false, detail: 'was closed' };
    await this.#client.close();
  }

  async #ask(sql: string, params: Record<string, unknown>, until: AbortSignal, timeoutMs: number) {
    const result = await this.#client.query({
      query: sql,
      query_params: params,
      format: 'JSONEachRow',
      abort_signal: until,
      clickhouse_settings: {
        ...this.#settings,
        // The server gives up as well: what nobody waits for must not keep its cores busy.
        cancel_http_readonly_queries_on_client_close: 1,
        max_execution_time: Math.ceil(timeoutMs / 1000),
      },
    });
    // The client itself heeds the signal only until the first row.
    const stop = () => result.close();
    if (until.aborted) stop();
    else until.addEventListener('abort', stop, { once: true });
    const close = () => {
      // The signal lives until its time is up, and with it whatever listens to it.
      until.removeEventListener('abort', stop);
      result.close();
    };
    return { result, [Symbol.dispose]: close };
  }

  async #watched<R>(about: About, work: () => Promise<R>): Promise<R> {
    try {
      const result = await work();
      this.#heardAt = this.#clock.tick();
      this.#status = { up: true, detail: 'answers' };
      return result;
    } catch (thrown) {
      const error = failure(thrown, about);
      // With a cause it was the connection, not a slow or a busy engine.
      if (error instanceof Unavailable && error.cause !== undefined) {
        this.#status = { up: false, detail: error.message };
      }
      throw error;
    }
  }

  /** Nothing else tells that an engine is away, or back, when nobody asks it anything. */
  async #ping(): Promise<void> {
    if (this.#status.up && this.#clock.tick() - this.#heardAt < pingEveryMs) return;
    const pong = await this.#client.ping();
    if (this.#status.detail === 'was closed') return;
    this.#status = pong.success
      ? { up: true, detail: 'answers' }
      : { up: false, detail: `does not answer (${pong.error.message})` };
  }
}

function toChunks(body: Buffer | string | Iterable<Buffer>): Iterable<Buffer> {
  if (typeof body === 'string') return [Buffer.from(body)];
  return Buffer.isBuffer(body) ? [body] : body;
}

interface About {
  /** For people who read the error. */
  what: string;
  until: AbortSignal;
  dataInside?: boolean;
}

function failure(thrown: unknown, { what, until, dataInside = false }: About): unknown {
  if (!until.aborted) return failureOf(thrown, what, { dataInside });
  const tooLong = until.reason instanceof DOMException && until.reason.name === 'TimeoutError';
  return tooLong ? new Unavailable(`ClickHouse took too long: ${what} was given up.`) : until.reason;
}

async function askAbout(
  client: ClickHouseClient,
): Promise<{ version: string; timezone: string; embedded: boolean }> {
  const result = await client.query({
    query: 'SELECT version() AS version, timezone() AS timezone',
    format: 'JSONEachRow',
    abort_signal: AbortSignal.timeout(queryMs),
  });
  const embedded = result.response_headers['x-clickhouse-server-display-name'] === 'pando-embedded';
  const [about] = await result.json<{ version: string; timezone: string }>();
  if (!about) throw new Error('ClickHouse did not say its version');
  return { ...about, embedded };
}

/** Throws when the server is older than what the SQL of this program needs. */
export function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new VersionTooOld(
    `This ClickHouse is ${version}, and Pando needs ${oldest.join('.')} or newer. Upgrade the server that CLICKHOUSE_URL names, or leave CLICKHOUSE_URL out to use the embedded one.`,
  );
}

class VersionTooOld extends Error {}

/** Ends when the caller wants no more, or when it has taken too long. */
function patience(o: StatementOptions, otherwiseMs: number): AbortSignal {
  const timeout = AbortSignal.timeout(o.timeoutMs ?? otherwiseMs);
  return o.signal ? AbortSignal.any([o.signal, timeout]) : timeout;
}

function checkedName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw new TypeError(`"${name}" cannot be a name in ClickHouse: letters, digits and _ only.`);
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
