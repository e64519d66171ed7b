import { type Erasure, isTelling } from '#modules/people';
import type { Tx } from '#platform/postgres';

export interface Row {
  id: number;
  source_id: number;
  at: Date;
  reason: string;
  detail: string;
  message_id: string | null;
  sent_at: string | null;
  raw: string;
}

const columns = 'id, source_id, at, reason, detail, message_id, sent_at, raw';

export async function listQuarantine(
  tx: Tx,
  workspaceId: number,
  o: { before: number | null; reason: string | null; most: number },
): Promise<Row[]> {
  return tx.query<Row>(
    `select ${columns} from quarantine
      where workspace_id = $1 and id < $2 and ($3::text is null or reason = $3) order by id desc limit $4`,
    [workspaceId, o.before ?? Number.MAX_SAFE_INTEGER, o.reason, o.most],
  );
}

export async function countQuarantine(
  tx: Tx,
  workspaceId: number,
): Promise<{ reason: string; events: number }[]> {
  return tx.query(
    'select reason, count(*)::bigint as events from quarantine where workspace_id = $1 group by reason order by 2 desc',
    [workspaceId],
  );
}

export async function findQuarantined(tx: Tx, workspaceId: number, ids: readonly number[]): Promise<Row[]> {
  return tx.query<Row>(
    `select ${columns} from quarantine where workspace_id = $1 and id = any($2::bigint[]) order by id`,
    [workspaceId, ids],
  );
}

export async function deleteQuarantined(
  tx: Tx,
  workspaceId: number,
  ids: readonly number[],
): Promise<number> {
  const rows = await tx.query(
    'delete from quarantine where workspace_id = $1 and id = any($2::bigint[]) returning id',
    [workspaceId, ids],
  );
  return rows.length;
}

/** Why it still cannot be accepted. */
export async function saveReason(
  tx: Tx,
  workspaceId: number,
  id: number,
  reason: string,
  detail: string,
): Promise<void> {
  await tx.query('update quarantine set reason = $3, detail = $4 where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    reason,
    detail,
  ]);
}

/**
 * Rows that tell of somebody: by a text that tells who it was wherever it stands (as JSON writes it, in any case of
 * letters; of a phone its last eight digits), or by an identifier where the tracking API has identifiers.
 */
export async function eraseFromQuarantine(
  tx: Tx,
  workspaceId: number,
  { needles, identifiers }: Pick<Erasure, 'needles' | 'identifiers'>,
): Promise<void> {
  const telling = needles.filter(isTelling);
  const texts = telling.flatMap((needle) => [needle, JSON.stringify(needle).slice(1, -1)]);
  const phones = telling.filter((needle) => /^\+\d{8,}$/.test(needle)).map(spelledAnyhow);
  await tx.query(
    `delete from quarantine q where workspace_id = $1 and (
       exists (select 1 from unnest($2::text[]) as n(needle)
         where strpos(q.raw, n.needle) > 0 or strpos(lower(q.raw), lower(n.needle)) > 0)
       or q.raw ~* any($3::text[]))`,
    [workspaceId, [...new Set(texts)], [...phones, ...identifiers.map(inItsPlace)]],
  );
}

/** The last eight digits of a phone (short numbers have no more without their country), with what people write between. */
function spelledAnyhow(phone: string): string {
  return [...phone.slice(-8)].join('[^0-9A-Za-z"]{0,3}');
}

/** Names under which messages carry identifiers, besides that of the kind. */
const fields: Record<string, string> = {
  user_id: '"userId"|"previousId"|',
  anonymous_id: '"anonymousId"|"previousId"|',
  device_id: '"device":\\{[^{}]*"id"|',
};

/** An identifier as a message has it; a number may have been sent as one. */
function inItsPlace({ kind, value }: { kind: string; value: string }): string {
  const text = JSON.stringify(value).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = /^\d{1,15}$/.test(value) ? `(${text}|${value}[,}])` : text;
  return `(${fields[kind] ?? ''}"${kind}"|"externalIds":\\[[^\\[\\]]*"id"):${written}`;
}
