import { createHash } from 'node:crypto';
import type { PartSum } from './format.ts';

const newline = 0x0a;

/** Rows, bytes and checksum of a part as it goes by. */
export class PartCount {
  readonly #hash = createHash('sha256');
  #rows = 0;
  #bytes = 0;

  add(data: Buffer): void {
    this.#hash.update(data);
    this.#bytes += data.length;
    // Both engines write a line end within a value as \n, so that every line is a row.
    for (let at = data.indexOf(newline); at !== -1; at = data.indexOf(newline, at + 1)) this.#rows++;
  }

  sum(): PartSum {
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
