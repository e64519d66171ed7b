import type { Primitives } from './bytes.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { decodeEntries } from './entries.ts';
import type { Range } from './merkle.ts';
import { countSigners, parseNote, type VerifierKey } from './note.ts';
import { hashBytes, hashRange, tileAt, tilePath, tilesFor, tileWidth } from './tiles.ts';

/** Reads a file of a log from wherever it is; undefined where there is none. Throws when it cannot be asked for. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/** What is wrong with a checkpoint, if it cannot be believed. */
export type CheckpointFault = 'form' | 'origin' | 'signature';

/** The checkpoint that a signed note is, if one of these keys of its origin signed it. */
export function readCheckpoint(
  primitives: Primitives,
  text: string,
  keys: readonly VerifierKey[],
): Checkpoint | CheckpointFault {
  const note = parseNote(text);
  const checkpoint = note ? parseCheckpoint(note.text) : undefined;
  if (!note || !checkpoint) return 'form';
  const own = keys.filter(({ name }) => name === checkpoint.origin);
  if (own.length === 0) return 'origin';
  return countSigners(primitives, note, own) > 0 ? checkpoint : 'signature';
}

/** The hashes of ranges of an older tree, from the tiles that the log has now. Undefined where it lacks one. */
export async function hashesFromFiles(
  primitives: Pick<Primitives, 'sha256'>,
  read: ReadFile,
  o: { ranges: readonly Range[]; size: number; now: number },
): Promise<Uint8Array[] | undefined> {
  const contents = new Map<string, Uint8Array>();
  await Promise.all(
    tilesFor(o.ranges, o.size).map(async (tile) => {
      const wide = tileAt(tile.level, tile.n, o.now);
      const content = wide && (await read(tilePath(wide)));
      if (wide && content?.length === wide.width * hashBytes)
        contents.set(tilePath(tile), content.subarray(0, tile.width * hashBytes));
    }),
  );
  try {
    return o.ranges.map((range) =>
      hashRange(primitives, range, o.size, (path) => {
        const content = contents.get(path);
        if (!content) throw new RangeError(path);
        return content;
      }),
    );
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An entry of a log of this size; undefined where it has none at this place. */
export async function entryFromFiles(
  read: ReadFile,
  index: number,
  size: number,
): Promise<Uint8Array | undefined> {
  const tile = tileAt('entries', Math.floor(index / tileWidth), size);
  const content = tile && (await read(tilePath(tile)));
  return content && decodeEntries(content)?.[index % tileWidth];
}
