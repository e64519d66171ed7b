import { execFileSync } from 'node:child_process';
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuse } from '../trouble.ts';

/** An ordinary user of this machine, by numbers. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** Whom Postgres runs as: undefined for ourselves, and, because it refuses to be root, another user when we are. */
export function engineUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUp('postgres') ?? lookUp('pando') ?? make('pando');
  if (!user) {
    throw refuse(
      'no-user',
      'Postgres does not run as root, and there is no user "postgres" to run it as, nor could one be made. ' +
        'Start Pando as an ordinary user, or make that user: useradd --system postgres',
    );
  }
  return user;
}

function lookUp(name: string): SystemUser | undefined {
  const uid = say('id', ['-u', name]);
  const gid = say('id', ['-g', name]);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

// The first is what most systems have, the second Alpine.
function make(name: string): SystemUser | undefined {
  say('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  const made = lookUp(name);
  if (made) return made;
  say('adduser', ['-S', '-D', '-H', name]);
  return lookUp(name);
}

function say(command: string, args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Whether the user can get into this folder: every folder above it, and it, lets the user pass. */
export function canReach(folder: string, user: SystemUser): boolean {
  let path = realpathSync(folder);
  while (may(path, user, 0o1)) {
    if (path === dirname(path)) return true;
    path = dirname(path);
  }
  return false;
}

/** Whether the user has the right (4 read, 2 write, 1 pass) by the mode bits of this very file or folder. */
export function may(path: string, user: SystemUser, right: number): boolean {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & right) === right;
}

/** A folder of root's own that nobody else can put anything into. */
export function isRootsOwn(folder: string): boolean {
  const { mode, uid } = lstatSync(folder);
  return (mode & 0o170000) === 0o040000 && uid === 0 && (mode & 0o022) === 0;
}
