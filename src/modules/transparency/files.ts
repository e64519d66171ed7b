import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder of files that anybody may have, each written whole or not at all. */
export interface Files {
  /** Undefined where there is none. */
  read(path: string): Promise<Buffer | undefined>;
  /** On the disk when it resolves, but for the folders that `settle` sees to. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** The folders' own entries are on the disk, too. */
  settle(): Promise<void>;
  remove(path: string): Promise<void>;
}

export function createFiles(folder: string): Files {
  const made = new Set<string>();
  const touched = new Set<string>();

  async function prepare(place: string): Promise<void> {
    if (!made.has(place)) await mkdir(place, { recursive: true });
    made.add(place);
    for (let at = place; !touched.has(at); at = dirname(at)) {
      touched.add(at);
      if (at === folder || at === dirname(at)) break;
    }
  }

  return {
    async read(path) {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(path, content) {
      const target = join(folder, path);
      await prepare(dirname(target));
      const half = `${target}.${randomUUID()}.half`;
      const file = await open(half, 'w', 0o644);
      try {
        await file.writeFile(content);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(half, target);
    },
    async settle() {
      const places = [...touched];
      touched.clear();
      await Promise.all(places.map(syncFolder));
    },
    async remove(path) {
      made.clear();
      await rm(join(folder, path), { recursive: true, force: true });
    },
  };
}

async function syncFolder(place: string): Promise<void> {
  const folder = await open(place, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
