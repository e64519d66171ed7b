import { type Atom, kindSql } from './atoms.ts';
import { Days } from './days.ts';
import type { Leaf, Node } from './node.ts';
import { leavesOf, lower, type Rule, type RuleContext } from './read.ts';
import { SqlWriter } from './sql-writer.ts';
import { and } from './window-sql.ts';

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
  const sql = byParts(node, w) ?? byAll(node, w);
  return { sql, params: { ...w.params, ws: at.workspaceId, position: at.position } };
}

/** Everybody with what was asked about them. */
function byAll(node: Node, w: SqlWriter): string {
  const truth = nodeSql(node, w);
  const events = eventsSql([...leavesOf(node)], w);
  const isOfNobody = ofNobody(node) !== false;
  if (!isOfNobody && events && !w.asksIdentifiers) return `select person from (${events}) where ${truth}`;
  if (!events) return `select person from (${peopleSql(w, { all: isOfNobody })}) where ${truth}`;
  return `select person from (${peopleSql(w)}) as p left join (${events}) as e using (person) where ${truth}`;
}

/**
 * Where all of some conditions about events and some about the person have to hold: the person is looked at only where
 * the events are there. Null for other rules.
 */
function byParts(node: Node, w: SqlWriter): string | null {
  if (!('all' in node)) return null;
  const isOfEvents = (part: Node) =>
    [...leavesOf(part)].every((leaf) => leaf.facts === undefined) && ofNobody(part) === false;
  const done = node.all.filter(isOfEvents);
  const known = node.all.filter((part) => !isOfEvents(part));
  const isMixed = known.flatMap((part) => [...leavesOf(part)]).some((leaf) => leaf.atoms.length > 0);
  if (done.length === 0 || known.length === 0 || isMixed) return null;
  const did = nodeSql({ all: done }, w);
  const events = eventsSql([...leavesOf({ all: done })], w);
  const truth = nodeSql({ all: known }, w);
  const all = ofNobody({ all: known }) !== false;
  const among = `person in (select person from (${events}) where ${did})`;
  return `select person from (${peopleSql(w, { all, among })}) where ${truth}`;
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
  );
  const people = peopleSql(w);
  const from = events ? `(${people}) as p left join (${events}) as e using (person)` : `(${people})`;
  return {
    sql: `select person, arrayFilter((n, x) -> x = 1, range(${truths.length}), [${truths.join(', ')}]) as rules from ${from} where notEmpty(rules)`,
    params: { ...w.params, ws: at.workspaceId, position: at.position },
  };
}

function nodeSql(node: Node, w: SqlWriter): string {
  if ('leaf' in node) return node.leaf.sql(w);
  if ('not' in node) return `not (${nodeSql(node.not, w)})`;
  const parts = ('all' in node ? node.all : node.any).map((part) => `(${nodeSql(part, w)})`);
  if (parts.length === 0) return 'all' in node ? '1' : '0';
  return parts.join('all' in node ? ' and ' : ' or ');
}

/** Everybody, also those without events, with the columns that were asked for; not `all`: of whom there is any. */
export function peopleSql(w: SqlWriter, o: { all: boolean; among?: string } = { all: true }): string {
  const { columns, when } = w.identifierColumns(o);
  const where = and('workspace_id = {ws:UInt32}', o.all ? '1' : when, o.among ?? '1');
  return `select ${['person', ...columns].join(', ')} from people_now where ${where} group by person`;
}

/** Those who have any event that matters, with the columns that were asked for; null where none was. */
function eventsSql(leaves: readonly Leaf[], w: SqlWriter): string | null {
  const asked = w.eventColumns;
  if (!asked) return null;
  const kinds = kindsSql(
    leaves.flatMap((leaf) => leaf.atoms),
    w,
  );
  const until = `time <= fromUnixTimestamp64Milli(${w.param(w.now, 'Int64')}, 'UTC')`;
  const where = and(
    'workspace_id = {ws:UInt32} and contract = 0 and bot = 0 and seq <= {position:UInt64}',
    until,
    kinds,
    asked.when,
  );
  return `select ${['person', ...asked.columns].join(', ')} from (select *, toUnixTimestamp64Milli(time) as t from people_events) where ${where} group by person`;
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
