import type { Tx } from '#platform/postgres';
import type { Layout } from './read/layout.ts';
import type { Texts } from './run/texts.ts';
import type { ImportState } from './schema.ts';

export interface ImportRow {
  workspace_id: number;
  id: string;
  name: string;
  preset: string | null;
  mapping: string;
  zone: string;
  file_name: string;
  file_bytes: number;
  sha256: string;
  lookups: string[];
  dry_run: boolean;
  state: ImportState;
  runner: string | null;
  resumed: number;
  progress: number;
  rows: number;
  events: number;
  sent: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
  rejected: number;
  rejects_kept: number;
  skipped: number;
  by_event: Record<string, number>;
  skips: Record<string, number>;
  layout: Layout | null;
  sample: unknown[] | null;
  notes: string[];
  error: string | null;
  created_by: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export type NewImport = Pick<
  ImportRow,
  | 'id'
  | 'name'
  | 'preset'
  | 'mapping'
  | 'zone'
  | 'file_name'
  | 'file_bytes'
  | 'sha256'
  | 'lookups'
  | 'dry_run'
  | 'created_by'
  | 'created_at'
> & { layout: Layout; event_order: number };

const columns = `workspace_id, id, name, preset, mapping, zone, file_name, file_bytes, sha256, lookups, dry_run, state,
  runner, resumed, progress, rows, events, sent, accepted, duplicates, quarantined, withheld, rejected, rejects_kept,
  skipped, by_event, skips, layout, sample, notes, error, created_by, created_at, started_at, finished_at`;

/** Null where the same thing is under way already. */
export async function insertImport(tx: Tx, workspaceId: number, i: NewImport): Promise<ImportRow | null> {
  const [row] = await tx.query<ImportRow>(
    `insert into imports (workspace_id, id, name, preset, mapping, zone, file_name, file_bytes, sha256, lookups,
       dry_run, created_by, created_at, layout, event_order, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'waiting')
     on conflict (workspace_id, lower(name), sha256, md5(mapping), dry_run)
       where state in ('waiting', 'running') do nothing
     returning ${columns}`,
    [
      workspaceId,
      i.id,
      i.name,
      i.preset,
      i.mapping,
      i.zone,
      i.file_name,
      i.file_bytes,
      i.sha256,
      i.lookups,
      i.dry_run,
      i.created_by,
      i.created_at,
      JSON.stringify(i.layout),
      i.event_order,
    ],
  );
  return row ?? null;
}

/** The import of the same thing that is under way. */
export async function findUnderWay(
  tx: Tx,
  workspaceId: number,
  i: Pick<ImportRow, 'name' | 'sha256' | 'mapping' | 'dry_run'>,
): Promise<ImportRow | null> {
  const [row] = await tx.query<ImportRow>(
    `select ${columns} from imports
      where workspace_id = $1 and lower(name) = lower($2) and sha256 = $3 and md5(mapping) = md5($4) and dry_run = $5
        and state in ('waiting', 'running')`,
    [workspaceId, i.name, i.sha256, i.mapping, i.dry_run],
  );
  return row ?? null;
}

export async function findImport(tx: Tx, workspaceId: number, id: string): Promise<ImportRow | null> {
  const [row] = await tx.query<ImportRow>(
    `select ${columns} from imports where workspace_id = $1 and id::text = $2`,
    [workspaceId, id],
  );
  return row ?? null;
}

/** Newest first; `before` is the id of the last one of the page before. */
export function listImports(
  tx: Tx,
  workspaceId: number,
  before: string | null,
  limit: number,
): Promise<ImportRow[]> {
  return tx.query<ImportRow>(
    `select ${columns} from imports where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspaceId, before, limit],
  );
}

/** How the newest imports stand. */
export function listProgress(
  tx: Tx,
  workspaceId: number,
): Promise<Pick<ImportRow, 'id' | 'state' | 'progress' | 'rows' | 'sent'>[]> {
  return tx.query(
    'select id, state, progress, rows, sent from imports where workspace_id = $1 order by id desc limit 10',
    [workspaceId],
    'imports.listProgress',
  );
}

/** Ids of all imports, of every workspace, that still need their files. */
export async function listUnderWay(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`select id from imports where state in ('waiting', 'running')`);
  return rows.map((row) => row.id);
}

/**
 * Takes an import to work on it; null where it has ended. What an older program sent in another order does not count:
 * then all is sent once more, and what was accepted is known.
 */
export async function takeImport(
  tx: Tx,
  workspaceId: number,
  id: string,
  o: { runner: string; now: Date; eventOrder: number },
): Promise<ImportRow | null> {
  await tx.query(
    `update imports set event_order = $3, sent = 0, accepted = 0, duplicates = 0, quarantined = 0, withheld = 0
      where workspace_id = $1 and id = $2 and event_order <> $3 and state in ('waiting', 'running')`,
    [workspaceId, id, o.eventOrder],
  );
  const [row] = await tx.query<ImportRow>(
    `update imports
        set state = 'running', runner = $3, started_at = coalesce(started_at, $4),
            resumed = resumed + case when state = 'running' then 1 else 0 end
      where workspace_id = $1 and id = $2 and state in ('waiting', 'running')
      returning ${columns}`,
    [workspaceId, id, o.runner, o.now],
  );
  return row ?? null;
}

export interface Progress {
  progress: number;
  rows: number;
  events: number;
  sent: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
  rejected: number;
  skipped: number;
  byEvent: Record<string, number>;
  skips: Record<string, number>;
  notes: string[];
}

/** False where somebody else has taken it, or it was cancelled: then leave off. */
export async function saveProgress(
  tx: Tx,
  workspaceId: number,
  id: string,
  runner: string,
  p: Progress,
): Promise<boolean> {
  const rows = await tx.query(
    `update imports
        set progress = $4, rows = $5, events = $6, sent = $7, accepted = $8, duplicates = $9, quarantined = $10,
            withheld = $11, rejected = $12, skipped = $13, by_event = $14, skips = $15, notes = $16
      where workspace_id = $1 and id = $2 and runner = $3 and state = 'running'
      returning id`,
    [
      workspaceId,
      id,
      runner,
      p.progress,
      p.rows,
      p.events,
      p.sent,
      p.accepted,
      p.duplicates,
      p.quarantined,
      p.withheld,
      p.rejected,
      p.skipped,
      JSON.stringify(p.byEvent),
      JSON.stringify(p.skips),
      p.notes,
    ],
    'imports.saveProgress',
  );
  return rows.length > 0;
}

export interface RejectRow {
  n: number;
  line: number;
  reason: string;
  raw: string;
  broken: boolean;
}

/** A rejected row with what an erasure looks at. */
export type NewReject = RejectRow & Texts;

/** Keeps rejected rows, except those of people who were erased meanwhile. The caller holds the import's row. */
export async function insertRejects(
  tx: Tx,
  workspaceId: number,
  id: string,
  rejects: readonly NewReject[],
): Promise<void> {
  await tx.query(
    `insert into import_rejects (workspace_id, import_id, n, line, reason, raw, broken, texts, ids)
     select $1, $2, r.n, r.line, r.reason, r.raw, r.broken, r.texts, r.ids
       from (select n, line, reason, raw, broken,
                    array(select jsonb_array_elements_text(texts)) as texts,
                    array(select jsonb_array_elements_text(ids)) as ids
               from unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::boolean[], $8::jsonb[], $9::jsonb[])
                 as r (n, line, reason, raw, broken, texts, ids)) as r,
            (select erased, erased_texts, erased_ids from imports where workspace_id = $1 and id = $2) as i
      where not pando.texts_tell_of(r.texts, i.erased, i.erased_texts)
        and not pando.texts_tell_of(r.ids, '{}', i.erased_ids)
     on conflict do nothing`,
    [
      workspaceId,
      id,
      rejects.map((r) => r.n),
      rejects.map((r) => r.line),
      rejects.map((r) => r.reason),
      rejects.map((r) => r.raw),
      rejects.map((r) => r.broken),
      rejects.map((r) => JSON.stringify(r.texts)),
      rejects.map((r) => JSON.stringify(r.ids)),
    ],
  );
  await tx.query(
    `update imports set rejects_kept = greatest(rejects_kept, $3) where workspace_id = $1 and id = $2`,
    [workspaceId, id, rejects.at(-1)?.n ?? 0],
  );
}

export function listRejects(
  tx: Tx,
  workspaceId: number,
  id: string,
  after: number,
  limit: number,
): Promise<RejectRow[]> {
  return tx.query<RejectRow>(
    `select n, line, reason, raw, broken from import_rejects
      where workspace_id = $1 and import_id = $2 and n > $3 order by n limit $4`,
    [workspaceId, id, after, limit],
  );
}

/** By their place in the file, behind the row `after`. */
export function listRejectsByLine(
  tx: Tx,
  workspaceId: number,
  id: string,
  after: { line: number; n: number },
  limit: number,
): Promise<RejectRow[]> {
  return tx.query<RejectRow>(
    `select n, line, reason, raw, broken from import_rejects
      where workspace_id = $1 and import_id = $2 and (line, n) > ($3, $4) order by line, n limit $5`,
    [workspaceId, id, after.line, after.n, limit],
  );
}

/** Ends an import; null where it had ended, or `runner` is given and somebody else has it. */
export async function endImport(
  tx: Tx,
  workspaceId: number,
  id: string,
  o: { state: 'done' | 'failed' | 'cancelled'; now: Date; runner?: string; error?: string },
): Promise<ImportRow | null> {
  const [row] = await tx.query<ImportRow>(
    `update imports set state = $3, finished_at = $4, error = $5, runner = null,
            erased = '{}', erased_texts = '{}', erased_ids = '{}'
      where workspace_id = $1 and id = $2 and state in ('waiting', 'running') and ($6::uuid is null or runner = $6)
      returning ${columns}`,
    [workspaceId, id, o.state, o.now, o.error ?? null, o.runner ?? null],
  );
  return row ?? null;
}

export async function saveSample(
  tx: Tx,
  workspaceId: number,
  id: string,
  sample: readonly unknown[],
): Promise<void> {
  await tx.query(`update imports set sample = $3 where workspace_id = $1 and id = $2`, [
    workspaceId,
    id,
    JSON.stringify(sample),
  ]);
}

/** What tells who was erased. */
export interface Traces {
  /** Wherever it stands. */
  parts: readonly string[];
  /** Only as a whole text, in small letters. */
  texts: readonly string[];
  /** Only where a row says whose it is: these are short, and stand for much else. */
  ids: readonly string[];
}

/** Takes everything that tells of an erased person out of what imports have set aside, now and until they end. */
export async function erase(tx: Tx, workspaceId: number, { parts, texts, ids }: Traces): Promise<void> {
  const traces = [workspaceId, parts, texts, ids];
  await tx.query(
    `update imports
        set erased = erased || $2::text[], erased_texts = erased_texts || $3::text[], erased_ids = erased_ids || $4::text[]
      where workspace_id = $1 and state in ('waiting', 'running')`,
    traces,
  );
  await tx.query(
    `delete from import_rejects
      where workspace_id = $1
        and case when texts is null then pando.tells_of(raw, $2::text[] || $3::text[])
                 else pando.texts_tell_of(texts, $2, $3) or pando.texts_tell_of(ids, '{}', $4) end`,
    traces,
  );
  await tx.query(
    `update imports set sample = null
      where workspace_id = $1 and sample is not null
        and pando.texts_tell_of(pando.texts_of(sample), $2, $3::text[] || $4::text[])`,
    traces,
  );
}

/** Forgets the rejected rows and samples of imports that ended before `before`. */
export async function forgetOld(tx: Tx, workspaceId: number, before: Date): Promise<void> {
  await tx.query(
    `delete from import_rejects r using imports i
      where r.workspace_id = $1 and i.workspace_id = $1 and r.import_id = i.id and i.finished_at < $2`,
    [workspaceId, before],
  );
  await tx.query(
    `update imports set sample = null where workspace_id = $1 and finished_at < $2 and sample is not null`,
    [workspaceId, before],
  );
}
