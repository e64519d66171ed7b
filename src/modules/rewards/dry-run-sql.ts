import type { EventMatcher } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import type { Cost, RuleBody } from './schema.ts';

export interface PastRow {
  t: string;
  person: string;
  key: string;
  message_id: string;
  channel: string;
  source: string;
  type: string;
  event: string;
  contract: string;
  order_id: string;
  total: string;
  currency: string;
  store_id: string;
  properties: string;
}

/** What a rule wants of the past, and what takes back of it, in the order in which it happened. */
export function pastEvents(
  ch: ClickHouse,
  workspaceId: number,
  o: { matcher: EventMatcher | null; back: readonly string[]; from: number; to: number },
): AsyncIterable<PastRow> {
  const wanted = o.matcher?.statement('m');
  return ch.queryStream<PastRow>(
    `select toString(toUnixTimestamp64Milli(time)) as t, toString(person) as person, toString(key) as key, message_id, channel,
            toString(source) as source, type, event, toString(contract) as contract, order_id,
            ifNull(toString(total), '') as total, currency, store_id, properties
       from people_events
      where workspace_id = {ws:UInt32} and bot = 0
        and time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
        and (${wanted ? wanted.sql : '0'}
             or (type = 'track' and order_id != '' and event in {back:Array(String)}))
      order by time, message_id`,
    { ...wanted?.params, ws: workspaceId, from: o.from, to: o.to, back: [...o.back] },
  );
}

/** Who accepted an invitation, and the user id that it names. */
export async function pastInvitations(
  ch: ClickHouse,
  workspaceId: number,
): Promise<{ person: string; inviter: string; t: string }[]> {
  return ch.query(
    `select toString(person) as person, toString(toUnixTimestamp64Milli(min(time))) as t,
            argMin(if(JSONExtractString(properties, 'inviter') != '', JSONExtractString(properties, 'inviter'),
              JSONExtractString(properties, 'inviter_id')), time) as inviter
       from people_events
      where workspace_id = {ws:UInt32} and type = 'track' and event = 'Invite Accepted' and bot = 0
      group by person having inviter != ''`,
    { ws: workspaceId },
  );
}

/** Comings into a segment that were told, by who is that person now. */
export async function pastEntries(
  ch: ClickHouse,
  o: { sql: string; params: Record<string, unknown> },
): Promise<number[]> {
  const rows = await ch.query<{ person: string }>(
    `select toString(person) as person from (${o.sql})`,
    o.params,
  );
  return rows.map((row) => Number(row.person));
}

export interface RunRow {
  uuid: string;
  rule: RuleBody;
  from_day: string;
  to_day: string;
  state: number;
  progress: number;
  cost: Cost | null;
  problem: string | null;
}

export async function insertRun(
  tx: Tx,
  workspaceId: number,
  r: { uuid: string; rule: RuleBody; from: string; to: string; now: Date },
): Promise<void> {
  await tx.query(
    `insert into reward_dry_runs (workspace_id, uuid, rule, from_day, to_day, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, r.uuid, JSON.stringify(r.rule), r.from, r.to, r.now],
  );
  await tx.query(
    `delete from reward_dry_runs where workspace_id = $1 and created_at < $2::timestamptz - interval '7 days'`,
    [workspaceId, r.now],
  );
}

export async function findRun(tx: Tx, workspaceId: number, uuid: string): Promise<RunRow | null> {
  const [row] = await tx.query<RunRow>(
    'select uuid, rule, from_day, to_day, state, progress, cost, problem from reward_dry_runs where workspace_id = $1 and uuid = $2',
    [workspaceId, uuid],
  );
  return row ?? null;
}

export async function saveRun(
  tx: Tx,
  workspaceId: number,
  r: { uuid: string; state: number; progress: number; cost?: Cost; problem?: string },
): Promise<void> {
  await tx.query(
    'update reward_dry_runs set state = $3, progress = $4, cost = $5, problem = $6 where workspace_id = $1 and uuid = $2',
    [workspaceId, r.uuid, r.state, r.progress, r.cost ? JSON.stringify(r.cost) : null, r.problem ?? null],
  );
}
