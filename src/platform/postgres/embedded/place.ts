import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '#platform/ids';
import type { Log } from '#platform/log';
import { refuse } from '../trouble.ts';
import { canReach, isRootsOwn, type SystemUser } from './user.ts';

/** The folder of the engine inside the home; made when it is missing. */
export function engineFolder(home: string): string {
  mkdirSync(home, { recursive: true });
  const folder = join(realpathSync(home), 'postgres');
  mkdirSync(folder, { recursive: true });
  // Whom Postgres runs as must pass; the files in it are closed one by one.
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * Where the data are, or shall be: `data` in the engine's folder. Where the user cannot get there (root with a home of
 * mode 0700), `data` is a link to a folder outside that is named after the home.
 */
export function dataFolder(
  folder: string,
  user: SystemUser | undefined,
  o: { outside: () => string; nowMs: number; log: Log },
): string {
  const data = join(folder, 'data');
  const there = lstatSync(data, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && existsSync(data)) return realpathSync(data);
  if (there && user && !canReach(folder, user)) {
    throw refuse(
      'will-not-start',
      `Postgres may not run as root, and the user it runs as cannot get to ${data}. Allow all to pass the folders ` +
        'above it (chmod o+x), or choose another folder with PANDO_HOME.',
    );
  }
  if (there && !there.isSymbolicLink()) return data;
  if (!user || canReach(folder, user)) return data;

  const away = join(o.outside(), `home-${sha256Hex(folder).slice(0, 16)}`);
  if (existsSync(away)) {
    // The home was thrown away and made anew; what belonged to the old one is no longer meant, but not ours to delete.
    const aside = `${away}.left-${o.nowMs}`;
    renameSync(away, aside);
    o.log.warn(
      { folder: aside },
      'data of an earlier home at the same path were set aside; delete them if you like',
    );
  }
  mkdirSync(away);
  chmodSync(away, 0o755);
  if (!there) symlinkSync(join(away, 'data'), data);
  return join(away, 'data');
}

/** A folder that everybody can get to and only root can change, for what an ordinary user must reach when we are root. */
export function outsideFolder(user: SystemUser): string {
  const candidates = ['/var/lib/pando', join(tmpdir(), 'pando'), '/tmp/pando'];
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true });
      if (!isRootsOwn(folder)) continue;
      chmodSync(folder, 0o755);
      if (canReach(folder, user)) return folder;
    } catch {
      // Not writable here; the next one may be.
    }
  }
  throw refuse(
    'will-not-start',
    `Postgres may not run as root, and none of ${candidates.join(', ')} can hold its data for another user. ` +
      'Start Pando as an ordinary user, or choose a folder that all can pass with PANDO_HOME.',
  );
}
