import type { Tx } from '#platform/postgres';

export interface Range {
  workspaceId: number;
  /** The batches from (not included) to (included). */
  from: number;
  to: number;
  events: number;
}

export interface Plan {
  token: string;
  ranges: Range[];
  events: number;
}

/**
 * The batches to write next: those planned before a crash, or the oldest that are not written. Null where there is
 * nothing to do or another process holds the lease.
 */
export async function takePlan(
  tx: Tx,
  owner: string,
  leaseMs: number,
  mostEvents: number,
): Promise<Plan | null> {
  const [row] = await tx.query<{ token: string | null; plan: Plan | null; leased: boolean }>(
    `select token, plan, coalesce(lease_until > now() and token not like $1 || ':%', false) as leased
       from event_writer where id = 0 for update skip locked`,
    [owner],
  );
  if (!row || row.leased) return null;
  if (row.plan) {
    await tx.query(
      "update event_writer set lease_until = now() + $1 * interval '1 millisecond' where id = 0",
      [leaseMs],
    );
    return row.plan;
  }
  const ranges = await tx.query<{ workspace_id: number; from: number; to: number; events: number }>(
    `select h.workspace_id, coalesce(w.seq, 0) as from, b.seq as to, b.total::int as events
       from log_heads h
       left join log_written w using (workspace_id)
      cross join lateral (
        select max(seq) as seq, sum(events) as total from (
          select seq, events, sum(events) over (order by seq) - events as before from (
            select seq, events from event_log l
             where l.workspace_id = h.workspace_id and l.seq > coalesce(w.seq, 0) order by seq limit 500) newest) sized
         where before < $1) b
      where h.head > coalesce(w.seq, 0) and b.seq is not null
      order by h.workspace_id limit 200`,
    [mostEvents],
  );
  const chosen: Range[] = [];
  let events = 0;
  for (const range of ranges) {
    if (chosen.length > 0 && events + range.events > mostEvents) continue;
    chosen.push({ workspaceId: range.workspace_id, from: range.from, to: range.to, events: range.events });
    events += range.events;
  }
  if (chosen.length === 0) return null;
  const token = `${owner}:${chosen.map((range) => `${range.workspaceId}.${range.from}-${range.to}`).join(',')}`;
  const plan: Plan = { token, ranges: chosen, events };
  await tx.query(
    "update event_writer set token = $1, plan = $2, lease_until = now() + $3 * interval '1 millisecond' where id = 0",
    [token, JSON.stringify(plan), leaseMs],
  );
  return plan;
}

/** In the order of the plan, so that the same rows stand in the same insert. */
export async function readPayloads(tx: Tx, ranges: readonly Range[]): Promise<Buffer[]> {
  const rows = await tx.query<{ payload: Buffer }>(
    `select l.payload from unnest($1::int[], $2::bigint[], $3::bigint[]) with ordinality as r(w, f, t, n)
       join event_log l on l.workspace_id = r.w and l.seq > r.f and l.seq <= r.t
      order by r.n, l.seq`,
    [ranges.map((r) => r.workspaceId), ranges.map((r) => r.from), ranges.map((r) => r.to)],
  );
  return rows.map((row) => row.payload);
}

export async function finishPlan(tx: Tx, plan: Plan): Promise<void> {
  const [done] = await tx.query(
    'update event_writer set plan = null, lease_until = null where id = 0 and token = $1 and plan is not null returning id',
    [plan.token],
  );
  // Another process took the same plan over and finished it; it counted the events.
  if (!done) return;
  await tx.query(
    `insert into log_written as w (workspace_id, seq, events)
     select ws, s, e from unnest($1::int[], $2::bigint[], $3::bigint[]) as t(ws, s, e)
     on conflict (workspace_id) do update set seq = excluded.seq, events = w.events + excluded.events`,
    [plan.ranges.map((r) => r.workspaceId), plan.ranges.map((r) => r.to), plan.ranges.map((r) => r.events)],
  );
}

export async function writtenSeq(tx: Tx, workspaceId: number): Promise<number> {
  const [row] = await tx.query<{ seq: number }>('select seq from log_written where workspace_id = $1', [
    workspaceId,
  ]);
  return row?.seq ?? 0;
}

/** Age of the oldest batch that is not written, in ms. */
export async function lagMs(tx: Tx, workspaceId: number): Promise<number> {
  const [row] = await tx.query<{ lag: string | null }>(
    `select (extract(epoch from clock_timestamp() - min(at)) * 1000)::bigint::text as lag from event_log
      where workspace_id = $1 and seq > coalesce((select seq from log_written where workspace_id = $1), 0)`,
    [workspaceId],
  );
  return Number(row?.lag ?? 0);
}
