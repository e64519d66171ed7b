import { stringify } from 'yaml';
import type { questionKinds } from '../schema.ts';
import type { Role } from './roles.ts';
import type { ValueGuess } from './values.ts';

/** What was found out about a column. */
export interface ColumnGuess {
  name: string;
  role: Role;
  value: ValueGuess;
  /** Share of the rows that have a value. */
  filled: number;
  texts: readonly string[];
}

/** What only a person can decide: in words, and for those who put it into their own. */
export interface Question {
  about: (typeof questionKinds)[number];
  text: string;
  column?: string;
  example?: string;
}

export interface Proposal {
  mapping: string | null;
  questions: Question[];
}

/**
 * A mapping for columns that nobody has described. `rows` are the sampled rows by column, to see what rows of one order
 * have in common. Null where not even whose data it is can be told.
 */
export function propose(columns: readonly ColumnGuess[], rows: readonly Record<string, string>[]): Proposal {
  const questions: Question[] = [];
  const used = new Set<string>();
  const take = (role: Role): ColumnGuess | undefined => {
    const found = columns.find((c) => c.role === role && !used.has(c.name) && c.value.kind !== 'empty');
    if (found) used.add(found.name);
    return found;
  };
  const time = columns.find((c) => c.role === 'time' && c.value.kind === 'time');
  if (time) used.add(time.name);
  if (time?.value.ambiguous) {
    const [example = ''] = time.texts;
    questions.push({
      about: 'day-or-month',
      column: time.name,
      example,
      text: `Is ${time.name} day/month or month/day? Both fit (${example}); the mapping says ${time.value.format}.`,
    });
  }
  const identifiers: Record<string, unknown> = {};
  for (const kind of ['user_id', 'card', 'email', 'phone', 'anonymous_id'] as const) {
    const column = take(kind);
    if (column)
      identifiers[kind] =
        kind === 'user_id' && isWhole(column) ? { column: column.name, type: 'integer' } : column.name;
  }
  const event = take('event');
  const message = take('message');
  const order = take('order');
  const found = { take, columns, rows, used, time, identifiers, questions };
  const money = columns.find((c) => c.role === 'total' || c.role === 'price');
  let record: Record<string, unknown> | null = null;
  if (event && time) record = eventRecord(found, event, message);
  else if (time && (order || money)) record = orderRecord(found, order);
  else if (Object.keys(identifiers).length > 0) record = personRecord(found);
  if (!record) {
    questions.push({
      about: 'mapping',
      text: 'No column tells whose the rows are, or when they happened. Write a mapping: see docs/importing.md.',
    });
    return { mapping: null, questions };
  }
  const comma = columns.some((c) => c.value.decimal === ',');
  return {
    mapping: stringify({ ...(comma ? { decimal: ',' } : {}), records: [record] }, { lineWidth: 110 }),
    questions,
  };
}

interface Found {
  take(role: Role): ColumnGuess | undefined;
  columns: readonly ColumnGuess[];
  rows: readonly Record<string, string>[];
  used: Set<string>;
  time: ColumnGuess | undefined;
  identifiers: Record<string, unknown>;
  questions: Question[];
}

function eventRecord(
  found: Found,
  event: ColumnGuess,
  message: ColumnGuess | undefined,
): Record<string, unknown> {
  return {
    record: 'track',
    ...(message ? { id: `{${message.name}}` } : {}),
    event: `{${event.name}}`,
    time: timeOf(found.time),
    identifiers: found.identifiers,
    properties: rest(found),
  };
}

function personRecord(found: Found): Record<string, unknown> {
  return {
    record: 'identify',
    ...(found.time ? { time: timeOf(found.time) } : {}),
    identifiers: found.identifiers,
    traits: rest(found),
  };
}

