import type { Entry } from '../rule/index.ts';

/** Entries of the batches that ClickHouse may not have yet, for who is loaded from there. */
export class Ring {
  readonly #batches: { seq: number; keys: number[]; entries: Entry[] }[] = [];
  entries = 0;

  push(seq: number, keys: number[], entries: Entry[]): void {
    if (entries.length === 0) return;
    this.#batches.push({ seq, keys, entries });
    this.entries += entries.length;
  }

  /** ClickHouse has everything up to this batch. */
  drop(upTo: number): void {
    let gone = 0;
    for (const batch of this.#batches) {
      if (batch.seq > upTo) break;
      gone++;
      this.entries -= batch.entries.length;
    }
    this.#batches.splice(0, gone);
  }

  /** Calls with each entry of these identifiers that came after the batch, in order. */
  after(seq: number, keys: ReadonlyMap<number, unknown>, call: (key: number, entry: Entry) => void): void {
    for (const batch of this.#batches) {
      if (batch.seq <= seq) continue;
      batch.keys.forEach((key, i) => {
        if (keys.has(key)) call(key, batch.entries[i] as Entry);
      });
    }
  }
}
