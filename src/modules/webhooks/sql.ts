import type { Tx } from '#platform/postgres';

export interface Secret {
  secret: string;
  /** When it stops to hold, ms; null: not at all. */
  until: number | null;
}

export interface EndpointRow {
  id: number;
  uuid: string;
  url: string;
  description: string;
  types: string[];
  topics: string[] | null;
  secrets: Secret[];
  created_at: Date;
  disabled_at: Date | null;
  disabled_why: string | null;
}

const columns = 'id, uuid, url, description, types, topics, secrets, created_at, disabled_at, disabled_why';

export async function insertEndpoint(
  tx: Tx,
  workspaceId: number,
  e: Pick<EndpointRow, 'uuid' | 'url' | 'description' | 'types' | 'topics' | 'secrets'>,
  now: Date,
): Promise<EndpointRow> {
  const [row] = await tx.query<EndpointRow>(
    `insert into webhook_endpoints (workspace_id, uuid, url, description, types, topics, secrets, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [workspaceId, e.uuid, e.url, e.description, e.types, e.topics, JSON.stringify(e.secrets), now],
  );
  if (!row) throw new Error('The endpoint was not written.');
  return row;
}

export async function listEndpoints(tx: Tx, workspaceId: number): Promise<EndpointRow[]> {
  return tx.query(`select ${columns} from webhook_endpoints where workspace_id = $1 order by id`, [
    workspaceId,
  ]);
}

/** Held until the transaction ends. */
export async function lockEndpoint(tx: Tx, workspaceId: number, uuid: string): Promise<EndpointRow | null> {
  const [row] = await tx.query<EndpointRow>(
    `select ${columns} from webhook_endpoints where workspace_id = $1 and uuid = $2 for update`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

export async function updateEndpoint(tx: Tx, workspaceId: number, e: EndpointRow): Promise<void> {
  await tx.query(
    `update webhook_endpoints set url = $3, description = $4, types = $5, topics = $6, secrets = $7,
            disabled_at = $8, disabled_why = $9
      where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      e.id,
      e.url,
      e.description,
      e.types,
      e.topics,
      JSON.stringify(e.secrets),
      e.disabled_at,
      e.disabled_why,
    ],
  );
}

export async function deleteEndpoint(tx: Tx, workspaceId: number, id: number): Promise<void> {
  await tx.query('delete from webhook_deliveries where workspace_id = $1 and endpoint_id = $2', [
    workspaceId,
    id,
  ]);
  await tx.query('delete from webhook_endpoints where workspace_id = $1 and id = $2', [workspaceId, id]);
}

export async function countDeliveries(
  tx: Tx,
  workspaceId: number,
): Promise<{ endpoint_id: number; state: number; n: number }[]> {
  return tx.query(
    `select endpoint_id, state, count(*) as n from webhook_deliveries where workspace_id = $1
      group by endpoint_id, state`,
    [workspaceId],
  );
}

/** One delivery for each endpoint that wants to hear of it. */
export async function insertDeliveries(
  tx: Tx,
  workspaceId: number,
  d: { messageId: string; type: string; topic: string | null; subject: string; body: string; now: Date },
): Promise<number> {
  const rows = await tx.query(
    `insert into webhook_deliveries (workspace_id, endpoint_id, message_id, type, subject, body, created_at, due_at)
     select $1, id, $2 || '_' || id, $3, $5, $6, $7, $7 from webhook_endpoints
      where workspace_id = $1 and disabled_at is null and $3 = any(types)
        and (topics is null or $4::text is null or $4 = any(topics))
     returning id`,
    [workspaceId, d.messageId, d.type, d.topic, d.subject, d.body, d.now],
    'webhooks.insertDeliveries',
  );
  return rows.length;
}

