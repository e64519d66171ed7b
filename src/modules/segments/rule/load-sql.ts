import type { Atom } from './atoms.ts';
import { kindsSql, peopleSql, type Statement } from './members-sql.ts';
import type { Leaf } from './node.ts';
import { SqlWriter } from './sql-writer.ts';
import { never } from './value.ts';

/**
 * The events of these identifiers that any rule wants, up to a position; properties only where a test reads them. By one
 * thread: of some people it is little, and beside the rounds a second one is in the way.
 */
export function loadSql(
  atoms: readonly Atom[],
  needing: readonly Atom[],
  o: { workspaceId: number; keys: readonly number[] | null; position: number },
): Statement {
  const w = new SqlWriter(0);
  const properties = needing.length === 0 ? `''` : `if(${kindsSql(needing, w)}, properties, '')`;
  const keys = o.keys ? ` and key in ${w.param(o.keys, 'Array(UInt64)')}` : '';
  const sql = `select person, key, seq, toUnixTimestamp64Milli(time) as t, type, event, channel, source, order_id, toString(total) as total, currency, store_id, ${properties} as properties
    from people_events
   where workspace_id = {ws:UInt32}${keys} and contract = 0 and bot = 0 and seq <= {position:UInt64} and ${kindsSql(atoms, w)}
  settings prefer_column_name_to_alias = 1, max_threads = 1`;
  return { sql, params: { ...w.params, ws: o.workspaceId, position: o.position } };
}

/**
 * For everybody: an instant (ms) at or before the first at which time alone can change any of these conditions; those
 * for whom time does nothing are left out.
 */
export function timersSql(
  leaves: readonly Leaf[],
  o: { workspaceId: number; position: number; now: number },
): Statement {
  const w = new SqlWriter(o.now);
  const due = leaves.flatMap((leaf) => leaf.due(w));
  const future = `minIf(t, t > ${w.param(o.now, 'Int64')})`;
  const list = [...new Set([...due, future])];
  const events = `select person, arrayMin(arrayMap(x -> if(x > 0, x, ${never}), [${list.map((one) => `toInt64(${one})`).join(', ')}])) as due
    from (select *, toUnixTimestamp64Milli(time) as t from people_events)
   where workspace_id = {ws:UInt32} and contract = 0 and bot = 0 and seq <= {position:UInt64} and ${kindsSql(
     leaves.flatMap((leaf) => leaf.atoms),
     w,
   )}
   group by person having due < ${never}`;
  const timed = leaves.flatMap((leaf) => leaf.duePeople?.(w) ?? []);
  const people = `select person, arrayMin([${timed.map((one) => `toInt64(${one})`).join(', ')}]) as due from (${peopleSql(w)}) where due < ${never}`;
  const sql = `select person, min(due) as due from (${timed.length > 0 ? `${events} union all ${people}` : events}) group by person`;
  return { sql, params: { ...w.params, ws: o.workspaceId, position: o.position } };
}
