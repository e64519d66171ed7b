import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Clock } from '#platform/clock';
import { secret } from '#platform/ids';
import type { Log } from '#platform/log';
import { type Credentials, type EngineOptions, paths } from './engine/config.ts';
import type { FromEngine } from './engine/main.ts';

/** An engine that this program runs as a child process, and starts again when it dies. */
export interface EmbeddedEngine {
  /** With user and password; stays the same for as long as the folder is kept. */
  readonly url: string;
  /** Of the child process; undefined while there is none. */
  pid(): number | undefined;
  status(): { up: boolean; detail: string };
  /** Waits for what runs, closes the folder, and resolves when the process has gone. */
  stop(): Promise<void>;
}

interface EmbeddedClickHouseOptions {
  /** The data folder of the program; the engine's is `clickhouse` in it. */
  home: string;
  log: Log;
  clock: Clock;
  /** How many inserts run at once; the others wait. */
  inserts?: number;
  /** How many other statements run at once. */
  reads?: number;
  /** What the engine may use in all, in MB. */
  memoryMb?: number;
}

const stopPatienceMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** When it ran for so long, its next death is a new story. */
const settledMs = 60_000;

/**
 * Starts chDB as a child process behind ClickHouse's HTTP interface on 127.0.0.1, and keeps it running. Rejects when
 * it cannot be started at all: the folder is in use by another program, not writable, or chDB does not load.
 */
export async function startEmbeddedClickHouse(o: EmbeddedClickHouseOptions): Promise<EmbeddedEngine> {
  const folder = resolve(o.home, 'clickhouse');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options: EngineOptions = {
    folder,
    inserts: o.inserts ?? 2,
    reads: o.reads ?? 4,
    memoryMb: o.memoryMb ?? 1_000,
  };
  const supervisor = new Supervisor(options, o.log, o.clock);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements EmbeddedEngine {
  readonly #options: EngineOptions;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #up = false;
  #detail = 'is being started';
  #url = '';
  #running: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions, log: Log, clock: Clock) {
    this.#options = options;
    this.#log = log;
    this.#clock = clock;
  }

  get url(): string {
    return this.#url;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  status(): { up: boolean; detail: string } {
    return { up: this.#up, detail: this.#detail };
  }

  async start(): Promise<void> {
    const credentials = await readCredentials(this.#options.folder);
    rmSync(paths(this.#options.folder).output, { force: true });
    const launched = await this.#launchOnFreePort(credentials);
    this.#url = `http://${credentials.user}:${credentials.password}@127.0.0.1:${credentials.port}`;
    this.#running = this.#keepRunning(launched);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child?.connected) child.send('stop');
    // It is safe to end it hard: what was acknowledged is on disk.
    const impatient = new AbortController();
    void this.#clock.sleep(stopPatienceMs, impatient.signal).then(() => {
      if (!impatient.signal.aborted) child?.kill('SIGKILL');
    });
    await this.#running;
    impatient.abort();
    this.#up = false;
    this.#detail = 'was stopped';
  }

  /** At the first start another program may have taken the port meanwhile; nobody knows our URL yet, so move on. */
  async #launchOnFreePort(credentials: Credentials): Promise<Launched> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#launch();
      } catch (error) {
        if (!(error instanceof PortTaken) || attempt === 5) throw error;
        credentials.port = await freePort();
        writeCredentials(this.#options.folder, credentials);
      }
    }
  }

  async #keepRunning(first: Launched): Promise<void> {
    let launched: Launched | null = first;
    let pauseMs = firstPauseMs;
    for (;;) {
      if (launched) {
        const since = this.#clock.tick();
        const how = await launched.ended;
        this.#up = false;
        this.#child = undefined;
        if (this.#stopping.signal.aborted) return;
        if (this.#clock.tick() - since > settledMs) pauseMs = firstPauseMs;
        this.#detail = `ended (${how}) and is being started again`;
        this.#log.warn({ how, pauseMs }, 'the embedded ClickHouse ended; starting it again');
      }
      await this.#clock.sleep(pauseMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      launched = await this.#launch().catch((error: Error) => {
        this.#detail = `could not be started again: ${error.message}`;
        this.#log.error({ reason: error.message }, 'the embedded ClickHouse could not be started again');
        return null;
      });
    }
  }

  async #launch(): Promise<Launched> {
    const { folder, inserts, reads } = this.#options;
    const output = paths(folder).output;
    const outputFd = openSync(output, 'a', 0o600);
    const child = fork(join(import.meta.dirname, 'engine/main.ts'), [JSON.stringify(this.#options)], {
      execArgv: [],
      // Its own environment: one thread for each statement, and none of the program's secrets.
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/run/current-system/sw/bin',
        TZ: 'UTC',
        UV_THREADPOOL_SIZE: `${inserts + reads + 4}`,
      },
      stdio: ['ignore', outputFd, outputFd, 'ipc'],
    });
    closeSync(outputFd);
    this.#child = child;
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => resolve(error.message));
    });
    const message = await Promise.race([
      new Promise<FromEngine>((resolve) => child.once('message', (m: FromEngine) => resolve(m))),
      ended.then(
        (how): FromEngine => ({
          is: 'failed',
          why: `The embedded ClickHouse did not start (${how}); what it said is in ${output}.`,
          portTaken: false,
        }),
      ),
    ]);
    if (message.is === 'failed') {
      await ended;
      this.#child = undefined;
      throw message.portTaken ? new PortTaken(message.why) : new Error(message.why);
    }
    this.#up = true;
    this.#detail = `chDB ${message.version}, process ${child.pid}`;
    this.#log.info({ pid: child.pid, version: message.version }, 'the embedded ClickHouse is up');
    return { ended };
  }
}

interface Launched {
  /** Resolves to how the process ended. */
  ended: Promise<string>;
}

class PortTaken extends Error {}

async function readCredentials(folder: string): Promise<Credentials> {
  try {
    return JSON.parse(readFileSync(paths(folder).credentials, 'utf8'));
  } catch {
    const credentials = { port: await freePort(), user: 'default', password: secret('') };
    writeCredentials(folder, credentials);
    return credentials;
  }
}

function writeCredentials(folder: string, credentials: Credentials): void {
  const path = paths(folder).credentials;
  writeFileSync(path, JSON.stringify(credentials), { mode: 0o600 });
  // The mode above counts only for a new file.
  chmodSync(path, 0o600);
}

/** A port that is free on this machine at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}
