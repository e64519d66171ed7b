import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { childOptions, type Installation } from './installation.ts';
import { isReady } from './leftovers.ts';
import { serverSettings } from './settings.ts';
import { socketFolder } from './socket.ts';

/** One run of the server, from its start to its end. */
export interface Server {
  readonly pid: number;
  /** Resolves when the process has ended, with what to tell about it. */
  readonly ended: Promise<string>;
  /** Fast: open sessions are ended, everything is written down. */
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 60_000;

/**
 * Starts the server and waits until it takes connections, which after a crash may be a while. Rejects with its own last
 * words when it ends before that, as it does when `giveUp` is aborted.
 */
export async function startServer(
  at: Installation,
  port: number,
  clock: Clock,
  log: Log,
  giveUp?: AbortSignal,
): Promise<Server> {
  const child = spawn(
    join(at.native, 'bin', 'postgres'),
    ['-D', at.data, ...serverSettings({ ...at, port, socketFolder: socketFolder(at, port) ?? '' })],
    // Detached, or Ctrl-C at the terminal would end the database before the program has finished with it.
    { ...childOptions(at), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const giveUpNow = () => child.kill('SIGINT');
  giveUp?.addEventListener('abort', giveUpNow);
  const complaints = readLog(child, log);
  let over = false;
  const ended = endOf(child, clock).then((how) => {
    over = true;
    giveUp?.removeEventListener('abort', giveUpNow);
    return [how, ...complaints].join('; ');
  });
  while (!over && !(child.pid && isReady(at.data, child.pid))) await Promise.race([clock.sleep(10), ended]);
  if (over || !child.pid) throw new Error(await ended);
  return {
    pid: child.pid,
    ended,
    async stop() {
      const signals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
      for (const signal of signals) {
        child.kill(signal);
        const waited = new AbortController();
        await Promise.race([ended, clock.sleep(signal === 'SIGINT' ? STOP_WITHIN_MS : 5_000, waited.signal)]);
        waited.abort();
        if (over) return;
      }
    },
  };
}

// Not when its output is closed: sessions of a killed server keep that open.
async function endOf(child: ChildProcess, clock: Clock): Promise<string> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  // Its last words may still be on their way.
  await Promise.race([closed, clock.sleep(50)]);
  return how;
}

/** Passes the server's log on; returns a list that always holds the last complaints. */
function readLog(child: ChildProcess, log: Log): string[] {
  const complaints: string[] = [];
  if (!child.stderr) return complaints;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const text = line.trim();
    if (/^(FATAL|PANIC|HINT|postgres:)/.test(text) && !complaints.includes(text)) {
      complaints.push(text);
      complaints.splice(0, complaints.length - 5);
    }
    const level = /^(PANIC|WARNING)/.test(text) ? 'warn' : 'debug';
    log[level]({ engine: 'postgres' }, text);
  });
  return complaints;
}
