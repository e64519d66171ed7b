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

export interface Change {
  segmentId: number;
  edition: number;
  person: number;
  isIn: boolean;
  sinceMs: number;
  untilMs: number;
  /** Somebody entered or left; else only `untilMs` is new, or nobody is to be told. */
  told: boolean;
  cause: string;
}

export async function insertChanges(
  tx: Tx,
  workspaceId: number,
  version: number,
  rows: readonly Change[],
): Promise<void> {
  if (rows.length === 0) return;
  const list = (pick: (row: Change) => number) => `{${rows.map(pick).join(',')}}`;
  await tx.query(
    `insert into segment_changes
       (workspace_id, version, segment_id, edition, person, is_in, since_ms, until_ms, told, cause)
     select $1, $2, s, e, p, i, a, u, t, c
       from unnest($3::int[], $4::int[], $5::bigint[], $6::boolean[], $7::bigint[], $8::bigint[], $9::boolean[],
                   $10::text[]) as n(s, e, p, i, a, u, t, c)`,
    [
      workspaceId,
      version,
      list((row) => row.segmentId),
      list((row) => row.edition),
      list((row) => row.person),
      `{${rows.map((row) => (row.isIn ? 't' : 'f')).join(',')}}`,
      list((row) => row.sinceMs),
      list((row) => row.untilMs),
      `{${rows.map((row) => (row.told ? 't' : 'f')).join(',')}}`,
      rows.map((row) => row.cause),
    ],
    'segments.insertChanges',
  );
}

/** Adds what a round changed to the sizes of the hour. */
export async function addSizes(
  tx: Tx,
  workspaceId: number,
  nowMs: number,
  sizes: readonly { segmentId: number; entered: number; gone: number }[],
): Promise<void> {
  if (sizes.length === 0) return;
  const list = (pick: (one: (typeof sizes)[number]) => number) => `{${sizes.map(pick).join(',')}}`;
  await tx.query(
    `insert into segment_sizes as z (workspace_id, segment_id, hour, size, entered, gone)
     select $1, s, date_trunc('hour', to_timestamp($2 / 1000.0)),
            coalesce((select size from segment_sizes p where p.workspace_id = $1 and p.segment_id = s
                       order by hour desc limit 1), 0) + e - g, e, g
       from unnest($3::int[], $4::int[], $5::int[]) as n(s, e, g)
     on conflict (workspace_id, segment_id, hour) do update
       set size = z.size + excluded.entered - excluded.gone, entered = z.entered + excluded.entered,
           gone = z.gone + excluded.gone`,
    [workspaceId, nowMs, list((one) => one.segmentId), list((one) => one.entered), list((one) => one.gone)],
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

const stored = 'edition, person, is_in, since_ms, until_ms, version';

/** Changes that ClickHouse may not have yet, of these persons; the newest last. */
export async function waitingOf(tx: Tx, workspaceId: number, persons: readonly number[]): Promise<Stored[]> {
  if (persons.length === 0) return [];
  return tx.query<Stored>(
    `select c.* from unnest($2::bigint[]) as t(p) cross join lateral (
       select ${stored}, id from segment_changes where workspace_id = $1 and person = t.p order by id offset 0) c
      order by c.id`,
    [workspaceId, `{${persons.join(',')}}`],
    'segments.waitingOf',
  );
}

/** The same of an edition: of each person the newest. */
export async function waitingIn(tx: Tx, workspaceId: number, edition: number): Promise<Stored[]> {
  return tx.query<Stored>(
    `select distinct on (person) ${stored} from segment_changes
      where workspace_id = $1 and edition = $2 order by person, id desc`,
    [workspaceId, edition],
    'segments.waitingIn',
  );
}

export interface ToCarry extends Stored {
  id: number;
  segment_id: number;
  told: boolean;
  cause: string;
}

/** The oldest of all workspaces. A workspace's rows commit in the order of their numbers. */
export async function oldestChanges(tx: Tx, most: number): Promise<(ToCarry & { workspace_id: number })[]> {
  return tx.query(
    `select workspace_id, id, segment_id, told, cause, ${stored} from segment_changes order by id limit $1`,
    [most],
    'segments.oldestChanges',
  );
}

export async function deleteChanges(
  tx: Tx,
  rows: readonly { workspace_id: number; id: number }[],
): Promise<void> {
  await tx.query(
    `delete from segment_changes c using unnest($1::int[], $2::bigint[]) as t(w, i)
      where c.workspace_id = t.w and c.id = t.i`,
    [`{${rows.map((row) => row.workspace_id).join(',')}}`, `{${rows.map((row) => row.id).join(',')}}`],
    'segments.deleteChanges',
  );
}

export async function deleteChangesOf(
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
): Promise<void> {
  await tx.query('delete from segment_changes where workspace_id = $1 and person = any($2::bigint[])', [
    workspaceId,
    `{${persons.join(',')}}`,
  ]);
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

/** Those that nobody reads any more, and that nothing waits to be written of. */
export async function oldEditions(tx: Tx, workspaceId: number): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select id from segment_editions e where workspace_id = $1 and state = 'old' and not exists (
       select 1 from segment_changes c where c.workspace_id = $1 and c.edition = e.id)`,
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

/** Moments that are written down and not carried yet. */
export async function waitingMoments(
  tx: Tx,
  workspaceId: number,
): Promise<{ person: number; until_ms: number }[]> {
  return tx.query('select person, until_ms from segment_changes where workspace_id = $1 and until_ms <> 0', [
    workspaceId,
  ]);
}
