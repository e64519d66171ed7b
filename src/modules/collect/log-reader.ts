import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { Postgres, Tx } from '#platform/postgres';
import * as sql from './follow-sql.ts';
import type { FreshRows } from './fresh-rows.ts';
import { writtenSeq } from './writer-sql.ts';

const decompress = promisify(zstdDecompress);

/** One batch of the log; `lines` are its events, to be read with `fromRow`. */
export interface LogBatch {
  seq: number;
  lines: readonly string[];
}

/**
 * The event log for who keeps a position but takes its steps alone, in transactions of its own: what it makes of the
 * batches commits together with the position. The log keeps every batch that a registered reader has not passed.
 */
export class LogReader {
  readonly #pg: Postgres;
  readonly #freshRows: FreshRows;
  readonly #heard = new Set<(workspaceId: number) => void>();

  constructor(deps: { pg: Postgres; freshRows: FreshRows }) {
    this.#pg = deps.pg;
    this.#freshRows = deps.freshRows;
  }

  /** A new reader begins at the end of what is there; later workspaces it sees whole. */
  register(name: string): Promise<void> {
    return this.#pg.asSystem((tx) => sql.registerFollower(tx, name));
  }

  /** Called after each commit of this process. Other processes' batches are found by looking. */
  onCommit(heard: (workspaceId: number) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  tell(workspaceId: number): void {
    for (const heard of this.#heard) heard(workspaceId);
  }

  /** Workspaces in which the reader has batches before it. */
  behind(name: string): Promise<number[]> {
    return this.#pg.asSystem((tx) => sql.behind(tx, name));
  }

  /** Held until the transaction ends; null where another process is at work. */
  lockPosition(tx: Tx, workspaceId: number, name: string): Promise<number | null> {
    return sql.lockPosition(tx, workspaceId, name);
  }

  savePosition(tx: Tx, workspaceId: number, name: string, seq: number): Promise<void> {
    return sql.savePosition(tx, workspaceId, name, seq);
  }

  saveError(tx: Tx, workspaceId: number, name: string, error: string): Promise<void> {
    return sql.saveError(tx, workspaceId, name, error);
  }

  /** The next batches in order. What this process committed a moment ago is at hand without asking Postgres. */
  async after(tx: Tx, workspaceId: number, seq: number, most: number): Promise<LogBatch[]> {
    const fresh: LogBatch[] = [];
    for (let next = seq + 1; fresh.length < most; next++) {
      const rows = this.#freshRows.of([{ workspaceId, from: next - 1, to: next, events: 0 }])?.[0];
      if (!rows) break;
      fresh.push({ seq: next, lines: linesOf(rows) });
    }
    if (fresh.length > 0) return fresh;
    const batches = await sql.batchesAfter(tx, workspaceId, seq, most);
    return Promise.all(
      batches.map(async ({ seq: number, payload }) => ({
        seq: number,
        lines: linesOf(await decompress(payload)),
      })),
    );
  }

  /** Up to which batch ClickHouse has the workspace's log. */
  written(tx: Tx, workspaceId: number): Promise<number> {
    return writtenSeq(tx, workspaceId);
  }

  /** Age of the oldest batch before the reader, ms. */
  lagMs(tx: Tx, workspaceId: number, name: string): Promise<number> {
    return sql.lagOf(tx, workspaceId, name);
  }

  head(tx: Tx, workspaceId: number): Promise<number> {
    return sql.headOf(tx, workspaceId);
  }
}

function linesOf(rows: Buffer): string[] {
  return rows.length === 0 ? [] : rows.toString('utf8').slice(0, -1).split('\n');
}
