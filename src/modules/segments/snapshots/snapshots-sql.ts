import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import type { Statement } from '../rule/index.ts';
import type { SnapshotRow, SnapshotValue } from './kind.ts';

export interface SnapshotState {
  name: string;
  /** 0: none yet. */
  version: number;
  at: Date;
  people: number;
  next_version: number | null;
}

export async function snapshots(tx: Tx, workspaceId: number): Promise<SnapshotState[]> {
  return tx.query<SnapshotState>(
    'select name, version, at, people, next_version from segment_snapshots where workspace_id = $1 order by name',
    [workspaceId],
    'segments.snapshots',
  );
}

/** Whole snapshots that are not the current ones yet. */
export async function coming(tx: Tx, workspaceId: number): Promise<{ name: string; next_version: number }[]> {
  return tx.query(
    'select name, next_version from segment_snapshots where workspace_id = $1 and next_version is not null order by name',
    [workspaceId],
    'segments.comingSnapshots',
  );
}

/** To be taken up by whoever runs the workspace; where nobody does, since there is no rule, current at once. */
export async function putNext(
  tx: Tx,
  workspaceId: number,
  o: { version: number; at: Date; values: readonly { name: string; people: number }[] },
): Promise<void> {
  await tx.query('insert into segment_runners (workspace_id) values ($1) on conflict do nothing', [
    workspaceId,
  ]);
  // An edition that is just being made makes its first round after this, or before it.
  await tx.query('select 1 from segment_runners where workspace_id = $1 for update', [workspaceId]);
  await tx.query(
    `insert into segment_snapshots (workspace_id, name, version, at, people, next_version, next_at, next_people)
     select $1, n, 0, to_timestamp(0), 0, $2, $3, p from unnest($4::text[], $5::bigint[]) as t(n, p)
     on conflict (workspace_id, name) do update
       set next_version = excluded.next_version, next_at = excluded.next_at, next_people = excluded.next_people`,
    [workspaceId, o.version, o.at, o.values.map(({ name }) => name), o.values.map(({ people }) => people)],
  );
  const [evaluated] = await tx.query(
    "select 1 from segment_editions where workspace_id = $1 and state <> 'old' limit 1",
    [workspaceId],
  );
  if (!evaluated) await switchOver(tx, workspaceId, null);
}

/** The coming ones are the current ones from now on: all, or these versions of these. */
export async function switchOver(
  tx: Tx,
  workspaceId: number,
  only: ReadonlyMap<string, number> | null,
): Promise<void> {
  await tx.query(
    `update segment_snapshots set version = next_version, at = next_at, people = next_people,
            next_version = null, next_at = null, next_people = null
      where workspace_id = $1 and next_version is not null
        and ($2::text[] is null or (name, next_version) in (select * from unnest($2::text[], $3::bigint[])))`,
    [workspaceId, only && [...only.keys()], only && [...only.values()]],
    'segments.switchSnapshots',
  );
}

export interface RunRow {
  name: string;
  settings: Record<string, unknown>;
  state: 'idle' | 'waiting' | 'working' | 'made' | 'failed';
  progress: number;
  started_at: Date | null;
  ended_at: Date | null;
  error: string | null;
  day: number;
}

export async function runs(tx: Tx, workspaceId: number): Promise<RunRow[]> {
  return tx.query<RunRow>(
    `select name, settings, state, progress, started_at, ended_at, error, day from segment_snapshot_runs
      where workspace_id = $1`,
    [workspaceId],
    'segments.snapshotRuns',
  );
}

export async function saveRun(
  tx: Tx,
  workspaceId: number,
  name: string,
  r: Partial<Omit<RunRow, 'name' | 'settings'>> & { state: RunRow['state'] },
): Promise<void> {
  await tx.query(
    `insert into segment_snapshot_runs (workspace_id, name, state, progress, started_at, ended_at, error, day)
     values ($1, $2, $3, coalesce($4::real, 0), $5, $6, $7, coalesce($8, 0))
     on conflict (workspace_id, name) do update set state = $3, progress = coalesce($4::real, 0),
       started_at = coalesce($5, segment_snapshot_runs.started_at), ended_at = $6, error = $7,
       day = coalesce($8, segment_snapshot_runs.day)`,
    [
      workspaceId,
      name,
      r.state,
      r.progress ?? null,
      r.started_at ?? null,
      r.ended_at ?? null,
      r.error?.slice(0, 1000) ?? null,
      r.day ?? null,
    ],
  );
}

export async function saveSettings(
  tx: Tx,
  workspaceId: number,
  name: string,
  settings: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `insert into segment_snapshot_runs (workspace_id, name, settings) values ($1, $2, $3)
     on conflict (workspace_id, name) do update set settings = excluded.settings`,
    [workspaceId, name, JSON.stringify(settings)],
  );
}

/** A hundred thousand people at most are sorted in memory at once, whatever the statement. */
const bounded = `settings max_bytes_before_external_group_by = 300000000, max_bytes_before_external_sort = 300000000`;

/** Writes a version by one statement. */
export async function insertByStatement(
  ch: ClickHouse,
  o: { workspaceId: number; version: number; values: readonly SnapshotValue[]; statement: Statement },
): Promise<void> {
  const params: Record<string, unknown> = { snap_ws: o.workspaceId, snap_version: o.version };
  const pairs = o.values.map(({ name, kind }, i) => {
    params[`snap_name${i}`] = name;
    const column = `toString({snap_name${i}:Identifier})`;
    const text = kind === 'number' ? `toString(toDecimal128OrNull(ifNull(${column}, ''), 6))` : column;
    return `({snap_name${i}:String}, ifNull(${text}, ''))`;
  });
  await ch.command(
    `insert into segment_snapshots (workspace_id, name, version, person, value)
     select {snap_ws:UInt32}, pair.1, {snap_version:UInt64}, person, pair.2
       from (select person, [${pairs.join(', ')}] as pairs from (${o.statement.sql})) array join pairs as pair
      where pair.2 != ''
     ${bounded}`,
    { ...o.statement.params, ...params },
  );
}

