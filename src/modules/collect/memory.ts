/** Sets of 64-bit hashes in typed arrays: what message ids are remembered by. */

/** A growing set of 64-bit hashes, open addressing; 8 bytes an entry at a load of at most one half. */
export class HashSet {
  size = 0;
  #slots: Uint32Array;
  #mask: number;

  constructor(capacity = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1) * 2));
    this.#slots = new Uint32Array(slots * 2);
    this.#mask = slots - 1;
  }

  has(high: number, low: number): boolean {
    return this.#slots[this.#find(high, low) * 2 + 1] !== 0;
  }

  /** False where it was there already. */
  add(high: number, low: number): boolean {
    const at = this.#find(high, low);
    if (this.#slots[at * 2 + 1] !== 0) return false;
    this.#slots[at * 2] = high;
    this.#slots[at * 2 + 1] = low | (low === 0 ? 1 : 0);
    if (++this.size * 2 > this.#mask) this.#grow();
    return true;
  }

  #find(high: number, lowAsSent: number): number {
    // An empty slot is one whose low half is 0; a hash whose low half is 0 is remembered as 1.
    const low = lowAsSent === 0 ? 1 : lowAsSent;
    let at = (high ^ Math.imul(low, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const there = this.#slots[at * 2 + 1];
      if (there === 0 || (there === low >>> 0 && this.#slots[at * 2] === high >>> 0)) return at;
      at = (at + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at + 1] as number;
      if (low === 0) continue;
      const to = this.#find(old[at] as number, low);
      this.#slots[to * 2] = old[at] as number;
      this.#slots[to * 2 + 1] = low;
    }
  }
}

const bitsAnId = 14;
const probes = 8;

/**
 * A blocked Bloom filter: the eight bits of a hash lie in one 64-byte line. About 14 bits an id give at most
 * two false alarms in a thousand, and a false alarm only costs a look at a page.
 * (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007.)
 */
export class Bloom {
  readonly bits: Uint32Array;
  readonly #blocks: number;

  constructor(source: number | Uint8Array) {
    if (typeof source === 'number') {
      this.#blocks = Math.max(1, Math.ceil((source * bitsAnId) / 512));
      this.bits = new Uint32Array(this.#blocks * 16);
    } else {
      const copy = new Uint8Array(source);
      this.bits = new Uint32Array(copy.buffer, 0, copy.byteLength >>> 2);
      this.#blocks = this.bits.length / 16;
    }
  }

  add(high: number, low: number): void {
    const block = (Math.floor(((high >>> 0) / 4294967296) * this.#blocks) | 0) * 16;
    let h = low >>> 0;
    for (let i = 0; i < probes; i++) {
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + high;
      const bit = (h >>> 20) & 511;
      const word = block + (bit >>> 5);
      this.bits[word] = (this.bits[word] as number) | (1 << (bit & 31));
    }
  }

  has(high: number, low: number): boolean {
    const block = (Math.floor(((high >>> 0) / 4294967296) * this.#blocks) | 0) * 16;
    let h = low >>> 0;
    for (let i = 0; i < probes; i++) {
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + high;
      const bit = (h >>> 20) & 511;
      if (((this.bits[block + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  bytes(): Buffer {
    return Buffer.from(this.bits.buffer, this.bits.byteOffset, this.bits.byteLength);
  }
}
