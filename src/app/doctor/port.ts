import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { Refusal } from '#platform/refusal';
import { type Finding, fine, problem } from './finding.ts';

type Address = { host: string; port: number };

/** Tries to listen as the program would. */
export async function checkPort(at: Address): Promise<Finding> {
  if (at.port === 0) return fine('port', 'Any free port is taken.');
  const error = await tryToListen(at);
  return error ? explainPort(error, at) : fine('port', `Port ${at.port} on ${at.host} is free.`);
}

/** The sentence for a start that could not listen; undefined when that was not the trouble. */
export function portTaken(error: unknown, at: Address): Refusal | undefined {
  if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(codeOf(error))) return undefined;
  return cannotListen(explainPort(error, at));
}

/** Throws that sentence when the port is not to be had now. */
export async function refuseTakenPort(at: Address): Promise<void> {
  const finding = await checkPort(at);
  if (finding.state === 'problem') throw cannotListen(finding);
}

function cannotListen({ says, todo }: Finding): Refusal {
  const detail = `${says} ${todo}`;
  return new Refusal({
    type: 'app/cannot-listen',
    status: 500,
    title: 'The web server cannot listen',
    detail,
  });
}

function tryToListen({ host, port }: Address): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function explainPort(error: unknown, { host, port }: Address): Finding {
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const holder = holderOf(port);
      return problem(
        'port',
        `Port ${port} is taken by ${holder ?? 'another program'}.`,
        `Stop that, or choose another port: PORT=${port + 1} npm start.`,
      );
    }
    case 'EACCES':
      return problem('port', `Port ${port} is for root only.`, 'Choose a port from 1024 up with PORT.');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return problem(
        'port',
        `${host} is no address of this machine.`,
        'Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (every network).',
      );
    default:
      return problem('port', `Port ${port} cannot be used: ${String(error)}.`, 'Choose another with PORT.');
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

/** Who listens on the port, where the system lets us see it: Linux does for our own processes, and for root. */
function holderOf(port: number): string | undefined {
  try {
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port));
    const pid = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .find((name) => socketsOf(name).some((socket) => sockets.includes(socket)));
    if (pid === undefined) return undefined;
    const [command = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return `${basename(command)} (process ${pid})`;
  } catch {
    return undefined;
  }
}

/** The inodes of the sockets that listen on the port: columns 1 (local address), 3 (0A: listening) and 9. */
function listeners(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(wanted) && columns[3] === '0A')
    .map((columns) => `socket:[${columns[9]}]`);
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}
