import { hash } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import { Bloom, HashSet } from './memory.ts';
import { loadRuns } from './run-sql.ts';
import type { Run } from './runs.ts';
import { lookUp } from './runs.ts';
import * as sql from './sql.ts';

/** 8 bytes a message, as they stand in the log. */
export const hashBytes = 8;

/** Writes the hash of a message: by source and message id alone, since a retry may carry another time. */
export function packId(sourceId: number, messageId: string, into: Buffer, at: number): void {
  into.write(hash('md5', `${sourceId}\0${messageId}`, 'binary'), at, hashBytes, 'latin1');
}

/**
 * Which message ids of a workspace were seen. The log is the truth: the newest ids are remembered in memory as the
 * log's batches give them, older ones lie in runs whose filters are in memory. It is brought up to the log's head
 * inside the transaction that holds the head, so that what another node or a process before us accepted is known.
 */
export class IdMemory {
  readonly #workspaceId: number;
  /** Newest last; each knows up to which batch it has seen. */
  #recent: { upTo: number; ids: HashSet }[] = [];
  #runs: Run[] = [];
  #seen = -1;
  #folded = -1;
  #runsVersion = -1;

  constructor(workspaceId: number) {
    this.#workspaceId = workspaceId;
  }

  get recentSize(): number {
    let size = 0;
    for (const { ids } of this.#recent) size += ids.size;
    return size;
  }

  /** Learns what was appended or folded since, by whomever. */
  async catchUp(tx: Tx, head: sql.Head): Promise<void> {
    if (head.runsVersion !== this.#runsVersion) {
      const known = new Map(this.#runs.map((run) => [run.run, run]));
      const now = new Set(await sql.runIds(tx, this.#workspaceId));
      const fresh = await loadRuns(tx, this.#workspaceId, [...known.keys()]);
      this.#runs = [
        ...this.#runs.filter((run) => now.has(run.run)),
        ...fresh.map((row) => ({ ...row, filter: new Bloom(row.filter) })),
      ];
      this.#runsVersion = head.runsVersion;
    }
    if (head.folded !== this.#folded) {
      this.#recent = this.#recent.filter((part) => part.upTo > head.folded);
      this.#folded = head.folded;
    }
    let from = Math.max(this.#seen, head.folded);
    while (from < head.head) {
      const rows = await sql.idsAfter(tx, this.#workspaceId, from, 500);
      if (rows.length === 0) break;
      for (const row of rows) {
        this.#learn(row.ids, row.seq);
        this.#learn(row.kept_ids, row.seq);
        from = row.seq;
      }
    }
    this.#seen = head.head;
  }

  #learn(packed: Buffer, seq: number): void {
    let part = this.#recent.at(-1);
    if (!part) this.#recent.push((part = { upTo: seq, ids: new HashSet() }));
    for (let at = 0; at < packed.length; at += hashBytes) {
      part.ids.add(packed.readUInt32LE(at), packed.readUInt32LE(at + 4));
    }
    part.upTo = seq;
  }

  /**
   * For each of the packed hashes whether it was seen before, or stands twice in here (then from the second on).
   */
  async known(tx: Tx, packed: Buffer): Promise<Uint8Array> {
    const count = packed.length / hashBytes;
    const seen = new Uint8Array(count);
    const within = new HashSet(count);
    const suspects: { hash: bigint; runs: number[]; at: number }[] = [];
    for (let i = 0; i < count; i++) {
      const first = packed.readUInt32LE(i * hashBytes);
      const second = packed.readUInt32LE(i * hashBytes + 4);
      if (!within.add(first, second) || this.#recent.some(({ ids }) => ids.has(first, second))) {
        seen[i] = 1;
        continue;
      }
      let runs: number[] | undefined;
      for (const run of this.#runs) {
        if (!run.filter.has(first, second)) continue;
        if (runs) runs.push(run.run);
        else runs = [run.run];
      }
      if (runs) suspects.push({ hash: packed.readBigInt64LE(i * hashBytes), runs, at: i });
    }
    if (suspects.length > 0) {
      const found = await lookUp(tx, this.#workspaceId, suspects);
      for (const { hash, at } of suspects) if (found.has(hash)) seen[at] = 1;
    }
    return seen;
  }

  /** Call once the batch is committed. */
  remember(packed: readonly Buffer[], seq: number): void {
    if (seq !== this.#seen + 1) {
      this.forget();
      return;
    }
    for (const ids of packed) this.#learn(ids, seq);
    this.#seen = seq;
  }

  /** From here on new ids go into a part of their own, so that a fold can let go of the older part as a whole. */
  startPart(): void {
    if ((this.#recent.at(-1)?.ids.size ?? 0) > 0) this.#recent.push({ upTo: this.#seen, ids: new HashSet() });
  }

  /** What is remembered may not be what was committed: read it anew. */
  forget(): void {
    this.#recent = [];
    this.#runs = [];
    this.#seen = -1;
    this.#folded = -1;
    this.#runsVersion = -1;
  }
}
