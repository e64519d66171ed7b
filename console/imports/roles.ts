import { isLoose, type Loose } from './mapping-text.ts';

/** What a column is used for in a record of a mapping; `field` is the name under which it goes on. */
export interface Use {
  as: 'time' | 'order' | 'identifier' | 'product' | 'sum' | 'property' | 'trait' | 'event';
  field: string;
}

/** What is known of a column beside its name. */
export interface ColumnFacts {
  name: string;
  kind: string;
  timeFormat: string | null;
  examples: readonly string[];
}

export const identifierKinds = [
  'user_id',
  'email',
  'phone',
  'card',
  'wechat_unionid',
  'wechat_openid',
  'device_id',
  'anonymous_id',
] as const;
export const productFields = ['product_id', 'sku', 'name', 'quantity', 'price', 'category', 'brand'] as const;
export const orderFields = ['total', 'currency', 'store_id'] as const;

/** How a choice in the form is written: `identifier:email`, `product:price`, `property:city`; '' is not used. */
export type Role = string;

export function roleOf(uses: readonly Use[]): Role {
  const rank = ['time', 'order', 'identifier', 'product', 'event', 'property', 'trait', 'sum'] as const;
  const first = rank.map((as) => uses.find((use) => use.as === as)).find((use) => use !== undefined);
  if (!first) return '';
  if (first.as === 'time' || first.as === 'order' || first.as === 'event') return first.as;
  // Its amounts added up are the total.
  return first.as === 'sum' ? 'sum:total' : `${first.as}:${first.field}`;
}

/** The columns that a value is taken from directly. */
export function columnsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.map(String);
  return isLoose(value) && value.column !== undefined ? columnsOf(value.column) : [];
}

function summed(value: unknown): readonly string[] {
  return isLoose(value) && value.sum !== undefined ? columnsOf(value.sum) : [];
}

export function usesOf(record: Loose, column: string): Use[] {
  const uses: Use[] = [];
  const has = (value: unknown) => columnsOf(value).includes(column);
  if (has(record.time)) uses.push({ as: 'time', field: 'time' });
  const properties = part(record, 'properties');
  if (has(record.group) || has(properties.order_id)) uses.push({ as: 'order', field: 'order_id' });
  const named = [
    ['identifiers', 'identifier'],
    ['products', 'product'],
    ['properties', 'property'],
    ['traits', 'trait'],
  ] as const;
  for (const [name, as] of named) {
    for (const [field, value] of Object.entries(part(record, name))) {
      if (name === 'properties' && field === 'order_id') continue;
      if (has(value)) uses.push({ as, field });
      else if (summed(value).includes(column)) uses.push({ as: 'sum', field });
    }
  }
  if (mentions(record.event, column)) uses.push({ as: 'event', field: 'event' });
  return uses;
}

export function part(record: Loose, name: string): Loose {
  const value = record[name];
  return isLoose(value) ? value : {};
}

function mentions(template: unknown, column: string): boolean {
  return typeof template === 'string' && template.includes(`{${column}}`);
}

/** The record in which the column has another role; what follows from roles (the total, the ids) follows. */
export function withRole(record: Loose, column: ColumnFacts, role: Role): Loose {
  const next = without(record, column.name);
  const [as = '', field = ''] = role.split(/:(.*)/s);
  const into = (name: string, key: string, value: unknown) => {
    next[name] = { ...part(next, name), [key]: value };
  };
  switch (as) {
    case 'time':
      next.time = column.timeFormat ? { column: column.name, format: column.timeFormat } : column.name;
      break;
    case 'order':
      if (record.group !== undefined || record.products !== undefined) next.group = column.name;
      next.id = `order:{${column.name}}`;
      if (record.anonymous !== undefined) next.anonymous = `order:{${column.name}}`;
      into('properties', 'order_id', column.name);
      break;
    case 'identifier': {
      const others = columnsOf(part(next, 'identifiers')[field]);
      into(
        'identifiers',
        field,
        others.length > 0 ? [...others, column.name] : identifierValue(field, column),
      );
      break;
    }
    case 'product':
      if (next.products === undefined && next.group === undefined) {
        const order = columnsOf(part(next, 'properties').order_id)[0];
        if (order !== undefined) next.group = order;
      }
      into('products', field, productValue(field, column));
      break;
    case 'sum':
      into('properties', field, { sum: [column.name] });
      break;
    case 'property':
      into('properties', field, field === 'total' ? { column: column.name, type: 'decimal' } : typed(column));
      break;
    case 'trait':
      into('traits', field, typed(column));
      break;
    case 'event':
      next.event = `{${column.name}}`;
      break;
  }
  return withTotal(tidied(next));
}

/** The record without any use of the column. */
function without(record: Loose, column: string): Loose {
  const next: Loose = { ...record };
  const uses = (value: unknown) => columnsOf(value).includes(column) || summed(value).includes(column);
  if (columnsOf(next.time).includes(column)) delete next.time;
  if (columnsOf(next.group).includes(column)) delete next.group;
  for (const name of ['identifiers', 'products', 'properties', 'traits']) {
    if (!isLoose(next[name])) continue;
    const kept = Object.entries(part(next, name)).flatMap(([field, value]) => {
      if (!uses(value)) return [[field, value] as const];
      const others = columnsOf(value).filter((other) => other !== column);
      if (others.length === 0) return [];
      const left = others.length === 1 ? others[0] : others;
      return [[field, isLoose(value) ? { ...value, column: left } : left] as const];
    });
    next[name] = Object.fromEntries(kept);
  }
  for (const name of ['id', 'anonymous']) if (mentions(next[name], column)) delete next[name];
  if (mentions(next.event, column)) next.event = 'Order Completed';
  return next;
}

/** Parts that became empty are left out. */
function tidied(record: Loose): Loose {
  const empty = (value: unknown) => isLoose(value) && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !empty(value)));
}

/** An order with prices and no total has theirs. */
function withTotal(record: Loose): Loose {
  const { price, quantity } = part(record, 'products');
  const properties = part(record, 'properties');
  const [priceColumn] = columnsOf(price);
  if (properties.total !== undefined || priceColumn === undefined || record.record === 'identify')
    return record;
  const [quantityColumn] = columnsOf(quantity);
  const sum = quantityColumn === undefined ? [priceColumn] : [quantityColumn, priceColumn];
  return { ...record, properties: { ...properties, total: { sum } } };
}

function identifierValue(kind: string, column: ColumnFacts): unknown {
  // 17850.0 is the customer 17850.
  const isWhole = column.kind === 'integer' && column.examples.some((text) => text.includes('.'));
  return kind === 'user_id' && isWhole ? { column: column.name, type: 'integer' } : column.name;
}

function productValue(field: string, column: ColumnFacts): unknown {
  if (field === 'quantity') return { column: column.name, type: 'integer' };
  return field === 'price' ? { column: column.name, type: 'decimal' } : column.name;
}

function typed({ name, kind, timeFormat }: ColumnFacts): unknown {
  if (kind === 'time') return { column: name, type: 'date', ...(timeFormat ? { format: timeFormat } : {}) };
  return ['integer', 'decimal', 'boolean', 'json'].includes(kind) ? { column: name, type: kind } : name;
}

/** `Billing City` is billing_city; names in other scripts stay as they are. */
export function fieldName(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replace(/[\s\-./]+/g, '_');
}
