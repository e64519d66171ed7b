import { concat, equal, type Primitives } from './bytes.ts';

// The tree of RFC 6962, section 2.1, over SHA-256. Sizes are numbers: no shift operators, which end at 32 bits.

/** Leaves `from` to before `to`. */
export interface Range {
  from: number;
  to: number;
}

/** The root of a complete subtree: of the leaves index * 2^height to (index + 1) * 2^height. */
export interface Node {
  height: number;
  index: number;
}

type Sha256 = Pick<Primitives, 'sha256'>;
const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export function leafHash({ sha256 }: Sha256, leaf: Uint8Array): Uint8Array {
  return sha256(concat(leafPrefix, leaf));
}

export function nodeHash({ sha256 }: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(nodePrefix, left, right));
}

export function emptyRoot({ sha256 }: Sha256): Uint8Array {
  return sha256(new Uint8Array());
}

/** The largest power of two below n, for n > 1. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** What an inclusion proof consists of, the leaf's sibling first (section 2.1.1). */
export function inclusionRanges(index: number, size: number): Range[] {
  const walk = (from: number, to: number): Range[] => {
    if (to - from === 1) return [];
    const middle = from + splitOf(to - from);
    return index < middle
      ? [...walk(from, middle), { from: middle, to }]
      : [...walk(middle, to), { from, to: middle }];
  };
  return walk(0, size);
}

/** What a consistency proof between two sizes consists of (section 2.1.2). */
export function consistencyRanges(old: number, size: number): Range[] {
  const walk = (from: number, to: number, known: boolean): Range[] => {
    if (old === to) return known ? [] : [{ from, to }];
    const middle = from + splitOf(to - from);
    return old <= middle
      ? [...walk(from, middle, known), { from: middle, to }]
      : [...walk(middle, to, false), { from, to: middle }];
  };
  return old === 0 || old === size ? [] : walk(0, size, true);
}

/** The complete subtrees that make up a range of a proof, the largest first. */
export function nodesOf({ from, to }: Range): Node[] {
  const nodes: Node[] = [];
  for (let at = from; at < to; ) {
    let [height, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      height++;
    }
    nodes.push({ height, index: at / width });
    at += width;
  }
  return nodes;
}

/** The hash of a range from those of its nodes, in the order of `nodesOf`. */
export function foldNodes(primitives: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(primitives, left, right));
}

const half = (n: number) => Math.floor(n / 2);

/** The root that a proof leads to (RFC 9162, section 2.1.3.2); undefined when the proof has not the right form. */
export function rootFromInclusion(
  primitives: Sha256,
  o: { leafHash: Uint8Array; index: number; size: number; hashes: readonly Uint8Array[] },
): Uint8Array | undefined {
  if (o.index < 0 || o.index >= o.size) return undefined;
  let [place, last] = [o.index, o.size - 1];
  let root = o.leafHash;
  for (const hash of o.hashes) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      root = nodeHash(primitives, hash, root);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else root = nodeHash(primitives, root, hash);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** Whether the tree of the size `to` begins with that of the size `from` (RFC 9162, section 2.1.4.2). */
export function provesConsistency(
  primitives: Sha256,
  o: { from: number; to: number; fromRoot: Uint8Array; toRoot: Uint8Array; hashes: readonly Uint8Array[] },
): boolean {
  if (o.from > o.to || o.from < 0) return false;
  if (o.from === o.to) return o.hashes.length === 0 && equal(o.fromRoot, o.toRoot);
  if (o.from === 0) return o.hashes.length === 0 && equal(o.fromRoot, emptyRoot(primitives));
  let [place, last] = [o.from - 1, o.to - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  // Where the old tree is one complete subtree, its root stands for itself.
  const path = place === 0 ? [o.fromRoot, ...o.hashes] : [...o.hashes];
  const first = path.shift();
  if (!first) return false;
  let [older, newer] = [first, first];
  for (const hash of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      older = nodeHash(primitives, hash, older);
      newer = nodeHash(primitives, hash, newer);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else newer = nodeHash(primitives, newer, hash);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(older, o.fromRoot) && equal(newer, o.toRoot);
}
