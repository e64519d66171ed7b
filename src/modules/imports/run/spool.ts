import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/**
 * Rows on their way to being put together: spread over files by the hash of their key, so that equal keys lie in the
 * same file and a file fits into memory, whatever the size of all of them. Rows of a file keep their order. What fits
 * into the buffers never touches the disk.
 */
export interface Spool {
  add(key: string, row: SpooledRow): void;
  /** Bytes in one of the files. */
  bytes(part: number): number;
  read(part: number): Iterable<SpooledRow>;
  /** Forgets one file. */
  drop(part: number): void;
  remove(): void;
}

export interface SpooledRow {
  line: number;
  raw: string;
}

export const parts = 64;
const bufferBytes = 32 * 1024;
const pieceBytes = 256 * 1024;

/** `level` makes keys that share a file at one level part at the next. */
export function createSpool(folder: string, level: number): Spool {
  const spool = Array.from({ length: parts }, (_, part) => createPart(join(folder, String(part))));
  let made = false;
  return {
    add(key, row) {
      if (!made) {
        mkdirSync(folder, { recursive: true });
        made = true;
      }
      spool[hashOf(key, level) % parts]?.add(row);
    },
    bytes: (part) => spool[part]?.bytes() ?? 0,
    read: (part) => spool[part]?.read() ?? [],
    drop: (part) => spool[part]?.drop(),
    remove() {
      for (const part of spool) part.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createPart(path: string) {
  let buffer: Buffer | null = null;
  let used = 0;
  let written = 0;

  function flush(): void {
    if (used === 0 || !buffer) return;
    append(buffer.subarray(0, used));
    used = 0;
  }

  function append(bytes: Buffer): void {
    // Opened for each write, because 64 files a level stay open otherwise.
    const file = openSync(path, written === 0 ? 'w' : 'a');
    try {
      writeSync(file, bytes);
    } finally {
      closeSync(file);
    }
    written += bytes.length;
  }

  /** The text of the file and of the buffer behind it. */
  function* pieces(): Generator<string> {
    if (written > 0) {
      const decoder = new StringDecoder('utf8');
      const bytes = Buffer.allocUnsafe(pieceBytes);
      const file = openSync(path, 'r');
      try {
        for (let n = readSync(file, bytes); n > 0; n = readSync(file, bytes))
          yield decoder.write(bytes.subarray(0, n));
      } finally {
        closeSync(file);
      }
    }
    if (buffer) yield buffer.toString('utf8', 0, used);
  }

  return {
    add({ line, raw }: SpooledRow): void {
      buffer ??= Buffer.allocUnsafe(bufferBytes);
      // A UTF-16 unit takes at most three bytes of UTF-8; before the text stand its line and its length.
      const longest = raw.length * 3 + 40;
      if (longest > bufferBytes - used) flush();
      const text = `${line} ${raw.length} ${raw}\n`;
      if (longest > bufferBytes) append(Buffer.from(text));
      else used += buffer.write(text, used);
    },
    bytes: () => written + used,
    *read(): Generator<SpooledRow> {
      let rest = '';
      for (const text of pieces()) rest = yield* parse(rest + text);
    },
    drop(): void {
      buffer = null;
      used = 0;
      if (written > 0) rmSync(path, { force: true });
      written = 0;
    },
  };
}

/** Yields the rows that are whole; returns the rest of the text. */
function* parse(text: string): Generator<SpooledRow, string> {
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.indexOf(' ', at);
    const lengthEnd = text.indexOf(' ', lineEnd + 1);
    if (lineEnd < 0 || lengthEnd < 0) break;
    const end = lengthEnd + 1 + Number(text.slice(lineEnd + 1, lengthEnd));
    if (end >= text.length) break;
    yield { line: Number(text.slice(at, lineEnd)), raw: text.slice(lengthEnd + 1, end) };
    at = end + 1;
  }
  return text.slice(at);
}

/** FNV-1a with a final mix, because its low bits alone are weak. */
function hashOf(text: string, level: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(level + 1, 0x9e3779b9);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
