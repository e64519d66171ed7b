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
  return {
    key: JSON.stringify(['trait', path, test.key]),
    atoms: [],
    facts: { traits: [name] },
    ofNobody: test.holds(undefined, 0),
    sql(w) {
      const { order, there, value } = entrySql(name, inner, w);
      const truth = w.ofIdentifiers('argMax', `toUInt8(${test.sql(value, w)}), ${order}`, there);
      return `ifNull(${truth}, ${test.holds(undefined, w.now) ? 1 : 0}) = 1`;
    },
    due: () => [],
    ...(test.due && {
      duePeople(w: SqlWriter) {
        const { order, there, path: inside } = entrySql(name, inner, w);
        // The whole text: a value taken out is written anew, and a large number not as it was.
        const doc = `ifNull(${w.ofIdentifiers('argMax', `traits, ${order}`, there)}, '')`;
        return [test.due?.({ doc, path: inside }, w) ?? never];
      },
    }),
    live: (b) => new LiveTrait(b.trait(name), inner, test),
  };
}

/**
 * A trait in a row of an identifier, as [value, time, tie], read once: what the newest over all identifiers is told by
 * (null where the row has none), where it may be at all, and the value for tests.
 */
function entrySql(name: string, inner: readonly string[], w: SqlWriter) {
  const of = w.param(name, 'String');
  const entry = `JSONExtract(traits, ${of}, 'Tuple(String, Nullable(Int64), Int64)')`;
  const path = `, ${of}, 1${sqlPath(inner, w)}`;
  const doc = { doc: 'traits', path };
  return {
    path,
    // A tie has 48 bits.
    order: `toInt128(${entry}.2) * 281474976710656 + ${entry}.3`,
    there: `position(traits, ${w.param(JSON.stringify(name.toWellFormed()), 'String')}) > 0`,
    value: inner.length === 0 ? { ...doc, read: `${entry}.1` } : doc,
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
