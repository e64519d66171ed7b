import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concat,
  consistencyRanges,
  decodeEntries,
  emptyRoot,
  encodeEntries,
  hashRange,
  inclusionRanges,
  leafHash,
  levelSize,
  parseTilePath,
  provesConsistency,
  rootFromInclusion,
  tileAt,
  tilePath,
  tilesBetween,
  tilesFor,
  utf8,
} from './index.ts';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const primitives = { sha256 };
const runs = Number(process.env.PANDO_TLOG_RUNS ?? 60);

/** RFC 6962, section 2.1, as it is written there. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  const [only] = leaves;
  if (leaves.length === 1 && only) return sha256(concat(Uint8Array.of(0), only));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(concat(Uint8Array.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k))));
}

const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => utf8(`leaf ${i}`));

/** The tiles of a tree of this size, by their paths. */
function tilesOf(leaves: readonly Uint8Array[], size: number): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const tile of tilesBetween(0, size)) {
    if (tile.level === 'entries') continue;
    const span = 256 ** tile.level;
    const hashes = Array.from({ length: tile.width }, (_, i) => {
      const first = (tile.n * 256 + i) * span;
      return mth(leaves.slice(first, first + span));
    });
    files.set(tilePath(tile), concat(...hashes));
  }
  return files;
}

function world(size: number) {
  const leaves = leavesOf(size);
  const files = tilesOf(leaves, size);
  const content = (path: string) => files.get(path) ?? expect.unreachable(`${path} is not there`);
  return {
    leaves,
    hashesOf: (ranges: ReturnType<typeof inclusionRanges>) =>
      ranges.map((r) => hashRange(primitives, r, size, content)),
  };
}

describe('the tree from tiles', () => {
  test.each([1, 2, 3, 255, 256, 257, 511, 512, 513, 1000])('of %i leaves has the root of the RFC', (size) => {
    const { leaves, hashesOf } = world(size);
    expect(hashesOf([{ from: 0, to: size }])).toEqual([mth(leaves)]);
  });

  test('without leaves it is the hash of nothing', () => {
    expect(emptyRoot(primitives)).toEqual(mth([]));
    expect([...tilesBetween(0, 0)]).toEqual([]);
  });

  test('every inclusion proof leads to the root, and to no root for another leaf, place or size', () => {
    const place = fc
      .integer({ min: 1, max: 700 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
    fc.assert(
      fc.property(place, ([size, index]) => {
        const { leaves, hashesOf } = world(size);
        const root = mth(leaves);
        const hashes = hashesOf(inclusionRanges(index, size));
        const of = (o: object) =>
          rootFromInclusion(primitives, {
            leafHash: leafHash(primitives, leaves[index] ?? utf8('')),
            index,
            size,
            hashes,
            ...o,
          });
        expect(of({})).toEqual(root);
        expect(of({ leafHash: leafHash(primitives, utf8('another')) })).not.toEqual(root);
        expect(of({ hashes: [...hashes, root] })).toBeUndefined();
        expect(of({ index: size })).toBeUndefined();
        if (size > 1) expect(of({ index: (index + 1) % size })).not.toEqual(root);
        if (hashes.length > 0) expect(of({ hashes: hashes.slice(1) })).not.toEqual(root);
      }),
      { numRuns: runs },
    );
  });

  test('every consistency proof holds, and none for a tree that is not its continuation', () => {
    const sizes = fc
      .integer({ min: 1, max: 700 })
      .chain((to) => fc.tuple(fc.integer({ min: 0, max: to }), fc.constant(to)));
    fc.assert(
      fc.property(sizes, ([from, to]) => {
        const { leaves, hashesOf } = world(to);
        const hashes = hashesOf(consistencyRanges(from, to));
        const given = { from, to, fromRoot: mth(leaves.slice(0, from)), toRoot: mth(leaves), hashes };
        expect(provesConsistency(primitives, given)).toBe(true);
        const forked = [...leaves.slice(0, -1), utf8('another')];
        if (from === to)
          expect(provesConsistency(primitives, { ...given, fromRoot: mth(forked) })).toBe(false);
        else if (from > 0) {
          expect(provesConsistency(primitives, { ...given, toRoot: mth(forked) })).toBe(false);
          expect(provesConsistency(primitives, { ...given, fromRoot: sha256(utf8('another')) })).toBe(false);
        }
        expect(provesConsistency(primitives, { ...given, hashes: [...hashes, given.toRoot] })).toBe(false);
      }),
      { numRuns: runs },
    );
  });
});

describe('tiles', () => {
  test('have the paths of the specification', () => {
    expect(tilePath({ level: 0, n: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 'entries', n: 5, width: 112 })).toBe('tile/entries/005.p/112');
    for (const path of ['tile/0/x001/x234/067', 'tile/entries/005.p/112', 'tile/2/000.p/1', 'tile/63/999'])
      expect(tilePath(parseTilePath(path) ?? expect.unreachable())).toBe(path);
    for (const path of [
      'tile/0/5',
      'tile/0/x000/005',
      'tile/00/005',
      'tile/64/005',
      'tile/0/005.p/0',
      'tile/0/005.p/256',
      'tile/0/005.p/07',
      'tile/x/005',
      'tile/0/../005',
    ])
      expect(parseTilePath(path), path).toBeUndefined();
  });

  test('are as many as the specification counts for 70,000 leaves', () => {
    const tiles = [...tilesBetween(0, 70_000)];
    const told = (level: number) => {
      const of = tiles.filter((tile) => tile.level === level);
      return [of.filter(({ width }) => width === 256).length, of.find(({ width }) => width < 256)?.width];
    };
    expect([0, 1, 2, 3].map(told)).toEqual([
      [273, 112],
      [1, 17],
      [0, 1],
      [0, undefined],
    ]);
    expect(tileAt(1, 0, 256)).toEqual({ level: 1, n: 0, width: 1 });
    expect(levelSize(1, 255)).toBe(0);
    // From one size to the next: what grew, and nothing else.
    expect([...tilesBetween(70_000, 70_001)].map(tilePath)).toEqual([
      'tile/entries/273.p/113',
      'tile/0/273.p/113',
    ]);
    expect(tilesFor([{ from: 0, to: 70_000 }], 70_000).map(tilePath)).toEqual([
      'tile/2/000.p/1',
      'tile/1/001.p/17',
      'tile/0/273.p/112',
    ]);
  });

  test('bundles keep every entry, and say when they are cut', () => {
    const entries = [utf8('one'), new Uint8Array(300), new Uint8Array()];
    const bundle = encodeEntries(entries);
    expect([...bundle.subarray(0, 2)]).toEqual([0, 3]);
    expect(decodeEntries(bundle)).toEqual(entries);
    expect(decodeEntries(bundle.subarray(0, -1))).toBeUndefined();
    expect(decodeEntries(bundle.subarray(0, 20))).toBeUndefined();
  });
});
