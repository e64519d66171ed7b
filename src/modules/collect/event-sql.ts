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

/**
 * The newest events of a workspace. Whose they are and since when is told by few narrow columns, and then only those
 * people's rows are read: rows stand by person, so that the newest of all are everywhere, and with all their columns
 * ten million took seconds. Where more than was thought is erased, or of one moment, everything is read after all.
 */
export async function listEvents(
  ch: ClickHouse,
  workspaceId: number,
  filter: EventFilter,
): Promise<EventRow[]> {
  for (const spare of [16, 400]) {
    const { keys, from, isAll } = await newestKeys(ch, workspaceId, filter, filter.most + spare);
    if (keys.length === 0) return [];
    const rows = await eventsOfKeys(ch, workspaceId, keys, isAll ? filter : { ...filter, from });
    if (isAll || rows.length === filter.most) return rows;
  }
  return ch.query<EventRow>(
    `select ${shown} from (
       select * from people_events where workspace_id = {ws:UInt32} ${filters}
       order by time desc, seq desc, message_id desc limit {most:UInt32})
     order by time desc, seq desc, message_id desc ${byColumns}`,
    parametersOf(workspaceId, filter),
  );
}

/**
 * How far back to look first, in ms: events of an hour are found without reading the time of all there are, and mostly
 * there are enough of them. 0: all.
 */
const lookBack = [3_600_000, 86_400_000, 0];

/**
 * The keys of all events after a moment that the filter may mean, erased ones among them; `isAll`: there are no others
 * before it. Only the conditions that ask something stand in the statement, since each costs the reading of a column.
 */
async function newestKeys(
  ch: ClickHouse,
  workspaceId: number,
  filter: EventFilter,
  most: number,
): Promise<{ keys: number[]; from: Date; isAll: boolean }> {
  for (const back of lookBack) {
    const { keys, oldest, rows } = await newestWithin(ch, workspaceId, filter, most, back);
    // Of the oldest moment there may be more; of what comes after it there are no others.
    if (rows >= most || back === 0) return { keys, from: new Date(oldest + 1), isAll: rows < most };
  }
  throw new Error('All events are looked at in the end.');
}

/** `back` is counted from where the filter ends, or from now. */
async function newestWithin(
  ch: ClickHouse,
  workspaceId: number,
  filter: EventFilter,
  most: number,
  back: number,
): Promise<{ keys: number[]; oldest: number; rows: number }> {
  const ends = [filter.before && '{at:Int64}', filter.to && '{to:Int64}'].filter(Boolean).join(', ');
  const end = ends === '' ? 'toUnixTimestamp64Milli(now64(3))' : `least(${ends})`;
  const asked = [
    filter.from && "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
    filter.to && "time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
    filter.before && "time <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')",
    filter.name && 'event = {name:String}',
    filter.type && 'type = {type:String}',
    filter.source && 'source = {source:UInt32}',
    filter.withoutBots && 'bot = 0',
    back > 0 && `time >= fromUnixTimestamp64Milli(${end} - {back:Int64}, 'UTC')`,
  ].filter((condition) => typeof condition === 'string');
  const [row] = await ch.query<{ keys: string[]; oldest: string; rows: string }>(
    `select groupUniqArray(key) as keys, toUnixTimestamp64Milli(min(time)) as oldest, count() as rows from (
       select key, time from events where ${['workspace_id = {ws:UInt32}', ...asked].join(' and ')}
        order by time desc limit {most:UInt32})`,
    { ...parametersOf(workspaceId, filter), most, back },
  );
  return {
    keys: (row?.keys ?? []).map(Number),
    oldest: Number(row?.oldest ?? 0),
    rows: Number(row?.rows ?? 0),
  };
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

/** Removes events that happened before a moment (ms) for good; false where there were none. */
export async function removeOlder(ch: ClickHouse, workspaceId: number, before: number): Promise<boolean> {
  const old = `workspace_id = {ws:UInt32} and time < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`;
  const about = { ws: workspaceId, before };
  const [found] = await ch.query(`select 1 from events where ${old} limit 1`, about);
  if (!found) return false;
  await ch.command(`alter table events delete where ${old} settings mutations_sync = 2`, about);
  return true;
}
