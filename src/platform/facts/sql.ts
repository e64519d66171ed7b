import type { Tx } from '#platform/postgres';
import type { Fact, StoredFact } from './fact.ts';

/** Where a follower stands: it has dealt with everything up to and including this fact. */
export interface Position {
  place: number;
  factId: number;
}

/** A fact in its place; those that the follower does not want come without content. */
export type PlacedFact = StoredFact & { place: number; wanted: boolean };

// Every transaction below this place has ended, so nothing can come to stand there any more: by what the snapshot says
// of the whole server, or by what `findGate` has found, whose place is given as a parameter.
const gate = (known: string) =>
  `(select greatest(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + shift, ${known}::bigint) from fact_log)`;

export async function insertFacts(tx: Tx, workspaceId: number, facts: readonly Fact[]): Promise<void> {
  await tx.query(
    `insert into facts (workspace_id, place, type, subject, data)
     select $1, pg_current_xact_id()::text::bigint + (select shift from fact_log), f.type, f.subject, f.data
     from unnest($2::text[], $3::text[], $4::jsonb[]) with ordinality as f (type, subject, data, nth)
     order by f.nth`,
    [
      workspaceId,
      facts.map((f) => f.type),
      facts.map((f) => f.subject),
      facts.map((f) => JSON.stringify(f.data)),
    ],
    'insert_facts',
  );
}

export async function deleteFactsAbout(tx: Tx, subjects: readonly string[]): Promise<void> {
  await tx.query('delete from facts where subject = any($1)', [subjects]);
}

export async function deleteOldFacts(tx: Tx, types: readonly string[], before: Date): Promise<void> {
  await tx.query(
    `delete from facts f where type = any($1) and at < $2 and not exists (
       select 1 from fact_followers l where (l.place, l.fact_id) < (f.place, f.id))`,
    [types, before],
  );
}

export async function insertFollower(tx: Tx, name: string): Promise<void> {
  await tx.query('insert into fact_followers (name) values ($1) on conflict do nothing', [name]);
}

/** Undefined when another process is at work for this follower. */
export async function lockPosition(tx: Tx, name: string): Promise<Position | undefined> {
  const [position] = await tx.query<Position>(
    'select place, fact_id as "factId" from fact_followers where name = $1 for update skip locked',
    [name],
    'lock_fact_position',
  );
  return position;
}

export async function updatePosition(tx: Tx, name: string, to: Position): Promise<void> {
  await tx.query(
    'update fact_followers set place = $2, fact_id = $3, error = null, moved_at = now() where name = $1',
    [name, to.place, to.factId],
    'update_fact_position',
  );
}

export async function updateError(tx: Tx, name: string, error: string): Promise<void> {
  await tx.query('update fact_followers set error = $2 where name = $1', [name, error]);
}

/** The next facts after the position, wanted or not, as far as none can come between them any more. */
export async function readPage(
  tx: Tx,
  after: Position,
  types: readonly string[] | null,
  limit: number,
  known: number,
): Promise<PlacedFact[]> {
  return tx.query<PlacedFact>(
    `select place, id, workspace_id as "workspaceId", type, at, wanted,
       case when wanted then subject end as subject, case when wanted then data end as data
     from facts, lateral (select $3::text[] is null or type = any($3) as wanted) as w
     where (place, id) > ($1, $2) and place < ${gate('$5')}
     order by place, id
     limit $4`,
    [after.place, after.factId, types, limit, known],
    'read_fact_page',
  );
}

/** The place of the workspace's newest fact that can be told; zeros where there is none. */
export async function lastPlace(tx: Tx, workspaceId: number, known: number): Promise<Position> {
  const [last] = await tx.query<Position>(
    `select place, id as "factId" from facts where workspace_id = $1 and place < ${gate('$2')}
     order by place desc, id desc limit 1`,
    [workspaceId, known],
    'last_fact_place',
  );
  return last ?? { place: 0, factId: 0 };
}

/** The newest facts of these types after one place up to another, in order. */
export async function readBetween(
  tx: Tx,
  workspaceId: number,
  o: { types: readonly string[]; from: Position; to: Position; most: number },
): Promise<StoredFact[]> {
  const newestFirst = await tx.query<StoredFact>(
    `select id, workspace_id as "workspaceId", type, subject, data, at from facts
     where workspace_id = $1 and type = any($2) and (place, id) > ($3, $4) and (place, id) <= ($5, $6)
     order by place desc, id desc limit $7`,
    [workspaceId, o.types, o.from.place, o.from.factId, o.to.place, o.to.factId, o.most],
    'read_facts_between',
  );
  return newestFirst.reverse();
}

/** Who has facts before them that can be told, and whether there are some that must wait for older transactions. */
export async function lookForNews(tx: Tx, known: number): Promise<{ ready: string[]; waiting: boolean }> {
  const [news] = await tx.query<{ ready: string[]; waiting: boolean }>(
    `select
       array(
         select name from fact_followers l
         where exists (select from facts where (place, id) > (l.place, l.fact_id) and place < ${gate('$1')})
       ) as ready,
       exists (select from facts where place >= ${gate('$1')}) as waiting`,
    [known],
    'look_for_facts',
  );
  return news ?? { ready: [], waiting: false };
}

/**
 * The place below which every transaction of this database has ended. The snapshot alone tells of the whole server, on
 * which somebody else's night's work may take hours; who is in another database can record nothing in ours. To be the
 * first statement of its transaction, since what the sessions do is to be seen after the snapshot. It costs a look at
 * all locks of the server.
 */
export async function findGate(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ place: number }>(
    `with seen as (select pg_current_snapshot() as now)
     select shift + coalesce(
       (select min(xid::text::bigint) from pg_snapshot_xip(now) as xid
        where not exists (
          select from pg_locks as held join pg_stat_activity as who using (pid)
          where held.locktype = 'transactionid' and held.mode = 'ExclusiveLock' and held.granted
            and held.transactionid = xid::xid
            and who.datid <> (select oid from pg_database where datname = current_database()))),
       pg_snapshot_xmax(now)::text::bigint) as place
     from seen, fact_log`,
    [],
    'find_fact_gate',
  );
  return row?.place ?? 0;
}

export async function countBehind(tx: Tx, name: string, types: readonly string[] | null): Promise<number> {
  const [row] = await tx.query<{ behind: number }>(
    `select count(*) as behind from facts
     where (place, id) > (
         coalesce((select place from fact_followers where name = $1), 0),
         coalesce((select fact_id from fact_followers where name = $1), 0)
       )
       and ($2::text[] is null or type = any($2))`,
    [name, types],
  );
  return row?.behind ?? 0;
}

export async function readErrors(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.query<{ name: string; error: string }>(
    'select name, error from fact_followers where error is not null',
  );
  return new Map(rows.map((r) => [r.name, r.error]));
}
