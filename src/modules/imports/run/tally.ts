import type { RejectRow } from '../sql.ts';
import type { Outcome } from './outcome.ts';

/** What became of the rows so far. */
export interface Tally {
  events: number;
  rejected: number;
  skipped: number;
  byEvent: Record<string, number>;
  skips: Record<string, number>;
  /** The first messages, where they are asked for. */
  sample: unknown[];
  /** Rejected rows that are not saved yet. */
  unsaved: RejectRow[];
}

const sampleSize = 5;
/** More different names than this are no names. */
const mostNames = 200;
/** Rows beyond are counted only; whoever has that many looks at the mapping, not at the rows. */
export const mostRejectsKept = 1_000_000;

/** `saved`: how many rejected rows were saved before a restart. */
export function createTally(): Tally {
  return { events: 0, rejected: 0, skipped: 0, byEvent: {}, skips: {}, sample: [], unsaved: [] };
}

export function count(tally: Tally, outcome: Outcome, o: { saved: number; sample: boolean }): void {
  switch (outcome.kind) {
    case 'event': {
      tally.events++;
      const { message } = outcome;
      raise(tally.byEvent, String(message.event ?? message.type), 1);
      if (o.sample && tally.sample.length < sampleSize) tally.sample.push(message);
      return;
    }
    case 'skip':
      tally.skipped += outcome.rows;
      raise(tally.skips, outcome.reason, outcome.rows);
      return;
    case 'reject': {
      const n = ++tally.rejected;
      const { line, reason, raw, broken } = outcome;
      // Postgres has no zero character.
      if (n > o.saved && n <= mostRejectsKept) {
        tally.unsaved.push({ n, line, reason: storable(reason), raw: storable(raw), broken });
      }
    }
  }
}

function raise(counts: Record<string, number>, name: string, by: number): void {
  const known = Object.hasOwn(counts, name) || Object.keys(counts).length < mostNames;
  const key = known ? storable(name) : '…';
  counts[key] = (Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0) + by;
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
