import { Check, Errors } from 'typebox/value';
import { type ConditionJson, type RuleJson, refuse } from '../schema.ts';
import { computedNode } from './computed.ts';
import { ownKinds } from './conditions/kinds.ts';
import { snapshotNode } from './conditions/snapshot.ts';
import { Days } from './days.ts';
import type { ConditionKind, Given, Node, SnapshotAt } from './node.ts';

/** A rule that was read: sound in the context that it was read in. */
export type Rule = RuleJson & { readonly [sound]: true };
declare const sound: unique symbol;

/** What rules refer to, as it is now. */
export interface RuleContext {
  timeZone: string;
  consentDefaults: Readonly<Record<string, boolean>>;
  /** Of collect's `Paths.map`. */
  stages: { names: readonly string[]; stages: readonly number[] };
  segments(id: string | number): Rule | null;
  lists(id: number): boolean;
  sources(id: string): number | null;
  /** The definition of a computed trait (`ComputedTrait`), or null. */
  computed?(name: string): unknown;
  /** A value of snapshots as statements are to look at it now, or null. */
  snapshots?(name: string): SnapshotAt | null;
  /** Conditions of later modules. */
  kinds?: readonly ConditionKind[];
}

const deepest = 20;
const mostConditions = 500;

/** Reads a rule; refuses ('bad-rule') with the place and the reason where it is wrong. */
export function readRule(json: unknown, context: RuleContext): Rule {
  lower(json as RuleJson, context);
  return json as Rule;
}

/** Takes a rule apart: segments and stages are put in their places, names looked up, times worked out. */
export function lower(json: RuleJson, context: RuleContext, days = new Days(context.timeZone)): Node {
  return new Lowering(context, days).rule(json, '');
}

class Wrong extends Error {
  readonly place: string;
  readonly why: string;

  constructor(place: string, why: string) {
    super(`At ${place === '' ? 'the top' : place}: ${why}.`);
    this.place = place;
    this.why = why;
  }
}

class Lowering {
  readonly #kinds: ReadonlyMap<string, ConditionKind>;
  readonly #context: RuleContext;
  readonly #days: Days;
  readonly #inside: (string | number)[] = [];
  #conditions = 0;

  constructor(context: RuleContext, days: Days) {
    this.#context = context;
    this.#days = days;
    this.#kinds = new Map([...ownKinds, ...(context.kinds ?? [])].map((kind) => [kind.key, kind]));
  }

  rule(json: RuleJson, place: string): Node {
    try {
      return this.#rule(json, place, 0);
    } catch (thrown) {
      if (thrown instanceof Wrong) {
        const { place: at, why: message } = thrown;
        throw refuse('bad-rule', thrown.message, { errors: [{ in: 'rule', at, message }] });
      }
      throw thrown;
    }
  }

  #rule(json: unknown, place: string, depth: number): Node {
    if (depth > deepest) throw wrong(place, `is nested more than ${deepest} deep`);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw wrong(place, 'is no rule: a rule is an object with "all", "any", "not" or a condition');
    }
    const names = Object.keys(json);
    const [name = ''] = names;
    const value = (json as ConditionJson)[name];
    if (name === 'all' || name === 'any' || name === 'not') {
      if (names.length > 1)
        throw wrong(place, `has "${name}" beside ${names.slice(1).join(', ')}; nest them`);
      if (name === 'not') return { not: this.#rule(value, `${place}/not`, depth + 1) };
      if (!Array.isArray(value) || value.length === 0) throw wrong(`${place}/${name}`, 'is no list of rules');
      const parts = value.map((part, i) => this.#rule(part, `${place}/${name}/${i}`, depth + 1));
      return name === 'all' ? { all: parts } : { any: parts };
    }
    return this.#condition(json as ConditionJson, place, depth);
  }

  #condition(json: ConditionJson, place: string, depth: number): Node {
    if (++this.#conditions > mostConditions)
      throw wrong(place, `is condition ${mostConditions + 1}; a rule has at most ${mostConditions}`);
    const kind = this.#kindOf(json, place);
    if (!Check(kind.schema, json)) {
      const [first] = Errors(kind.schema, json);
      throw wrong(`${place}${first?.instancePath ?? ''}`, first?.message ?? 'is not as documented');
    }
    try {
      return kind.lower(json as never, this.#given(place, depth));
    } catch (thrown) {
      // What the schema cannot say; RE2 has errors of its own.
      if (thrown instanceof RangeError || (thrown instanceof Error && /^RE2JS/.test(thrown.name))) {
        throw wrong(place, thrown.message);
      }
      throw thrown;
    }
  }

  /** Told by the first key of theirs that stands in it: "source" may stand beside "did". */
  #kindOf(json: ConditionJson, place: string): ConditionKind {
    for (const name of Object.keys(json)) {
      const kind = this.#kinds.get(name);
      if (kind) return kind;
    }
    throw wrong(
      place,
      `is no condition that is known: ${Object.keys(json).slice(0, 5).join(', ') || 'it is empty'}`,
    );
  }

  #given(place: string, depth: number): Given {
    const { consentDefaults, stages, sources, lists } = this.#context;
    const given: Given = {
      days: this.#days,
      consentDefaults,
      stages,
      sources,
      lists,
      snapshot: (name) => this.#context.snapshots?.(name) ?? null,
      computed: (name, test) => {
        const definition = typeof name === 'string' ? (this.#context.computed?.(name) ?? null) : name;
        if (definition === null) return snapshotNode(String(name), test, given);
        return computedNode(definition, test, given);
      },
      segment: (id) => this.#segment(id, place, depth),
      rule: (json, inside) => this.#rule(json, `${place}/${inside}`, depth + 1),
    };
    return given;
  }

  #segment(id: string | number, place: string, depth: number): Node {
    if (this.#inside.includes(id))
      throw new RangeError(`segment ${id} is a member of itself, by whatever way round`);
    const rule = this.#context.segments(id);
    if (!rule) throw new RangeError(`there is no segment ${id}`);
    this.#inside.push(id);
    const node = this.#rule(rule, `${place}/segment`, depth + 1);
    this.#inside.pop();
    return node;
  }
}

function wrong(place: string, why: string): Wrong {
  return new Wrong(place, why);
}

/** All leaves of a rule. */
export function* leavesOf(node: Node): Generator<Extract<Node, { leaf: unknown }>['leaf']> {
  if ('leaf' in node) yield node.leaf;
  else if ('not' in node) yield* leavesOf(node.not);
  else for (const part of 'all' in node ? node.all : node.any) yield* leavesOf(part);
}
