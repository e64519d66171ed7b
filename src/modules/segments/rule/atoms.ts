import type { EventMatch, eventColumns, Filter } from '../schema.ts';
import type { Days } from './days.ts';
import type { EventView } from './event.ts';
import { at, type JsonValue } from './json.ts';
import type { SqlWriter } from './sql-writer.ts';
import { type SqlValue, type ValueTest, valueTest } from './value.ts';

/** A test of one event, in both forms. */
export interface EventTest {
  readonly key: string;
  readonly needsProperties: boolean;
  holds(view: EventView): boolean;
  /** Of a test of one value: which and how, so that several tests of it read it once. */
  readonly of?: { readonly field: Field; readonly test: ValueTest };
  sql(w: SqlWriter): string;
}

/** A predicate over one event: one of these names (of track calls) or types, and every test. */
export interface Atom {
  readonly key: string;
  /** Null with `types` null: all events. */
  readonly names: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly tests: readonly EventTest[];
}

/** Where a value stands in an event. */
export interface Field {
  readonly key: string;
  readonly needsProperties: boolean;
  value(view: EventView): JsonValue | undefined;
  sql(w: SqlWriter): SqlValue;
}

type ColumnName = (typeof eventColumns)[number];

export function columnField(column: ColumnName): Field {
  const name = column === 'name' ? 'event' : column;
  return {
    key: JSON.stringify({ column }),
    needsProperties: false,
    value: (view) => view.row[name] || undefined,
    sql: () => ({ text: name === 'total' ? `ifNull(toString(total), '')` : `toString(${name})` }),
  };
}

export function propertyField(path: string | readonly string[]): Field {
  const names = typeof path === 'string' ? [path] : path;
  return {
    key: JSON.stringify(names),
    needsProperties: true,
    value: (view) => at(view.properties ?? undefined, names),
    sql: (w) => ({
      doc: 'properties',
      path: sqlPath(names, w),
      ...(plainName.test(names.at(-1) ?? '') && { name: names.at(-1) as string }),
    }),
  };
}

const plainName = /^\w+$/;

export function sqlPath(names: readonly string[], w: SqlWriter): string {
  return names.map((name) => `, ${w.param(name, 'String')}`).join('');
}

/** The test beside the other members of its object. */
export function testIn(json: Record<string, unknown>, beside: string, days: Days): ValueTest {
  const { [beside]: _, ...test } = json;
  const names = Object.keys(test);
  if (names.length !== 1)
    throw new RangeError(`needs exactly one test, but has ${names.join(', ') || 'none'}`);
  return valueTest(test, days);
}

function timeless(test: ValueTest): ValueTest {
  if (test.next)
    throw new RangeError('what happened is not tested against the present; use the window of the condition');
  return test;
}

function fieldTest(field: Field, test: ValueTest): EventTest {
  return {
    key: `${field.key} ${test.key}`,
    needsProperties: field.needsProperties,
    of: { field, test },
    holds: (view) => test.holds(field.value(view), 0),
    sql: (w) => test.sql(field.sql(w), w),
  };
}

function productsTest(
  filters: readonly ({ property: string | string[] } & Record<string, unknown>)[],
  days: Days,
): EventTest {
  const parts = filters.map((filter) => ({
    names: typeof filter.property === 'string' ? [filter.property] : filter.property,
    test: timeless(testIn(filter, 'property', days)),
  }));
  return {
    key: JSON.stringify(['products', ...parts.map(({ names, test }) => [names, test.key]).sort()]),
    needsProperties: true,
    holds(view) {
      const products = at(view.properties ?? undefined, ['products']);
      return (
        Array.isArray(products) &&
        products.some((product) => parts.every(({ names, test }) => test.holds(at(product, names), 0)))
      );
    },
    sql(w) {
      const all = parts.map(({ names, test }) => test.sql({ doc: 'y', path: sqlPath(names, w) }, w));
      return `arrayExists(y -> ${all.join(' and ')}, JSONExtractArrayRaw(properties, 'products'))`;
    },
  };
}

function filterTest(filter: Filter, days: Days): EventTest {
  if ('products' in filter) return productsTest(filter.products, days);
  if ('column' in filter)
    return fieldTest(columnField(filter.column), timeless(testIn(filter, 'column', days)));
  return fieldTest(propertyField(filter.property), timeless(testIn(filter, 'property', days)));
}

const list = <T>(value: T | T[] | undefined): T[] | null =>
  value === undefined ? null : Array.isArray(value) ? value : [value];
const sorted = (values: string[] | null) => values && [...new Set(values)].sort();

export function atomOf(json: EventMatch, given: { days: Days; sources(id: string): number | null }): Atom {
  const match = typeof json === 'string' || Array.isArray(json) ? { event: json } : json;
  const tests = (match.where ?? []).map((filter) => filterTest(filter, given.days));
  const channels = sorted(list(match.channel));
  if (channels) {
    tests.push({
      key: JSON.stringify(['channel', channels]),
      needsProperties: false,
      holds: ({ row }) => channels.includes(row.channel ?? ''),
      sql: (w) => `channel in ${w.param(channels, 'Array(String)')}`,
    });
  }
  const sources = sorted(list(match.source));
  if (sources) {
    const ids = sources.map((id) => {
      const known = given.sources(id);
      if (known === null) throw new RangeError(`there is no source "${id}"`);
      return known;
    });
    tests.push({
      key: JSON.stringify(['source', ids]),
      needsProperties: false,
      holds: ({ row }) => ids.includes(Number(row.source)),
      sql: (w) => `source in ${w.param(ids, 'Array(UInt32)')}`,
    });
  }
  return atom(sorted(list(match.event)), sorted(list(match.type)), tests);
}

export function atom(
  names: readonly string[] | null,
  types: readonly string[] | null,
  tests: readonly EventTest[],
): Atom {
  // What is cheap to look at comes first.
  const ordered = [...tests].sort(
    (a, b) => Number(a.needsProperties) - Number(b.needsProperties) || (a.key < b.key ? -1 : 1),
  );
  return {
    key: JSON.stringify([names, types, ordered.map((test) => test.key)]),
    names,
    types,
    tests: ordered,
  };
}

/** Which names and types, without the tests. */
export function kindSql({ names, types }: Pick<Atom, 'names' | 'types'>, w: SqlWriter): string {
  if (!names && !types) return '1';
  const parts: string[] = [];
  if (names) parts.push(`(event in ${w.param(names, 'Array(String)')} and type = 'track')`);
  if (types) parts.push(`type in ${w.param(types, 'Array(String)')}`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' or ')})`;
}

export function atomSql(of: Atom, w: SqlWriter): string {
  const parts = [kindSql(of, w), ...of.tests.map((test) => test.sql(w))];
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' and ')})`;
}
