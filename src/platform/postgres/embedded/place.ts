import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { secret } from '#platform/ids';
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
 * mode 0700), `data` is a link to a folder outside.
 */
export function dataFolder(folder: string, user: SystemUser | undefined, outside: () => string): string {
  const data = join(folder, 'data');
  const there = lstatSync(data, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) return followLink(data);
  if (!user || canReach(folder, user)) return data;
  if (there) {
    throw refuse(
      'will-not-start',
      `Postgres may not run as root, and the user it runs as cannot get to ${data}. Allow all to pass the folders ` +
        'above it (chmod o+x), or choose another folder with PANDO_HOME.',
    );
  }
  const away = join(outside(), `home-${secret('', 8)}`);
  mkdirSync(away);
  chmodSync(away, 0o755);
  // For whoever finds it there when the home has long been deleted.
  writeFileSync(join(away, 'belongs-to'), `${folder}\n`);
  symlinkSync(join(away, 'data'), data);
  return join(away, 'data');
}

function followLink(link: string): string {
  const target = readlinkSync(link);
  // The data themselves are missing when the first start was killed before they were made.
  if (existsSync(target)) return realpathSync(target);
  if (existsSync(dirname(target))) return target;
  throw refuse(
    'will-not-start',
    `The data of the embedded Postgres are not where the link ${link} says, in ${target}. Put them back there, or ` +
      'delete the link to begin anew.',
  );
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