/** Writes a piece of a version. */
export async function insertRows(
  ch: ClickHouse,
  o: {
    workspaceId: number;
    version: number;
    values: readonly SnapshotValue[];
    rows: readonly SnapshotRow[];
  },
): Promise<void> {
  const lines: string[] = [];
  for (const { name, kind } of o.values) {
    for (const { person, values } of o.rows) {
      const value = textOf(values[name], kind);
      if (value !== '') lines.push(JSON.stringify([o.workspaceId, name, o.version, person, value]));
    }
  }
  if (lines.length === 0) return;
  const columns = ['workspace_id', 'name', 'version', 'person', 'value'];
  await ch.insert('segment_snapshots', columns, 'JSONCompactEachRow', lines.join('\n'));
}

const mostNumber = 1e15;

function textOf(value: string | number | null | undefined, kind: SnapshotValue['kind']): string {
  if (value === undefined || value === null) return '';
  if (kind === 'text') return String(value).toWellFormed();
  const number = Number(value);
  if (!Number.isFinite(number) || Math.abs(number) >= mostNumber) return '';
  const [units = '0', micros = ''] = (Math.trunc(number * 1e6) / 1e6).toFixed(6).split('.');
  const places = micros.replace(/0+$/, '');
  return `${units === '-0' && places === '' ? '0' : units}${places === '' ? '' : `.${places}`}`;
}

/** Of how many people a version says what. */
export async function peopleOf(
  ch: ClickHouse,
  o: { workspaceId: number; version: number; names: readonly string[] },
): Promise<Map<string, number>> {
  const rows = await ch.query<{ name: string; n: string }>(
    `select name, uniqExact(person) as n from segment_snapshots
      where workspace_id = {ws:UInt32} and name in ({names:Array(String)}) and version = {version:UInt64}
      group by name`,
    { ws: o.workspaceId, version: o.version, names: o.names },
  );
  return new Map(rows.map(({ name, n }) => [name, Number(n)]));
}

/** How many each value of a version has. */
export async function countsOf(
  ch: ClickHouse,
  o: { workspaceId: number; version: number; name: string },
): Promise<{ value: string; people: number }[]> {
  const rows = await ch.query<{ value: string; n: string }>(
    `select value, uniqExact(person) as n from segment_snapshots
      where workspace_id = {ws:UInt32} and name = {name:String} and version = {version:UInt64}
      group by value order by n desc, value limit 100`,
    { ws: o.workspaceId, name: o.name, version: o.version },
  );
  return rows.map(({ value, n }) => ({ value, people: Number(n) }));
}

/** Of whom a version says something else than another one, person by person in no order; a version 0 says nothing. */
export async function* changedBetween(
  ch: ClickHouse,
  o: { workspaceId: number; name: string; before: number; after: number },
): AsyncGenerator<number> {
  const rows = ch.queryStream<{ person: string; at: number }>(
    `select person, 1 as at from segment_snapshots
      where workspace_id = {ws:UInt32} and name = {name:String} and version in ({before:UInt64}, {after:UInt64})
      group by person
     having maxIf(value, version = {before:UInt64}) != maxIf(value, version = {after:UInt64})
     ${bounded}`,
    { ws: o.workspaceId, name: o.name, before: o.before, after: o.after },
  );
  for await (const { person } of rows) yield Number(person);
}

/** What these versions say of these people. */
export async function valuesOf(
  ch: ClickHouse,
  workspaceId: number,
  persons: readonly number[],
  versions: ReadonlyMap<string, number>,
): Promise<{ person: number; name: string; value: string }[]> {
  if (persons.length === 0 || versions.size === 0) return [];
  const rows = await ch.query<{ name: string; version: string; person: string; value: string }>(
    `select name, version, person, value from segment_snapshots
      where workspace_id = {ws:UInt32} and name in ({names:Array(String)})
        and version in ({versions:Array(UInt64)}) and person in ({persons:Array(UInt64)})`,
    { ws: workspaceId, names: [...versions.keys()], versions: [...versions.values()], persons },
  );
  return rows
    .filter((row) => versions.get(row.name) === Number(row.version))
    .map(({ name, person, value }) => ({ name, value, person: Number(person) }));
}

/**
 * Removes what nobody looks at any more, and what was broken off. Of each value the version before the current one
 * stays, for statements that began with it.
 */
export async function removeVersions(
  ch: ClickHouse,
  o: { workspaceId: number; current: ReadonlyMap<string, number> },
): Promise<void> {
  const rows = await ch.query<{ name: string; version: string }>(
    `select distinct name, version from segment_snapshots
      where workspace_id = {ws:UInt32} and name in ({names:Array(String)}) order by name, version desc`,
    { ws: o.workspaceId, names: [...o.current.keys()] },
  );
  const kept = new Set<string>();
  for (const { name, version } of rows) {
    const current = o.current.get(name) ?? 0;
    const isBefore = Number(version) < current && !kept.has(name);
    if (isBefore) kept.add(name);
    if (isBefore || Number(version) === current) continue;
    await ch.command(
      `alter table segment_snapshots delete
        where workspace_id = {ws:UInt32} and name = {name:String} and version = {version:UInt64}
       settings mutations_sync = 2`,
      { ws: o.workspaceId, name, version },
    );
  }
}
