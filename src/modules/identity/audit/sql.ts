import type { Tx } from '#platform/postgres';

export interface AuditLine {
  workspaceId: number;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

export async function insertAudit(tx: Tx, line: AuditLine): Promise<void> {
  await tx.query(
    `insert into audit (workspace_id, at, actor, action, subject, detail) values ($1, $2, $3, $4, $5, $6)`,
    [line.workspaceId, line.at, line.actor, line.action, line.subject, JSON.stringify(line.detail)],
    'identity.insertAudit',
  );
}

export interface AuditFilter {
  beforeId: number | null;
  limit: number;
  action: string | null;
  /** The action's beginning, `team.`. */
  actionGroup: string | null;
  actor: string | null;
  subject: string | null;
  from: Date | null;
  to: Date | null;
}

/** Newest first. */
export function selectAudit(tx: Tx, f: AuditFilter) {
  return tx.query<Omit<AuditLine, 'workspaceId'> & { id: number; actorName: string | null }>(
    `select a.id, a.at, a.actor, a.action, a.subject, a.detail, coalesce(u.name, k.name) as "actorName"
       from audit a
       left join users u on a.actor = 'user:' || u.id
       left join secret_keys k on a.actor = 'key:' || k.id
      where ($1::bigint is null or a.id < $1)
        and ($3::text is null or a.action = $3)
        and ($4::text is null or starts_with(a.action, $4))
        and ($5::text is null or a.actor = $5)
        and ($6::text is null or a.subject = $6)
        and ($7::timestamptz is null or a.at >= $7)
        and ($8::timestamptz is null or a.at < $8)
      order by a.id desc
      limit $2`,
    [f.beforeId, f.limit, f.action, f.actionGroup, f.actor, f.subject, f.from, f.to],
  );
}

export function selectActorNames(
  tx: Tx,
  actors: readonly string[],
): Promise<{ actor: string; name: string | null }[]> {
  return tx.query(
    `select a.actor, coalesce(u.name, k.name) as name
       from unnest($1::text[]) as a (actor)
       left join users u on a.actor = 'user:' || u.id
       left join secret_keys k on a.actor = 'key:' || k.id`,
    [actors],
  );
}

export async function redactAuditLines(tx: Tx, needles: readonly string[]): Promise<number> {
  const [row] = await tx.query<{ redacted: number }>(`select redact_audit($1) as redacted`, [needles]);
  return row?.redacted ?? 0;
}
