import { join } from 'node:path';
import { Flaw } from '../mapping/flaw.ts';
import type { Grouping } from '../mapping/plan.ts';
import type { Cells } from '../mapping/value.ts';
import type { CellsOf } from '../read/json.ts';
import type { Breather } from './breather.ts';
import { createSpool, parts, type Spool, type SpooledRow } from './spool.ts';

/** The rows of one key, in the order of the file. */
export interface Group {
  key: string;
  rows: SpooledRow[];
  cells: Cells[];
  /** Characters in all rows. */
  chars: number;
  /** Rows of the same key that were handed out before, because they were too many to hold. */
  before: number;
  /** Which of the rows could not be read. */
  broken: Set<number>;
  /** Why none of them can be taken; its row is -1 where it is none of them in particular. */
  flaw: Flaw | null;
}

/** What is put together at once; with its cells it takes about ten times as much memory. */
export const usualPartBytes = 4 * 1024 * 1024;
/** An event may have 1 MB, so rows of more than this can be no event. */
const longestGroup = 4_000_000;
const deepest = 4;

/**
 * Puts the rows of a spool together, a part at a time; a part that is too large for memory is spread over a spool of
 * its own first. `done` goes from 0 to 1.
 */
export async function* gather(
  spool: Spool,
  grouping: Grouping,
  cellsOf: (raw: string) => CellsOf,
  folder: string,
  breathe: Breather,
  partBytes = usualPartBytes,
  level = 0,
): AsyncGenerator<{ groups: Iterable<Group>; done: number }> {
  for (let part = 0; part < parts; part++) {
    if (spool.bytes(part) === 0) continue;
    if (spool.bytes(part) > partBytes && level < deepest) {
      const finer = createSpool(join(folder, `${level}-${part}`), level + 1);
      try {
        for (const row of spool.read(part)) {
          finer.add(grouping.key(cellsOf(row.raw).cells), row);
          const pause = breathe();
          if (pause) await pause;
        }
        spool.drop(part);
        for await (const { groups, done } of gather(
          finer,
          grouping,
          cellsOf,
          folder,
          breathe,
          partBytes,
          level + 1,
        )) {
          yield { groups, done: (part + done) / parts };
        }
      } finally {
        finer.remove();
      }
      continue;
    }
    const groups = new Map<string, Group>();
    for (const row of spool.read(part)) {
      const full = put(row, cellsOf(row.raw), grouping, groups);
      if (full) {
        yield { groups: [full], done: part / parts };
        Object.assign(full, {
          rows: [],
          cells: [],
          chars: 0,
          broken: new Set(),
          before: full.before + full.rows.length,
        });
      }
      const pause = breathe();
      if (pause) await pause;
    }
    spool.drop(part);
    yield { groups: groups.values(), done: (part + 1) / parts };
  }
}

/** Puts a row into its group; returns the group when it holds as much as may be held. */
function put(
  row: SpooledRow,
  { cells, flaw }: CellsOf,
  grouping: Grouping,
  groups: Map<string, Group>,
): Group | null {
  const key = grouping.key(cells);
  let group = groups.get(key);
  if (!group) {
    group = { key, rows: [], cells: [], chars: 0, before: 0, broken: new Set(), flaw: null };
    groups.set(key, group);
  }
  group.chars += row.raw.length;
  if (flaw) {
    group.broken.add(group.rows.length);
    if (!group.flaw) {
      group.flaw = new Flaw(flaw);
      group.flaw.row = group.rows.length;
    }
  }
  group.rows.push(row);
  group.cells.push(cells);
  if (group.chars <= longestGroup) return null;
  if (!grouping.numbered) {
    group.flaw = new Flaw(tooManyRows);
    group.flaw.row = -1;
  }
  return group;
}

const tooManyRows =
  'It belongs together with so many rows that they are more than the 1 MB of one event. Is "group" right?';
