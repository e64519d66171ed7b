import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { configXml, connectionSettings, type EngineOptions, paths, tableSettings } from './config.ts';
import { asEngineError, clickHouseError, type EngineError } from './error.ts';
import { type Connection, loadNative, type Native } from './native.ts';
import { makePipes, openOutlet } from './outlet.ts';
import { Slots } from './slots.ts';
import type { Statement } from './statement.ts';

/** One statement with what came along. */
export interface Job {
  statement: Statement;
  /** The rows of an INSERT, where they came apart from it. */
  rows: Buffer | null;
  database: string;
  /** As in a URL: `x` of `param_x`, its value escaped as in TabSeparated. */
  params: ReadonlyMap<string, string>;
  settings: ReadonlyMap<string, string>;
  /** Where the statement names none. */
  format: string;
  /** Aborted when nobody waits for the result any more. */
  gone: AbortSignal;
}

export interface Outcome {
  error: EngineError | null;
  resultRows: number;
  writtenRows: number;
  writtenBytes: number;
  /** Seconds. */
  elapsed: number;
  /** What a statement that is not streamed had to say. */
  text: Uint8Array;
}

const nothing: Outcome = {
  error: null,
  resultRows: 0,
  writtenRows: 0,
  writtenBytes: 0,
  elapsed: 0,
  text: new Uint8Array(),
};

/**
 * chDB in this process. Every statement has a connection of its own, opened for it and closed after it (0.1 ms):
 * a failed statement's rows are handed to the next one on its connection, and settings, parameters and the current
 * database stick to it; on a connection that nobody uses again, none of that can reach anybody.
 */
export class Engine {
  readonly #native: Native;
  readonly #folder: string;
  readonly #settings: readonly string[];
  /** Keeps the engine open between statements. */
  readonly #anchor: Connection;
  readonly #inserts: Slots<number>;
  readonly #reads: Slots<string>;
  /** For KILL QUERY, so that it never waits for what it is to end. */
  readonly #control: Slots<number>;
  readonly version: string;
  readonly outputFormats: ReadonlySet<string>;

  private constructor(native: Native, anchor: Connection, facts: Facts, o: EngineOptions) {
    const pipes = Array.from({ length: o.reads }, (_, i) => `${paths(o.folder).run}/result-${i}`);
    makePipes(pipes);
    this.#native = native;
    this.#anchor = anchor;
    this.#folder = paths(o.folder).data;
    this.#settings = connectionSettings(o.memoryMb);
    this.#inserts = new Slots([...Array(o.inserts).keys()], { maxWaiting: 64, maxWaitMs: 30_000 });
    this.#reads = new Slots(pipes, { maxWaiting: 256, maxWaitMs: 30_000 });
    this.#control = new Slots([0], { maxWaiting: 10_000, maxWaitMs: 60_000 });
    this.version = facts.version;
    this.outputFormats = facts.outputFormats;
  }

  /** Opens the folder; throws when another process has it, or when the tables would not be as durable as promised. */
  static async open(o: EngineOptions): Promise<Engine> {
    const at = paths(o.folder);
    mkdirSync(at.data, { recursive: true, mode: 0o700 });
    mkdirSync(at.run, { recursive: true, mode: 0o700 });
    writeFileSync(at.config, configXml(o.memoryMb), { mode: 0o600 });
    const native = loadNative();
    const anchor = openFolder(native, o);
    const facts = await readFacts(native, anchor);
    const wrong = Object.entries(tableSettings).filter(
      ([name, value]) => facts.tables.get(name) !== `${value}`,
    );
    if (wrong.length > 0) {
      throw new Error(
        `The embedded ClickHouse did not take over its table settings (${wrong.map(([name]) => name).join(', ')}), so an event that was acknowledged might be lost with the power. Is the installed chdb the one in package-lock.json?`,
      );
    }
    return new Engine(native, anchor, facts, o);
  }

