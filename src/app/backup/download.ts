import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sumBytes } from './format.ts';
import { refuse } from './refusals.ts';

/**
 * Writes a backup as it arrives. The file has its name only when it is whole and on disk; it can be read by nobody else.
 */
export async function saveBackup(
  source: AsyncIterable<Uint8Array>,
  file: string,
  o: { force: boolean; wrote(bytes: number): void },
): Promise<number> {
  refuseExisting(file, o.force);
  const partial = `${file}.partial`;
  await rm(partial, { force: true });
  const handle = await open(partial, 'wx', 0o600);
  try {
    const sum = createHash('sha256');
    let bytes = 0;
    let last = Buffer.alloc(0);
    for await (const piece of source) {
      await handle.writeFile(piece);
      bytes += piece.length;
      const both = Buffer.concat([last, piece]);
      const end = Math.max(0, both.length - sumBytes);
      sum.update(both.subarray(0, end));
      last = both.subarray(end);
      o.wrote(bytes);
    }
    if (!sum.digest().equals(last))
      throw refuse('damaged', 'The backup broke off. Look into the log, and try again.');
    await handle.sync();
    await handle.close();
    refuseExisting(file, o.force);
    await rename(partial, file);
    await syncFolder(dirname(file));
    return bytes;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

export function refuseExisting(file: string, force: boolean): void {
  if (!force && existsSync(file)) {
    throw refuse('file-exists', `${file} exists. Choose another name, or overwrite it with --force.`);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
