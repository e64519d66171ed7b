import type { Tx } from '#platform/postgres';

export interface SegmentRow {
  id: number;
  uuid: string;
  name: string;
  description: string;
  rule: unknown;
  edition: number | null;
  next_edition: number | null;
  created_at: Date;
  updated_at: Date;
  archived_at: Date | null;
  proof: unknown;
  size: number;
  progress: number | null;
  error: string | null;
}

const shown = `s.id, s.uuid, s.name, s.description, s.rule, s.edition, s.next_edition, s.created_at, s.updated_at,
  s.archived_at, s.proof,
  coalesce((select size from segment_sizes z where z.workspace_id = s.workspace_id and z.segment_id = s.id
             order by hour desc limit 1), 0) as size,
  n.progress, coalesce(n.error, e.error) as error`;
const joined = `segments s
  left join segment_editions e on e.workspace_id = s.workspace_id and e.id = s.edition
  left join segment_editions n on n.workspace_id = s.workspace_id and n.id = s.next_edition`;

export async function listSegments(tx: Tx, workspaceId: number, archived: boolean): Promise<SegmentRow[]> {
  return tx.query<SegmentRow>(
    `select ${shown} from ${joined} where s.workspace_id = $1 and (s.archived_at is not null) = $2 order by s.id`,
    [workspaceId, archived],
  );
}

export async function findSegment(tx: Tx, workspaceId: number, uuid: string): Promise<SegmentRow | null> {
  const [row] = await tx.query<SegmentRow>(
    `select ${shown} from ${joined} where s.workspace_id = $1 and s.uuid = $2`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

/** The ids that people know, by ours; archived ones too. */
export async function segmentIds(tx: Tx, workspaceId: number): Promise<Map<number, string>> {
  const rows = await tx.query<{ id: number; uuid: string }>(
    'select id, uuid from segments where workspace_id = $1',
    [workspaceId],
    'segments.segmentIds',
  );
  return new Map(rows.map((row) => [row.id, row.uuid]));
}

export async function insertSegment(
  tx: Tx,
  workspaceId: number,
  s: { uuid: string; name: string; description: string; rule: unknown; now: Date },
): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    `insert into segments (workspace_id, uuid, name, description, rule, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning id`,
    [workspaceId, s.uuid, s.name, s.description, JSON.stringify(s.rule), s.now],
  );
  return row?.id ?? null;
}

/** False where another segment has the name. */
export async function updateSegment(
  tx: Tx,
  workspaceId: number,
  id: number,
  s: { name: string; description: string; rule: unknown; now: Date },
): Promise<boolean> {
  const [taken] = await tx.query(
    'select 1 from segments where workspace_id = $1 and lower(name) = lower($2) and id <> $3 and archived_at is null',
    [workspaceId, s.name, id],
  );
  if (taken) return false;
  await tx.query(
    'update segments set name = $3, description = $4, rule = $5, updated_at = $6 where workspace_id = $1 and id = $2',
    [workspaceId, id, s.name, s.description, JSON.stringify(s.rule), s.now],
  );
  return true;
}

/** A new edition of the segment's rule waits to be filled; one that was on its way is given up. */
export async function insertEdition(
  tx: Tx,
  workspaceId: number,
  segmentId: number,
  rule: unknown,
  now: Date,
): Promise<void> {
  await tx.query(
    `update segment_editions set state = 'old' where workspace_id = $1 and segment_id = $2 and state in ('waiting', 'filling')`,
    [workspaceId, segmentId],
  );
  await tx.query(
    `with new as (
       insert into segment_editions (workspace_id, segment_id, rule, state, created_at)
       values ($1, $2, $3, 'waiting', $4) returning id)
     update segments set next_edition = new.id from new where workspace_id = $1 and segments.id = $2`,
    [workspaceId, segmentId, JSON.stringify(rule), now],
  );
}

export async function archiveSegment(tx: Tx, workspaceId: number, id: number, now: Date): Promise<void> {
  await tx.query(
    `update segment_editions set state = 'old' where workspace_id = $1 and segment_id = $2 and state <> 'old'`,
    [workspaceId, id],
  );
  await tx.query(
    'update segments set archived_at = $3, edition = null, next_edition = null where workspace_id = $1 and id = $2',
    [workspaceId, id, now],
  );
}

