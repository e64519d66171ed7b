import type { Tx } from '#platform/postgres';
import type { Grown } from './append.ts';
import type { LogRow } from './sql.ts';

/** A log in which there is something to do, or may be. */
export interface WorkRow {
  workspace_id: number;
  id: number;
  name: string;
  size: number;
  /** Null before the first checkpoint. */
  signed: number | null;
  pending: boolean;
  totals_at: Date | null;
  held: boolean;
}

export async function readWork(tx: Tx): Promise<WorkRow[]> {
  return tx.query<WorkRow>(
    `select l.workspace_id, l.id, l.name, l.size, l.totals_at, l.held is not null as held,
            (select max(c.size) from transparency_checkpoints c
              where c.workspace_id = l.workspace_id and c.log_id = l.id) as signed,
            exists (select from transparency_pending p
                     where p.workspace_id = l.workspace_id and p.log_id = l.id) as pending
       from transparency_logs l order by 1, 2`,
    [],
    'transparency.readWork',
  );
}

/** Whoever holds the row numbers; undefined while another process does. */
export async function lockLog(tx: Tx, workspaceId: number, logId: number): Promise<LogRow | undefined> {
  const [row] = await tx.query<LogRow>(
    `select workspace_id, id, name, origin, size, totals_index, totals_at, held from transparency_logs
      where workspace_id = $1 and id = $2 for update skip locked`,
    [workspaceId, logId],
    'transparency.lockLog',
  );
  return row;
}

/** Resolves when nobody holds the row. */
export async function waitForLog(tx: Tx, workspaceId: number, logId: number): Promise<void> {
  await tx.query('select from transparency_logs where workspace_id = $1 and id = $2 for update', [
    workspaceId,
    logId,
  ]);
}

/** The rest of the transaction sees one moment. Before any other statement. */
export async function holdMoment(tx: Tx): Promise<void> {
  await tx.query('set transaction isolation level repeatable read');
}

/** Takes the next leaves out of the queue, those with the lowest ids; they come in one value, in the order of `ids`. */
export async function takePending(
  tx: Tx,
  workspaceId: number,
  logId: number,
  o: { after: number; most: number },
): Promise<{ ids: number[]; leaves: Buffer }> {
  const [row] = await tx.query<{ ids: number[] | null; leaves: Buffer | null }>(
    `with last as (
       select max(id) as id from (
         select id from transparency_pending where workspace_id = $1 and log_id = $2 and id > $3
          order by id limit $4) n),
     taken as (
       delete from transparency_pending
        where workspace_id = $1 and log_id = $2 and id > $3 and id <= (select id from last)
       returning id, leaf)
     select array_agg(id) as ids, string_agg(leaf, ''::bytea) as leaves from taken`,
    [workspaceId, logId, o.after, o.most],
    'transparency.takePending',
  );
  return { ids: row?.ids ?? [], leaves: row?.leaves ?? Buffer.alloc(0) };
}

/** The last bundle, where the size ends within one. */
export async function readBundle(
  tx: Tx,
  workspaceId: number,
  logId: number,
  n: number,
): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ entries: Buffer }>(
    'select entries from transparency_bundles where workspace_id = $1 and log_id = $2 and n = $3',
    [workspaceId, logId, n],
    'transparency.readBundle',
  );
  return row?.entries;
}

export interface TileRow {
  level: number;
  n: number;
  hashes: Buffer;
}

export async function readTiles(
  tx: Tx,
  workspaceId: number,
  logId: number,
  tiles: readonly { level: number; n: number }[],
): Promise<TileRow[]> {
  if (tiles.length === 0) return [];
  return tx.query<TileRow>(
    `select t.level, t.n, t.hashes from unnest($3::smallint[], $4::bigint[]) as w (level, n)
       join transparency_tiles t on t.workspace_id = $1 and t.log_id = $2 and t.level = w.level and t.n = w.n`,
    [workspaceId, logId, tiles.map(({ level }) => level), tiles.map(({ n }) => n)],
    'transparency.readTiles',
  );
}

