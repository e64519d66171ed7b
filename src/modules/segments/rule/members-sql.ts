import { type Atom, kindSql } from './atoms.ts';
import { Days } from './days.ts';
import type { Leaf, Node } from './node.ts';
import { leavesOf, lower, type Rule, type RuleContext } from './read.ts';
import { SqlWriter } from './sql-writer.ts';

export interface Statement {
  sql: string;
  params: Record<string, unknown>;
}

interface At {
  workspaceId: number;
  /** Events up to this number of the log count. */
  position: number;
  /** In ms. */
  now: number;
}

/** The one statement that a rule is: the members (`person`) at one position of the log and one moment. */
export function membersSql(rule: Rule, context: RuleContext, at: At): Statement {
  const node = lower(rule, context, new Days(context.timeZone));
  const w = new SqlWriter(at.now);
  const truth = nodeSql(node, w);
  const leaves = [...leavesOf(node)];
  const onlyEvents = w.identifierColumns.size === 0 && ofNobody(node) === false;
  const events = eventsSql(leaves, w, untilSql(at.now, w));
  const params = () => ({ ...w.params, ws: at.workspaceId, position: at.position });
  if (onlyEvents && events) return { sql: `select person from (${events}) where ${truth}`, params: params() };
  const people = peopleSql(w);
  const from = events ? `(${people}) as p left join (${events}) as e using (person)` : `(${people})`;
  return { sql: `select person from ${from} where ${truth}`, params: params() };
}

/**
 * The members of several rules by one reading of the events: for each person who is in any, `rules`, the places of
 * those in the list. What the rules have in common is worked out once.
 */
export function membersOfSeveralSql(rules: readonly Rule[], context: RuleContext, at: At): Statement {
  const days = new Days(context.timeZone);
  const nodes = rules.map((rule) => lower(rule, context, days));
  const w = new SqlWriter(at.now);
  const truths = nodes.map((node) => `toUInt8(${nodeSql(node, w)})`);
  const events = eventsSql(
    nodes.flatMap((node) => [...leavesOf(node)]),
    w,
    untilSql(at.now, w),
  );
  const people = peopleSql(w);
  const from = events ? `(${people}) as p left join (${events}) as e using (person)` : `(${people})`;
  return {
    sql: `select person, arrayFilter((n, x) -> x = 1, range(${truths.length}), [${truths.join(', ')}]) as rules from ${from} where notEmpty(rules)`,
    params: { ...w.params, ws: at.workspaceId, position: at.position },
  };
}

const untilSql = (now: number, w: SqlWriter) =>
  `time <= fromUnixTimestamp64Milli(${w.param(now, 'Int64')}, 'UTC')`;

function nodeSql(node: Node, w: SqlWriter): string {
  if ('leaf' in node) return node.leaf.sql(w);
  if ('not' in node) return `not (${nodeSql(node.not, w)})`;
  const parts = ('all' in node ? node.all : node.any).map((part) => `(${nodeSql(part, w)})`);
  if (parts.length === 0) return 'all' in node ? '1' : '0';
  return parts.join('all' in node ? ' and ' : ' or ');
}

/** Everybody, also those without events, with the columns that were asked for. */
export function peopleSql(w: SqlWriter): string {
  const columns = ['person', ...[...w.identifierColumns].map(([sql, name]) => `${sql} as ${name}`)];
  return `select ${columns.join(', ')} from people_now where workspace_id = {ws:UInt32} group by person`;
}

/** Those who have any event that matters, with the columns that were asked for; null where none was. */
function eventsSql(leaves: readonly Leaf[], w: SqlWriter, until: string): string | null {
  if (w.eventColumns.size === 0) return null;
  const columns = ['person', ...[...w.eventColumns].map(([sql, name]) => `${sql} as ${name}`)];
  const kinds = kindsSql(
    leaves.flatMap((leaf) => leaf.atoms),
    w,
  );
  return `select ${columns.join(', ')} from (select *, toUnixTimestamp64Milli(time) as t from people_events) where workspace_id = {ws:UInt32} and contract = 0 and bot = 0 and seq <= {position:UInt64} and ${until} and ${kinds} group by person`;
}

export function kindsSql(atoms: readonly Atom[], w: SqlWriter): string {
  if (atoms.some((one) => !one.names && !one.types)) return '1';
  const names = [...new Set(atoms.flatMap((one) => one.names ?? []))].sort();
  const types = [...new Set(atoms.flatMap((one) => one.types ?? []))].sort();
  return kindSql({ names: names.length > 0 ? names : null, types: types.length > 0 ? types : null }, w);
}

/**
 * Whether somebody of whom nothing is known, and who did nothing, is a member; null where it depends. Where they are
 * not, events alone tell who is.
 */
function ofNobody(node: Node): boolean | null {
  if ('leaf' in node) return node.leaf.ofNobody ?? null;
  if ('not' in node) {
    const of = ofNobody(node.not);
    return of === null ? null : !of;
  }
  const deciding = !('all' in node);
  const parts = ('all' in node ? node.all : node.any).map(ofNobody);
  if (parts.includes(deciding)) return deciding;
  return parts.includes(null) ? null : !deciding;
}
