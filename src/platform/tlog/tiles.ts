import type { Primitives } from './bytes.ts';
import { emptyRoot, foldNodes, type Node, nodeHash, nodesOf, type Range } from './merkle.ts';

// C2SP tlog-tiles: the tree in files of at most 256 hashes, eight heights apart.

export const tileWidth = 256;
export const hashBytes = 32;
const tileHeight = 8;

/** Hashes of one level, or (level 'entries') the entries themselves; narrower than 256 at the right edge only. */
export interface Tile {
  level: number | 'entries';
  n: number;
  width: number;
}

/** `tile/0/x001/x234/067`, with `.p/W` for a partial one. */
export function tilePath({ level, n, width }: Tile): string {
  const digits = String(n);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  const index = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/');
  return `tile/${level}/${index}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** Undefined for a path that names no tile, or not in the one way in which it is to be named. */
export function parseTilePath(path: string): Tile | undefined {
  const found = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (!found) return undefined;
  const level = found[1] === 'entries' ? 'entries' : Number(found[1]);
  const n = Number((found[2] ?? '').replace(/[x/]/g, ''));
  const width = found[3] === undefined ? tileWidth : Number(found[3]);
  const tile: Tile = { level, n, width };
  const isPossible = (level === 'entries' || level < 64) && width > 0 && Number.isSafeInteger(n);
  return isPossible && tilePath(tile) === path ? tile : undefined;
}

/** How many hashes a level has in a tree of this size. */
export function levelSize(level: number | 'entries', size: number): number {
  return level === 'entries' ? size : Math.floor(size / tileWidth ** level);
}

/** A tile as it is in a tree of this size; undefined where the tree does not reach. */
export function tileAt(level: number | 'entries', n: number, size: number): Tile | undefined {
  const width = Math.min(levelSize(level, size) - n * tileWidth, tileWidth);
  return width > 0 ? { level, n, width } : undefined;
}

/** The tiles that are new or wider in a tree of the size `to` than they were in one of the size `from`. */
export function* tilesBetween(from: number, to: number): Generator<Tile> {
  const levels: (number | 'entries')[] = ['entries', 0];
  for (let level = 1; levelSize(level, to) > 0; level++) levels.push(level);
  for (const level of levels) {
    const before = levelSize(level, from);
    const after = levelSize(level, to);
    if (before === after) continue;
    for (let n = Math.floor(before / tileWidth); n * tileWidth < after; n++) {
      const tile = tileAt(level, n, to);
      if (tile) yield tile;
    }
  }
}

/** The tile in which a node is found, in a tree of this size. */
function tileOf({ height, index }: Node, size: number): Tile {
  const level = Math.floor(height / tileHeight);
  const first = index * 2 ** (height - level * tileHeight);
  const tile = tileAt(level, Math.floor(first / tileWidth), size);
  if (!tile) throw new RangeError('The node lies outside the tree.');
  return tile;
}

/** Every tile that is needed to know the hashes of these ranges, each once. */
export function tilesFor(ranges: readonly Range[], size: number): Tile[] {
  const tiles = ranges.flatMap((range) => nodesOf(range).map((node) => tileOf(node, size)));
  return [...new Map(tiles.map((tile) => [tilePath(tile), tile])).values()];
}

/** The hash at this place of a tile. */
function hashAt(tile: Uint8Array, place: number): Uint8Array {
  const hash = tile.subarray(place * hashBytes, (place + 1) * hashBytes);
  if (hash.length !== hashBytes) throw new RangeError('The tile is too short.');
  return hash;
}

/** The root of the complete subtree over these hashes, whose number is a power of two. */
export function subtreeHash(
  primitives: Pick<Primitives, 'sha256'>,
  tile: Uint8Array,
  o: { place: number; count: number },
): Uint8Array {
  let hashes = Array.from({ length: o.count }, (_, i) => hashAt(tile, o.place + i));
  while (hashes.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < hashes.length; i += 2) {
      const [left, right] = [hashes[i], hashes[i + 1]];
      if (left && right) above.push(nodeHash(primitives, left, right));
    }
    hashes = above;
  }
  const [root] = hashes;
  if (!root) throw new RangeError('A subtree has at least one leaf.');
  return root;
}

/** The hash of a range of a tree of this size, from the tiles that `tilesFor` names. */
export function hashRange(
  primitives: Pick<Primitives, 'sha256'>,
  range: Range,
  size: number,
  content: (path: string) => Uint8Array,
): Uint8Array {
  if (range.from === range.to) return emptyRoot(primitives);
  const hashes = nodesOf(range).map((node) => {
    const tile = tileOf(node, size);
    const count = 2 ** (node.height % tileHeight);
    const place = node.index * count - tile.n * tileWidth;
    return subtreeHash(primitives, content(tilePath(tile)), { place, count });
  });
  return foldNodes(primitives, hashes);
}
