import type { ClickHouse } from '#platform/clickhouse';
import type { Statement } from '../rule/index.ts';
import type { Changes } from './changes.ts';
import type { Stored } from './persist-sql.ts';

const memberColumns = [
  'workspace_id',
  'edition',
  'person',
  'is_in',
  'since_ms',
  'until_ms',
  'version',
] as const;
const historyColumns = [
  'workspace_id',
  'segment',
  'person',
  'at_ms',
  'entered',
  'cause',
  'noted_ms',
  'version',
] as const;

interface Carried {
  workspaceId: number;
  rounds: readonly Changes[];
}

/** So many rows at once become bytes: about what a socket takes. */
const rowsAChunk = 500;

/** A line of each change that has one, as bytes; made as they are sent, so that nothing else waits for all of them. */
function* linesOf(
  all: readonly Carried[],
  lineOf: (workspaceId: number, round: Changes, i: number) => string | null,
): Generator<Buffer> {
  let lines: string[] = [];
  for (const { workspaceId, rounds } of all) {
    for (const round of rounds) {
      for (let i = 0; i < round.size; i++) {
        const line = lineOf(workspaceId, round, i);
        if (line === null || lines.push(line) < rowsAChunk) continue;
        yield Buffer.from(lines.join(''));
        lines = [];
      }
    }
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''));
}

export async function insertMembers(ch: ClickHouse, all: readonly Carried[]): Promise<void> {
  const body = linesOf(
    all,
    (workspaceId, r, i) =>
      `${workspaceId}\t${r.edition(i)}\t${r.person(i)}\t${r.isIn(i) ? 1 : 0}\t${r.since(i)}\t${r.until(i)}\t${r.version}\n`,
  );
  await ch.insert('segment_members', memberColumns, 'TabSeparated', body);
}

/** Of those that are told. */
export async function insertHistory(ch: ClickHouse, all: readonly Carried[]): Promise<void> {
  if (!all.some(({ rounds }) => rounds.some((round) => round.hasTold))) return;
  const body = linesOf(all, (workspaceId, r, i) =>
    r.isTold(i)
      ? `${workspaceId}\t${r.segment(i)}\t${r.person(i)}\t${r.since(i)}\t${r.isIn(i) ? 1 : 0}\t${r.cause(i).replaceAll('\\', '\\\\')}\t${r.notedMs}\t${r.version}\n`
      : null,
  );
  await ch.insert('segment_history', historyColumns, 'TabSeparated', body);
}

interface MemberRow {
  edition: number;
  person: string;
  is_in: number;
  since_ms: string;
  until_ms: string;
  version: string;
}

const toStored = (row: MemberRow): Stored => ({
  edition: row.edition,
  person: Number(row.person),
  is_in: row.is_in === 1,
  since_ms: Number(row.since_ms),
  until_ms: Number(row.until_ms),
  version: Number(row.version),
});

/** What stands about these persons, in these editions or in whatever; asked in each round, so by one thread. */
export async function storedOf(
  ch: ClickHouse,
  workspaceId: number,
  persons: readonly number[],
  editions?: readonly number[],
): Promise<Stored[]> {
  if (persons.length === 0) return [];
  const rows = await ch.query<MemberRow>(
    `select edition, person, is_in, since_ms, until_ms, version from segment_members_by_person final
      where workspace_id = {ws:UInt32} and person in ({persons:Array(UInt64)})
        ${editions ? 'and edition in ({editions:Array(UInt32)})' : ''}
      settings max_threads = 1`,
    { ws: workspaceId, persons, ...(editions && { editions }) },
  );
  return rows.map(toStored);
}

/** What holds at the moment, by the row alone. */
const holds = 'if(until_ms != 0 and until_ms <= {now:Int64}, 1 - is_in, is_in)';

/** Members after a person, in the order of their keys, without those named. */
export async function pageOfMembers(
  ch: ClickHouse,
  o: {
    workspaceId: number;
    edition: number;
    now: number;
    after: number;
    without: readonly number[];
    most: number;
  },
): Promise<{ person: number; sinceMs: number }[]> {
  const rows = await ch.query<{ person: string; since: string }>(
    `select person, if(until_ms != 0 and until_ms <= {now:Int64}, until_ms, since_ms) as since
       from segment_members final
      where workspace_id = {ws:UInt32} and edition = {edition:UInt32} and person > {after:UInt64}
        and person not in ({without:Array(UInt64)}) and ${holds} = 1
      order by person limit {most:UInt32}`,
    {
      ws: o.workspaceId,
      edition: o.edition,
      now: o.now,
      after: o.after,
      without: o.without,
      most: o.most,
    },
  );
  return rows.map((row) => ({ person: Number(row.person), sinceMs: Number(row.since) }));
}

