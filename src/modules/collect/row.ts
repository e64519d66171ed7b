import type { Event } from './message.ts';

/** The columns of ClickHouse's table `events`, in the order in which rows are written to the log. */
export const columns = [
  'workspace_id',
  'key',
  'person',
  'time',
  'received',
  'seq',
  'message_id',
  'source',
  'channel',
  'type',
  'event',
  'known',
  'contract',
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

export interface Placed {
  workspaceId: number;
  key: number;
  person: number;
  /** ms */
  received: number;
  sourceId: number;
  channel: string;
  known: boolean;
  contract: boolean;
}

/** One row as TabSeparated, with its line end. */
export function toRow(event: Event, placed: Placed, seq: number): string {
  return `${placed.workspaceId}\t${placed.key}\t${placed.person}\t${seconds(event.time)}\t${seconds(placed.received)}\t${seq}\t${escaped(event.messageId)}\t${placed.sourceId}\t${placed.channel}\t${event.type}\t${escaped(event.event)}\t${placed.known ? 1 : 0}\t${placed.contract ? 1 : 0}\t${event.historical ? 1 : 0}\t${event.bot ? 1 : 0}\t${escaped(event.orderId)}\t${event.total ?? '\\N'}\t${event.currency}\t${escaped(event.storeId)}\t${escaped(event.userId)}\t${escaped(event.anonymousId)}\t${escaped(event.properties)}\t${escaped(event.traits)}\t${escaped(event.context)}\t${event.ignored.length === 0 ? '' : escaped(JSON.stringify(event.ignored))}\n`;
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
  const cells = line.split('\t');
  const row = {} as Record<Column, string | null>;
  columns.forEach((column, i) => {
    const cell = cells[i] ?? '';
    row[column] =
      cell === '\\N'
        ? null
        : cell.includes('\\')
          ? cell.replace(/\\(.)/g, (_, c) => unescapes[c] ?? c)
          : cell;
  });
  return row;
}