/** False where another segment has taken the name meanwhile. */
export async function restoreSegment(tx: Tx, workspaceId: number, id: number): Promise<boolean> {
  const rows = await tx.query(
    `update segments s set archived_at = null where s.workspace_id = $1 and s.id = $2 and not exists (
       select 1 from segments o where o.workspace_id = $1 and lower(o.name) = lower(s.name) and o.id <> s.id
          and o.archived_at is null) returning s.id`,
    [workspaceId, id],
  );
  return rows.length > 0;
}

export async function saveProof(tx: Tx, workspaceId: number, id: number, proof: unknown): Promise<void> {
  await tx.query('update segments set proof = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    JSON.stringify(proof),
  ]);
}

export interface SizeRow {
  hour: Date;
  size: number;
  entered: number;
  gone: number;
}

export async function sizesSince(
  tx: Tx,
  workspaceId: number,
  segmentId: number,
  since: Date,
): Promise<SizeRow[]> {
  return tx.query<SizeRow>(
    `select hour, size, entered, gone from segment_sizes
      where workspace_id = $1 and segment_id = $2 and hour >= $3 order by hour`,
    [workspaceId, segmentId, since],
  );
}

/** Of all segments, the size at the end of each hour in which it changed. */
export async function sizesOfAll(
  tx: Tx,
  workspaceId: number,
  since: Date,
): Promise<{ id: string; hour: Date; size: number }[]> {
  return tx.query(
    `select s.uuid as id, z.hour, z.size from segment_sizes z
       join segments s on s.workspace_id = z.workspace_id and s.id = z.segment_id
      where z.workspace_id = $1 and z.hour >= $2 and s.archived_at is null order by z.segment_id, z.hour`,
    [workspaceId, since],
    'segments.sizesOfAll',
  );
}

export async function runnerState(
  tx: Tx,
  workspaceId: number,
): Promise<{ evaluated_ms: number; error: string | null } | null> {
  const [row] = await tx.query<{ evaluated_ms: number; error: string | null }>(
    'select evaluated_ms, error from segment_runners where workspace_id = $1',
    [workspaceId],
  );
  return row ?? null;
}

export interface ListRow {
  id: number;
  name: string;
  keys: number;
  unmatched: number;
  created_at: Date;
  updated_at: Date;
}

export async function lists(tx: Tx, workspaceId: number): Promise<ListRow[]> {
  return tx.query<ListRow>(
    'select id, name, keys, unmatched, created_at, updated_at from segment_lists where workspace_id = $1 order by id',
    [workspaceId],
  );
}

export async function putList(
  tx: Tx,
  workspaceId: number,
  l: { name: string; unmatched: number; keys: readonly number[]; now: Date },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into segment_lists (workspace_id, name, keys, unmatched, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $5)
     on conflict (workspace_id, lower(name)) do update
       set keys = excluded.keys, unmatched = excluded.unmatched, updated_at = excluded.updated_at
     returning id`,
    [workspaceId, l.name, l.keys.length, l.unmatched, l.now],
  );
  if (!row) throw new Error('The list was not written.');
  await tx.query('delete from segment_list_keys where workspace_id = $1 and list = $2', [
    workspaceId,
    row.id,
  ]);
  await tx.query(
    'insert into segment_list_keys (workspace_id, list, key) select $1, $2, k from unnest($3::bigint[]) as t(k) on conflict do nothing',
    [workspaceId, row.id, `{${l.keys.join(',')}}`],
  );
  return row.id;
}

export async function deleteList(tx: Tx, workspaceId: number, id: number): Promise<boolean> {
  await tx.query('delete from segment_list_keys where workspace_id = $1 and list = $2', [workspaceId, id]);
  const rows = await tx.query('delete from segment_lists where workspace_id = $1 and id = $2 returning id', [
    workspaceId,
    id,
  ]);
  return rows.length > 0;
}

export async function listsOfKeys(
  tx: Tx,
  workspaceId: number,
  keys: readonly number[],
): Promise<{ list: number; key: number }[]> {
  return tx.query(
    'select list, key from segment_list_keys where workspace_id = $1 and key = any($2::bigint[])',
    [workspaceId, `{${keys.join(',')}}`],
    'segments.listsOfKeys',
  );
}

export async function removeListKeys(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<void> {
  await tx.query('delete from segment_list_keys where workspace_id = $1 and key = any($2::bigint[])', [
    workspaceId,
    `{${keys.join(',')}}`,
  ]);
}