export async function countMembers(
  ch: ClickHouse,
  o: { workspaceId: number; edition: number; now: number; without: readonly number[] },
): Promise<number> {
  const [row] = await ch.query<{ n: string }>(
    `select count() as n from segment_members final
      where workspace_id = {ws:UInt32} and edition = {edition:UInt32}
        and person not in ({without:Array(UInt64)}) and ${holds} = 1`,
    { ws: o.workspaceId, edition: o.edition, now: o.now, without: o.without },
  );
  return Number(row?.n ?? 0);
}

/** Who of an edition's members is in others too, by edition; those who share nobody are left out. */
export async function sharedMembers(
  ch: ClickHouse,
  o: { workspaceId: number; edition: number; others: readonly number[]; now: number },
): Promise<{ edition: number; both: number }[]> {
  const rows = await ch.query<{ edition: number; both: string }>(
    `select edition, count() as both from segment_members final
      where workspace_id = {ws:UInt32} and edition in ({others:Array(UInt32)}) and ${holds} = 1
        and person in (
          select person from segment_members final
           where workspace_id = {ws:UInt32} and edition = {edition:UInt32} and ${holds} = 1)
      group by edition`,
    { ws: o.workspaceId, edition: o.edition, others: o.others, now: o.now },
  );
  return rows.map((row) => ({ edition: row.edition, both: Number(row.both) }));
}

/** The persons of an edition, to be put into a statement of another module: `person in (...)`. */
export function membersNow(o: { workspaceId: number; edition: number; now: number }): Statement {
  return {
    sql: `select person from segment_members final
           where workspace_id = {members_ws:UInt32} and edition = {members_edition:UInt32}
             and if(until_ms != 0 and until_ms <= {members_now:Int64}, 1 - is_in, is_in) = 1`,
    params: { members_ws: o.workspaceId, members_edition: o.edition, members_now: o.now },
  };
}

/** Everybody whom a row says to be in, near moments aside. */
export async function* membersOf(
  ch: ClickHouse,
  workspaceId: number,
  editions: readonly number[],
): AsyncGenerator<{ edition: number; person: number }> {
  const rows = ch.queryStream<{ edition: number; person: string }>(
    `select edition, person from segment_members final
      where workspace_id = {ws:UInt32} and edition in ({editions:Array(UInt32)}) and is_in = 1`,
    { ws: workspaceId, editions },
  );
  for await (const row of rows) yield { edition: row.edition, person: Number(row.person) };
}

/** Writes editions from nothing: everybody in whom their rules' statement finds; `rules` are places in `editions`. */
export async function fillMembers(
  ch: ClickHouse,
  o: {
    workspaceId: number;
    editions: readonly number[];
    nowMs: number;
    version: number;
    members: Statement;
  },
): Promise<void> {
  await ch.command(
    `insert into segment_members (workspace_id, edition, person, is_in, since_ms, until_ms, version)
     select {fill_ws:UInt32}, arrayElement({fill_editions:Array(UInt32)}, place + 1), person, 1, {fill_at:Int64}, 0,
            {fill_version:UInt64}
       from (select person, arrayJoin(rules) as place from (${o.members.sql}))`,
    {
      ...o.members.params,
      fill_ws: o.workspaceId,
      fill_editions: o.editions,
      fill_at: o.nowMs,
      fill_version: o.version,
    },
  );
}

/** Who had past events brought in, by batches after `from` and up to `to`. */
export async function broughtIn(
  ch: ClickHouse,
  workspaceId: number,
  from: number,
  to: number,
): Promise<number[]> {
  const rows = await ch.query<{ person: string }>(
    `select distinct person from people_events
      where workspace_id = {ws:UInt32} and historical = 1 and seq > {from:UInt64} and seq <= {to:UInt64}`,
    { ws: workspaceId, from, to },
  );
  return rows.map((row) => Number(row.person));
}

/** Heads of persons in the order of their keys, the newest first. */
export async function newestPersons(
  ch: ClickHouse,
  workspaceId: number,
  before: number,
  most: number,
): Promise<number[]> {
  const rows = await ch.query<{ key: string }>(
    `select key from people_now where workspace_id = {ws:UInt32} and key < {before:UInt64} and person = key
      order by key desc limit {most:UInt32}`,
    { ws: workspaceId, before, most },
  );
  return rows.map((row) => Number(row.key));
}

