import { Check, Errors } from 'typebox/value';
import { EventMatch, refuse } from '../schema.ts';
import { type Atom, atomOf, atomSql } from './atoms.ts';
import { Days } from './days.ts';
import type { RuleContext } from './read.ts';
import { SqlWriter } from './sql-writer.ts';

/** Events as the rule language names them, as conditions over rows of `events`. */
export interface EventConditions {
  conditions: string[];
  params: Record<string, unknown>;
  /** No event can be told by two of them. */
  areApart: boolean;
}

/** Refuses `bad-rule` with the place in the list and the reason. */
export function eventConditions(matches: readonly unknown[], context: RuleContext): EventConditions {
  const days = new Days(context.timeZone);
  const w = new SqlWriter(0);
  const atoms = matches.map((match, i) => {
    if (!Check(EventMatch, match))
      throw wrong(i, Errors(EventMatch, match)[0]?.message ?? 'is not as documented');
    try {
      return atomOf(match, { days, sources: context.sources });
    } catch (thrown) {
      if (thrown instanceof Error) throw wrong(i, thrown.message);
      throw thrown;
    }
  });
  return {
    conditions: atoms.map((one) => atomSql(one, w)),
    params: w.params,
    areApart: atoms.every((one, i) => atoms.slice(i + 1).every((other) => areApart(one, other))),
  };
}

function areApart(one: Atom, other: Atom): boolean {
  if ((!one.names && !one.types) || (!other.names && !other.types)) return false;
  const meet = (a: readonly string[] | null, b: readonly string[] | null) =>
    (a ?? []).some((name) => b?.includes(name));
  const both = (a: Atom, b: Atom) => (a.names?.length ?? 0) > 0 && (b.types ?? []).includes('track');
  return (
    !meet(one.names, other.names) && !meet(one.types, other.types) && !both(one, other) && !both(other, one)
  );
}

function wrong(place: number, why: string) {
  const message = `${why}.`;
  return refuse('bad-rule', `Event ${place + 1}: ${message}`, {
    errors: [{ in: 'events', at: `/${place}`, message }],
  });
}
