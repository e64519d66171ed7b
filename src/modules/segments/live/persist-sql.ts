import type { Tx } from '#platform/postgres';

export interface RunnerRow {
  round: number;
  set_version: number;
  evaluated_ms: number;
  backfill_from: number | null;
  context_hash: string | null;
  /** Another process has it. */
  taken: boolean;
}

/** Makes the workspace's row where there is none; null where another process is in the middle of a round. */
export async function lockRunner(tx: Tx, workspaceId: number, owner: string): Promise<RunnerRow | null> {
  const read = () =>
    tx.query<RunnerRow>(
      `select round, set_version, evaluated_ms, backfill_from, context_hash,
              coalesce(owner <> $2::uuid and lease_until > now(), false) as taken
         from segment_runners where workspace_id = $1 for update skip locked`,
      [workspaceId, owner],
      'segments.lockRunner',
    );
  const [row] = await read();
  if (row) return row;
  await tx.query('insert into segment_runners (workspace_id) values ($1) on conflict do nothing', [
    workspaceId,
  ]);
  return (await read())[0] ?? null;
}

export async function saveRunner(
  tx: Tx,
  workspaceId: number,
  r: { round: number; evaluatedMs: number; backfillFrom: number | null; owner: string; leaseMs: number },
): Promise<void> {
  await tx.query(
    `update segment_runners set round = $2, evaluated_ms = $3, backfill_from = $4, owner = $5, error = null,
            lease_until = now() + $6 * interval '1 millisecond' where workspace_id = $1`,
    [workspaceId, r.round, r.evaluatedMs, r.backfillFrom, r.owner, r.leaseMs],
    'segments.saveRunner',
  );
}

export async function renewLease(tx: Tx, workspaceId: number, owner: string, leaseMs: number): Promise<void> {
  await tx.query(
    "update segment_runners set owner = $2, lease_until = now() + $3 * interval '1 millisecond' where workspace_id = $1",
    [workspaceId, owner, leaseMs],
    'segments.renewLease',
  );
}

export async function saveContextHash(tx: Tx, workspaceId: number, hash: string): Promise<void> {
  await tx.query('update segment_runners set context_hash = $2 where workspace_id = $1', [workspaceId, hash]);
}

export async function saveRunnerError(tx: Tx, workspaceId: number, error: string): Promise<void> {
  await tx.query('update segment_runners set error = $2 where workspace_id = $1', [
    workspaceId,
    error.slice(0, 1000),
  ]);
}

/** What is to be evaluated has changed; the runner takes it up at its next round. */
export async function raiseSetVersion(tx: Tx, workspaceId: number): Promise<void> {
  await tx.query(
    `insert into segment_runners (workspace_id, set_version) values ($1, 1)
     on conflict (workspace_id) do update set set_version = segment_runners.set_version + 1`,
    [workspaceId],
  );
}

/** Who may go on after a process that ended well need not wait for its lease. */
export async function releaseRunners(tx: Tx, owner: string): Promise<void> {
  await tx.query('update segment_runners set owner = null, lease_until = null where owner = $1', [owner]);
}

/** Adds what was carried of a round to the sizes of its hour; what was of an edition before the live one is no size. */
export async function addSizes(
  tx: Tx,
  workspaceId: number,
  hour: number,
  sizes: readonly { segmentId: number; edition: number; entered: number; gone: number }[],
): Promise<void> {
  const list = (pick: (one: (typeof sizes)[number]) => number) => `{${sizes.map(pick).join(',')}}`;
  await tx.query(
    `with live as materialized (
       select id, edition from segments where workspace_id = $1 and id = any($3::int[]) order by id for share),
     n as (
       select l.s, sum(l.e) as e, sum(l.g) as g, sum(case when live.edition = l.d then l.e - l.g else 0 end) as d
         from unnest($3::int[], $4::int[], $5::int[], $6::int[]) as l(s, d, e, g) join live on live.id = l.s
        group by l.s),
     there as (
       update segment_sizes z set size = z.size + n.d, entered = z.entered + n.e, gone = z.gone + n.g
         from n where z.workspace_id = $1 and z.segment_id = n.s and z.hour = to_timestamp($2)
       returning z.segment_id)
     insert into segment_sizes (workspace_id, segment_id, hour, size, entered, gone)
     select $1, n.s, to_timestamp($2), n.d + coalesce((
              select size from segment_sizes p where p.workspace_id = $1 and p.segment_id = n.s
               order by hour desc limit 1), 0), n.e, n.g
       from n where n.s not in (select segment_id from there)`,
    [
      workspaceId,
      hour,
      list((one) => one.segmentId),
      list((one) => one.edition),
      list((one) => one.entered),
      list((one) => one.gone),
    ],
    'segments.addSizes',
  );
}

export async function setSize(
  tx: Tx,
  workspaceId: number,
  segmentId: number,
  nowMs: number,
  size: number,
): Promise<void> {
  await tx.query(
    `insert into segment_sizes (workspace_id, segment_id, hour, size)
     values ($1, $2, date_trunc('hour', to_timestamp($3 / 1000.0)), $4)
     on conflict (workspace_id, segment_id, hour) do update set size = excluded.size`,
    [workspaceId, segmentId, nowMs, size],
  );
}

