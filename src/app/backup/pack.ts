import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { chunkSize, frameHead, type Header, kinds, magic, type Part, type PartSum } from './format.ts';
import { PartCount } from './part-count.ts';

/** A backup file's bytes, from what goes into it. */
export async function* pack(frames: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256');
  sum.update(magic);
  yield magic;
  const packing = createZstdCompress({
    chunkSize,
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const piping = pipeline(Readable.from(frames), packing);
  // Heard below, and not an unhandled rejection meanwhile.
  piping.catch(() => {});
  for await (const piece of packing as AsyncIterable<Buffer>) {
    sum.update(piece);
    yield piece;
  }
  await piping;
  yield sum.digest();
}

export function headerFrame(header: Header): Buffer {
  return jsonFrame(kinds.header, header);
}

/** A part with all its rows; tells its sum when it is through. */
export async function* partFrames(
  part: Part,
  rows: AsyncIterable<Buffer>,
  told: (sum: PartSum) => void,
): AsyncGenerator<Buffer> {
  yield jsonFrame(kinds.part, part);
  const count = new PartCount();
  for await (const data of rows) {
    count.add(data);
    yield frame(kinds.data, data);
  }
  const sum = count.sum();
  told(sum);
  yield jsonFrame(kinds.partEnd, sum);
}

/** The list of all parts, by which a part that is not there is missed. */
export function endFrame(parts: (Part & PartSum)[]): Buffer {
  return jsonFrame(kinds.end, { parts });
}

function jsonFrame(kind: number, value: unknown): Buffer {
  return frame(kind, Buffer.from(JSON.stringify(value)));
}

function frame(kind: number, content: Buffer): Buffer {
  const head = Buffer.alloc(frameHead);
  head.writeUInt8(kind);
  head.writeUInt32LE(content.length, 1);
  return Buffer.concat([head, content]);
}
