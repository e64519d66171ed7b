import { TraitCondition } from '../../schema.ts';
import { sqlPath, testIn } from '../atoms.ts';
import { at } from '../json.ts';
import type { ConditionKind, Leaf, Live } from '../node.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { PersonState } from '../timeline.ts';
import { never, type ValueTest } from '../value.ts';

export const trait: ConditionKind = {
  key: 'trait',
  schema: TraitCondition,
  lower(json: TraitCondition, given) {
    const { trait: of } = json;
    if (typeof of === 'object' && 'computed' in of) {
      const { trait: _, ...test } = json;
      return given.computed(of.computed, test);
    }
    return { leaf: traitLeaf(typeof of === 'string' ? [of] : of, testIn(json, 'trait', given.days)) };
  },
};

function traitLeaf(path: readonly string[], test: ValueTest): Leaf {
  const [name = '', ...inner] = path;
  /** The newest over all identifiers, by its own time. */
  const newest = (w: SqlWriter) => {
    const of = w.param(name, 'String');
    // The whole text: a value taken out is written anew, and a large number not as it was.
    const doc = w.ofIdentifiers(
      `argMaxIf(traits, (JSONExtractInt(traits, ${of}, 2), JSONExtractInt(traits, ${of}, 3)), JSONHas(traits, ${of}))`,
    );
    return { doc, path: `, ${of}, 1${sqlPath(inner, w)}` };
  };
  return {
    key: JSON.stringify(['trait', path, test.key]),
    atoms: [],
    facts: { traits: [name] },
    sql: (w) => test.sql(newest(w), w),
    due: () => [],
    ...(test.due && { duePeople: (w: SqlWriter) => [test.due?.(newest(w), w) ?? never] }),
    live: (b) => new LiveTrait(b.trait(name), inner, test),
  };
}

class LiveTrait implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #place: number;
  readonly #inner: readonly string[];
  readonly #test: ValueTest;

  constructor(place: number, inner: readonly string[], test: ValueTest) {
    this.#place = place;
    this.#inner = inner;
    this.#test = test;
  }

  test(person: PersonState, now: number): boolean {
    const value = this.#value(person);
    if (this.#test.next) this.next = this.#test.next(value, now);
    return this.#test.holds(value, now);
  }

  #value({ traits }: PersonState) {
    const value = traits[this.#place];
    return this.#inner.length === 0 ? value : at(value, this.#inner);
  }

  explain(person: PersonState) {
    return { found: this.#value(person) ?? null, wanted: JSON.parse(this.#test.key) };
  }
}
