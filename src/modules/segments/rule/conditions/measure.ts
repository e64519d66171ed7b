import { MeasureCondition } from '../../schema.ts';
import { type Atom, atomOf, columnField, type Field, propertyField } from '../atoms.ts';
import { amountParts, amountShape, amountText, type JsonValue } from '../json.ts';
import type { ConditionKind, Leaf, Live, Node, Slot } from '../node.ts';
import type { Series } from '../series.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { PersonState } from '../timeline.ts';
import { type Window, windowOf } from '../window.ts';
import { and, anyOf, dueSql, insideSql } from '../window-sql.ts';
import { timesInside } from './count.ts';

export const measures = ['sum', 'average', 'minimum', 'maximum', 'distinct'] as const;
type MeasureName = (typeof measures)[number];
const comparisons = ['equals', 'greater', 'less', 'at_least', 'at_most'] as const;
type Comparison = (typeof comparisons)[number];

const operators: Record<Comparison, string> = {
  equals: '=',
  greater: '>',
  less: '<',
  at_least: '>=',
  at_most: '<=',
};
const passes: Record<Comparison, (sign: number) => boolean> = {
  equals: (sign) => sign === 0,
  greater: (sign) => sign > 0,
  less: (sign) => sign < 0,
  at_least: (sign) => sign >= 0,
  at_most: (sign) => sign <= 0,
};

const onlyOne = <T extends string>(json: Record<string, unknown>, names: readonly T[], what: string): T => {
  const given = names.filter((name) => json[name] !== undefined);
  if (given.length !== 1) throw new RangeError(`needs exactly one ${what} of ${names.join(', ')}`);
  return given[0] as T;
};

export const measure: ConditionKind = {
  key: 'measure',
  schema: MeasureCondition,
  lower(json: MeasureCondition, given) {
    const name = onlyOne(json, measures, 'measure');
    const comparison = onlyOne(json, comparisons, 'comparison');
    const of = json[name] as NonNullable<MeasureCondition['sum']>;
    const window = windowOf(json.in, given.days);
    const wanted = json[comparison] as string | number;
    return measureNode(name, atomOf(json.measure, given), of, window, comparison, wanted);
  },
};

export function measureNode(
  name: MeasureName,
  atom: Atom,
  of: NonNullable<MeasureCondition['sum']>,
  window: Window,
  comparison: Comparison,
  value: string | number,
): Node {
  const field = typeof of === 'object' && 'column' in of ? columnField(of.column) : propertyField(of);
  const wanted = amountText(value);
  if (wanted === null || (wanted.split('.')[1]?.length ?? 0) > 6) {
    throw new RangeError(`"${comparison}" needs a decimal of at most six places and less than 10^12`);
  }
  return { leaf: measureLeaf(name, atom, field, window, comparison, wanted) };
}

function measureLeaf(
  name: MeasureName,
  atom: Atom,
  field: Field,
  window: Window,
  comparison: Comparison,
  wanted: string,
): Leaf {
  const atoms = [atom];
  return {
    key: JSON.stringify(['measure', name, atom.key, field.key, window.key, comparison, wanted]),
    atoms,
    ofNobody: tallies[name](amountParts(wanted), passes[comparison]).holds(),
    sql(w: SqlWriter) {
      const matched = and(insideSql(window, w), anyOf(atoms, w));
      const operator = operators[comparison];
      if (name === 'distinct') {
        const count = w.ofEvents('uniqExact', scalarSql(field, w), matched);
        return `toDecimal128(${count}, 6) ${operator} toDecimal128(${w.param(wanted, 'String')}, 6)`;
      }
      const { text, isAmount } = amountSql(field, w);
      const wantedSql = `toDecimal128(${w.param(wanted, 'String')}, 6)`;
      const sum = () => w.ofEvents('sum', `toDecimal64OrZero(${text}, 6)`, matched);
      if (name === 'sum') return `${sum()} ${operator} ${wantedSql}`;
      const count = w.ofEvents('sum', isAmount, matched);
      if (name === 'average') return `(${count} > 0 and ${sum()} ${operator} ${wantedSql} * ${count})`;
      const edge = w.ofEvents(name === 'minimum' ? 'min' : 'max', `toDecimal64OrNull(${text}, 6)`, matched);
      return `(${count} > 0 and ifNull(${edge}, toDecimal64(0, 6)) ${operator} ${wantedSql})`;
    },
    due: (w) => dueSql(atoms, window, w),
    live(b) {
      const slot = name === 'distinct' ? scalarSlot(field) : amountSlot(field);
      const series = b.series(atoms, slot);
      const tally = tallies[name](amountParts(wanted), passes[comparison]);
      return new LiveMeasure(series, window, tally, `${comparison} ${wanted}`);
    },
  };
}

/** Whether a value is an amount, and its text, empty where it is none; an amount has at most 18 digits that count. */
export function amountSql(field: Field, w: SqlWriter): { text: string; isAmount: string } {
  const value = field.sql(w);
  const text = 'text' in value ? value.text : `JSONExtractString(${value.doc}${value.path})`;
  const isAmount = `match(${text}, ${w.param(amountShape, 'String')})`;
  return { text: `if(${isAmount}, ${text}, '')`, isAmount };
}

