import type { Size } from '../size-sql.ts';
import type { Question } from './schema.ts';

/** Rows in the order of identifiers, so that grouping by them keeps one at a time; not those of the order of time. */
export const allInOrder = ' settings optimize_aggregation_in_order = 1, optimize_use_projections = 0';

/** From this part of the time on, reading all events in order is less work than reading those of the period by time. */
const wideFrom = 0.3;
const fewEvents = 100_000;

/** The settings for a statement that groups the events of the period by identifier first. */
export function inOrderOf({ from, to }: Question, { events, ...all }: Size): string {
  const overlap = Math.min(Date.parse(to), all.to) - Math.max(Date.parse(from), all.from);
  return events >= fewEvents && overlap >= wideFrom * (all.to - all.from) ? allInOrder : '';
}
