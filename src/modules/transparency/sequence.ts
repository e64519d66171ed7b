import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { clearLeaf, decodeEntries, levelSize, tileWidth } from '#platform/tlog';
import { append, type Edge, type Grown } from './append.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { Totals } from './schema.ts';
import {
  deleteOldCheckpoints,
  holdMoment,
  lockLog,
  readBundle,
  readCheckpoint,
  readTiles,
  takePending,
  updateTotals,
  writeGrown,
} from './sequence-sql.ts';
import type { LogRow } from './sql.ts';

/** The totals of a log's programme as the transaction sees them; null while there is nothing to tell. */
export type TellTotals = (tx: Tx, log: number) => Promise<Totals | null>;

interface Deps {
  pg: Postgres;
  clock: Clock;
  secret: string;
}

/** Of the log with this id of this workspace. */
export interface LogKey {
  workspaceId: number;
  logId: number;
}

export const leafBytes = 33;
const mostAtOnce = 16_384;
// A moment's totals come behind every leaf of that moment, so those have to go in at once.
const mostBeforeTotals = 200_000;
const checkpointsKeptMs = 86_400_000;

/**
 * Numbers what waits, in one transaction; null while another process does. With `sign`, the size reached is signed in
 * the same transaction, so that no checkpoint ever stands for what is not there.
 */
export async function numberPending(
  { pg, clock, secret }: Deps,
  { workspaceId, logId }: LogKey,
  o: { after: number; sign: boolean },
): Promise<{ taken: number; last: number; more: boolean } | null> {
  return pg.inWorkspace(workspaceId, async (tx) => {
    const log = await lockLog(tx, workspaceId, logId);
    if (!log) return null;
    const { ids, leaves } = await takePending(tx, workspaceId, logId, { after: o.after, most: mostAtOnce });
    const grown = await grow(tx, log, { ids, leaves: cut(leaves) });
    const signed = o.sign ? await readCheckpoint(tx, workspaceId, logId) : undefined;
    if (o.sign && signed?.size !== grown.size)
      await signCheckpoint(tx, { log, ...grown, at: clock.now(), kept: false, secret });
    return {
      taken: ids.length,
      last: ids.reduce((most, id) => Math.max(most, id), o.after),
      more: ids.length === mostAtOnce,
    };
  });
}

/**
 * Logs the totals of this moment behind every leaf that was committed by then, and before every later one; signed. So
 * what the totals count and what stands before them in the log is the same. `busy`: somebody else is numbering.
 */
export async function logTotals(
  { pg, clock, secret }: Deps,
  { workspaceId, logId }: LogKey,
  tell: TellTotals,
): Promise<'logged' | 'busy' | 'nothing'> {
  return pg.inWorkspace(workspaceId, async (tx) => {
    await holdMoment(tx);
    const log = await lockLog(tx, workspaceId, logId);
    if (!log) return 'busy';
    const totals = await tell(tx, logId);
    if (!totals) return 'nothing';
    const most = mostBeforeTotals;
    const { ids, leaves } = await takePending(tx, workspaceId, logId, { after: 0, most });
    // Too far behind: what waits goes first, in smaller steps.
    if (ids.length === most) throw new Error('The log is too far behind for its totals.');
    const at = clock.now();
    const { totals_index: previous } = log;
    const said = { ...totals, at: at.toISOString(), log: log.origin, previous, type: 'pando.totals.v1' };
    const grown = await grow(tx, log, { ids, leaves: [...cut(leaves), clearLeaf(said)] });
    await updateTotals(tx, workspaceId, logId, { index: grown.size - 1, at });
    await signCheckpoint(tx, { log, ...grown, at, kept: true, secret });
    await deleteOldCheckpoints(tx, workspaceId, logId, new Date(at.getTime() - checkpointsKeptMs));
    return 'logged';
  });
}

async function grow(
  tx: Tx,
  log: LogRow,
  o: { ids: readonly number[]; leaves: readonly Uint8Array[] },
): Promise<Grown> {
  const grown = append(await readEdge(tx, log), o.leaves);
  if (o.leaves.length > 0) {
    const { workspace_id, id, size } = log;
    await writeGrown(tx, workspace_id, id, { grown, ids: o.ids, firstIndex: size });
  }
  return grown;
}

async function readEdge(tx: Tx, { workspace_id, id, size }: LogRow): Promise<Edge> {
  const bundle =
    size % tileWidth > 0 ? await readBundle(tx, workspace_id, id, Math.floor(size / tileWidth)) : undefined;
  const wanted: { level: number; n: number }[] = [];
  for (let level = 1; levelSize(level, size) > 0; level++) {
    const hashes = levelSize(level, size);
    if (hashes % tileWidth > 0) wanted.push({ level, n: Math.floor(hashes / tileWidth) });
  }
  const tiles = await readTiles(tx, workspace_id, id, wanted);
  const entries = bundle ? decodeEntries(bundle) : [];
  if (entries?.length !== size % tileWidth || tiles.length !== wanted.length)
    throw new Error(`The log ${id} is damaged at its edge (size ${size}); nothing is added to it.`);
  return { size, entries, tiles: new Map(tiles.map(({ level, hashes }) => [level, hashes])) };
}

function cut(leaves: Uint8Array): Uint8Array[] {
  return Array.from({ length: leaves.length / leafBytes }, (_, i) =>
    leaves.subarray(i * leafBytes, (i + 1) * leafBytes),
  );
}
