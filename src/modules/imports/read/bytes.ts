import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { constants, createGunzip } from 'node:zlib';
import { refuse } from '../schema.ts';

/** The bytes of a file, unpacked where it is packed. */
export interface ByteSource {
  chunks: AsyncIterable<Buffer>;
  /** Bytes of the file (as it lies on the disk) that were read so far. */
  readBytes(): number;
}

const chunkBytes = 64 * 1024;

/**
 * Opens a file, and unpacks it if it begins as gzip does, whatever its name says. With `headBytes` only so much of
 * it is read, and a packed file may then end in the middle.
 */
export async function openBytes(path: string, o: { headBytes?: number } = {}): Promise<ByteSource> {
  const magic = await firstBytes(path);
  refuseArchives(magic);
  const file = createReadStream(path, {
    highWaterMark: 4 * chunkBytes,
    ...(o.headBytes === undefined ? {} : { end: o.headBytes - 1 }),
  });
  const packed = magic[0] === 0x1f && magic[1] === 0x8b;
  return {
    chunks: packed ? unpacked(file, o.headBytes !== undefined) : inPieces(file),
    readBytes: () => file.bytesRead,
  };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refuseArchives(magic: Buffer): void {
  const head = magic.toString('latin1');
  if (head.startsWith('PK')) {
    throw refuse(
      'unreadable-file',
      'This is an Excel workbook or a ZIP archive. Save the sheet as CSV, or unpack the archive, and import that.',
    );
  }
  if (head.startsWith('\xd0\xcf\x11\xe0')) {
    throw refuse('unreadable-file', 'This is an old Excel workbook. Save the sheet as CSV and import that.');
  }
  if (head.startsWith('PAR1')) {
    throw refuse(
      'unreadable-file',
      'This is a Parquet file. Export it as CSV or JSON lines and import that.',
    );
  }
}

async function* inPieces(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of file) {
    // Small pieces, so that nobody else waits long while one is worked on.
    for (let at = 0; at < chunk.length; at += chunkBytes) yield chunk.subarray(at, at + chunkBytes);
  }
}

async function* unpacked(file: ReturnType<typeof createReadStream>, partly: boolean): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({
    chunkSize: chunkBytes,
    ...(partly ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
  });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) {
      throw refuse(
        'unreadable-file',
        'The file begins as gzip and cannot be unpacked: it is damaged or was cut off. Make it anew.',
      );
    }
    throw error;
  } finally {
    file.destroy();
  }
}
