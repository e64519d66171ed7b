import type { Atom, Field } from '../atoms.ts';
import type { JsonValue } from '../json.ts';
import type { Leaf, Live, Node } from '../node.ts';
import type { Series } from '../series.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { PersonState } from '../timeline.ts';
import type { SqlValue, ValueTest } from '../value.ts';
import type { Window } from '../window.ts';
import { and, anyOf, dueSql, insideSql } from '../window-sql.ts';
import { timesInside } from './count.ts';
import { scalarSlot } from './measure.ts';

/**
 * One value out of those that events carried: the first, the last, the one that came most often, or a list of the last
 * ones, the newest first. Events without such a value do not count. Of several at one moment, and of several that came
 * as often, the order of the values decides: no before yes, then numbers, then texts byte by byte; the first of them is
 * the smallest, the last the greatest, and the most frequent the smallest.
 */
export const picks = ['first', 'last', 'most_frequent', 'list'] as const;
export type PickName = (typeof picks)[number];

export interface Picked {
  name: PickName;
  atom: Atom;
  field: Field;
  window: Window;
  /** Of a list, how many. */
  size: number;
}

export function pickNode(pick: Picked, test: ValueTest): Node {
  const { name, atom, field, window, size } = pick;
  const atoms = [atom];
  const leaf: Leaf = {
    key: JSON.stringify(['pick', name, size, atom.key, field.key, window.key, test.key]),
    atoms,
    ofNobody: false,
    sql: (w) => test.sql(pickSql(pick, w), w),
    due: (w) => dueSql(atoms, window, w),
    live: (b) => new LivePick(pick, b.series(atoms, scalarSlot(field)), test),
  };
  return { leaf };
}

/** What was picked, as a JSON text; '' where there is nothing. */
export function pickSql({ name, atom, field, window, size }: Picked, w: SqlWriter): SqlValue {
  const value = field.sql(w);
  // Told apart and put into order by (rank, number, text); 0 is the rank of nothing.
  const scalar =
    'text' in value
      ? `tuple(if(${value.text} = '', 0, 3), toFloat64(0), ${value.text})`
      : scalarSql(`${value.doc}${value.path}`);
  const matched = and(insideSql(window, w), anyOf([atom], w), `tupleElement(${scalar}, 1) > 0`);
  const json = (one: string) =>
    `multiIf(tupleElement(${one}, 1) = 3, toJSONString(tupleElement(${one}, 3)), tupleElement(${one}, 3))`;
  if (name === 'first' || name === 'last') {
    const edge = w.ofEvents(name === 'first' ? 'min' : 'max', `tuple(t, ${scalar})`, matched);
    return { doc: json(`tupleElement(${edge}, 2)`), path: '' };
  }
  if (name === 'list') {
    const all = w.ofEvents('groupArray', `tuple(t, ${scalar})`, matched);
    const some = `arraySlice(arrayReverseSort(${all}), 1, ${w.param(size, 'UInt32')})`;
    const texts = `arrayMap(x -> ${json('tupleElement(x, 2)')}, ${some})`;
    return {
      doc: `if(empty(${all}), '', concat('[', arrayStringConcat(${texts}, ','), ']'))`,
      path: '',
    };
  }
  const all = w.ofEvents('groupArray', scalar, matched);
  const counted = `arrayMap(x -> tuple(-toInt64(arrayCount(y -> y = x, ${all})), x), arrayDistinct(${all}))`;
  const most = `tupleElement(arrayElement(arraySort(${counted}), 1), 2)`;
  return { doc: `if(empty(${all}), '', ${json(most)})`, path: '' };
}

function scalarSql(at: string): string {
  const type = `JSONType(${at})`;
  const rank = `multiIf(${type} = 'String', 3, ${type} in ('Int64', 'UInt64', 'Double'), 2, ${type} = 'Bool', 1, 0)`;
  const number = `if(${type} in ('Int64', 'UInt64', 'Double'), JSONExtractFloat(${at}), toFloat64(0))`;
  return `tuple(${rank}, ${number}, JSONExtractString(${at}))`;
}

