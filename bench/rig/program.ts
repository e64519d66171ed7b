import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type Member, treeOf } from './tree.ts';

const secretKey = 'sk_bench0123456789abcdef';
export const writeKey = 'wk_bench0123456789abcdef';

const root = join(import.meta.dirname, '../..');
const readyWithinMs = 120_000;
/** As `pando start` gives them to Node. */
const nodeFlags: string[] = JSON.parse(readFileSync(join(root, 'bin/node-flags.json'), 'utf8'));

/** The whole program, as `pando start` runs it, in a process tree of its own with embedded engines. */
export interface Program {
  readonly home: string;
  readonly url: string;
  /** Of the main process. */
  pid(): number;
  members(): Member[];
  /** Resolves when it takes requests. */
  start(): Promise<void>;
  /** Lets it finish what is under way. */
  stop(): Promise<void>;
  /** Resolves when the main process has ended, however. */
  ended(): Promise<void>;
  /** The answer of its API to the secret key, parsed. */
  ask<T>(path: string, headers?: Record<string, string>): Promise<T>;
  /** The same with a body. */
  send<T>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<T>;
  /** Stops it and removes its home. */
  remove(): Promise<void>;
}

/**
 * A program on a fresh home, or on `home`, which stays and is given no key of ours unless a bench made it (`isOurs`).
 * However this process ends, the program ends soon after and a fresh home is removed; with `keep` it stays. `nodeArgs`
 * are for its main process only.
 */
export async function newProgram(
  o: {
    nodeArgs?: readonly string[];
    env?: Record<string, string>;
    keep?: boolean;
    home?: string;
    isOurs?: boolean;
  } = {},
): Promise<Program> {
  const home = o.home ?? temporaryHome();
  const undertaker = o.keep || o.home !== undefined ? undefined : buryLater(home);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    const started = spawn(
      process.execPath,
      [
        ...nodeFlags,
        ...(o.nodeArgs ?? []),
        '--import',
        join(root, 'bin/tether.mjs'),
        join(root, 'src/app/main.ts'),
        'start',
      ],
      {
        cwd: root,
        env: {
          ...inherited(),
          ...settings(home, port),
          ...(o.home && !o.isOurs ? {} : firstStart),
          ...o.env,
        },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // A Ctrl-C is for us; we stop the program when we are through.
        detached: true,
      },
    );
    child = started;
    const words = lastWords(started);
    ended = new Promise((resolve) => started.once('exit', () => resolve()));
    const until = performance.now() + readyWithinMs;
    while (!(await isReady(url))) {
      if (started.exitCode !== null || started.signalCode !== null)
        throw new Error(`The program ended instead of starting:\n${words()}`);
      if (performance.now() > until) throw new Error(`The program was not ready in time:\n${words()}`);
      await sleep(50);
    }
  }

  const pid = () => child?.pid ?? 0;

  async function stop(): Promise<void> {
    if (child && isAlive(pid())) child.kill('SIGTERM');
    await ended;
  }

  return {
    home,
    url,
    pid,
    members: () => treeOf(pid(), home),
    start,
    stop,
    ended: () => ended,
    async ask<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
      const answer = await fetch(url + path, {
        headers: { ...headers, authorization: `Bearer ${secretKey}` },
      });
      if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async send<T>(method: string, path: string, body: unknown): Promise<T> {
      const answer = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async remove() {
      await stop();
      if (!undertaker) return;
      const buried = new Promise((resolve) => undertaker.once('exit', resolve));
      undertaker.ref();
      undertaker.stdin?.end();
      await buried;
    },
  };
}

/** Where ClickHouse listens for anybody of this machine who may read the home. */
export function clickHouseOf(home: string): { url: string; user: string; password: string } {
  const file = join(home, 'clickhouse', 'engine.json');
  const { port, user, password } = JSON.parse(readFileSync(file, 'utf8')) as {
    port: number;
    user: string;
    password: string;
  };
  return { url: `http://127.0.0.1:${port}`, user, password };
}

function settings(home: string, port: number): Record<string, string> {
  return {
    PANDO_HOME: home,
    PORT: String(port),
    HOST: '127.0.0.1',
    PANDO_DEMO: 'off',
    PANDO_LOG_LEVEL: 'warn',
  };
}

const firstStart = {
  PANDO_ADMIN_PASSWORD: 'a password for the bench',
  PANDO_WORKSPACE: 'bench',
  PANDO_WRITE_KEY: writeKey,
  PANDO_SECRET_KEY: secretKey,
};

/** Ours without what would change the program: a bench measures one thing. */
function inherited(): Record<string, string | undefined> {
  const foreign = /^(PANDO_|DATABASE_URL$|CLICKHOUSE_URL$|NODE_OPTIONS$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** On a disk: /tmp is memory on many machines, and fsync costs nothing there. */
function temporaryHome(): string {
  let home: string;
  try {
    home = mkdtempSync('/var/tmp/pando-bench-');
  } catch {
    home = mkdtempSync(join(tmpdir(), 'pando-bench-'));
  }
  chmodSync(home, 0o755);
  return realpathSync(home);
}

/** A shell that reads from us until we end; then it waits for the engines to go, and removes the home. */
function buryLater(home: string): ChildProcess {
  const undertaker = spawn('/bin/sh', ['-c', undertaking, 'sh', home], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  undertaker.unref();
  return undertaker;
}

const undertaking = `
cat > /dev/null
sleep 0.2
data=$(readlink -f "$1/postgres/data")
tries=0
while [ -f "$data/postmaster.pid" ] && kill -0 "$(head -n 1 "$data/postmaster.pid")" && [ $tries -lt 150 ]; do
  sleep 0.1; tries=$((tries + 1))
  [ $tries -ne 100 ] || kill -INT "$(head -n 1 "$data/postmaster.pid")"
done
rm -rf "$data" "$1" || { sleep 2; rm -rf "$data" "$1"; }
`;

function lastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-4_000);
  });
  return () => text;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
