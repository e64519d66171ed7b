import { hash } from 'node:crypto';
import { type Condition, compileCondition } from './condition.ts';
import { Flaw } from './flaw.ts';
import { createTimeReader, isoOf } from './moment.ts';
import type { RecordMapping, ValueMapping } from './shape.ts';
import { placeholders } from './template.ts';
import {
  type Cells,
  compileTemplate,
  compileValue,
  named,
  type Surroundings,
  type ValueReader,
} from './value.ts';

/** What goes to the pipeline: a message as Segment's tracking API takes it. */
export interface Message {
  type: string;
  messageId: string;
  timestamp?: string;
  event?: string;
  name?: string;
  userId?: string;
  anonymousId?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context?: Record<string, unknown>;
}

/** Makes the messages of one record of a mapping. */
export interface Maker {
  /** Whether the record is meant for these rows. */
  applies(rows: readonly Cells[]): boolean;
  /**
   * The message of rows that were put together (of one row, where nothing is); null where the record is not meant for
   * them. `ownId` is asked for where the mapping says none. Throws a Flaw.
   */
  make(rows: readonly Cells[], ownId: () => string): Message | null;
}

export function compileRecord(record: RecordMapping, around: Surroundings): Maker {
  const applies: Condition = record.when ? compileCondition(record.when, around) : () => true;
  const time = record.time && compileTime(record.time, around);
  const identifiers = compileValues(record.identifiers, around);
  const anonymous = record.anonymous && overRows(compileTemplate(record.anonymous, around));
  const id = record.id && { text: record.id, make: overRows(compileTemplate(record.id, around)) };
  const event = record.event && { text: record.event, make: overRows(compileTemplate(record.event, around)) };
  const name = record.name && overRows(compileTemplate(record.name, around));
  const properties = compileValues(record.properties, around);
  const traits = compileValues(record.traits, around);
  const products = compileValues(record.products, around);
  const identify = record.record === 'identify';

  function make(rows: readonly Cells[], ownId: () => string): Message | null {
    if (!applies(rows)) return null;
    const message: Message = { type: record.record, messageId: '' };
    let read = rows;
    if (time) {
      const times = rows.map((cells, i) => timeOf(time, cells, i));
      message.timestamp = isoOf(identify ? latest(times) : earliest(times));
      // A person is as the newest row says, an order begins with its earliest one.
      if (identify && rows.length > 1) read = newestFirst(rows, times);
    }
    if (event) message.event = event.make(rows) || missing('event', event.text);
    const title = name ? name(rows) : '';
    if (title) message.name = title;
    addIdentifiers(message, identifiers, read, anonymous ? anonymous(rows) : '');
    if (identify) message.traits = collect(traits, read);
    else {
      const found = collect(properties, rows);
      if (products.length > 0) found.products = productsOf(products, rows);
      message.properties = found;
    }
    if (id) message.messageId = id.make(rows) || missing('id', id.text);
    // What is said of a person is new only where it differs.
    else message.messageId = identify ? contentHash(JSON.stringify(message)) : ownId();
    return message;
  }

  return { applies, make };
}

/** 128 bits of SHA-256, in hex. */
export function contentHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

interface TimeOf {
  text(cells: Cells): string;
  name: string;
  read(text: string): number;
}

function compileTime(value: ValueMapping, around: Surroundings): TimeOf {
  const reader = compileValue({ ...value, type: 'text' }, around);
  const read = createTimeReader({
    formats: value.format,
    zone: value.zone ?? around.zone,
    latestMs: around.latestMs,
  });
  return {
    text: (cells) => String(reader.one(cells) ?? ''),
    name: value.column?.join(' or ') ?? 'time',
    read,
  };
}

/** NaN where the row has no time. */
function timeOf(time: TimeOf, cells: Cells, row: number): number {
  const text = time.text(cells);
  if (text === '') return Number.NaN;
  try {
    return named(time.name, () => time.read(text));
  } catch (error) {
    if (error instanceof Flaw) error.row = row;
    throw error;
  }
}

function earliest(times: readonly number[]): number {
  return one(times, Math.min);
}

function latest(times: readonly number[]): number {
  return one(times, Math.max);
}

function one(times: readonly number[], better: (a: number, b: number) => number): number {
  let best = Number.NaN;
  for (const ms of times) if (!Number.isNaN(ms)) best = Number.isNaN(best) ? ms : better(best, ms);
  if (Number.isNaN(best)) throw new Flaw('The time is empty.');
  return best;
}

function newestFirst(rows: readonly Cells[], times: readonly number[]): Cells[] {
  const order = rows.map((_, i) => i);
  order.sort((a, b) => (times[b] || 0) - (times[a] || 0) || b - a);
  return order.map((i) => rows[i] as Cells);
}

type Named = readonly { name: string; reader: ValueReader }[];

function compileValues(values: Record<string, ValueMapping> | undefined, around: Surroundings): Named {
  return Object.entries(values ?? {}).map(([name, value]) => ({ name, reader: compileValue(value, around) }));
}

function collect(values: Named, rows: readonly Cells[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, reader } of values) {
    const value = reader.first(rows);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function productsOf(fields: Named, rows: readonly Cells[]): Record<string, unknown>[] {
  const products: Record<string, unknown>[] = [];
  for (let i = 0; i < rows.length; i++) {
    const product: Record<string, unknown> = {};
    let filled = false;
    try {
      for (const { name, reader } of fields) {
        const value = reader.one(rows[i] as Cells);
        if (value === undefined) continue;
        product[name] = value;
        filled = true;
      }
    } catch (error) {
      if (error instanceof Flaw) error.row = i;
      throw error;
    }
    if (filled) products.push(product);
  }
  return products;
}

/** Segment has places of its own for three kinds; the others are external ids. */
function addIdentifiers(
  message: Message,
  identifiers: Named,
  rows: readonly Cells[],
  anonymous: string,
): void {
  let found = false;
  const external: Record<string, string>[] = [];
  for (const { name, reader } of identifiers) {
    const value = reader.first(rows);
    if (value === undefined) continue;
    const id = String(value);
    found = true;
    if (name === 'user_id') message.userId = id;
    else if (name === 'anonymous_id') message.anonymousId = id;
    else if (name === 'device_id') message.context = { ...message.context, device: { id } };
    else external.push({ id, type: name, collection: 'users', encoding: 'none' });
  }
  if (external.length > 0) message.context = { ...message.context, externalIds: external };
  if (found) return;
  if (!anonymous) {
    const names = identifiers.map((i) => i.name).join(', ');
    throw new Flaw(`It is not said whose this is: ${names || 'the identifier'} is empty.`);
  }
  message.anonymousId = anonymous;
}

function overRows(make: (cells: Cells) => string): (rows: readonly Cells[]) => string {
  return (rows) => {
    for (const cells of rows) {
      const text = make(cells);
      if (text !== '') return text;
    }
    return '';
  };
}

function missing(field: string, template: string): never {
  throw new Flaw(`The ${field} needs ${(placeholders(template) ?? []).join(' and ')}, which is empty.`);
}
