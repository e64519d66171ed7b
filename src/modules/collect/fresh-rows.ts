import type { BufferPool } from './buffer-pool.ts';
import type { Range } from './writer-sql.ts';

const keepBytes = 64 * 1024 * 1024;

interface Entry {
  rows: Buffer;
  /** What `rows` is a part of. */
  memory: Buffer;
}

/**
 * The rows of the newest batches that this process has committed, so that they need not be read from the log again.
 * Only so many are kept: while ClickHouse is away, and where another process does the writing, the oldest are let go.
 */
export class FreshRows {
  readonly #pool: BufferPool;
  /** Oldest first. */
  readonly #batches = new Map<string, Entry>();
  #bytes = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Takes the memory over. */
  put(workspaceId: number, seq: number, rows: Buffer, memory: Buffer): void {
    this.#batches.set(`${workspaceId}.${seq}`, { rows, memory });
    this.#bytes += memory.length;
    for (const [name, oldest] of this.#batches) {
      if (this.#bytes <= keepBytes) break;
      // Not back into the pool: an insert may be on its way with them.
      this.#batches.delete(name);
      this.#bytes -= oldest.memory.length;
    }
  }

  /** Every batch of the ranges in order; null where one of them is not here. */
  of(ranges: readonly Range[]): Buffer[] | null {
    const found: Buffer[] = [];
    for (const { workspaceId, from, to } of ranges) {
      for (let seq = from + 1; seq <= to; seq++) {
        const entry = this.#batches.get(`${workspaceId}.${seq}`);
        if (!entry) return null;
        found.push(entry.rows);
      }
    }
    return found;
  }

  /** They are in ClickHouse, and nobody here reads them any more. */
  drop(ranges: readonly Range[]): void {
    for (const { workspaceId, from, to } of ranges) {
      for (let seq = from + 1; seq <= to; seq++) {
        const name = `${workspaceId}.${seq}`;
        const entry = this.#batches.get(name);
        if (!entry) continue;
        this.#batches.delete(name);
        this.#bytes -= entry.memory.length;
        this.#pool.giveBack(entry.memory);
      }
    }
  }
}
