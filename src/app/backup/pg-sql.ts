import type { PoolClient } from 'pg';
import type { Applied, Header } from './format.ts';

/** Text as every Postgres reads it, whatever its configuration says; and no haste. */
const session = `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
  set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'; set local extra_float_digits = 1;
  set local bytea_output = 'hex'; set local xmloption = 'content'; set local search_path = pando, public`;

/** Everything that is read until the transaction ends is as it was at one moment. */
export async function beginSnapshot(client: PoolClient): Promise<void> {
  await client.query(`begin isolation level repeatable read read only; ${session}`);
}

export async function beginRestore(client: PoolClient): Promise<void> {
  await client.query(`begin; ${session}; set local pando.restoring = 'on'`);
}

/** Where this is read in the snapshot's first statement, it is the position of everything after it. */
export async function readHeads(client: PoolClient): Promise<Header['heads']> {
  const { rows } = await client.query<{ workspaceId: number; head: number; written: number }>(
    `select h.workspace_id as "workspaceId", h.head, coalesce(w.seq, 0) as written
       from log_heads h left join log_written w using (workspace_id) order by 1`,
  );
  return rows;
}

export async function readMigrations(client: PoolClient): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'select module, number, checksum from migrations order by module, number',
  );
  return rows;
}

export interface Table {
  name: string;
  columns: string[];
}

/** All tables but that of the migrations, each after those that it refers to. */
export async function readTables(client: PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Table & { refers: string[] }>(
    `select c.relname::text as name,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                   order by a.attnum) as columns,
            array(select t.relname::text from pg_constraint f join pg_class t on t.oid = f.confrelid
                   where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as refers
       from pg_class c
      where c.relnamespace = 'pando'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
      order by c.relname`,
  );
  const ordered: Table[] = [];
  const left = new Map(rows.map((row) => [row.name, row]));
  while (left.size > 0) {
    const ready = [...left.values()].filter((table) => !table.refers.some((name) => left.has(name)));
    if (ready.length === 0)
      throw new Error('Tables refer to each other in a circle; no order restores them.');
    for (const { name, columns } of ready) {
      ordered.push({ name, columns });
      left.delete(name);
    }
  }
  return ordered;
}

export async function readSequences(client: PoolClient): Promise<Header['sequences']> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `select sequencename::text as name, last_value::text as last from pg_sequences
      where schemaname = 'pando' and last_value is not null order by 1`,
  );
  return rows;
}

/** An estimate: what the tables take up on the disk. */
export async function readSize(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select coalesce(sum(pg_table_size(oid)), 0)::text as bytes from pg_class
      where relnamespace = 'pando'::regnamespace and relkind = 'r'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

export function copyTable({ name, columns }: Table, way: 'to stdout' | 'from stdin'): string {
  return `copy pando.${quoted(name)} (${columns.map(quoted).join(', ')}) ${way}`;
}

/** Jobs are kept as what they were ordered as; those that were given up are left out. */
export const jobColumns = ['identifier', 'payload', 'queue', 'run_at', 'max_attempts', 'key', 'priority'];

export const copyJobs = `copy (
  select t.identifier, j.payload, q.queue_name, j.run_at, j.max_attempts, j.key, j.priority
    from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
   where j.attempts < j.max_attempts order by j.id) to stdout`;

export async function makeRoomForJobs(client: PoolClient): Promise<string> {
  await client.query(`create temporary table restored_jobs (identifier text, payload json, queue text,
    run_at timestamptz, max_attempts int, key text, priority int) on commit drop`);
  return 'copy pg_temp.restored_jobs from stdin';
}

export async function makeRoomForMoved(client: PoolClient): Promise<string> {
  await client.query('create temporary table restored_moved (key bigint, person bigint) on commit drop');
  return 'copy pg_temp.restored_moved from stdin';
}

/** What is in the tables of a fresh installation: not what anybody entered. */
export async function readIsEmpty(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ empty: boolean }>(
    'select not exists (select from workspaces) and not exists (select from users) as empty',
  );
  return rows[0]?.empty ?? false;
}

/** Only tables that hold rows: books that are never changed refuse to be emptied, and are empty before a restore. */
export async function emptyTables(client: PoolClient, tables: readonly Table[]): Promise<void> {
  const names = tables.map((table) => `pando.${quoted(table.name)}`);
  if (names.length === 0) return;
  const holds = names.map((name, n) => `select ${n} as n where exists (select from ${name})`);
  const { rows } = await client.query<{ n: number }>(holds.join(' union all '));
  const filled = rows.map(({ n }) => names[n] as string);
  if (filled.length > 0) await client.query(`truncate ${filled.join(', ')}`);
}

/**
 * What another life of the program has to find: numbering goes on, nobody is at work, and its jobs wait. ClickHouse
 * holds exactly what is counted as written, so what the writer was about to write is planned anew.
 */
export async function settle(client: PoolClient, sequences: Header['sequences']): Promise<void> {
  await client.query(
    `select setval(format('pando.%I', s.name)::regclass, s.last::bigint)
       from unnest($1::text[], $2::text[]) as s(name, last)`,
    [sequences.map((s) => s.name), sequences.map((s) => s.last)],
  );
  await client.query('update event_writer set plan = null, token = null, lease_until = null');
  await client.query('select pando.tell_all_people(id) from pando.person_followers');
  await client.query('update demo_stories set holder = null, held_until = null');
  await client.query(
    `select pando.enqueue_job(identifier, payload, queue, run_at, max_attempts, key, priority)
       from pg_temp.restored_jobs`,
  );
}

/**
 * Rows of events carry the person as of their acceptance, which may be any that an identifier ever belonged to. Told
 * to the dictionary is whoever is another one than the identifier itself, and everybody who has ever moved; identifiers
 * of erased people whose rows are not removed yet belong to nobody, 0.
 */
export const copyMoved = `copy (
  with erased as (select unnest(keys) as key from erasures where done_at is null),
  wanted as (
    select key from identifiers where person_key <> key union select key from pg_temp.restored_moved
    union select key from moves union select key from erased)
  select w.key, coalesce(i.person_key, 0), 0 from wanted w left join identifiers i using (key)
   where i.key is not null or w.key in (select key from erased)) to stdout`;

const mark = 'restore-under-way';

/** Stands there from before the first row in ClickHouse until everything is in Postgres. */
export async function markRestore(client: PoolClient): Promise<void> {
  await client.query(
    'insert into installation_secrets (name, value) values ($1, $1) on conflict do nothing',
    [mark],
  );
}

export async function isRestoring(client: Pick<PoolClient, 'query'>): Promise<boolean> {
  const { rows } = await client.query('select from pando.installation_secrets where name = $1', [mark]);
  return rows.length > 0;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
