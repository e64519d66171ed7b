import type { Layout } from '../read/layout.ts';
import type { Mapping } from './shape.ts';
import { nearest } from './words.ts';

/** Finds the columns that a mapping names in a file, and remembers those that are missing. */
export interface ColumnFinder {
  place(column: string): number;
  places(columns: readonly string[]): number[];
  /** A sentence for each column that is named and not there. */
  missing(): { column: string; message: string }[];
  /** The paths in JSON objects that were asked for, in the order of their places. */
  paths: readonly string[];
  /** Of each column of another file (`products.brand`): where its value is to be put. */
  joined: readonly { file: string; column: string; place: number }[];
}

export function createColumnFinder(mapping: Mapping, layout: Layout): ColumnFinder {
  const csv = layout.format === 'csv';
  const paths: string[] = [];
  const joined: { file: string; column: string; place: number }[] = [];
  const known = new Map(csv ? layout.columns.map((column, i) => [column, i]) : []);
  const optional = new Set(mapping.file?.optional ?? []);
  const missing = new Map<string, string>();

  /** Undefined where the file has no such column. */
  function find(column: string): number | undefined {
    const place = known.get(column);
    if (place !== undefined) return place;
    const dot = column.indexOf('.');
    const file = column.slice(0, Math.max(dot, 0));
    const elsewhere = mapping.lookup !== undefined && Object.hasOwn(mapping.lookup, file);
    if (csv && !elsewhere) return undefined;
    const added = csv ? layout.columns.length + joined.length : paths.push(column) - 1;
    if (elsewhere) joined.push({ file, column: column.slice(dot + 1), place: added });
    known.set(column, added);
    return added;
  }

  function complain(columns: readonly string[]): void {
    const [column = ''] = columns;
    if (columns.every((name) => optional.has(name))) return;
    const near = nearest(column, layout.columns);
    const offer = near ? `Did you mean "${near}"?` : `It has: ${layout.columns.slice(0, 40).join(', ')}.`;
    missing.set(column, `The file has no column "${column}". ${offer}`);
  }

  return {
    place(column) {
      const place = find(column);
      if (place === undefined) complain([column]);
      return place ?? -1;
    },
    places(columns) {
      const places = columns.flatMap((column) => find(column) ?? []);
      if (places.length === 0) complain(columns);
      return places;
    },
    missing: () => [...missing].map(([column, message]) => ({ column, message })),
    paths,
    joined,
  };
}
