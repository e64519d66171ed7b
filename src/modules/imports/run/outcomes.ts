import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Flaw } from '../mapping/flaw.ts';
import type { Grouping, Plan } from '../mapping/plan.ts';
import type { Maker } from '../mapping/record.ts';
import type { Cells } from '../mapping/value.ts';
import type { ImportFile } from '../read/file.ts';
import type { RawRecord } from '../read/record.ts';
import type { Breather } from './breather.ts';
import { type Group, gather } from './gather.ts';
import type { Lookups } from './lookup.ts';
import type { Outcome } from './outcome.ts';
import { createSpool, type Spool } from './spool.ts';

/** How far the reading is; written by `readOutcomes`, read by whoever shows it. */
export interface Reading {
  /** Rows of the file, without its header and empty lines. */
  rows: number;
  /** From 0 to 1, of the whole. */
  done: number;
}

/** Raised when a change of this program gives the same file's events in another order, or other ids. */
export const eventOrder = 1;

const NO_RECORD = 'no record of the mapping is meant for it';
/** Putting together and sending takes longer than reading. */
const readingShare = 0.2;

/**
 * Everything that becomes of a file: always the same, in the same order, for the same file and mapping. First the
 * records of single rows, while the file is read; then those of rows that were put together.
 */
export async function* readOutcomes(o: {
  file: ImportFile;
  fileBytes: number;
  plan: Plan;
  lookups: Lookups;
  /** A folder for what does not fit into memory; it is made and removed. */
  spoolFolder: string;
  breathe: Breather;
  reading: Reading;
  /** How many bytes of rows are put together at once. */
  partBytes?: number;
}): AsyncGenerator<Outcome[]> {
  const { file, plan, lookups, reading } = o;
  const spools = plan.groupings.map((_, i) => createSpool(join(o.spoolFolder, String(i)), 0));
  const firstShare = spools.length === 0 ? 1 : readingShare;
  try {
    for await (const batch of file.records()) {
      const outcomes: Outcome[] = [];
      for (const record of batch) readRow(record, plan, lookups, spools, outcomes);
      reading.rows += batch.length;
      reading.done = firstShare * Math.min(1, file.readBytes() / Math.max(o.fileBytes, 1));
      if (outcomes.length > 0) yield outcomes;
      const pause = o.breathe();
      if (pause) await pause;
    }
    for (const [index, grouping] of plan.groupings.entries()) {
      const spool = spools[index] as Spool;
      const cellsOf = (raw: string) => {
        const { cells, flaw } = file.cells(raw);
        return { cells: lookups.join(cells), flaw };
      };
      const folder = join(o.spoolFolder, `${index}-`);
      for await (const { groups, done } of gather(spool, grouping, cellsOf, folder, o.breathe, o.partBytes)) {
        reading.done = firstShare + ((1 - firstShare) * (index + done)) / plan.groupings.length;
        const outcomes: Outcome[] = [];
        for (const group of groups) {
          outcomes.push(...readGroup(group, grouping));
          const pause = o.breathe();
          if (pause) {
            if (outcomes.length > 0) yield outcomes.splice(0);
            await pause;
          }
        }
        if (outcomes.length > 0) yield outcomes;
      }
    }
    reading.done = 1;
  } finally {
    for (const spool of spools) spool.remove();
    rmSync(o.spoolFolder, { recursive: true, force: true });
  }
}

function readRow(
  record: RawRecord,
  plan: Plan,
  lookups: Lookups,
  spools: readonly Spool[],
  outcomes: Outcome[],
): void {
  const { line, raw, flaw } = record;
  const cells = lookups.join(record.cells);
  const reject = (reason: string) =>
    void outcomes.push({ kind: 'reject', line, raw, reason, broken: flaw !== null });
  try {
    const reason = flaw ? null : plan.passedOver(cells);
    if (reason) {
      outcomes.push({ kind: 'skip', rows: 1, reason });
      return;
    }
    let meant = false;
    for (const [i, grouping] of plan.groupings.entries()) {
      const key = grouping.key(cells);
      // A row that cannot be read goes where it seems to belong, and keeps its whole group out.
      if (key !== '') spools[i]?.add(key, { line, raw });
      const nothing = key === '' && !flaw ? grouping.nothing(cells) : null;
      if (nothing) reject(nothing);
      meant ||= key !== '' || nothing !== null;
    }
    if (flaw) {
      if (!meant) reject(flaw);
      return;
    }
    for (const maker of plan.single) meant = make(maker, [cells], '', raw.length, outcomes) || meant;
    if (!meant) outcomes.push({ kind: 'skip', rows: 1, reason: NO_RECORD });
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    reject(error.message);
  }
}

/** One row that cannot be taken keeps all of its group out: a part of an order would look like the whole of it. */
function readGroup(group: Group, grouping: Grouping): Outcome[] {
  const outcomes: Outcome[] = [];
  try {
    if (group.flaw) throw group.flaw;
    const units = grouping.numbered ? group.cells.map((cells) => [cells]) : [group.cells];
    let meant = false;
    for (const [i, rows] of units.entries()) {
      const number = group.before + i + 1;
      const id = number === 1 ? group.key : `${group.key}#${number}`;
      for (const maker of grouping.makers)
        meant = make(maker, rows, id, group.chars / units.length, outcomes) || meant;
    }
    if (!meant && group.rows.length > 0) {
      outcomes.push({ kind: 'skip', rows: group.rows.length, reason: NO_RECORD });
    }
    return outcomes;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    const bad = group.rows[error.row];
    return group.rows.map((row, i) => ({
      kind: 'reject',
      ...row,
      broken: group.broken.has(i),
      reason:
        row === bad || !bad || grouping.numbered
          ? error.message
          : `It belongs together with line ${bad.line}, which cannot be taken.`,
    }));
  }
}

function make(maker: Maker, rows: readonly Cells[], id: string, chars: number, outcomes: Outcome[]): boolean {
  const message = maker.make(rows, () => id);
  if (message) outcomes.push({ kind: 'event', message, bytes: 300 + chars });
  return message !== null;
}
