import type { Mapping } from '../mapping/shape.ts';
import { splitRecord } from '../read/csv.ts';
import type { Layout } from '../read/layout.ts';

/** What a rejected row says, so that an erasure finds it however it is written. */
export interface Texts {
  /** Of all its cells. */
  texts: string[];
  /** Of those that tell whose it is. */
  ids: string[];
}

type Leaf = [path: string, text: string];

/** Reads the texts out of raw rows of a file that is laid out so. `broken`: the cells cannot be told apart for sure. */
export function createTexts(layout: Layout, mapping: Mapping): (raw: string, broken: boolean) => Texts {
  const telling = identifierColumns(mapping);
  return (raw, broken) => {
    const leaves = layout.format === 'csv' ? cellsOf(raw, layout, broken) : leavesOf(raw);
    // Messages have identifiers in many places, and what is broken may have them anywhere.
    const isAny = broken || layout.format === 'segment';
    const ids = leaves.filter(([path]) => isAny || telling.has(path));
    return { texts: leaves.map(([, text]) => text), ids: ids.map(([, text]) => text) };
  };
}

function identifierColumns(mapping: Mapping): Set<string> {
  const values = (mapping.records ?? []).flatMap((record) => Object.values(record.identifiers ?? {}));
  return new Set(values.flatMap((value) => value.column ?? []));
}

function cellsOf(raw: string, { delimiter, newline, columns }: Layout, broken: boolean): Leaf[] {
  const { cells } = splitRecord(raw, { delimiter, newline });
  const leaves = cells.map((cell, i): Leaf => [columns[i] ?? '', cell]);
  if (!broken) return leaves;
  // A quote that is not closed hides what stands behind it: the row is looked at without its quotes, too.
  const bare = raw.replaceAll('"', '');
  return [
    ...leaves,
    ...bare.split(delimiter).map((cell): Leaf => ['', cell]),
    ['', raw.replaceAll('""', '"')],
  ];
}

function leavesOf(raw: string): Leaf[] {
  const leaves: Leaf[] = [];
  try {
    addLeaves(JSON.parse(raw), '', leaves);
  } catch {
    // What was cut off in the middle still has whole texts in it.
    for (const [quoted] of raw.matchAll(/"(?:[^"\\]|\\.)*"/g)) leaves.push(['', unquoted(quoted)]);
    for (const [number] of raw.matchAll(/-?\d[\d.]*/g)) leaves.push(['', number]);
    leaves.push(['', raw]);
  }
  return leaves;
}

function addLeaves(value: unknown, path: string, leaves: Leaf[]): void {
  if (typeof value === 'string' || typeof value === 'number') leaves.push([path, String(value)]);
  else if (Array.isArray(value)) for (const item of value) addLeaves(item, path, leaves);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      addLeaves(inner, path === '' ? key : `${path}.${key}`, leaves);
  }
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
