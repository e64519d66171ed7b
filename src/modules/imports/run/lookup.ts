import type { ColumnFinder } from '../mapping/columns.ts';
import { refuseMapping } from '../mapping/document.ts';
import type { Mapping } from '../mapping/shape.ts';
import { type Cells, textAt } from '../mapping/value.ts';
import { openImportFile } from '../read/file.ts';
import { readLayout } from '../read/layout.ts';
import { refuse } from '../schema.ts';

/** Other files that tell more about a value: what a product is called, where a store stands. */
export interface Lookups {
  /** The cells of a row with those that the other files add. */
  join(cells: Cells): Cells;
}

const mostRows = 1_000_000;

/**
 * Reads the files that a mapping looks things up in, into memory: those of their columns that it names. Where no file
 * came for one, its columns are empty. `paths`: where the files lie, by the name that the mapping gives them.
 */
export async function readLookups(
  mapping: Mapping,
  finder: ColumnFinder,
  paths: Record<string, string>,
): Promise<Lookups> {
  const joins: ((cells: Cells, out: string[]) => void)[] = [];
  for (const [name, { by, key }] of Object.entries(mapping.lookup ?? {})) {
    const wanted = finder.joined.filter((j) => j.file === name);
    const path = paths[name];
    if (path === undefined || wanted.length === 0) continue;
    const byPlace = finder.place(by);
    const rows = await readTable(
      path,
      key,
      wanted.map((w) => w.column),
      name,
    );
    joins.push((cells, out) => {
      const found = rows.get(textAt(cells, byPlace));
      if (found) for (const [i, { place }] of wanted.entries()) out[place] = found[i] ?? '';
    });
  }
  if (joins.length === 0) return { join: (cells) => cells };
  return {
    join(cells) {
      const out = [...cells];
      for (const add of joins) add(cells, out);
      return out;
    },
  };
}

async function readTable(
  path: string,
  key: string,
  columns: string[],
  name: string,
): Promise<Map<string, string[]>> {
  const { layout } = await readLayout(path);
  const file = openImportFile(path, layout, [key, ...columns]);
  const places = [key, ...columns].map((column) => {
    const place = file.columns.indexOf(column);
    if (place >= 0) return place;
    const message = `The file for the lookup "${name}" has no column "${column}"; it has: ${file.columns.join(', ')}.`;
    throw refuseMapping([{ line: 1, field: `lookup.${name}`, message }]);
  });
  const [keyPlace = -1, ...rest] = places;
  const rows = new Map<string, string[]>();
  for await (const batch of file.records()) {
    for (const { cells, flaw } of batch) {
      if (!flaw)
        rows.set(
          textAt(cells, keyPlace),
          rest.map((place) => textAt(cells, place)),
        );
    }
    if (rows.size > mostRows) {
      throw refuse(
        'unreadable-file',
        `The file for the lookup "${name}" has more than ${mostRows} rows, which are held in memory.`,
      );
    }
  }
  return rows;
}
