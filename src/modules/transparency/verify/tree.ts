import { leafHash, nodeHash, type Primitives, subtreeHash, type Tile, tileWidth } from '#platform/tlog';

/** A tree that grows leaf by leaf, and says what its tiles have to be: RFC 6962 from the entries alone. */
export interface GrowingTree {
  /** Resolves to the tiles that are full now, each with its content. */
  push(leaf: Uint8Array): { tile: Tile; content: Uint8Array }[];
  size(): number;
  /** Undefined without leaves. */
  root(): Uint8Array | undefined;
  /** The tiles at the edge, which are not full. */
  edge(): { tile: Tile; content: Uint8Array }[];
}

export function createTree(primitives: Pick<Primitives, 'sha256'>): GrowingTree {
  let size = 0;
  /** Complete subtrees from left to right, each smaller than the one before. */
  const peaks: { height: number; hash: Uint8Array }[] = [];
  const levels: { n: number; hashes: Uint8Array[] }[] = [];

  function climb(hash: Uint8Array): void {
    let peak = { height: 0, hash };
    for (let left = peaks.at(-1); left?.height === peak.height; left = peaks.at(-1)) {
      peaks.pop();
      peak = { height: peak.height + 1, hash: nodeHash(primitives, left.hash, peak.hash) };
    }
    peaks.push(peak);
  }

  function add(level: number, hash: Uint8Array): { tile: Tile; content: Uint8Array }[] {
    const at = (levels[level] ??= { n: 0, hashes: [] });
    at.hashes.push(hash);
    if (at.hashes.length < tileWidth) return [];
    const content = Buffer.concat(at.hashes);
    const tile = { level, n: at.n, width: tileWidth };
    levels[level] = { n: at.n + 1, hashes: [] };
    const above = subtreeHash(primitives, content, { place: 0, count: tileWidth });
    return [{ tile, content }, ...add(level + 1, above)];
  }

  return {
    push(leaf) {
      const hash = leafHash(primitives, leaf);
      size++;
      climb(hash);
      return add(0, hash);
    },
    size: () => size,
    root() {
      const [last, ...others] = peaks.map(({ hash }) => hash).reverse();
      return last && others.reduce((right, left) => nodeHash(primitives, left, right), last);
    },
    edge: () =>
      levels.flatMap(({ n, hashes }, level) =>
        hashes.length === 0
          ? []
          : [{ tile: { level, n, width: hashes.length }, content: Buffer.concat(hashes) }],
      ),
  };
}
