import {
  encodeEntries,
  hashBytes,
  hashRange,
  leafHash,
  levelSize,
  subtreeHash,
  tileAt,
  tilePath,
  tileWidth,
} from '#platform/tlog';
import { primitives } from './primitives.ts';

/** The right edge of a tree: all that an append has to know of it. */
export interface Edge {
  size: number;
  /** The entries of the last bundle while it is not full. */
  entries: readonly Uint8Array[];
  /** The hashes of the last tile of a level, from 1 on, while it is not full. */
  tiles: ReadonlyMap<number, Uint8Array>;
}

/** What an append adds: rows that are new or grew, and the root of all. */
export interface Grown {
  size: number;
  root: Uint8Array;
  bundles: { n: number; width: number; entries: Uint8Array }[];
  tiles: { level: number; n: number; hashes: Uint8Array }[];
}

/** The last tile of a level while it fills up. */
interface Filling {
  n: number;
  bytes: Uint8Array;
  /** Hashes in it. */
  width: number;
  grew: boolean;
}

/** The tree with these leaves behind the others. */
export function append(edge: Edge, leaves: readonly Uint8Array[]): Grown {
  const size = edge.size + leaves.length;
  const bundles: Grown['bundles'] = [];
  const tiles: Grown['tiles'] = [];
  const levels: Filling[] = [];

  function levelAt(level: number): Filling {
    return (levels[level] ??= {
      n: Math.floor(levelSize(level, edge.size) / tileWidth),
      ...begun(edge.tiles.get(level)),
      grew: false,
    });
  }
  function put(level: number, { n, bytes, width }: Filling): void {
    if (level > 0) tiles.push({ level, n, hashes: bytes.slice(0, width * hashBytes) });
  }
  /** A tile that is full goes out, and its root up to the next level. */
  function add(level: number, hash: Uint8Array): void {
    const tile = levelAt(level);
    tile.bytes.set(hash, tile.width * hashBytes);
    tile.width++;
    tile.grew = true;
    if (tile.width < tileWidth) return;
    put(level, tile);
    add(level + 1, subtreeHash(primitives, tile.bytes, { place: 0, count: tileWidth }));
    levels[level] = { n: tile.n + 1, ...begun(undefined), grew: false };
  }

  const bottom = levelAt(0);
  for (const entry of edge.entries) {
    bottom.bytes.set(leafHash(primitives, entry), bottom.width * hashBytes);
    bottom.width++;
  }
  let entries = [...edge.entries];
  for (const leaf of leaves) {
    const { n } = levelAt(0);
    entries.push(leaf);
    add(0, leafHash(primitives, leaf));
    if (entries.length < tileWidth) continue;
    bundles.push({ n, width: tileWidth, entries: encodeEntries(entries) });
    entries = [];
  }
  if (entries.length > 0 && leaves.length > 0)
    bundles.push({ n: levelAt(0).n, width: entries.length, entries: encodeEntries(entries) });
  // What was begun and not touched still takes part in the root.
  for (const level of edge.tiles.keys()) levelAt(level);
  levels.forEach((tile, level) => {
    if (tile.grew && tile.width > 0) put(level, tile);
  });
  return { size, root: rootOf(size, levels), bundles, tiles };
}

function begun(tile: Uint8Array | undefined): { bytes: Uint8Array; width: number } {
  const bytes = new Uint8Array(tileWidth * hashBytes);
  if (tile) bytes.set(tile);
  return { bytes, width: (tile?.length ?? 0) / hashBytes };
}

function rootOf(size: number, levels: readonly Filling[]): Uint8Array {
  const edge = new Map<string, Uint8Array>();
  levels.forEach(({ n, bytes }, level) => {
    const tile = tileAt(level, n, size);
    if (tile) edge.set(tilePath(tile), bytes);
  });
  return hashRange(primitives, { from: 0, to: size }, size, (path) => {
    const tile = edge.get(path);
    if (!tile) throw new Error(`The edge of the tree lacks ${path}.`);
    return tile;
  });
}