  /** Runs a statement with a result. The source must be read to its end; the outcome is known before that. */
  async rows(
    job: Job,
    deliver: (source: Readable, outcome: Promise<Outcome>) => Promise<void>,
  ): Promise<void> {
    await this.#reads.use(async (pipe) => {
      if (job.gone.aborted) return;
      const { text, format } = job.statement;
      const head = format === null ? text : text.slice(0, format.at);
      const tail = format === null ? `FORMAT ${checkedFormat(job.format)}` : text.slice(format.at);
      const outlet = openOutlet(pipe);
      const outcome = this.#run(job, (connection, before, tag) =>
        this.#native
          .QueryAsyncConnection(
            connection,
            `${before}${tag}${head}\nINTO OUTFILE ${literal(pipe)} APPEND\n${tail}`,
            'TabSeparated',
          )
          .then((result) => ({ ...nothing, resultRows: result.rowsRead, elapsed: result.elapsed })),
      ).finally(outlet.finish);
      const closed = new Promise<void>((resolve) => outlet.source.once('close', resolve));
      // Whatever happens to the receiver, the pipe is emptied before it serves another statement.
      const delivered = deliver(outlet.source, outcome).finally(() => outlet.source.resume());
      await Promise.allSettled([delivered, closed]);
      await delivered;
    });
  }

  /** Runs an INSERT that carries its rows. It is finished when nobody waits, as on a server. */
  async insert(job: Job): Promise<Outcome> {
    const unhurried = { ...job, gone: new AbortController().signal };
    return this.#inserts.use(() =>
      this.#run(unhurried, async (connection, before, tag) => {
        const [text, rows] = [job.statement.text, job.rows];
        if (rows === null) {
          await this.#native.QueryAsyncConnection(connection, `${before}${tag}${text}`, 'Null');
          return nothing;
        }
        if (rows.length === 0) return nothing;
        const written = await this.#native.InsertRawAsyncConnection(
          connection,
          `${before}${tag}${text}`,
          rows,
          false,
        );
        return {
          ...nothing,
          writtenRows: written.rowsWritten,
          writtenBytes: written.bytesWritten,
          elapsed: written.elapsed,
        };
      }),
    );
  }

  /** Runs any other statement; what it has to say is short. It goes on when nobody waits, as on a server. */
  async command(job: Job): Promise<Outcome> {
    const unhurried = { ...job, gone: new AbortController().signal };
    return this.#reads.use(() =>
      this.#run(unhurried, async (connection, before, tag) => {
        const { bytes, elapsed } = await this.#native.QueryAsyncConnection(
          connection,
          `${before}${tag}${job.statement.text}`,
          checkedFormat(job.format),
        );
        return { ...nothing, elapsed, text: bytes };
      }),
    );
  }

  close(): void {
    this.#native.CloseConnection(this.#anchor);
  }

  /** One statement on one connection; ends it when nobody waits for it any more. Never rejects. */
  async #run(
    job: Job,
    work: (connection: Connection, before: string, tag: string) => Promise<Outcome>,
  ): Promise<Outcome> {
    const tag = randomBytes(12).toString('hex');
    const end = () => void this.#kill(tag, ended.signal);
    const ended = new AbortController();
    try {
      const connection = this.#native.CreateConnection(this.#folder, this.#settings);
      try {
        const running = work(connection, preamble(job), `/* ${tag} */ `);
        if (job.gone.aborted) end();
        else job.gone.addEventListener('abort', end, { once: true });
        return await running;
      } finally {
        this.#native.CloseConnection(connection);
      }
    } catch (thrown) {
      return { ...nothing, error: asEngineError(thrown) };
    } finally {
      ended.abort();
      job.gone.removeEventListener('abort', end);
    }
  }

  /** ASYNC, because SYNC hangs in chDB; again and again, because the statement may not have begun yet. */
  async #kill(tag: string, ended: AbortSignal): Promise<void> {
    // Split, so that this statement does not find itself.
    const kill = `KILL QUERY WHERE position(query, concat('${tag.slice(0, 12)}', '${tag.slice(12)}')) > 0 ASYNC`;
    for (let waitMs = 20; !ended.aborted; waitMs = Math.min(waitMs * 2, 1_000)) {
      await this.#control.use(async () => {
        const connection = this.#native.CreateConnection(this.#folder, []);
        await this.#native.QueryAsyncConnection(connection, kill, 'Null').catch(() => undefined);
        this.#native.CloseConnection(connection);
      });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function openFolder(native: Native, o: EngineOptions): Connection {
  const at = paths(o.folder);
  try {
    return native.CreateConnection(at.data, [
      `--config-file=${at.config}`,
      ...connectionSettings(o.memoryMb),
    ]);
  } catch (thrown) {
    // The reason only goes to the error stream, which the parent keeps in a file.
    const reason = readFileSync(at.output, 'utf8').trim().split('\n').at(-1) || String(thrown);
    const why = reason.includes('Cannot lock file')
      ? `The folder ${o.folder} is in use by another process, which cannot be named: it may run in another container or on another machine. Stop it first, or choose another folder with PANDO_HOME.`
      : `The embedded ClickHouse cannot open ${at.data}: ${reason}`;
    throw new Error(why, { cause: thrown });
  }
}

interface Facts {
  version: string;
  outputFormats: ReadonlySet<string>;
  tables: ReadonlyMap<string, string>;
}

async function readFacts(native: Native, anchor: Connection): Promise<Facts> {
  const column = async (sql: string) => {
    const { bytes } = await native.QueryAsyncConnection(anchor, sql, 'TabSeparatedRaw');
    return Buffer.from(bytes).toString().trimEnd().split('\n');
  };
  const [version = ''] = await column('SELECT version()');
  const formats = await column('SELECT lower(name) FROM system.formats WHERE is_output');
  const tables = await column('SELECT name, value FROM system.merge_tree_settings');
  return {
    version,
    outputFormats: new Set(formats),
    tables: new Map(tables.map((line) => line.split('\t') as [string, string])),
  };
}

function preamble(job: Job): string {
  const set = [
    ...[...job.settings].map(([name, value]) => `${checkedName(name)} = ${literal(value)}`),
    ...[...job.params].map(([name, value]) => `param_${checkedName(name)} = ${literal(value)}`),
  ];
  const use = `USE \`${job.database.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\`; `;
  return set.length === 0 ? use : `${use}SET ${set.join(', ')}; `;
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

function checkedName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw clickHouseError(
    115,
    'UNKNOWN_SETTING',
    `Setting ${name} is neither a builtin setting nor a parameter`,
  );
}

function checkedFormat(name: string): string {
  if (/^\w+$/.test(name)) return name;
  throw clickHouseError(73, 'UNKNOWN_FORMAT', `Unknown format ${name}`);
}
