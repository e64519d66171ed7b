export type { EventRow } from './event.ts';
export { type EventConditions, eventConditions } from './events-sql.ts';
export type { JsonValue } from './json.ts';
export { membersOfSeveralSql, membersSql, type Statement } from './members-sql.ts';
export type { ConditionKind } from './node.ts';
export { type Rule, type RuleContext, readRule } from './read.ts';
export type { ComputedTrait } from './schema.ts';
export { type LoadedRow, RuleSet, type Verdict, type Wants, type Why } from './set.ts';
export { type Entry, type Facts, type Held, nothing, type PersonState } from './timeline.ts';
export { valueOfNobody, valuesSql } from './values-sql.ts';

import type { Rule, RuleContext } from './read.ts';
import { RuleSet } from './set.ts';

/** All rules of a workspace compiled together. Never changed; made anew when a rule changes. */
export function compileSet(rules: readonly { id: number; rule: Rule }[], context: RuleContext): RuleSet {
  return new RuleSet(rules, context);
}