type Scalar = string | number | boolean;
const rankOf = (value: Scalar) => (typeof value === 'string' ? 3 : typeof value === 'number' ? 2 : 1);

function compare(a: Scalar, b: Scalar): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

/** Values as they are handed over, from the newest to the oldest. */
class Picker {
  readonly #name: PickName;
  readonly #size: number;
  readonly #counts = new Map<Scalar, number>();
  #best: Scalar | undefined;
  #bestTime = Number.NaN;
  readonly #list: { time: number; value: Scalar }[] = [];

  constructor(name: PickName, size: number) {
    this.#name = name;
    this.#size = size;
  }

  clear(): void {
    this.#counts.clear();
    this.#best = undefined;
    this.#bestTime = Number.NaN;
    this.#list.length = 0;
  }

  add(time: number, value: Scalar): void {
    const best = this.#best;
    if (this.#name === 'list') {
      const last = this.#list[this.#size - 1];
      if (!last || last.time === time) this.#list.push({ time, value });
    } else if (this.#name === 'most_frequent') {
      const count = (this.#counts.get(value) ?? 0) + 1;
      this.#counts.set(value, count);
      const most = best === undefined ? 0 : (this.#counts.get(best) ?? 0);
      if (best === undefined || count > most || (count === most && compare(value, best) < 0))
        this.#best = value;
    } else if (this.#name === 'first') {
      if (best === undefined || time < this.#bestTime || compare(value, best) < 0) this.#best = value;
      this.#bestTime = time;
    } else if (best === undefined || (time === this.#bestTime && compare(value, best) > 0)) {
      this.#best = value;
      this.#bestTime = time;
    }
  }

  get(): JsonValue | undefined {
    if (this.#name !== 'list') return this.#best;
    if (this.#list.length === 0) return undefined;
    const sorted = this.#list.toSorted((a, b) => b.time - a.time || compare(b.value, a.value));
    return sorted.slice(0, this.#size).map(({ value }) => value);
  }
}

class LivePick implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #series: Series;
  readonly #window: Window;
  readonly #test: ValueTest;
  readonly #picker: Picker;

  constructor(pick: Picked, series: Series, test: ValueTest) {
    this.#series = series;
    this.#window = pick.window;
    this.#test = test;
    this.#picker = new Picker(pick.name, pick.size);
  }

  /** As a measure does it: whenever the next one will leave earlier, what holds so far will hold from then on. */
  test(person: PersonState, now: number): boolean {
    const { cells } = person;
    const picker = this.#picker;
    picker.clear();
    const holds = () => this.#test.holds(picker.get(), 0);
    let whenTrue = Number.POSITIVE_INFINITY;
    let whenFalse = Number.POSITIVE_INFINITY;
    if (cells) {
      const series = this.#series;
      series.of(person);
      const from = this.#window.from(now);
      const { to, leaves } = this.#window;
      let before = Number.POSITIVE_INFINITY;
      for (let k = series.notAfter(Math.min(now, to - 1), from); series.reach(k, from); k++) {
        const text = person.textOf(cells[series.cells[k] as number] as number);
        if (text === null) continue;
        const time = series.times[k] as number;
        const leave = leaves(time);
        if (leave < before) {
          if (holds()) whenTrue = leave;
          else whenFalse = leave;
          before = leave;
        }
        picker.add(time, JSON.parse(text) as Scalar);
      }
    }
    const truth = holds();
    this.next = truth ? whenFalse : whenTrue;
    return truth;
  }

  explain(person: PersonState, now: number) {
    this.test(person, now);
    const times = timesInside(person, now, this.#series.matcher, this.#window);
    return { found: this.#picker.get() ?? null, wanted: JSON.parse(this.#test.key) as unknown, times };
  }
}
