import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadFile } from '#platform/tlog';
import { refuse } from '../schema.ts';

const timeoutMs = 30_000;
const mostAtOnce = 8;
const mostBytes = 256 * 0x10001;

/** Reads a log's files from a folder or over http(s), as anybody could. */
export function filesAt(place: string): ReadFile {
  return /^https?:\/\//.test(place) ? overHttp(place.replace(/\/+$/, '')) : inFolder(place);
}

function inFolder(folder: string): ReadFile {
  return async (path) => {
    try {
      return await readFile(join(folder, path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  };
}

function overHttp(url: string): ReadFile {
  let free = mostAtOnce;
  const waiting: (() => void)[] = [];
  async function turn<T>(work: () => Promise<T>): Promise<T> {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }
  return (path) =>
    turn(async () => {
      let answer: Response;
      try {
        answer = await fetch(`${url}/${path}`, { signal: AbortSignal.timeout(timeoutMs) });
        if (answer.status === 404) return undefined;
        if (answer.ok) {
          const bytes = new Uint8Array(await answer.arrayBuffer());
          return bytes.length > mostBytes ? undefined : bytes;
        }
      } catch (error) {
        throw refuse('unreachable', `${url}/${path} could not be read: ${(error as Error).message}.`);
      }
      throw refuse('unreachable', `${url}/${path} answered ${answer.status}.`);
    });
}