export interface Stored {
  edition: number;
  person: number;
  is_in: boolean;
  since_ms: number;
  until_ms: number;
  version: number;
}

export interface EditionRow {
  id: number;
  segment_id: number;
  rule: unknown;
  state: 'waiting' | 'filling' | 'live' | 'old';
  version: number | null;
  error: string | null;
}

export async function aliveEditions(tx: Tx, workspaceId: number): Promise<EditionRow[]> {
  return tx.query<EditionRow>(
    `select id, segment_id, rule, state, version, error from segment_editions
      where workspace_id = $1 and state <> 'old' order by id`,
    [workspaceId],
  );
}

/** What all rules stand on has changed: each is filled anew, and switched over when that is complete. */
export async function renewAll(tx: Tx, workspaceId: number, now: Date): Promise<void> {
  await tx.query(
    `with new as (
       insert into segment_editions (workspace_id, segment_id, rule, state, created_at)
       select $1, id, rule, 'waiting', $2 from segments
        where workspace_id = $1 and archived_at is null and next_edition is null
       returning id, segment_id)
     update segments s set next_edition = new.id from new where s.workspace_id = $1 and s.id = new.segment_id`,
    [workspaceId, now],
  );
}

/** A fill that was broken off begins again as an edition of its own, so that nothing of it is left. */
export async function renewFilling(tx: Tx, workspaceId: number, now: Date): Promise<void> {
  await tx.query(
    `with old as (
       update segment_editions set state = 'old' where workspace_id = $1 and state = 'filling'
       returning id, segment_id, rule),
     new as (
       insert into segment_editions (workspace_id, segment_id, rule, state, created_at)
       select $1, segment_id, rule, 'waiting', $2 from old returning id, segment_id)
     update segments s set next_edition = new.id from new where s.workspace_id = $1 and s.id = new.segment_id`,
    [workspaceId, now],
  );
}

export async function beginFilling(
  tx: Tx,
  workspaceId: number,
  editions: readonly number[],
  o: { position: number; nowMs: number; version: number },
): Promise<void> {
  await tx.query(
    `update segment_editions set state = 'filling', position = $3, at_ms = $4, version = $5
      where workspace_id = $1 and id = any($2::int[])`,
    [workspaceId, editions, o.position, o.nowMs, o.version],
  );
}

export async function saveProgress(
  tx: Tx,
  workspaceId: number,
  editions: readonly number[],
  progress: number,
): Promise<void> {
  await tx.query(
    'update segment_editions set progress = $3 where workspace_id = $1 and id = any($2::int[])',
    [workspaceId, editions, progress],
  );
}

export async function saveEditionError(
  tx: Tx,
  workspaceId: number,
  edition: number,
  error: string | null,
): Promise<void> {
  await tx.query('update segment_editions set error = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    edition,
    error?.slice(0, 1000) ?? null,
  ]);
}

/** The filled edition is the segment's from now on; its number before, or null. False where it was overtaken by an edit. */
export async function switchOver(tx: Tx, workspaceId: number, edition: number): Promise<boolean> {
  const [done] = await tx.query<{ before: number | null }>(
    `update segments s set edition = $2, next_edition = null
       from (select id, edition from segments where workspace_id = $1 and next_edition = $2 for update) b
      where s.workspace_id = $1 and s.id = b.id returning b.edition as before`,
    [workspaceId, edition],
  );
  if (!done) return false;
  await tx.query(
    `update segment_editions set state = case when id = $2 then 'live' else 'old' end, progress = 1
      where workspace_id = $1 and (id = $2 or id = $3)`,
    [workspaceId, edition, done.before],
  );
  return true;
}

export async function hasEditions(tx: Tx, workspaceId: number): Promise<boolean> {
  const rows = await tx.query(
    "select 1 from segment_editions where workspace_id = $1 and state <> 'old' limit 1",
    [workspaceId],
    'segments.hasEditions',
  );
  return rows.length > 0;
}

/** Those that have segments: leases are to be kept, edits found, and time goes on. */
export async function workspacesToLookAt(tx: Tx): Promise<number[]> {
  const rows = await tx.query<{ workspace_id: number }>(
    "select distinct workspace_id from segment_editions where state <> 'old'",
    [],
    'segments.workspacesToLookAt',
  );
  return rows.map((row) => row.workspace_id);
}

/** Those that nobody reads any more. */
export async function oldEditions(tx: Tx, workspaceId: number): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    "select id from segment_editions where workspace_id = $1 and state = 'old'",
    [workspaceId],
  );
  return rows.map((row) => row.id);
}

export async function deleteEditions(
  tx: Tx,
  workspaceId: number,
  editions: readonly number[],
): Promise<void> {
  await tx.query('delete from segment_editions where workspace_id = $1 and id = any($2::int[])', [
    workspaceId,
    editions,
  ]);
}
