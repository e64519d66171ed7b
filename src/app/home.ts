import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#platform/clock';
import { Refusal, refusals } from '#platform/refusal';

const refuse = refusals('home', {
  'in-use': { status: 409, title: 'Another Pando runs on this home' },
  'not-writable': { status: 500, title: 'The home folder cannot be written to' },
});

/** The running program as others find it. */
export interface Running {
  pid: number;
  /** Where this machine reaches it. */
  url: string;
}

/** The home while this process alone runs on it. */
export interface HeldHome {
  /** Lets the command line of this machine find us. */
  announce(url: string): void;
  release(): void;
}

/** Makes the folder when it is missing, and keeps every other program of this machine off it until `release`. */
export function holdHome(home: string): HeldHome {
  try {
    mkdirSync(home, { recursive: true });
  } catch (error) {
    throw refuse(
      'not-writable',
      `${home} cannot be made: ${(error as Error).message}. Set PANDO_HOME to a folder that can.`,
    );
  }
  const lock = takeLock(home);
  const file = join(home, 'run.json');
  return {
    announce(url) {
      writeFileSync(file, JSON.stringify({ pid: process.pid, url } satisfies Running), { mode: 0o600 });
    },
    release() {
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

const patienceMs = 20_000;

/** As `holdHome`; a program that is just stopping is waited for, one that answers is not. */
export async function waitForHome(home: string, clock: Clock): Promise<HeldHome> {
  const until = clock.tick() + patienceMs;
  for (;;) {
    try {
      return holdHome(home);
    } catch (error) {
      if (!isInUse(error) || clock.tick() > until || (await answers(readRunning(home)))) throw error;
      await clock.sleep(100);
    }
  }
}

async function answers(running: Running | undefined): Promise<boolean> {
  if (!running) return false;
  const request = fetch(`${running.url}/healthz`, { signal: AbortSignal.timeout(2000) });
  return request.then(
    (answer) => answer.ok,
    () => false,
  );
}

function isInUse(error: unknown): boolean {
  return error instanceof Refusal && error.type === 'home/in-use';
}

/** A lock of the operating system, which ends with the process that holds it, however that ends; SQLite asks for it. */
function takeLock(home: string): DatabaseSync {
  const file = join(home, 'lock');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode !== locked) {
      throw refuse(
        'not-writable',
        `${file} cannot be written: ${(error as Error).message}. Check who owns ${home}.`,
      );
    }
    const other = readRunning(home);
    throw refuse(
      'in-use',
      `Another Pando${other ? ` (process ${other.pid}, ${other.url})` : ''} is running on ${home}. ` +
        'Stop it first, or choose another folder with PANDO_HOME.',
    );
  }
}

// SQLITE_BUSY
const locked = 5;

/** Whether somebody runs on this home now. */
export function isHeld(home: string): boolean {
  try {
    takeLock(home).close();
    return false;
  } catch (error) {
    return isInUse(error);
  }
}

/** What the running program said of itself; it may have been killed since. */
export function readRunning(home: string): Running | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as Partial<Running>;
    return typeof pid === 'number' && typeof url === 'string' ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}

/** The home, and where its engines really keep their data: that may be on another disk. */
export function dataFolders(home: string): string[] {
  const engines = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const linked = engines.flatMap((engine) =>
    readdirSync(join(home, engine.name), { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => join(home, engine.name, entry.name))
      .filter((link) => existsSync(link))
      .map((link) => realpathSync(link)),
  );
  return [home, ...linked];
}
