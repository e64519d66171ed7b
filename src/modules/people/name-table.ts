import { randomInt } from 'node:crypto';

/** What is asked for is not in the table. */
const nowhere = -1;

/**
 * Names with a row each: 0, 1, 2 and so on, in the order in which they were added. Open addressing over arrays of numbers:
 * hundreds of thousands of names as strings, each with an object beside it, would be most of what the garbage collector has
 * to go past each time.
 */
export class NameTable {
  size = 0;
  /** Differs from table to table, so that nobody can send names that all fall into one place. */
  readonly #seed = randomInt(2 ** 32);
  /** The row + 1 that lies here; 0 where none does. */
  #slots = new Int32Array(128);
  /** By row: the hash, and where the name ends in `text`; it begins where the one before ends. */
  #hashes = new Int32Array(64);
  #ends = new Uint32Array(64);
  /** UTF-16, as strings are, so that names are the same exactly when their strings are. */
  #text = new Uint16Array(1024);

  /** The row of a name, -1 where it has none. */
  find(name: string): number {
    const hash = this.#hashOf(name);
    return (this.#slots[this.#slotOf(name, hash)] as number) - 1;
  }

  /** The row of a name, which is the next one where it has none yet. */
  add(name: string): number {
    const hash = this.#hashOf(name);
    const slot = this.#slotOf(name, hash);
    const known = (this.#slots[slot] as number) - 1;
    if (known !== nowhere) return known;
    const row = this.size++;
    if (row === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, new Int32Array(row * 2));
      this.#ends = grown(this.#ends, new Uint32Array(row * 2));
    }
    const from = this.#startOf(row);
    while (from + name.length > this.#text.length)
      this.#text = grown(this.#text, new Uint16Array(this.#text.length * 2));
    for (let i = 0; i < name.length; i++) this.#text[from + i] = name.charCodeAt(i);
    this.#hashes[row] = hash;
    this.#ends[row] = from + name.length;
    this.#slots[slot] = row + 1;
    if (this.size * 2 > this.#slots.length) this.#spread();
    return row;
  }

  /** FNV-1a, finished as MurmurHash3 does. */
  #hashOf(name: string): number {
    let h = this.#seed;
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }

  /** Where the name lies, or would. */
  #slotOf(name: string, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] as number) - 1;
      if (row === nowhere || (this.#hashes[row] === hash && this.#isAt(row, name))) return slot;
    }
  }

  #isAt(row: number, name: string): boolean {
    const from = this.#startOf(row);
    if ((this.#ends[row] as number) - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#text[from + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] as number);
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.size; row++) {
      let slot = (this.#hashes[row] as number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}

/** `into`, with what stands in `from` at its beginning. */
export function grown<A extends { set(from: A): void }>(from: A, into: A): A {
  into.set(from);
  return into;
}
