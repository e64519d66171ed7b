const smallest = 64 * 1024;
const largest = 8 * 1024 * 1024;

/**
 * Memory that is used again and again. V8 looks through its whole heap whenever so much was allocated outside it;
 * fresh buffers for every request would make it do so several times a second under load.
 */
export class BufferPool {
  readonly #free = new Map<number, Buffer[]>();
  readonly #keepBytes: number;
  #kept = 0;

  /** Of what is given back, so much is kept at most. */
  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
  }

  /** With room for so many bytes or more; what stands in it is nobody's business. */
  take(bytes: number): Buffer {
    if (bytes < smallest / 2 || bytes > largest) return Buffer.allocUnsafe(bytes);
    const size = Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes)));
    const buffer = this.#free.get(size)?.pop();
    if (!buffer) return Buffer.allocUnsafeSlow(size);
    this.#kept -= size;
    return buffer;
  }

  /** The whole of what was taken, by somebody who does not look at it any more. */
  giveBack(buffer: Buffer): void {
    const size = buffer.length;
    const isOurs = size >= smallest && size <= largest && Number.isInteger(Math.log2(size));
    if (!isOurs || this.#kept + size > this.#keepBytes) return;
    const list = this.#free.get(size);
    if (list) list.push(buffer);
    else this.#free.set(size, [buffer]);
    this.#kept += size;
  }
}