export async function insertDelivery(
  tx: Tx,
  workspaceId: number,
  endpointId: number,
  d: { messageId: string; type: string; subject: string; body: string; now: Date },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into webhook_deliveries (workspace_id, endpoint_id, message_id, type, subject, body, created_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) returning id`,
    [workspaceId, endpointId, d.messageId, d.type, d.subject, d.body, d.now],
  );
  if (!row) throw new Error('The delivery was not written.');
  return row.id;
}

export interface DueRow {
  workspace_id: number;
  endpoint_id: number;
  id: number;
  message_id: string;
  body: string;
  attempts: number;
  url: string;
  secrets: Secret[];
}

/** What is due now, a few of each endpoint, so that a slow one holds up no other; held for so long by who asks. */
export async function claimDue(
  tx: Tx,
  o: { now: Date; heldUntil: Date; mostEach: number; most: number },
): Promise<DueRow[]> {
  return tx.query<DueRow>(
    `with due as (
       select e.workspace_id, e.id as endpoint_id, e.url, e.secrets, d.id
         from webhook_endpoints e cross join lateral (
           select id from webhook_deliveries
            where workspace_id = e.workspace_id and endpoint_id = e.id and state = 0 and due_at <= $1
              and (held_until is null or held_until < $1)
            order by due_at limit $3 for update skip locked) d
        where e.disabled_at is null limit $4)
     update webhook_deliveries w set held_until = $2 from due
      where w.workspace_id = due.workspace_id and w.endpoint_id = due.endpoint_id and w.id = due.id
      returning w.workspace_id, w.endpoint_id, w.id, w.message_id, w.body, w.attempts, due.url, due.secrets`,
    [o.now, o.heldUntil, o.mostEach, o.most],
    'webhooks.claimDue',
  );
}

export async function saveAttempt(
  tx: Tx,
  d: Pick<DueRow, 'workspace_id' | 'endpoint_id' | 'id'>,
  o: { state: number; attempts: number; dueAt: Date; now: Date; status: number | null; error: string | null },
): Promise<void> {
  await tx.query(
    `update webhook_deliveries
        set state = $4, attempts = $5, due_at = $6, tried_at = $7, status = $8, error = $9, held_until = null
      where workspace_id = $1 and endpoint_id = $2 and id = $3`,
    [
      d.workspace_id,
      d.endpoint_id,
      d.id,
      o.state,
      o.attempts,
      o.dueAt,
      o.now,
      o.status,
      o.error?.slice(0, 500) ?? null,
    ],
  );
}

export async function disableEndpoint(
  tx: Tx,
  workspaceId: number,
  id: number,
  why: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `update webhook_endpoints set disabled_at = $3, disabled_why = $4
      where workspace_id = $1 and id = $2 and disabled_at is null`,
    [workspaceId, id, now, why],
  );
}

export interface DeliveryRow {
  id: number;
  message_id: string;
  type: string;
  created_at: Date;
  state: number;
  attempts: number;
  due_at: Date;
  tried_at: Date | null;
  status: number | null;
  error: string | null;
  body: string;
}

export async function listDeliveries(
  tx: Tx,
  workspaceId: number,
  endpointId: number,
  o: { state: number | null; before: number | null; most: number },
): Promise<DeliveryRow[]> {
  return tx.query(
    `select id, message_id, type, created_at, state, attempts, due_at, tried_at, status, error, body
       from webhook_deliveries
      where workspace_id = $1 and endpoint_id = $2 and ($3::smallint is null or state = $3) and id < $4
      order by id desc limit $5`,
    [workspaceId, endpointId, o.state, o.before ?? Number.MAX_SAFE_INTEGER, o.most],
  );
}

/** Given-up ones, or one whatever became of it, go out again under their old message id; how many. */
export async function replayDeliveries(
  tx: Tx,
  workspaceId: number,
  endpointId: number,
  id: number | null,
  now: Date,
): Promise<number> {
  const rows = await tx.query(
    `update webhook_deliveries set state = 0, attempts = 0, due_at = $4, held_until = null, error = null
      where workspace_id = $1 and endpoint_id = $2 and (($3::bigint is null and state = 2) or id = $3)
      returning id`,
    [workspaceId, endpointId, id, now],
  );
  return rows.length;
}

export async function deleteOldDeliveries(
  tx: Tx,
  o: { deliveredBefore: Date; deadBefore: Date },
): Promise<void> {
  await tx.query(
    'delete from webhook_deliveries where (state = 1 and tried_at < $1) or (state = 2 and tried_at < $2)',
    [o.deliveredBefore, o.deadBefore],
  );
}

export async function deleteDeliveriesAbout(
  tx: Tx,
  workspaceId: number,
  subjects: readonly string[],
): Promise<void> {
  await tx.query('delete from webhook_deliveries where workspace_id = $1 and subject = any($2)', [
    workspaceId,
    subjects,
  ]);
}
