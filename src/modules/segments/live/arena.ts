/** Where a block lies: which chunk, and where in it. */
export interface Block {
  readonly chunk: ArrayBuffer;
  readonly offset: number;
}

const chunkBytes = 1 << 20;
const grain = 32;
/** Larger ones have a chunk of their own. */
const largestShared = chunkBytes / 4;
/** Sizes grow by an eighth, so that what one lets go fits others. */
const steps = 8;

/**
 * Blocks of bytes, cut out of few large ones. A garbage collector that marks what lives goes past millions of small objects one
 * by one, but past a chunk at once. Addresses are numbers, for tables of numbers; those of blocks begin at multiples of 32.
 */
export class Arena {
  readonly #chunks: (ArrayBuffer | null)[] = [];
  /** Blocks that were let go, by size. */
  readonly #free = new Map<number, number[]>();
  readonly #freeChunks: number[] = [];
  #next = 0;
  #left = 0;

  /** Of all chunks, what is let go included. */
  bytes = 0;

  /** What a block for so many bytes really holds. */
  sizeFor(bytes: number): number {
    if (bytes <= grain * steps) return Math.max(grain, Math.ceil(bytes / grain) * grain);
    const step = 2 ** Math.floor(Math.log2((bytes - 1) / steps));
    return Math.ceil(bytes / step) * step;
  }

  /** `size` as `sizeFor` gave it. What stood in the block before stands there still. */
  take(size: number): number {
    const free = this.#free.get(size)?.pop();
    if (free !== undefined) return free;
    if (size > largestShared) return this.#ownChunk(size);
    if (this.#left < size) {
      this.#next = this.#add(chunkBytes) * chunkBytes;
      this.#left = chunkBytes;
    }
    const address = this.#next;
    this.#next += size;
    this.#left -= size;
    return address;
  }

  letGo(address: number, size: number): void {
    if (size > largestShared) {
      const number = address / chunkBytes;
      this.#chunks[number] = null;
      this.#freeChunks.push(number);
      this.bytes -= size;
      return;
    }
    const free = this.#free.get(size);
    if (free) free.push(address);
    else this.#free.set(size, [address]);
  }

  at(address: number): Block {
    const number = Math.floor(address / chunkBytes);
    const chunk = this.#chunks[number];
    if (!chunk) throw new RangeError(`No block lies at ${address}.`);
    return { chunk, offset: address - number * chunkBytes };
  }

  #ownChunk(size: number): number {
    return this.#add(size) * chunkBytes;
  }

  #add(size: number): number {
    const number = this.#freeChunks.pop() ?? this.#chunks.length;
    this.#chunks[number] = new ArrayBuffer(size);
    this.bytes += size;
    return number;
  }
}
