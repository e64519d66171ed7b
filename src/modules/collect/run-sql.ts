import type { Tx } from '#platform/postgres';

export async function insertRun(
  tx: Tx,
  workspaceId: number,
  run: { kept: boolean; ids: number; newest: Date; filter: Buffer },
): Promise<number> {
  const [row] = await tx.query<{ run: number }>(
    'insert into id_runs (workspace_id, kept, ids, newest, filter) values ($1, $2, $3, $4, $5) returning run',
    [workspaceId, run.kept, run.ids, run.newest, run.filter],
  );
  if (!row) throw new Error('The run of message ids was not written.');
  return row.run;
}

export async function insertPages(
  tx: Tx,
  workspaceId: number,
  run: number,
  firstHashes: readonly string[],
  pages: readonly Buffer[],
): Promise<void> {
  await tx.query(
    'insert into id_pages (workspace_id, run, first_hash, hashes) select $1, $2, f, h from unnest($3::bigint[], $4::bytea[]) as t(f, h)',
    [workspaceId, run, firstHashes, pages],
  );
}

export interface RunRow {
  run: number;
  kept: boolean;
  ids: number;
  newest: Date;
  filter: Buffer;
}

export async function loadRuns(tx: Tx, workspaceId: number, without: readonly number[]): Promise<RunRow[]> {
  return tx.query<RunRow>(
    'select run, kept, ids, newest, filter from id_runs where workspace_id = $1 and run <> all($2::bigint[])',
    [workspaceId, without],
  );
}

export interface RunSize {
  run: number;
  kept: boolean;
  ids: number;
  newest: Date;
}

export async function runSizes(tx: Tx, workspaceId: number): Promise<RunSize[]> {
  return tx.query<RunSize>(
    'select run, kept, ids, newest from id_runs where workspace_id = $1 order by run for update',
    [workspaceId],
  );
}

/** Of each run the pages in which hashes of this range may stand. */
export async function pagesBetween(
  tx: Tx,
  workspaceId: number,
  runs: readonly number[],
  from: bigint,
  to: bigint,
): Promise<Buffer[]> {
  const rows = await tx.query<{ hashes: Buffer }>(
    `select p.hashes from unnest($2::bigint[]) as t(run) cross join lateral (
       (select hashes from id_pages where workspace_id = $1 and run = t.run and first_hash < $3
         order by first_hash desc limit 1)
       union all
       (select hashes from id_pages where workspace_id = $1 and run = t.run and first_hash between $3 and $4)) p`,
    [workspaceId, runs, from.toString(), to.toString()],
  );
  return rows.map((row) => row.hashes);
}

export async function setFilter(tx: Tx, workspaceId: number, run: number, filter: Buffer): Promise<void> {
  await tx.query('update id_runs set filter = $3 where workspace_id = $1 and run = $2', [
    workspaceId,
    run,
    filter,
  ]);
}

export async function deleteRuns(tx: Tx, workspaceId: number, runs: readonly number[]): Promise<void> {
  await tx.query('delete from id_pages where workspace_id = $1 and run = any($2::bigint[])', [
    workspaceId,
    runs,
  ]);
  await tx.query('delete from id_runs where workspace_id = $1 and run = any($2::bigint[])', [
    workspaceId,
    runs,
  ]);
}

/** Runs whose newest id is older than `before`, except those that are kept for ever. */
export async function expiredRuns(tx: Tx, workspaceId: number, before: Date): Promise<number[]> {
  const rows = await tx.query<{ run: number }>(
    'select run from id_runs where workspace_id = $1 and not kept and newest < $2',
    [workspaceId, before],
  );
  return rows.map((row) => row.run);
}

/** The one page of a run in which a hash would stand. */
export async function findPages(
  tx: Tx,
  workspaceId: number,
  pairs: readonly { hash: bigint; run: number }[],
): Promise<{ hash: bigint; page: Buffer }[]> {
  const rows = await tx.query<{ hash: string; page: Buffer }>(
    `select t.h::text as hash, p.hashes as page
       from unnest($2::bigint[], $3::bigint[]) as t(h, r)
      cross join lateral (
        select hashes from id_pages
         where workspace_id = $1 and run = t.r and first_hash <= t.h order by first_hash desc limit 1) p`,
    [workspaceId, pairs.map((pair) => pair.hash.toString()), pairs.map((pair) => pair.run)],
    'collect.findPages',
  );
  return rows.map((row) => ({ hash: BigInt(row.hash), page: row.page }));
}
