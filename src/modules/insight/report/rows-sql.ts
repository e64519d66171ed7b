import type { ClickHouse } from '#platform/clickhouse';
import { personNow } from '../period.ts';
import type { Question } from './schema.ts';

/** A question as pieces of SQL over the table `events`. Their parameters are named `q_..` and `members_..`. */
export interface Rows {
  /** Everything but the period: workspace, bots, what a contract alone keeps, channel, source, store. */
  readonly where: string;
  readonly inPeriod: string;
  /** Before the period's end, for what asks for all that came until then. */
  readonly untilEnd: string;
  /** The person of a row as of now; ask it once a row, then group by it. */
  readonly who: string;
  /** Of `who`, in `having` or around: not erased, and in the segment where the question names one. */
  readonly isMeant: string;
  /** The period's ends as SQL, of the type of `time`. */
  readonly from: string;
  readonly to: string;
  readonly params: Record<string, unknown>;
}

export function rowsOf(o: {
  workspaceId: number;
  question: Question;
  /** The number of the source of the question. */
  source: number | null;
  members: { sql: string; params: Record<string, unknown> } | null;
}): Rows {
  const { question, members, source } = o;
  const conditions = [
    'workspace_id = {q_ws:UInt32}',
    'contract = 0',
    ...(question.humans ? ['bot = 0'] : []),
    ...(question.channel === null ? [] : ['channel = {q_channel:String}']),
    ...(source === null ? [] : ['source = {q_source:UInt32}']),
    ...(question.store === null ? [] : ['store_id = {q_store:String}']),
  ];
  const from = "fromUnixTimestamp64Milli({q_from:Int64}, 'UTC')";
  const to = "fromUnixTimestamp64Milli({q_to:Int64}, 'UTC')";
  return {
    where: conditions.join(' and '),
    inPeriod: `time >= ${from} and time < ${to}`,
    untilEnd: `time < ${to}`,
    who: personNow,
    isMeant: members ? `who != 0 and who in (${members.sql})` : 'who != 0',
    from,
    to,
    params: {
      ...members?.params,
      q_ws: o.workspaceId,
      q_from: Date.parse(question.from),
      q_to: Date.parse(question.to),
      ...(question.channel === null ? {} : { q_channel: question.channel }),
      ...(source === null ? {} : { q_source: source }),
      ...(question.store === null ? {} : { q_store: question.store }),
    },
  };
}

/** Whether the workspace was ever sent anything. */
export async function hasEvents(ch: ClickHouse, workspaceId: number): Promise<boolean> {
  const found = await ch.query('select 1 as one from events where workspace_id = {q_ws:UInt32} limit 1', {
    q_ws: workspaceId,
  });
  return found.length > 0;
}