function orderRecord(found: Found, order: ColumnGuess | undefined): Record<string, unknown> {
  const { take, rows, questions, identifiers } = found;
  const perProduct = {
    product_id: take('product_id'),
    sku: take('sku'),
    name: take('product'),
    quantity: take('quantity'),
    price: take('price'),
  };
  const total = take('total');
  const currency = take('currency');
  const store = take('store');
  const grouped =
    order !== undefined &&
    (repeats(order.name, rows) || perProduct.quantity !== undefined || perProduct.name !== undefined);
  const { quantity, price } = perProduct;
  const properties: Record<string, unknown> = {};
  if (order) properties.order_id = order.name;
  const isLineTotal = total !== undefined && grouped && differsWithin(order?.name ?? '', total.name, rows);
  if (total && !isLineTotal) properties.total = { column: total.name, type: 'decimal' };
  else if (total) properties.total = { sum: [total.name] };
  else if (price) properties.total = { sum: quantity ? [quantity.name, price.name] : [price.name] };
  if (currency) properties.currency = currency.name;
  else
    questions.push({
      about: 'currency',
      text: 'In which currency is the money? Without one it counts in the currency of the workspace.',
    });
  if (store) properties.store_id = store.name;
  const products: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(perProduct)) {
    if (!column) continue;
    const type = field === 'quantity' ? 'integer' : field === 'price' ? 'decimal' : undefined;
    products[field] = type ? { column: column.name, type } : column.name;
  }
  const others = rest(found);
  for (const [name, value] of Object.entries(others)) {
    const column = typeof value === 'string' ? value : (value as { column: string }).column;
    if (grouped && differsWithin(order?.name ?? '', column, rows)) products[name] = value;
    else properties[name] = value;
  }
  const nobody = Object.keys(identifiers).length === 0;
  if (nobody) {
    questions.push({
      about: 'who',
      text: 'Which column tells who bought? Without one each order is a person of its own.',
    });
  }
  return {
    record: 'track',
    ...(grouped && order ? { group: order.name } : {}),
    ...(order ? { id: `order:{${order.name}}` } : {}),
    event: 'Order Completed',
    time: timeOf(found.time),
    ...(nobody ? {} : { identifiers }),
    ...(order ? { anonymous: `order:{${order.name}}` } : {}),
    properties,
    ...(Object.keys(products).length > 0 ? { products } : {}),
  };
}

function timeOf(column: ColumnGuess | undefined): unknown {
  if (!column) return undefined;
  return column.value.format ? { column: column.name, format: column.value.format } : column.name;
}

/** The columns that nothing else wanted, each with its type. */
function rest({ columns, used }: Found): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const column of columns) {
    if (used.has(column.name) || column.value.kind === 'empty') continue;
    values[fieldName(column.name)] = typed(column);
  }
  return values;
}

function typed({ name, value }: ColumnGuess): unknown {
  switch (value.kind) {
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'json':
      return { column: name, type: value.kind };
    case 'time':
      return { column: name, type: 'date', ...(value.format ? { format: value.format } : {}) };
    default:
      return name;
  }
}

/** `Billing City` is billing_city; names in other scripts stay as they are. */
function fieldName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s\-./]+/g, '_');
}

/** 17850.0 is the customer 17850. */
function isWhole({ value, texts }: ColumnGuess): boolean {
  return value.kind === 'integer' && texts.some((text) => text.includes('.'));
}

function repeats(column: string, rows: readonly Record<string, string>[]): boolean {
  return new Set(rows.map((row) => row[column])).size < rows.length;
}

/** Whether rows of one order have different values here. */
function differsWithin(order: string, column: string, rows: readonly Record<string, string>[]): boolean {
  const seen = new Map<string, string>();
  for (const row of rows) {
    const key = row[order] ?? '';
    const value = row[column] ?? '';
    const before = seen.get(key);
    if (before !== undefined && value !== '' && before !== '' && before !== value) return true;
    if (before === undefined || before === '') seen.set(key, value);
  }
  return false;
}