/** Writes what an append adds, and where each of the ids stands: the first of them at the size before. */
export async function writeGrown(
  tx: Tx,
  workspaceId: number,
  logId: number,
  o: { grown: Grown; ids: readonly number[]; firstIndex: number },
): Promise<void> {
  const { bundles, tiles, size } = o.grown;
  await tx.query(
    `insert into transparency_bundles (workspace_id, log_id, n, width, entries)
     select $1, $2, * from unnest($3::bigint[], $4::smallint[], $5::bytea[])
     on conflict (workspace_id, log_id, n) do update set width = excluded.width, entries = excluded.entries`,
    [workspaceId, logId, bundles.map((b) => b.n), bundles.map((b) => b.width), bundles.map((b) => b.entries)],
    'transparency.writeBundles',
  );
  if (tiles.length > 0) {
    await tx.query(
      `insert into transparency_tiles (workspace_id, log_id, level, n, hashes)
       select $1, $2, * from unnest($3::smallint[], $4::bigint[], $5::bytea[])
       on conflict (workspace_id, log_id, level, n) do update set hashes = excluded.hashes`,
      [workspaceId, logId, tiles.map((t) => t.level), tiles.map((t) => t.n), tiles.map((t) => t.hashes)],
      'transparency.writeTiles',
    );
  }
  const places = placesOf(o.ids, o.firstIndex);
  if (places.size > 0) {
    await tx.query(
      `insert into transparency_places as t (workspace_id, log_id, bucket, pairs)
       select $1, $2, p.bucket, p.pairs::bigint[] from unnest($3::bigint[], $4::text[]) as p (bucket, pairs)
       on conflict (workspace_id, log_id, bucket) do update set pairs = t.pairs || excluded.pairs`,
      [workspaceId, logId, [...places.keys()], [...places.values()].map((pairs) => `{${pairs.join(',')}}`)],
      'transparency.writePlaces',
    );
  }
  await tx.query(
    'update transparency_logs set size = $3 where workspace_id = $1 and id = $2',
    [workspaceId, logId, size],
    'transparency.writeSize',
  );
}

/** Pairs of id and index by the bucket of the id. */
function placesOf(ids: readonly number[], firstIndex: number): Map<number, number[]> {
  const places = new Map<number, number[]>();
  ids.forEach((id, i) => {
    const bucket = Math.floor(id / 256);
    const pairs = places.get(bucket);
    if (pairs) pairs.push(id, firstIndex + i);
    else places.set(bucket, [id, firstIndex + i]);
  });
  return places;
}

export async function updateTotals(
  tx: Tx,
  workspaceId: number,
  logId: number,
  o: { index: number; at: Date },
): Promise<void> {
  await tx.query(
    'update transparency_logs set totals_index = $3, totals_at = $4 where workspace_id = $1 and id = $2',
    [workspaceId, logId, o.index, o.at],
  );
}

export interface KeyRow {
  number: number;
  public_key: Buffer;
  sealed_key: Buffer;
  retired_at: Date | null;
}

/** Those that sign, the oldest first. */
export async function readKeys(tx: Tx, workspaceId: number, logId: number): Promise<KeyRow[]> {
  return tx.query<KeyRow>(
    `select number, public_key, sealed_key, retired_at from transparency_keys
      where workspace_id = $1 and log_id = $2 and retired_at is null order by number`,
    [workspaceId, logId],
    'transparency.readKeys',
  );
}

export interface CheckpointRow {
  size: number;
  root: Buffer;
  note: string;
  at: Date;
}

export async function insertCheckpoint(
  tx: Tx,
  workspaceId: number,
  logId: number,
  c: { size: number; root: Uint8Array; note: string; at: Date; kept: boolean },
): Promise<void> {
  await tx.query(
    `insert into transparency_checkpoints (workspace_id, log_id, size, root, note, at, kept)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [workspaceId, logId, c.size, c.root, c.note, c.at, c.kept],
    'transparency.insertCheckpoint',
  );
}

export async function readCheckpoint(
  tx: Tx,
  workspaceId: number,
  logId: number,
): Promise<CheckpointRow | undefined> {
  const [row] = await tx.query<CheckpointRow>(
    `select size, root, note, at from transparency_checkpoints where workspace_id = $1 and log_id = $2
      order by size desc limit 1`,
    [workspaceId, logId],
    'transparency.readCheckpoint',
  );
  return row;
}

/** Removes those between the newest and the kept ones that are older: two sizes, whichever, can still be compared by the tiles. */
export async function deleteOldCheckpoints(
  tx: Tx,
  workspaceId: number,
  logId: number,
  before: Date,
): Promise<void> {
  await tx.query(
    `delete from transparency_checkpoints where workspace_id = $1 and log_id = $2 and not kept and at < $3
      and size < (select max(size) from transparency_checkpoints where workspace_id = $1 and log_id = $2)`,
    [workspaceId, logId, before],
  );
}
