import type { Tx } from '#platform/postgres';

/** How far the workspace's log can be asked for, and how many events that is. */
export async function written(tx: Tx, workspaceId: number): Promise<{ seq: number; events: number }> {
  const [row] = await tx.query<{ seq: number; events: number }>(
    'select seq, events from log_written where workspace_id = $1',
    [workspaceId],
    'collect.liveWritten',
  );
  return row ?? { seq: 0, events: 0 };
}

/**
 * Of the batches after one up to another: the newest ones that hold so many events, newest first; how many events all
 * of them have; how many batches have left the log.
 */
export async function newestBatches(
  tx: Tx,
  workspaceId: number,
  o: { after: number; upTo: number; most: number },
): Promise<{ batches: Buffer[]; events: number; missing: number }> {
  const range = [workspaceId, o.after, o.upTo];
  const [sum] = await tx.query<{ events: number; batches: number }>(
    `select coalesce(sum(events), 0)::bigint as events, count(*)::bigint as batches
       from event_log where workspace_id = $1 and seq > $2 and seq <= $3`,
    range,
    'collect.liveSum',
  );
  const rows = await tx.query<{ payload: Buffer }>(
    `select l.payload from (
       select seq, sum(events) over (order by seq desc) - events as newer from (
         select seq, events from event_log where workspace_id = $1 and seq > $2 and seq <= $3
          order by seq desc limit $4) n) s
       join event_log l on l.workspace_id = $1 and l.seq = s.seq
      where s.newer < $4 order by l.seq desc`,
    [...range, o.most],
    'collect.liveBatches',
  );
  const { events, batches } = sum ?? { events: 0, batches: 0 };
  return { batches: rows.map((row) => row.payload), events, missing: o.upTo - o.after - batches };
}

export async function countSources(
  tx: Tx,
  workspaceId: number,
): Promise<{ all: number; heard: number; archived: number }> {
  const [row] = await tx.query<{ all: number; heard: number; archived: number }>(
    `select count(*)::bigint as all, count(archived_at)::bigint as archived,
            count(*) filter (where exists (
              select 1 from source_days d where d.workspace_id = $1 and d.source_id = s.id))::bigint as heard
       from sources s where workspace_id = $1`,
    [workspaceId],
    'collect.liveSources',
  );
  return row ?? { all: 0, heard: 0, archived: 0 };
}

export async function countAside(tx: Tx, workspaceId: number): Promise<{ events: number; newest: number }> {
  const [row] = await tx.query<{ events: number; newest: number }>(
    `select count(*)::bigint as events, coalesce(max(id), 0)::bigint as newest from quarantine where workspace_id = $1`,
    [workspaceId],
    'collect.liveQuarantine',
  );
  return row ?? { events: 0, newest: 0 };
}
