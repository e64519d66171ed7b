import type { Tx } from '#platform/postgres';
import type { SourceKind } from './schema.ts';
import type { Source } from './source.ts';

interface Row {
  workspace_id: number;
  id: number;
  uuid: string;
  name: string;
  kind: SourceKind;
  write_key: string;
  created_at: Date;
  archived_at: Date | null;
}

const columns = 's.workspace_id, s.id, s.uuid, s.name, s.kind, s.write_key, s.created_at, s.archived_at';

function toSource(row: Row): Source {
  return {
    id: row.id,
    uuid: row.uuid,
    workspaceId: row.workspace_id,
    name: row.name,
    kind: row.kind,
    writeKey: row.write_key,
    createdAt: row.created_at,
    archived: row.archived_at !== null,
  };
}

export async function findByWriteKey(tx: Tx, writeKey: string): Promise<Source | null> {
  const [row] = await tx.query<Row>(
    `select ${columns} from sources s where write_key = $1 and archived_at is null`,
    [writeKey],
    'collect.findByWriteKey',
  );
  return row ? toSource(row) : null;
}

export async function findByName(tx: Tx, workspaceId: number, name: string): Promise<Source | null> {
  const [row] = await tx.query<Row>(
    `select ${columns} from sources s where workspace_id = $1 and lower(name) = lower($2) and archived_at is null`,
    [workspaceId, name],
  );
  return row ? toSource(row) : null;
}

export async function findByUuid(tx: Tx, workspaceId: number, uuid: string): Promise<Source | null> {
  const [row] = await tx.query<Row>(
    `select ${columns} from sources s where workspace_id = $1 and uuid::text = $2 and archived_at is null`,
    [workspaceId, uuid],
  );
  return row ? toSource(row) : null;
}

/** Null where a living source has the name. */
export async function insertSource(
  tx: Tx,
  workspaceId: number,
  source: { uuid: string; name: string; kind: SourceKind; writeKey: string; createdAt: Date },
): Promise<Source | null> {
  await tx.query("select pg_advisory_xact_lock(hashtext('pando.sources'), $1)", [workspaceId]);
  const [row] = await tx.query<Row>(
    `insert into sources as s (workspace_id, id, uuid, name, kind, write_key, created_at)
     select $1, coalesce((select max(id) from sources where workspace_id = $1), 0) + 1, $2, $3, $4, $5, $6
      where not exists (
        select 1 from sources where workspace_id = $1 and lower(name) = lower($3) and archived_at is null)
     returning ${columns}`,
    [workspaceId, source.uuid, source.name, source.kind, source.writeKey, source.createdAt],
  );
  return row ? toSource(row) : null;
}

export async function archiveSource(tx: Tx, workspaceId: number, id: number, now: Date): Promise<void> {
  await tx.query('update sources set archived_at = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    now,
  ]);
}

export interface Figures {
  accepted: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
  bots: number;
  lastSeen: Date | null;
}

export async function listSources(tx: Tx, workspaceId: number): Promise<(Source & { figures: Figures })[]> {
  const rows = await tx.query<Row & Omit<Figures, 'lastSeen'> & { last_seen: Date | null }>(
    `select ${columns}, coalesce(sum(d.accepted), 0)::bigint as accepted, coalesce(sum(d.duplicates), 0)::bigint as duplicates,
            coalesce(sum(d.quarantined), 0)::bigint as quarantined, coalesce(sum(d.withheld), 0)::bigint as withheld,
            coalesce(sum(d.bots), 0)::bigint as bots, max(d.last_seen) as last_seen
       from sources s left join source_days d on d.workspace_id = s.workspace_id and d.source_id = s.id
      where s.workspace_id = $1
      group by s.workspace_id, s.id order by s.archived_at nulls first, s.id`,
    [workspaceId],
  );
  return rows.map((row) => ({
    ...toSource(row),
    figures: {
      accepted: row.accepted,
      duplicates: row.duplicates,
      quarantined: row.quarantined,
      withheld: row.withheld,
      bots: row.bots,
      lastSeen: row.last_seen,
    },
  }));
}
