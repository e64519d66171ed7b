import { Check, Errors } from 'typebox/value';
import { atomOf, columnField, type Field, propertyField } from './atoms.ts';
import { countLeaf } from './conditions/count.ts';
import { edgeLeaf } from './conditions/edge.ts';
import { measureNode, measures } from './conditions/measure.ts';
import { type Picked, type PickName, pickNode, picks } from './conditions/pick.ts';
import type { Days } from './days.ts';
import type { Given, Node } from './node.ts';
import { ComputedTrait } from './schema.ts';
import { valueTest } from './value.ts';
import { ever, windowOf } from './window.ts';

const comparisons = ['equals', 'greater', 'less', 'at_least', 'at_most'] as const;
type Comparison = (typeof comparisons)[number];
const always: Node = { all: [] };
const never: Node = { any: [] };
const longestDays = 36_500;
const usualSize = 10;

/** A number of a person, as conditions can ask about it. */
interface Computed {
  compared(comparison: Comparison, value: number): Node;
  exists: Node;
}

/**
 * A test of a computed trait, as the conditions that decide it: what is compared is never worked out by itself, so both
 * ways agree and the next change is exact, as for any other rule.
 */
export function computedNode(definition: unknown, test: Record<string, unknown>, given: Given): Node {
  const sound = readComputed(definition);
  const pick = pickOf(sound, given);
  return pick ? picked(pick, test, given) : tested(computedOf(sound, given), test);
}

export function readComputed(definition: unknown): ComputedTrait {
  if (!Check(ComputedTrait, definition)) {
    const [first] = Errors(ComputedTrait, definition);
    throw new RangeError(`the computed trait is not as documented: ${first?.instancePath} ${first?.message}`);
  }
  const { count, days_since: since, size } = definition;
  const named = [...measures, ...picks].filter((name) => definition[name] !== undefined);
  if (named.length + Number(count !== undefined) + Number(since !== undefined) !== 1)
    throw new RangeError('a computed trait needs exactly one measure');
  if (size !== undefined && definition.list === undefined)
    throw new RangeError('"size" is said of a list only');
  return definition;
}

/** What is picked out of the values of events; null where something is counted or measured. */
export function pickOf(
  definition: ComputedTrait,
  given: { days: Days; sources(id: string): number | null },
): Picked | null {
  const name = picks.find((one): one is PickName => definition[one] !== undefined);
  const of = name && definition[name];
  if (name === undefined || of === undefined) return null;
  const field = fieldOf(of);
  const atom = atomOf(definition.of, given);
  const size = name === 'list' ? (definition.size ?? usualSize) : 1;
  return { name, atom, field, window: windowOf(definition.in, given.days), size };
}

export function fieldOf(of: NonNullable<ComputedTrait['first']>): Field {
  return typeof of === 'object' && 'column' in of ? columnField(of.column) : propertyField(of);
}

function picked(pick: Picked, json: Record<string, unknown>, given: Given): Node {
  const names = Object.keys(json);
  if (names.length !== 1) throw new RangeError('needs exactly one test');
  if (names[0] === 'not') return { not: picked(pick, json.not as Record<string, unknown>, given) };
  const test = valueTest(json, given.days);
  if (test.next) throw new RangeError(`"${names[0]}" is a test against the present, and not for this value`);
  return pickNode(pick, test);
}

function tested(computed: Computed, test: Record<string, unknown>): Node {
  const [[name, wanted] = [], ...more] = Object.entries(test);
  if (name === undefined || more.length > 0) throw new RangeError('needs exactly one test');
  const number = (value: unknown) => {
    if (typeof value !== 'number') throw new RangeError(`"${name}" needs a number for a computed trait`);
    return value;
  };
  if (name === 'not') return { not: tested(computed, wanted as Record<string, unknown>) };
  if (name === 'exists') return computed.exists;
  if (name === 'between') {
    const [low, high] = wanted as [number, number];
    return { all: [computed.compared('at_least', low), computed.compared('at_most', high)] };
  }
  if (name === 'one_of')
    return { any: (wanted as unknown[]).map((one) => computed.compared('equals', number(one))) };
  const comparison = comparisons.find((one) => one === name);
  if (!comparison) throw new RangeError(`"${name}" cannot be asked of a computed trait, which is a number`);
  return computed.compared(comparison, number(wanted));
}

function computedOf(definition: ComputedTrait, given: Given): Computed {
  const { of, count, days_since: since, in: when } = definition;
  const measured = measures.filter((name) => definition[name] !== undefined);
  const atom = atomOf(of, given);
  const window = windowOf(when, given.days);
  if (count) {
    return whole(always, (low, high) => ({ leaf: countLeaf([atom], window, low, high) }));
  }
  if (since) {
    if (when) throw new RangeError('"days_since" looks at all events, and takes no window');
    const did: Node = { leaf: countLeaf([atom], ever, 1, Number.POSITIVE_INFINITY) };
    const within = (days: number): Node =>
      days > longestDays ? did : { leaf: edgeLeaf(since, atom, windowOf({ last: { days } }, given.days)) };
    // So many whole days ago, or fewer: less than a day more than that.
    return whole(did, (low, high) => ({
      all: [
        high === Number.POSITIVE_INFINITY ? did : within(high + 1),
        ...(low > 0 ? [{ not: within(low) }] : []),
      ],
    }));
  }
  const [name = 'sum'] = measured;
  const compared = (comparison: Comparison, value: number) =>
    measureNode(name, atom, definition[name] ?? '', window, comparison, value);
  const some: Node = { any: [compared('at_least', 0), compared('less', 0)] };
  return { compared, exists: name === 'sum' || name === 'distinct' ? always : some };
}

/** Of whole numbers from 0 on: from `low` to `high`. */
function whole(exists: Node, range: (low: number, high: number) => Node): Computed {
  const within = (low: number, high: number): Node => {
    const from = Math.max(0, low);
    if (from > high) return never;
    return from === 0 && high === Number.POSITIVE_INFINITY ? exists : range(from, high);
  };
  const most = Number.POSITIVE_INFINITY;
  const ranges: Record<Comparison, (value: number) => Node> = {
    equals: (value) => (Number.isInteger(value) ? within(value, value) : never),
    greater: (value) => within(Math.floor(value) + 1, most),
    less: (value) => within(0, Math.ceil(value) - 1),
    at_least: (value) => within(Math.ceil(value), most),
    at_most: (value) => within(0, Math.floor(value)),
  };
  return { exists, compared: (comparison, value) => ranges[comparison](value) };
}