/** What tells scalars apart: their JSON; null for what is none. */
export function scalarSql(field: Field, w: SqlWriter): string {
  const value = field.sql(w);
  if ('text' in value) return `nullIf(${value.text}, '')`;
  const json = `JSONExtractRaw(${value.doc}${value.path})`;
  return `if(${json} in ('', 'null') or substring(${json}, 1, 1) in ('{', '['), null, ${json})`;
}

function amountSlot(field: Field): Slot {
  return {
    key: `amount ${field.key}`,
    width: 2,
    needsProperties: field.needsProperties,
    read(view) {
      const text = amountText(field.value(view));
      return text === null ? [Number.NaN, 0] : amountParts(text);
    },
  };
}

export function scalarSlot(field: Field): Slot {
  return {
    key: `scalar ${field.key}`,
    width: 1,
    needsProperties: field.needsProperties,
    read: (view) => [scalarText(field.value(view)) ?? Number.NaN],
  };
}

function scalarText(value: JsonValue | undefined): string | null {
  return value === undefined || value === null || typeof value === 'object' ? null : JSON.stringify(value);
}

/** What is measured, value by value, from the newest to the oldest. */
interface Tally {
  clear(): void;
  add(first: number, second: number): void;
  holds(): boolean;
  found(): unknown;
}

type Parts = readonly [units: number, micros: number];
type MakeTally = (wanted: Parts, passes: (sign: number) => boolean) => Tally;

/** The sign of units + micros/10^6; both are whole, and micros stay far below 2^53. */
const signOf = (units: number, micros: number) => {
  if (Math.abs(units) < 4e9) return Math.sign(units * 1e6 + micros);
  const total = BigInt(units) * 1_000_000n + BigInt(micros);
  return total > 0n ? 1 : total < 0n ? -1 : 0;
};

const summing =
  (isAverage: boolean): MakeTally =>
  ([wantedUnits, wantedMicros], pass) => {
    let [units, micros, count] = [0, 0, 0];
    return {
      clear: () => {
        [units, micros, count] = [0, 0, 0];
      },
      add(first, second) {
        units += first;
        micros += second;
        count++;
      },
      holds() {
        if (!isAverage) return pass(signOf(units - wantedUnits, micros - wantedMicros));
        return count > 0 && pass(signOf(units - wantedUnits * count, micros - wantedMicros * count));
      },
      found: () => (isAverage ? (count === 0 ? null : (units + micros / 1e6) / count) : units + micros / 1e6),
    };
  };

const extreme =
  (direction: 1 | -1): MakeTally =>
  ([wantedUnits, wantedMicros], pass) => {
    let [units, micros] = [Number.NaN, 0];
    return {
      clear: () => {
        units = Number.NaN;
      },
      add(first, second) {
        if (Number.isNaN(units) || signOf(first - units, second - micros) === direction) {
          units = first;
          micros = second;
        }
      },
      holds: () => !Number.isNaN(units) && pass(signOf(units - wantedUnits, micros - wantedMicros)),
      found: () => (Number.isNaN(units) ? null : units + micros / 1e6),
    };
  };

const distinct: MakeTally = ([wantedUnits, wantedMicros], pass) => {
  const seen = new Set<number>();
  return {
    clear: () => seen.clear(),
    add: (first) => seen.add(first),
    holds: () => pass(signOf(seen.size - wantedUnits, -wantedMicros)),
    found: () => seen.size,
  };
};

const tallies: Record<MeasureName, MakeTally> = {
  sum: summing(false),
  average: summing(true),
  minimum: extreme(-1),
  maximum: extreme(1),
  distinct,
};

class LiveMeasure implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #series: Series;
  readonly #window: Window;
  readonly #tally: Tally;
  readonly #wanted: string;

  constructor(series: Series, window: Window, tally: Tally, wanted: string) {
    this.#series = series;
    this.#window = window;
    this.#tally = tally;
    this.#wanted = wanted;
  }

  /**
   * From the newest to the oldest; whenever the next one will leave earlier than those before it, what holds so far is
   * what will hold from that moment on. The last such moment with the other outcome is the next change.
   */
  test(person: PersonState, now: number): boolean {
    const { cells } = person;
    const tally = this.#tally;
    tally.clear();
    let whenTrue = Number.POSITIVE_INFINITY;
    let whenFalse = Number.POSITIVE_INFINITY;
    if (cells) {
      const series = this.#series;
      series.of(person);
      const from = this.#window.from(now);
      const { to, leaves } = this.#window;
      let before = Number.POSITIVE_INFINITY;
      for (let k = series.notAfter(Math.min(now, to - 1), from); series.reach(k, from); k++) {
        const cell = series.cells[k] as number;
        const first = cells[cell] as number;
        if (Number.isNaN(first)) continue;
        const leave = leaves(series.times[k] as number);
        if (leave < before) {
          if (tally.holds()) whenTrue = leave;
          else whenFalse = leave;
          before = leave;
        }
        tally.add(first, cells[cell + 1] as number);
      }
    }
    const truth = tally.holds();
    this.next = truth ? whenFalse : whenTrue;
    return truth;
  }

  explain(person: PersonState, now: number) {
    this.test(person, now);
    const times = timesInside(person, now, this.#series.matcher, this.#window);
    return { found: this.#tally.found(), wanted: this.#wanted, times };
  }
}
