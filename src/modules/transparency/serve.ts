import type { Postgres } from '#platform/postgres';
import { parseTilePath, tileAt, tilePath } from '#platform/tlog';
import { readerOf } from './read.ts';
import { type CheckpointRow, readCheckpoint } from './sequence-sql.ts';
import type { LogRow } from './sql.ts';

/** A file of the log made from its rows, for a process that keeps no files. */
export async function serveFile(
  pg: Postgres,
  log: LogRow,
  path: string,
  totals: (signed: CheckpointRow) => Promise<string | undefined>,
): Promise<Uint8Array | null> {
  const signed = await pg.inWorkspace(log.workspace_id, (tx) => readCheckpoint(tx, log.workspace_id, log.id));
  if (!signed) return null;
  if (path === 'checkpoint') return Buffer.from(signed.note);
  if (path === 'totals') {
    const text = await totals(signed);
    return text === undefined ? null : Buffer.from(text);
  }
  const tile = parseTilePath(path);
  const widest = tile ? tileAt(tile.level, tile.n, signed.size) : undefined;
  if (!tile || !widest || tile.width > widest.width) return null;
  const found = await pg.inWorkspace(log.workspace_id, (tx) => readerOf(log).tiles(tx, [tile]));
  return found.get(tilePath(tile)) ?? null;
}
