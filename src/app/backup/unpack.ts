import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { Refusal } from '#platform/refusal';
import {
  chunkSize,
  formatVersion,
  frameHead,
  type Header,
  kinds,
  magic,
  type Part,
  type PartSum,
  type Piece,
  sumBytes,
} from './format.ts';
import { PartCount } from './part-count.ts';
import { refuse } from './refusals.ts';

/** No frame is larger: neither engine hands out more at once. */
const mostInFrame = 512 * 1024 * 1024;

/**
 * What is in a backup file, piece by piece; `read` hears which share of it has gone by, from 0 to 1. A piece may be
 * given out before the damage behind it shows: only whoever has read to the end knows that the file is whole.
 */
export async function* unpack(file: string, read: (share: number) => void = () => {}): AsyncGenerator<Piece> {
  try {
    let whole = false;
    const bytes = packed(file, read, () => {
      whole = true;
    });
    yield* checked(frames(bytes));
    // The unpacking may have seen its end before the file's checksum was looked at.
    if (!whole) throw damaged('its checksum is not that of its content');
  } catch (error) {
    if (error instanceof Refusal || !isDamage(error)) throw error;
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

export interface Contents {
  header: Header;
  parts: (Part & PartSum)[];
}

/** Reads the whole file, and refuses one that is not exactly as it was written. */
export async function checkBackup(file: string, read?: (share: number) => void): Promise<Contents> {
  let header: Header | undefined;
  const parts: Contents['parts'] = [];
  for await (const piece of unpack(file, read)) {
    if (piece.kind === 'header') header = piece.header;
    if (piece.kind === 'partEnd') parts.push({ ...piece.part, ...piece.sum });
  }
  if (!header) throw damaged('it has no beginning');
  return { header, parts };
}

async function* packed(
  file: string,
  read: (share: number) => void,
  wasWhole: () => void,
): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const begin = Buffer.alloc(magic.length);
    await handle.read(begin, 0, begin.length, 0);
    if (!begin.equals(magic)) throw refuse('no-backup', `${file} was not written by pando backup.`);
    const end = size - sumBytes;
    if (end <= magic.length) throw damaged('it ends too soon');
    const written = Buffer.alloc(sumBytes);
    await handle.read(written, 0, sumBytes, end);
    const sum = createHash('sha256');
    sum.update(magic);
    let seen = magic.length;
    for await (const piece of createReadStream(file, {
      start: magic.length,
      end: end - 1,
      highWaterMark: chunkSize,
    })) {
      sum.update(piece as Buffer);
      seen += (piece as Buffer).length;
      read(seen / end);
      yield piece as Buffer;
    }
    if (!sum.digest().equals(written)) throw damaged('its checksum is not that of its content');
    wasWhole();
  } finally {
    await handle.close();
  }
}

async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<{ kind: number; content: Buffer }> {
  const unpacking = createZstdDecompress({ chunkSize });
  const piping = pipeline(Readable.from(source), unpacking);
  // Heard below, and not an unhandled rejection meanwhile.
  piping.catch(() => {});
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of unpacking as AsyncIterable<Buffer>) {
    waiting.push(piece);
    length += piece.length;
    const first = waiting[0];
    if (first && first.length < frameHead) waiting = [Buffer.concat(waiting)];
    if (length < needed(waiting)) continue;
    let buffer = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
    while (buffer.length >= needed([buffer])) {
      const end = needed([buffer]);
      yield { kind: buffer.readUInt8(), content: buffer.subarray(frameHead, end) };
      buffer = buffer.subarray(end);
    }
    waiting = buffer.length === 0 ? [] : [buffer];
    length = buffer.length;
  }
  await piping;
  if (length > 0) throw damaged('it ends in the middle of a table');
}

/** So many bytes are there when the frame at the beginning is. */
function needed([first]: readonly Buffer[]): number {
  if (!first || first.length < frameHead) return frameHead;
  const length = first.readUInt32LE(1);
  if (length > mostInFrame) throw damaged('it has a length that cannot be');
  return frameHead + length;
}

async function* checked(source: AsyncIterable<{ kind: number; content: Buffer }>): AsyncGenerator<Piece> {
  let part: Part | null = null;
  let count = new PartCount();
  let begun = false;
  let ended = false;
  const parts: (Part & PartSum)[] = [];
  for await (const { kind, content } of source) {
    if (ended || (kind === kinds.header) === begun) throw damaged('its pieces are out of order');
    if (kind === kinds.header) {
      begun = true;
      const header = JSON.parse(content.toString()) as Header;
      if (header.format !== formatVersion) {
        throw refuse(
          'other-version',
          `The backup has format ${header.format}, and this program reads ${formatVersion}. Use Pando ${header.version}.`,
        );
      }
      yield { kind: 'header', header };
    } else if (kind === kinds.part && !part) {
      part = JSON.parse(content.toString()) as Part;
      count = new PartCount();
      yield { kind: 'part', part };
    } else if (kind === kinds.data && part) {
      count.add(content);
      yield { kind: 'data', data: content };
    } else if (kind === kinds.partEnd && part) {
      const sum = count.sum();
      if (!isSame(sum, JSON.parse(content.toString()))) throw damaged(`the table ${part.table} is not whole`);
      parts.push({ ...part, ...sum });
      yield { kind: 'partEnd', part, sum };
      part = null;
    } else if (kind === kinds.end && !part) {
      ended = true;
      if (!isSame({ parts }, JSON.parse(content.toString()))) throw damaged('tables are missing');
      yield { kind: 'end' };
    } else {
      throw damaged('its pieces are out of order');
    }
  }
  if (!ended) throw damaged('it ends too soon');
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What zlib and the parser say of bytes that nobody wrote so; a disk that fails is something else. */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    error instanceof SyntaxError ||
    code.startsWith('ZSTD') ||
    code.startsWith('ERR_ZSTD') ||
    code === 'Z_BUF_ERROR'
  );
}

function damaged(how: string) {
  return refuse('damaged', `The backup is damaged (${how}): it is not used. Take another one.`);
}
