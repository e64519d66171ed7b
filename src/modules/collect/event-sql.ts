import type { ClickHouse } from '#platform/clickhouse';

export interface EventRow {
  key: string;
  person: string;
  seq: string;
  time: string;
  received: string;
  message_id: string;
  source: number;
  channel: string;
  type: string;
  event: string;
  historical: number;
  bot: number;
  order_id: string;
  total: string | null;
  currency: string;
  store_id: string;
  user_id: string;
  anonymous_id: string;
  properties: string;
  traits: string;
  context: string;
  ignored: string;
}

export interface EventFilter {
  /** Only older ones, from a cursor. */
  before: Cursor | null;
  from: Date | null;
  to: Date | null;
  name: string | null;
  type: string | null;
  source: number | null;
  channel: string | null;
  withoutBots: boolean;
  most: number;
}

/** Where a page ended: time in ms, batch, message. */
export interface Cursor {
  time: number;
  seq: number;
  messageId: string;
}

export function cursorOf(row: EventRow): string {
  return Buffer.from(JSON.stringify([Date.parse(row.time), Number(row.seq), row.message_id])).toString(
    'base64url',
  );
}

export function parseCursor(text: string): Cursor | null {
  try {
    const [time, seq, messageId] = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Number.isSafeInteger(time) &&
      Number.isSafeInteger(seq) &&
      seq >= 0 &&
      typeof messageId === 'string'
      ? { time, seq, messageId }
      : null;
  } catch {
    return null;
  }
}

const isoTime = (column: string) => `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`;

const shown = `toString(key) as key, toString(person) as person, toString(seq) as seq, ${isoTime('time')} as time,
  ${isoTime('received')} as received, message_id, source, channel, type, event, historical, bot, order_id,
  toString(total) as total, currency, store_id, user_id, anonymous_id, properties, traits, context, ignored`;

/** The texts that are shown have the names of their columns; the order is that of the columns: batch 10 after batch 9. */
const byColumns = 'settings prefer_column_name_to_alias = 1';

/** Every condition is there always, so that one statement serves all filters. */
const filters = `
  and ({from:Int64} = 0 or time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  and ({to:Int64} = 0 or time < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
  and ({name:String} = '' or event = {name:String})
  and ({type:String} = '' or type = {type:String})
  and ({source:UInt32} = 0 or source = {source:UInt32})
  and ({channel:String} = '' or channel = {channel:String})
  and ({humans:UInt8} = 0 or bot = 0)
  and ({at:Int64} = 0 or (time, seq, message_id) < (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {seq:UInt64}, {message:String}))`;

function parametersOf(workspaceId: number, filter: EventFilter): Record<string, unknown> {
  return {
    ws: workspaceId,
    from: filter.from?.getTime() ?? 0,
    to: filter.to ? filter.to.getTime() || 1 : 0,
    name: filter.name ?? '',
    type: filter.type ?? '',
    source: filter.source ?? 0,
    channel: filter.channel ?? '',
    humans: filter.withoutBots ? 1 : 0,
    at: filter.before?.time ?? 0,
    seq: filter.before?.seq ?? 0,
    message: filter.before?.messageId ?? '',
    most: filter.most,
  };
}

export async function listEvents(
  ch: ClickHouse,
  workspaceId: number,
  filter: EventFilter,
): Promise<EventRow[]> {
  return ch.query<EventRow>(
    `select ${shown} from (
       select * from people_events where workspace_id = {ws:UInt32} ${filters}
       order by time desc, seq desc, message_id desc limit {most:UInt32})
     order by time desc, seq desc, message_id desc ${byColumns}`,
    parametersOf(workspaceId, filter),
  );
}

export async function eventsOfKeys(
  ch: ClickHouse,
  workspaceId: number,
  keys: readonly number[],
  filter: EventFilter,
): Promise<EventRow[]> {
  return ch.query<EventRow>(
    `select ${shown} from (
       select * from people_events where workspace_id = {ws:UInt32} and key in ({keys:Array(UInt64)}) ${filters}
       order by time desc, seq desc, message_id desc limit {most:UInt32})
     order by time desc, seq desc, message_id desc ${byColumns}`,
    { ...parametersOf(workspaceId, filter), keys },
  );
}

export function allEventsOfKeys(
  ch: ClickHouse,
  workspaceId: number,
  keys: readonly number[],
): AsyncIterable<EventRow> {
  return ch.queryStream<EventRow>(
    `select ${shown} from people_events where workspace_id = {ws:UInt32} and key in ({keys:Array(UInt64)}) order by time`,
    { ws: workspaceId, keys },
  );
}

export interface SaidRow {
  key: string;
  time: string;
  received: string;
  message_id: string;
  source: number;
  channel: string;
  /** JSON. */
  value: string;
}

/** What these identifiers' events said of one trait, newest first. */
export async function saidOfTrait(
  ch: ClickHouse,
  workspaceId: number,
  keys: readonly number[],
  name: string,
  most: number,
): Promise<SaidRow[]> {
  return ch.query<SaidRow>(
    `select toString(key) as key, ${isoTime('time')} as time, ${isoTime('received')} as received, message_id, source,
            channel, JSONExtractRaw(traits, {name:String}) as value
       from people_events
      where workspace_id = {ws:UInt32} and key in ({keys:Array(UInt64)}) and type = 'identify'
        and JSONHas(traits, {name:String})
      order by time desc, seq desc, message_id desc limit {most:UInt32} ${byColumns}`,
    { ws: workspaceId, keys, name, most },
  );
}

/** 1 (search) to 5 (share), 0 where no event belongs to a stage. */
export async function furthestStage(
  ch: ClickHouse,
  workspaceId: number,
  keys: readonly number[],
  path: { names: string[]; stages: number[] },
): Promise<number> {
  const [row] = await ch.query<{ stage: number }>(
    `select max(transform(if(type in ('page', 'screen'), type, event), {names:Array(String)}, {stages:Array(UInt8)}, toUInt8(0))) as stage
       from events where workspace_id = {ws:UInt32} and key in ({keys:Array(UInt64)}) and contract = 0`,
    { ws: workspaceId, keys, names: path.names, stages: path.stages },
  );
  return Number(row?.stage ?? 0);
}
