import { type Atom, atomSql } from './atoms.ts';
import type { SqlWriter } from './sql-writer.ts';
import type { Window } from './window.ts';

/** Whether an event's time `t` (ms) lies in the window now. */
export function insideSql(window: Window, w: SqlWriter): string {
  const from = window.from(w.now);
  const parts: string[] = [];
  if (from !== Number.NEGATIVE_INFINITY) parts.push(`t >= ${w.param(from, 'Int64')}`);
  if (window.to !== Number.POSITIVE_INFINITY) parts.push(`t < ${w.param(window.to, 'Int64')}`);
  return parts.length === 0 ? '1' : `(${parts.join(' and ')})`;
}

export const anyOf = (atoms: readonly Atom[], w: SqlWriter) =>
  `(${atoms.map((one) => atomSql(one, w)).join(' or ')})`;

/**
 * The first moment at which a matching event leaves the window; 0 for none. Days of a calendar end at the next midnight
 * that any of them could.
 */
export function dueSql(atoms: readonly Atom[], window: Window, w: SqlWriter): string[] {
  const from = window.from(w.now);
  if (window.leaves(w.now) === Number.POSITIVE_INFINITY) return [];
  const matched = `${anyOf(atoms, w)} and ${insideSql(window, w)} and t <= ${w.param(w.now, 'Int64')}`;
  if (window.length > 0) return [`minIf(t + ${w.param(window.length, 'Int64')}, ${matched})`];
  return [`if(countIf(${matched}) > 0, ${w.param(window.leaves(from), 'Int64')}, 0)`];
}
