import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { processesNamed, signalAll } from './processes.ts';

/**
 * Ends what an earlier run left behind on this data folder: a server whose Pando was killed, or sessions whose server
 * was killed. Afterwards nothing uses the folder, and a new server can be started on it.
 */
export async function endLeftovers(data: string, clusterName: string, clock: Clock, log: Log): Promise<void> {
  const pids = processesNamed(clusterName);
  if (pids.length > 0) {
    const server = serverPid(data);
    if (server !== undefined && pids.includes(server)) {
      log.warn({ pid: server }, 'a Postgres that outlived its Pando is stopped');
      signalAll([server], 'SIGINT');
      if (await areGone(clusterName, clock, 30_000)) return ownThePidFile(data);
    }
    // As an immediate shutdown would do it: nothing is lost, the next start recovers from the log.
    signalAll(processesNamed(clusterName), 'SIGQUIT');
    if (!(await areGone(clusterName, clock, 5_000))) {
      signalAll(processesNamed(clusterName), 'SIGKILL');
      await areGone(clusterName, clock, 5_000);
    }
  }
  ownThePidFile(data);
}

async function areGone(clusterName: string, clock: Clock, withinMs: number): Promise<boolean> {
  const end = clock.tick() + withinMs;
  while (processesNamed(clusterName).length > 0) {
    if (clock.tick() > end) return false;
    await clock.sleep(20);
  }
  return true;
}

/** The server's process by its own pid file, alive or not. */
function serverPid(data: string): number | undefined {
  const first = pidFileLines(data)[0];
  return first ? Number(first) : undefined;
}

/** Postgres writes its state into the eighth line. */
export function isReady(data: string, pid: number): boolean {
  const lines = pidFileLines(data);
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

function pidFileLines(data: string): string[] {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/**
 * By now the pid file is of a dead server, but its number may belong to some other process meanwhile, and Postgres
 * would refuse to start. A file with its parent's number it takes for stale, and, unlike after deleting the file,
 * still checks by the other lines that no session of the dead server is left.
 */
function ownThePidFile(data: string): void {
  const [, ...rest] = pidFileLines(data);
  if (rest.length > 0) writeFileSync(join(data, 'postmaster.pid'), [process.pid, ...rest].join('\n'));
  // The same holds for the file beside its socket, and that tells of no sessions.
  if (!existsSync(data)) return;
  for (const name of readdirSync(data))
    if (name.startsWith('.s.PGSQL.')) rmSync(join(data, name), { force: true });
}
