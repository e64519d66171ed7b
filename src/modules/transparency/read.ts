import type { Postgres, Tx } from '#platform/postgres';
import {
  concat,
  decodeEntries,
  encodeEntries,
  formatVerifierKey,
  hashBytes,
  hashRange,
  inclusionRanges,
  keyId,
  leafHash,
  type Range,
  type Tile,
  tileAt,
  tilePath,
  tilesFor,
} from '#platform/tlog';
import { primitives } from './primitives.ts';
import { readBundles, readPublicKeys } from './read-sql.ts';
import { readTiles } from './sequence-sql.ts';
import type { LogRow } from './sql.ts';

/** A log's files as they follow from its rows. */
export interface LogReader {
  /** By their paths; what the rows do not hold is left out. */
  tiles(tx: Tx, wanted: readonly Tile[]): Promise<Map<string, Uint8Array>>;
  /** The hashes of these ranges of the tree of this size. */
  hashes(tx: Tx, ranges: readonly Range[], size: number): Promise<Uint8Array[]>;
}

/** Reads a log of the transaction's workspace. */
export function readerOf(log: Pick<LogRow, 'workspace_id' | 'id'>): LogReader {
  async function tiles(tx: Tx, wanted: readonly Tile[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const low = wanted.filter(({ level }) => level === 'entries' || level === 0);
    const bundles = new Map(
      (await readBundles(tx, log.workspace_id, log.id, [...new Set(low.map(({ n }) => n))])).map((row) => [
        row.n,
        decodeEntries(row.entries) ?? [],
      ]),
    );
    for (const tile of low) {
      const entries = bundles.get(tile.n)?.slice(0, tile.width);
      if (entries?.length !== tile.width) continue;
      const content =
        tile.level === 0
          ? concat(...entries.map((entry) => leafHash(primitives, entry)))
          : encodeEntries(entries);
      found.set(tilePath(tile), content);
    }
    const high = wanted.flatMap(({ level, n, width }) =>
      level === 'entries' || level === 0 ? [] : [{ level, n, width }],
    );
    const rows = await readTiles(tx, log.workspace_id, log.id, high);
    for (const tile of high) {
      const row = rows.find(({ level, n }) => level === tile.level && n === tile.n);
      const content = row?.hashes.subarray(0, tile.width * hashBytes);
      if (content?.length === tile.width * hashBytes) found.set(tilePath(tile), content);
    }
    return found;
  }

  return {
    tiles,
    async hashes(tx, ranges, size) {
      const found = await tiles(tx, tilesFor(ranges, size));
      const content = (path: string) => {
        const tile = found.get(path);
        if (!tile) throw new Error(`The log ${log.id} lacks ${path}.`);
        return tile;
      };
      return ranges.map((range) => hashRange(primitives, range, size, content));
    },
  };
}

/** One leaf and the way from it to the root of the tree of this size. */
export async function proveInclusion(
  tx: Tx,
  log: Pick<LogRow, 'workspace_id' | 'id'>,
  o: { index: number; size: number },
): Promise<{ leaf: Uint8Array; hashes: Uint8Array[] }> {
  const reader = readerOf(log);
  const bundle = tileAt('entries', Math.floor(o.index / 256), o.size);
  const found = bundle ? await reader.tiles(tx, [bundle]) : undefined;
  const entries =
    bundle && found ? decodeEntries(found.get(tilePath(bundle)) ?? new Uint8Array()) : undefined;
  const leaf = entries?.[o.index % 256];
  if (!leaf) throw new Error(`The log ${log.id} lacks its entry ${o.index}.`);
  return { leaf, hashes: await reader.hashes(tx, inclusionRanges(o.index, o.size), o.size) };
}

/** Every public key the log has had, a line each; first those that sign now. */
export async function verifierKeys(pg: Postgres, log: LogRow): Promise<string> {
  const keys = await pg.inWorkspace(log.workspace_id, (tx) => readPublicKeys(tx, log.workspace_id, log.id));
  const inOrder = [...keys.filter((one) => !one.retired_at), ...keys.filter((one) => one.retired_at)];
  const { origin: name } = log;
  return inOrder
    .map(
      ({ public_key: key }) => `${formatVerifierKey({ name, keyId: keyId(primitives, name, key), key })}\n`,
    )
    .join('');
}
