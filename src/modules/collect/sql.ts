import type { Tx } from '#platform/postgres';

export interface Head {
  head: number;
  acceptedEvents: number;
  folded: number;
  runsVersion: number;
}

/** The head, and how many of the accepted events ClickHouse has. */
export type LockedHead = Head & { writtenEvents: number };

/** Takes the head of the workspace's log: until the transaction ends nobody else appends. */
export async function lockHead(tx: Tx, workspaceId: number): Promise<LockedHead> {
  const read = () =>
    tx.query<{
      head: number;
      accepted_events: number;
      folded: number;
      runs_version: number;
      written_events: number;
    }>(
      `select h.head, h.accepted_events, h.folded, h.runs_version, coalesce(w.events, 0) as written_events
         from log_heads h left join log_written w on w.workspace_id = h.workspace_id
        where h.workspace_id = $1 for update of h`,
      [workspaceId],
      'collect.lockHead',
    );
  let [row] = await read();
  if (!row) {
    await tx.query('insert into log_heads (workspace_id) values ($1) on conflict do nothing', [workspaceId]);
    [row] = await read();
  }
  if (!row) throw new Error('The head of the log could not be made.');
  return {
    head: row.head,
    acceptedEvents: row.accepted_events,
    folded: row.folded,
    runsVersion: row.runs_version,
    writtenEvents: row.written_events,
  };
}

export interface Batch {
  seq: number;
  at: Date;
  events: number;
  ids: Buffer;
  keptIds: Buffer;
  payload: Buffer;
}

/** Appends the batch and moves the head, in one statement. */
export async function appendBatch(tx: Tx, workspaceId: number, batch: Batch): Promise<void> {
  await tx.query(
    `with appended as (
       insert into event_log (workspace_id, seq, at, events, ids, kept_ids, payload) values ($1, $2, $3, $4, $5, $6, $7))
     update log_heads set head = $2, accepted_events = accepted_events + $4 where workspace_id = $1`,
    [workspaceId, batch.seq, batch.at, batch.events, batch.ids, batch.keptIds, batch.payload],
    'collect.appendBatch',
  );
}

export async function runIds(tx: Tx, workspaceId: number): Promise<number[]> {
  const rows = await tx.query<{ run: number }>('select run from id_runs where workspace_id = $1', [
    workspaceId,
  ]);
  return rows.map((row) => row.run);
}

export async function idsAfter(
  tx: Tx,
  workspaceId: number,
  seq: number,
  most: number,
): Promise<{ seq: number; ids: Buffer; kept_ids: Buffer; at: Date }[]> {
  return tx.query(
    'select seq, ids, kept_ids, at from event_log where workspace_id = $1 and seq > $2 order by seq limit $3',
    [workspaceId, seq, most],
    'collect.idsAfter',
  );
}

export interface SourceCount {
  sourceId: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
  bots: number;
}

export async function countSources(
  tx: Tx,
  workspaceId: number,
  now: Date,
  counts: readonly SourceCount[],
): Promise<void> {
  if (counts.length === 0) return;
  const list = (pick: (count: SourceCount) => number) => `{${counts.map(pick).join(',')}}`;
  await tx.query(
    `insert into source_days as d (workspace_id, source_id, day, accepted, duplicates, quarantined, withheld, bots, first_seen, last_seen)
     select $1, s, ($2::timestamptz at time zone 'UTC')::date, a, u, q, w, b, $2, $2
       from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[]) as t(s, a, u, q, w, b)
     on conflict (workspace_id, source_id, day) do update set
       accepted = d.accepted + excluded.accepted, duplicates = d.duplicates + excluded.duplicates,
       quarantined = d.quarantined + excluded.quarantined, withheld = d.withheld + excluded.withheld,
       bots = d.bots + excluded.bots, last_seen = greatest(d.last_seen, excluded.last_seen)`,
    [
      workspaceId,
      now,
      list((c) => c.sourceId),
      list((c) => c.accepted),
      list((c) => c.duplicates),
      list((c) => c.quarantined),
      list((c) => c.withheld),
      list((c) => c.bots),
    ],
    'collect.countSources',
  );
}

export interface Quarantined {
  sourceId: number;
  reason: string;
  detail: string;
  messageId: string | null;
  sentAt: string | null;
  raw: string;
}

export async function insertQuarantine(
  tx: Tx,
  workspaceId: number,
  now: Date,
  rows: readonly Quarantined[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into quarantine (workspace_id, source_id, at, reason, detail, message_id, sent_at, raw)
     select $1, s, $2, r, d, m, t, w from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as q(s, r, d, m, t, w)`,
    [
      workspaceId,
      now,
      rows.map((row) => row.sourceId),
      rows.map((row) => row.reason),
      rows.map((row) => row.detail),
      rows.map((row) => row.messageId),
      rows.map((row) => row.sentAt),
      rows.map((row) => row.raw),
    ],
  );
}

/** Batches up to here are in runs now; `at` is the moment of the newest of them. */
export async function setFolded(tx: Tx, workspaceId: number, seq: number): Promise<void> {
  await tx.query(
    'update log_heads set folded = greatest(folded, $2), runs_version = runs_version + 1 where workspace_id = $1',
    [workspaceId, seq],
  );
}

export async function readHead(tx: Tx, workspaceId: number): Promise<Head | null> {
  const [row] = await tx.query<{
    head: number;
    accepted_events: number;
    folded: number;
    runs_version: number;
  }>('select head, accepted_events, folded, runs_version from log_heads where workspace_id = $1', [
    workspaceId,
  ]);
  return row
    ? {
        head: row.head,
        acceptedEvents: row.accepted_events,
        folded: row.folded,
        runsVersion: row.runs_version,
      }
    : null;
}

/** One fold at a time in a workspace, whoever does it; false where another is at it. */
export async function lockFold(tx: Tx, workspaceId: number): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    "select pg_try_advisory_xact_lock(hashtext('pando.fold'), $1) as locked",
    [workspaceId],
  );
  return row?.locked ?? false;
}

/** Removes batches that everybody has: written, folded and followed. */
export async function trimLog(tx: Tx, workspaceId: number, most: number): Promise<number> {
  const rows = await tx.query(
    `delete from event_log where workspace_id = $1 and seq in (
       select seq from event_log where workspace_id = $1 and seq <= least(
         (select folded from log_heads where workspace_id = $1),
         (select seq from log_written where workspace_id = $1),
         (select coalesce(min(coalesce(p.seq, 0)), 9007199254740991) from log_followers f
            left join log_positions p on p.workspace_id = $1 and p.follower = f.name))
       order by seq limit $2)
     returning seq`,
    [workspaceId, most],
  );
  return rows.length;
}
