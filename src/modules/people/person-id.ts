/**
 * A person's id is that of the oldest identifier: a UUIDv7 made of the millisecond the identifier was first accepted
 * and its key. So every id that was ever given out still leads to the person who has that identifier now, and a join
 * that is undone brings the old ids back.
 */
export function personId(createdAt: Date, key: number): string {
  const time = createdAt.getTime().toString(16).padStart(12, '0');
  const low = BigInt(key);
  const check = checkOf(createdAt.getTime(), key);
  const tail = ((0x2n << 62n) | low).toString(16).padStart(16, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${check.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

const shape = /^([0-9a-f]{8})-([0-9a-f]{4})-7([0-9a-f]{3})-([0-9a-f]{4})-([0-9a-f]{12})$/i;

/** The key in an id and when its identifier was first accepted (ms), or null where it is no id of ours. */
export function keyOf(id: string): { key: number; createdAtMs: number } | null {
  const match = shape.exec(id);
  if (!match) return null;
  const [, high = '', middle = '', check = '', first = '', rest = ''] = match;
  const tail = BigInt(`0x${first}${rest}`);
  if (tail >> 62n !== 0x2n) return null;
  const key = Number(tail & ((1n << 62n) - 1n));
  const createdAtMs = Number.parseInt(high + middle, 16);
  if (!Number.isSafeInteger(key) || checkOf(createdAtMs, key) !== Number.parseInt(check, 16)) return null;
  return { key, createdAtMs };
}

/** Twelve bits, so that a mistyped id is seen as such. */
function checkOf(ms: number, key: number): number {
  let h = Math.imul(ms % 4294967296, 0x9e3779b1) ^ Math.imul(key % 4294967296, 0x85ebca6b);
  h ^= Math.floor(key / 4294967296) ^ (h >>> 15);
  return (Math.imul(h, 0xc2b2ae35) >>> 20) & 0xfff;
}
