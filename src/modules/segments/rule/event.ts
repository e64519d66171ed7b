import { type JsonValue, readDocument } from './json.ts';

/** What rules look at in a row of the log (collect's columns, as text). */
export interface EventRow {
  time: string | null;
  type: string | null;
  event: string | null;
  channel: string | null;
  source: string | null;
  contract: string | null;
  bot: string | null;
  order_id: string | null;
  total: string | null;
  currency: string | null;
  store_id: string | null;
  properties: string | null;
}

/** One event while it is looked at; its properties are read when the first test asks for them. */
export class EventView {
  row: EventRow;
  #properties: { [name: string]: JsonValue } | null | undefined;

  constructor(row: EventRow) {
    this.row = row;
  }

  get properties(): { [name: string]: JsonValue } | null {
    return (this.#properties ??= readDocument(this.row.properties ?? ''));
  }
}

/** "1767225600.123", as rows of the log have it, in ms. */
export function timeOf(cell: string): number {
  const dot = cell.length - 4;
  return cell[dot] === '.'
    ? Number(cell.slice(0, dot)) * 1000 + Number(cell.slice(dot + 1))
    : Number(cell) * 1000;
}
