import type { Size } from '../size-sql.ts';
import type { Question } from './schema.ts';

/**
 * Rows in the order of identifiers, so that grouping by them keeps one at a time; not those of the order of time. Read by
 * half as many as there are cores: groups that two readers have halves of must be put together again, which took of two
 * cores more than the second one gave.
 */
export const allInOrder =
  ' settings optimize_aggregation_in_order = 1, optimize_use_projections = 0, max_streams_to_max_threads_ratio = 0.5';

/** From this part of the time on, reading all events in order is less work than reading those of the period by time. */
const wideFrom = 0.3;
/** The groups of fewer fit into memory side by side, and are made by all cores, which is sooner done. */
const manyEvents = 30_000_000;

/** The settings for statements that group events by identifier first: those of the period, and all. */
export function inOrderOf(
  { from, to }: Question,
  { events, ...all }: Size,
): { inOrder: string; allInOrder: string } {
  if (events < manyEvents) return { inOrder: '', allInOrder: '' };
  const overlap = Math.min(Date.parse(to), all.to) - Math.max(Date.parse(from), all.from);
  return { inOrder: overlap >= wideFrom * (all.to - all.from) ? allInOrder : '', allInOrder };
}
