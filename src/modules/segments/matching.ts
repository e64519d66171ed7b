import { atomOf, atomSql, testIn } from './rule/atoms.ts';
import { Days } from './rule/days.ts';
import { EventView } from './rule/event.ts';
import type { EventRow, Statement } from './rule/index.ts';
import { at, type JsonValue } from './rule/json.ts';
import { SqlWriter } from './rule/sql-writer.ts';
import { type EventMatch, refuse, type TraitCondition } from './schema.ts';

/** What tests refer to, as it is in a workspace. */
export interface MatchContext {
  timeZone: string;
  sources(id: string): number | null;
}

/** One event against the rule language, here and in ClickHouse. */
export interface EventMatcher {
  holds(row: EventRow): boolean;
  /** The condition over the columns of events, with its parameters; names begin with `prefix`. */
  statement(prefix: string): Statement;
}

/** For modules whose own rules begin with "when this happens". Refuses `bad-rule`. */
export function eventMatcher(match: EventMatch, context: MatchContext): EventMatcher {
  const atom = sound(() =>
    atomOf(match, { days: new Days(context.timeZone), sources: (id) => context.sources(id) }),
  );
  const { names, types } = atom;
  const isKind = (row: EventRow) =>
    (!names && !types) ||
    (names?.includes(row.event ?? '') && row.type === 'track') ||
    (types?.includes(row.type ?? '') ?? false);
  return {
    holds(row) {
      if (!isKind(row)) return false;
      const view = new EventView(row);
      return atom.tests.every((test) => test.holds(view));
    },
    statement(prefix) {
      const writer = new SqlWriter(0);
      const text = atomSql(atom, writer);
      const renamed = Object.entries(writer.params).map(([name, value]) => [`${prefix}${name}`, value]);
      return {
        sql: text.replaceAll(/\{(p\d+):/g, (_, name) => `{${prefix}${name}:`),
        params: Object.fromEntries(renamed),
      };
    },
  };
}

/** A test of one value of a document, like a trait or a product's property, as of a moment in ms. Refuses `bad-rule`. */
export function valueMatcher(
  test: Record<string, unknown>,
  beside: 'trait' | 'property',
  context: MatchContext,
): (document: Record<string, unknown>, now: number) => boolean {
  const path = test[beside] as TraitCondition['trait'];
  if (typeof path === 'object' && !Array.isArray(path))
    throw refuse('bad-rule', 'Computed traits cannot be asked for here; ask for a segment instead.');
  const names = typeof path === 'string' ? [path] : path;
  const value = sound(() => testIn(test, beside, new Days(context.timeZone)));
  return (document, now) => value.holds(at(document as { [name: string]: JsonValue }, names), now);
}

/** What the schema cannot say; RE2 has errors of its own. */
function sound<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof RangeError || (thrown instanceof Error && /^RE2JS/.test(thrown.name)))
      throw refuse('bad-rule', `${thrown.message}.`);
    throw thrown;
  }
}