export async function removePersons(
  ch: ClickHouse,
  workspaceId: number,
  persons: readonly number[],
): Promise<void> {
  for (const table of [
    'segment_members',
    'segment_members_by_person',
    'segment_history',
    'segment_history_by_person',
    'segment_snapshots',
  ]) {
    await ch.command(
      `alter table ${table} delete where workspace_id = {ws:UInt32} and person in ({persons:Array(UInt64)})
       settings mutations_sync = 2`,
      { ws: workspaceId, persons },
    );
  }
  await ch.command(
    `alter table segment_list_keys delete where workspace_id = {ws:UInt32} and key in ({persons:Array(UInt64)})
     settings mutations_sync = 2`,
    { ws: workspaceId, persons },
  );
}

/** Other than before where the tables were made anew. */
export async function tableId(ch: ClickHouse): Promise<string> {
  const [row] = await ch.query<{ id: string }>(
    "select toString(uuid) as id from system.tables where database = currentDatabase() and name = 'segment_members'",
  );
  return row?.id ?? '';
}

export interface HistoryRow {
  segment: number;
  person: string;
  at_ms: string;
  entered: number;
  cause: string;
  version: string;
}

/** Who entered and left a segment, the newest first. */
export async function historyOfSegment(
  ch: ClickHouse,
  o: { workspaceId: number; segment: number; before: number; most: number },
): Promise<HistoryRow[]> {
  return ch.query<HistoryRow>(
    `select segment, person, at_ms, entered, cause, version from segment_history final
      where workspace_id = {ws:UInt32} and segment = {segment:UInt32} and at_ms < {before:Int64}
      order by at_ms desc, version desc, person desc limit {most:UInt32} with ties`,
    { ws: o.workspaceId, segment: o.segment, before: o.before, most: o.most },
  );
}

export async function historyOfPerson(
  ch: ClickHouse,
  o: { workspaceId: number; person: number; most: number },
): Promise<HistoryRow[]> {
  return ch.query<HistoryRow>(
    `select segment, person, at_ms, entered, cause, version from segment_history_by_person final
      where workspace_id = {ws:UInt32} and person = {person:UInt64}
      order by at_ms desc, version desc, segment desc limit {most:UInt32}`,
    { ws: o.workspaceId, person: o.person, most: o.most },
  );
}

/** How many a rule finds, and some of them. */
export async function preview(
  ch: ClickHouse,
  members: Statement,
  sample: number,
): Promise<{ count: number; sample: number[] }> {
  const [row] = await ch.query<{ n: string; sample: string[] }>(
    `select count() as n, groupArraySample({sample_most:UInt32})(person) as sample from (${members.sql})`.replace(
      '{sample_most:UInt32}',
      String(Math.trunc(sample)),
    ),
    members.params,
  );
  return { count: Number(row?.n ?? 0), sample: (row?.sample ?? []).map(Number) };
}

export async function insertListKeys(
  ch: ClickHouse,
  workspaceId: number,
  list: number,
  keys: readonly number[],
): Promise<void> {
  await ch.command(
    `alter table segment_list_keys delete where workspace_id = {ws:UInt32} and list = {list:UInt32}
     settings mutations_sync = 2`,
    { ws: workspaceId, list },
  );
  if (keys.length === 0) return;
  const body = keys.map((key) => `${workspaceId}\t${list}\t${key}\n`).join('');
  await ch.insert('segment_list_keys', ['workspace_id', 'list', 'key'], 'TabSeparated', body);
}

export async function removeEditions(
  ch: ClickHouse,
  workspaceId: number,
  editions: readonly number[],
): Promise<void> {
  for (const table of ['segment_members', 'segment_members_by_person']) {
    await ch.command(
      `alter table ${table} delete where workspace_id = {ws:UInt32} and edition in ({editions:Array(UInt32)})
       settings mutations_sync = 2`,
      { ws: workspaceId, editions },
    );
  }
}

/** Moments that are written down. */
export async function* nearMoments(
  ch: ClickHouse,
  workspaceId: number,
): AsyncGenerator<{ person: number; until: number }> {
  const rows = ch.queryStream<{ person: string; until: string }>(
    `select person, min(until_ms) as until from segment_members final
      where workspace_id = {ws:UInt32} and until_ms != 0 group by person`,
    { ws: workspaceId },
  );
  for await (const row of rows) yield { person: Number(row.person), until: Number(row.until) };
}
