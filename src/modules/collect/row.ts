import type { Event } from './message.ts';

/**
 * The columns of ClickHouse's table `events`, in the order in which rows are written to the log: first what is known
 * only when the event is committed, then what came with it.
 */
export const columns = [
  'workspace_id',
  'key',
  'person',
  'known',
  'contract',
  'seq',
  'time',
  'received',
  'message_id',
  'source',
  'channel',
  'type',
  'event',
  'historical',
  'bot',
  'order_id',
  'total',
  'currency',
  'store_id',
  'user_id',
  'anonymous_id',
  'properties',
  'traits',
  'context',
  'ignored',
] as const;
export type Column = (typeof columns)[number];

/** Whose an event is. */
interface Owner {
  key: number;
  person: number;
  known: boolean;
}

/** No head has more characters: four numbers of at most 16 digits, two of one, six tabs. */
export const longestHead = 80;

/** The beginning of a row as TabSeparated. */
export function rowHead(workspaceId: number, owner: Owner, contract: boolean, seq: number): string {
  return `${workspaceId}\t${owner.key}\t${owner.person}\t${owner.known ? 1 : 0}\t${contract ? 1 : 0}\t${seq}\t`;
}

/** The rest of the row, with its line end; `received` in ms. */
export function rowTail(event: Event, came: { received: number; sourceId: number; channel: string }): string {
  return `${seconds(event.time)}\t${seconds(came.received)}\t${escaped(event.messageId)}\t${came.sourceId}\t${came.channel}\t${event.type}\t${escaped(event.event)}\t${event.historical ? 1 : 0}\t${event.bot ? 1 : 0}\t${escaped(event.orderId)}\t${event.total ?? '\\N'}\t${event.currency}\t${escaped(event.storeId)}\t${escaped(event.userId)}\t${escaped(event.anonymousId)}\t${escaped(event.properties)}\t${escaped(event.traits)}\t${escaped(event.context)}\t${event.ignored.length === 0 ? '' : escaped(JSON.stringify(event.ignored))}\n`;
}

function seconds(ms: number): string {
  const whole = Math.floor(ms / 1000);
  const rest = Math.trunc(ms - whole * 1000);
  return `${whole}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`;
}

const special = /[\\\t\n\r\0\b\f]/;
const specials = /[\\\t\n\r\0\b\f]/g;
const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
};

function escaped(text: string): string {
  return special.test(text) ? text.replace(specials, (c) => escapes[c] as string) : text;
}

const unescapes: Record<string, string> = {
  t: '\t',
  n: '\n',
  r: '\r',
  '0': '\0',
  b: '\b',
  f: '\f',
  '\\': '\\',
};

/** A row of the log, by column; `total` is null where there is none. */
export function fromRow(line: string): Record<Column, string | null> {
  const row = blank();
  let from = 0;
  for (let i = 0; i < columns.length; i++) {
    const tab = line.indexOf('\t', from);
    const cell = tab < 0 ? line.slice(from) : line.slice(from, tab);
    from = tab < 0 ? line.length : tab + 1;
    row[columns[i] as Column] = cell.includes('\\') ? unescaped(cell) : cell;
  }
  return row;
}

function unescaped(cell: string): string | null {
  return cell === '\\N' ? null : cell.replace(/\\(.)/g, (_, c) => unescapes[c] ?? c);
}

/** All columns at once: an object that grows column by column is moved about many times, and this is done for each event. */
function blank(): Record<Column, string | null> {
  return {
    workspace_id: '',
    key: '',
    person: '',
    known: '',
    contract: '',
    seq: '',
    time: '',
    received: '',
    message_id: '',
    source: '',
    channel: '',
    type: '',
    event: '',
    historical: '',
    bot: '',
    order_id: '',
    total: '',
    currency: '',
    store_id: '',
    user_id: '',
    anonymous_id: '',
    properties: '',
    traits: '',
    context: '',
    ignored: '',
  };
}
