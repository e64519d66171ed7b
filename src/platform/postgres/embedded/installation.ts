import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '#platform/ids';
import { findBinaries, reachableBinaries } from './binaries.ts';
import { dataFolder, outsideFolder } from './place.ts';
import { engineUser, type SystemUser } from './user.ts';

export const SUPERUSER = 'pando';
export const DATABASE = 'pando';

/** Where everything of one embedded server is, and whom it runs as. */
export interface Installation {
  /** In the home: the password, the claim, and the data or a link to them. */
  folder: string;
  data: string;
  /** Holds bin, lib and share. */
  native: string;
  /** Only when we are root. */
  user: SystemUser | undefined;
  /** Unique to the data folder, and in the title of each of its processes. */
  clusterName: string;
  /** Nothing waits for the disk: what it holds is lost with the machine, though not with the process. */
  throwaway: boolean;
}

export function findInstallation(folder: string, throwaway = false): Installation {
  const user = ownerOf(join(folder, 'data')) ?? engineUser();
  const outside = () => (user ? outsideFolder(user) : folder);
  const native = reachableBinaries(findBinaries(), user, outside);
  const data = dataFolder(folder, user, outside);
  return { folder, data, native, user, clusterName: `pando-${sha256Hex(data).slice(0, 16)}`, throwaway };
}

// Postgres runs only as the owner of its data: root goes on with what an ordinary user began.
function ownerOf(data: string): SystemUser | undefined {
  if (process.getuid?.() !== 0 || !existsSync(data)) return undefined;
  const { uid, gid } = statSync(data);
  return uid === 0 ? undefined : { uid, gid };
}

/** How Postgres' programs are started: as the right user, and with nothing from our environment. */
export function childOptions(at: Installation) {
  return {
    // Ours may be one that the other user must not enter.
    cwd: dirname(at.data),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(at.user ?? {}),
  };
}
