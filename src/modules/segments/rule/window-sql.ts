import { type Atom, atomSql } from './atoms.ts';
import type { SqlWriter } from './sql-writer.ts';
import type { Window } from './window.ts';

/** What a column of times can hold, ms. */
const [earliest, latest] = [Date.UTC(1900, 0, 1), Date.UTC(2299, 11, 31)];

const instantSql = (ms: number, w: SqlWriter) => `fromUnixTimestamp64Milli(${w.param(ms, 'Int64')}, 'UTC')`;

/** Whether an event's time is not before the instant: of the column itself, which finds rows by it. */
export function sinceSql(from: number, w: SqlWriter): string {
  return from <= earliest ? '1' : `time >= ${instantSql(Math.min(from, latest), w)}`;
}

/** Whether an event's time lies in the window now. */
export function insideSql(window: Window, w: SqlWriter): string {
  const parts: string[] = [];
  const from = window.from(w.now);
  if (from > earliest) parts.push(sinceSql(from, w));
  if (window.to < latest) parts.push(`time < ${instantSql(Math.max(window.to, earliest), w)}`);
  return parts.length === 0 ? '1' : `(${parts.join(' and ')})`;
}

/** Both, without what always holds. */
export const and = (...conditions: string[]) => {
  const parts = conditions.filter((one) => one !== '1');
  return parts.length === 0 ? '1' : parts.join(' and ');
};

export const anyOf = (atoms: readonly Atom[], w: SqlWriter) =>
  `(${atoms.map((one) => atomSql(one, w)).join(' or ')})`;

/**
 * The first moment at which a matching event leaves the window; 0 for none. Days of a calendar end at the next midnight
 * that any of them could.
 */
export function dueSql(atoms: readonly Atom[], window: Window, w: SqlWriter): string[] {
  const from = window.from(w.now);
  if (window.leaves(w.now) === Number.POSITIVE_INFINITY) return [];
  const matched = and(insideSql(window, w), `t <= ${w.param(w.now, 'Int64')}`, anyOf(atoms, w));
  if (window.length > 0) return [`minIf(t + ${w.param(window.length, 'Int64')}, ${matched})`];
  return [`if(countIf(${matched}) > 0, ${w.param(window.leaves(from), 'Int64')}, 0)`];
}
