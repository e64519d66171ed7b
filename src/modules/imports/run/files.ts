import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Disk } from '#platform/disk';

/** The files of imports under way, in a folder of the home; each is removed when its import ends. */
export interface Files {
  /** Where the file of an import lies. */
  path(id: string): string;
  lookupPath(id: string, name: string): string;
  /** A folder for rows on their way. */
  spool(id: string): string;
  has(id: string): Promise<boolean>;
  /** Writes what comes, durably; throws the disk's refusal before it is full. */
  receive(path: string, stream: Readable): Promise<{ bytes: number; sha256: string }>;
  remove(id: string): Promise<void>;
  /** Removes what is older than `beforeMs` and belongs to no import in `keep`; tells how much. */
  sweep(keep: ReadonlySet<string>, beforeMs: number): Promise<number>;
}

export function createFiles(home: string, disk: Pick<Disk, 'refusal'>): Files {
  const folder = join(home, 'imports');

  return {
    path: (id) => join(folder, `${id}.file`),
    lookupPath: (id, name) => join(folder, `${id}.lookup-${name}`),
    spool: (id) => join(folder, `${id}.rows`),
    async has(id) {
      const found = await stat(join(folder, `${id}.file`)).catch(() => null);
      return found?.isFile() ?? false;
    },
    async receive(path, stream) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const sha256 = createHash('sha256');
      let bytes = 0;
      async function* watched(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of source) {
          const refusal = disk.refusal();
          if (refusal) throw refusal;
          sha256.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      }
      await pipeline(stream, watched, createWriteStream(path, { mode: 0o600 }));
      const file = await open(path, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      return { bytes, sha256: sha256.digest('hex') };
    },
    async remove(id) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        if (name.startsWith(`${id}.`)) await rm(join(folder, name), { recursive: true, force: true });
      }
    },
    async sweep(keep, beforeMs) {
      let removed = 0;
      for (const name of await readdir(folder).catch(() => [])) {
        if (keep.has(name.split('.')[0] ?? '')) continue;
        const found = await stat(join(folder, name)).catch(() => null);
        // One that is being received has no import yet.
        if (!found || found.mtimeMs > beforeMs) continue;
        await rm(join(folder, name), { recursive: true, force: true });
        removed++;
      }
      return removed;
    },
  };
}
