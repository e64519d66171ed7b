const newline = 0x0a;
const tab = 0x09;

/** Watches TabSeparated go by: whether it ends with a line, and that line has as many cells as the first. */
export class LineWatch {
  #line: Buffer[] = [];
  #first: number | null = null;
  #last: number | null = null;

  saw(piece: Buffer): void {
    const end = piece.lastIndexOf(newline);
    if (end === -1) {
      if (piece.length > 0) this.#line.push(piece);
      return;
    }
    this.#first ??= tabs(Buffer.concat([...this.#line, piece.subarray(0, piece.indexOf(newline))]));
    const begin = end === 0 ? -1 : piece.lastIndexOf(newline, end - 1);
    const before = begin === -1 ? this.#line : [];
    this.#last = tabs(Buffer.concat([...before, piece.subarray(begin + 1, end)]));
    this.#line = end + 1 < piece.length ? [piece.subarray(end + 1)] : [];
  }

  areWhole(): boolean {
    if (this.#line.length > 0) return false;
    return this.#first === null || (this.#first > 0 && this.#first === this.#last);
  }
}

function tabs(line: Buffer): number {
  let count = 0;
  for (const byte of line) if (byte === tab) count++;
  return count;
}
