import { RE2JS } from 're2js';
import type { ValueTest as TestJson } from '../schema.ts';
import type { Days } from './days.ts';
import { decimalShape, type JsonValue, numberOf } from './json.ts';
import { instantOf, instantSql } from './moment.ts';
import type { SqlWriter } from './sql-writer.ts';
import { durationMs } from './window.ts';

/**
 * Where a value stands in a statement: in a JSON text, at a path of parameters; or as a text of its own. `read`: the text
 * of a scalar there, where it was read already. `name`: the last of the path, where the text was written by JSON.stringify
 * and the name looks the same in it.
 */
export type SqlValue = { doc: string; path: string; read?: string; name?: string } | { text: string };

/** A test of one JSON value, in both forms. */
export interface ValueTest {
  readonly key: string;
  holds(value: JsonValue | undefined, now: number): boolean;
  /** When it will come out otherwise by time alone, exactly; absent where time does nothing. */
  next?(value: JsonValue | undefined, now: number): number;
  sql(value: SqlValue, w: SqlWriter): string;
  /** With `next`: an instant (ms) not after it, `never` where there is none. */
  due?(value: SqlValue, w: SqlWriter): string;
}

/** Dates of birth repeat; so many of them are kept as they were read. */
const mostRead = 20_000;

export const never = '9000000000000000';

type Tests = TestJson & { not?: TestJson };
type Scalar = string | number | boolean;

export function valueTest(json: Tests, days: Days): ValueTest {
  const [name, wanted] = Object.entries(json)[0] as [keyof Tests, never];
  const build = builders[name] as (wanted: unknown, days: Days) => Omit<ValueTest, 'key'>;
  return { key: JSON.stringify([name, wanted]), ...build(wanted, days) };
}

const type = (v: SqlValue) =>
  'text' in v ? `if(${v.text} = '', 'Null', 'String')` : `JSONType(${v.doc}${v.path})`;
const text = (v: SqlValue) => ('text' in v ? v.text : (v.read ?? `JSONExtractString(${v.doc}${v.path})`));
const isText = (v: SqlValue) => ('text' in v ? `${v.text} != ''` : `JSONType(${v.doc}${v.path}) = 'String'`);
const number = (v: SqlValue, w: SqlWriter) => {
  const isPlain = (text: string) => `match(${text}, ${w.param(decimalShape, 'String')})`;
  if ('text' in v) return `if(${isPlain(v.text)}, JSONExtractFloat(${v.text}), null)`;
  // The document is gone through once; what is done again is done on the little that was found.
  const found = `JSONExtractRaw(${v.doc}${v.path})`;
  const text = v.read ?? `JSONExtractString(${found})`;
  // Beyond 64 bits a whole number is only read with a point in it.
  const read = `JSONExtractFloat(if(length(${found}) > 18 and not match(${found}, '[.eE]'), concat(${found}, '.0'), ${found}))`;
  return `multiIf(match(${found}, '^[-0-9]'), ${read}, startsWith(${found}, '"') and ${isPlain(text)}, JSONExtractFloat(${text}), null)`;
};
const instant = (v: SqlValue) => `if(${isText(v)}, ${instantSql(text(v))}, null)`;
const sure = (condition: string) => `ifNull(${condition}, 0)`;

function equals(wanted: Scalar): Omit<ValueTest, 'key'> {
  if (typeof wanted === 'string') {
    return {
      holds: (value) => value === wanted,
      sql: (v, w) => `(${text(v)} = ${w.param(wanted, 'String')} and ${isText(v)})`,
    };
  }
  if (typeof wanted === 'number') {
    return {
      holds: (value) => numberOf(value) === wanted,
      sql: (v, w) => sure(`${number(v, w)} = ${w.param(wanted, 'Float64')}`),
    };
  }
  return {
    holds: (value) => value === wanted,
    sql: (v) => `(${type(v)} = 'Bool' and ${text(v)} = '${wanted}')`,
  };
}

function compared(
  passes: (value: number) => boolean,
  sql: (n: string, w: SqlWriter) => string,
): Omit<ValueTest, 'key'> {
  return {
    holds(value) {
      const n = numberOf(value);
      return n !== null && passes(n);
    },
    sql(v, w) {
      const exact = () => sure(sql(number(v, w), w));
      // Where no text stands under such a name, what is no number is read as 0.
      return 'doc' in v && v.name !== undefined && !passes(0)
        ? `if(position(${v.doc}, ${w.param(`"${v.name}":"`, 'String')}) = 0, ${sql(`JSONExtractFloat(${v.doc}${v.path})`, w)}, ${exact()})`
        : exact();
    },
  };
}

function dated(
  passes: (at: number, now: number) => boolean,
  sql: (at: string, w: SqlWriter) => string,
): Omit<ValueTest, 'key'> {
  return {
    holds(value, now) {
      const at = typeof value === 'string' ? instantOf(value) : null;
      return at !== null && passes(at, now);
    },
    sql: (v, w) => sure(sql(instant(v), w)),
  };
}

/** True from `from(at)` until `until(at)`. */
function datedSpan(
  from: (at: number) => number,
  until: (at: number) => number,
  sql: (at: string, w: SqlWriter) => string,
) {
  return {
    ...dated((at, now) => from(at) <= now && now < until(at), sql),
    next(value: JsonValue | undefined, now: number) {
      const at = typeof value === 'string' ? instantOf(value) : null;
      if (at === null || until(at) <= now) return Number.POSITIVE_INFINITY;
      return now < from(at) ? from(at) : until(at);
    },
    due(v: SqlValue, w: SqlWriter) {
      const shift = (by: (at: number) => number) => `(${instant(v)} + ${w.param(by(0), 'Int64')})`;
      const now = w.param(w.now, 'Int64');
      return `multiIf(isNull(${instant(v)}), ${never}, ${shift(from)} > ${now}, assumeNotNull(${shift(from)}), ${shift(until)} > ${now}, assumeNotNull(${shift(until)}), ${never})`;
    },
  };
}

/** A day's verdict, and when it ends. */
interface Spell {
  readonly truth: boolean;
  readonly next: number;
}
const outside: Spell = { truth: false, next: Number.POSITIVE_INFINITY };

function dayOfYear(nextDays: number, days: Days): Omit<ValueTest, 'key'> {
  const within = (monthDay: string, today: number) => {
    for (let i = 0; i <= nextDays; i++) if (days.monthDays(today + i).includes(monthDay)) return true;
    return false;
  };
  const read = new Map<string, string | null>();
  const monthDayOf = (text: string) => {
    let monthDay = read.get(text);
    if (monthDay === undefined) {
      monthDay = instantOf(text) === null ? null : text.slice(5, 10);
      if (read.size >= mostRead) read.clear();
      read.set(text, monthDay);
    }
    return monthDay;
  };
  // There are 366 of them, and many people to each; other days than today are asked about as well.
  const known = new Map<number, Spell>();
  const about = (monthDay: string, today: number) => {
    const key = today * 2048 + Number(monthDay.slice(0, 2)) * 64 + Number(monthDay.slice(3));
    let found = known.get(key);
    if (!found) {
      const truth = within(monthDay, today);
      found = { truth, next: changes(monthDay, today, truth) };
      if (known.size >= mostRead) known.clear();
      known.set(key, found);
    }
    return found;
  };
  let lastValue = '';
  let lastDay = Number.NaN;
  let spell = outside;
  const spellOf = (value: JsonValue | undefined, now: number) => {
    if (typeof value !== 'string') return outside;
    const today = days.of(now);
    if (lastValue === value && lastDay === today) return spell;
    const monthDay = monthDayOf(value);
    spell = monthDay === null ? outside : about(monthDay, today);
    lastValue = value;
    lastDay = today;
    return spell;
  };
  /** At the latest in eight years, when a leap year was left out. */
  const changes = (monthDay: string, today: number, truth: boolean) => {
    for (let i = 1; i < 3000; i++) {
      const isIn = truth
        ? within(monthDay, today + i)
        : days.monthDays(today + i + nextDays).includes(monthDay);
      if (isIn !== truth) return days.start(today + i);
    }
    return Number.POSITIVE_INFINITY;
  };
  return {
    holds: (value, now) => spellOf(value, now).truth,
    next: (value, now) => spellOf(value, now).next,
    due: (v, w) => `if(isNull(${instant(v)}), ${never}, ${w.param(days.start(days.of(w.now) + 1), 'Int64')})`,
    sql(v, w) {
      const today = days.of(w.now);
      const list = Array.from({ length: nextDays + 1 }, (_, i) => days.monthDays(today + i)).flat();
      return `(substring(${text(v)}, 6, 5) in ${w.param([...new Set(list)], 'Array(String)')} and isNotNull(${instant(v)}))`;
    },
  };
}

function oneOf(wanted: readonly Scalar[]): Omit<ValueTest, 'key'> {
  const strings = wanted.filter((one) => typeof one === 'string');
  const numbers = wanted.filter((one) => typeof one === 'number');
  const booleans = wanted.filter((one) => typeof one === 'boolean').map(equals);
  const [stringSet, numberSet] = [new Set<unknown>(strings), new Set<number | null>(numbers)];
  return {
    holds: (value, now) =>
      stringSet.has(value) || numberSet.has(numberOf(value)) || booleans.some((one) => one.holds(value, now)),
    sql(v, w) {
      const parts = booleans.map((one) => one.sql(v, w));
      if (strings.length > 0)
        parts.push(`(${text(v)} in ${w.param(strings, 'Array(String)')} and ${isText(v)})`);
      if (numbers.length > 0) parts.push(sure(`has(${w.param(numbers, 'Array(Float64)')}, ${number(v, w)})`));
      return `(${parts.join(' or ')})`;
    },
  };
}

function matching(pattern: string): Omit<ValueTest, 'key'> {
  const re = RE2JS.compile(pattern);
  return {
    holds: (value) => typeof value === 'string' && re.test(value),
    // ClickHouse lets a dot stand for a line's end unless told otherwise.
    sql: (v, w) => `(${isText(v)} and match(${text(v)}, ${w.param(`(?-s)${pattern}`, 'String')}))`,
  };
}

function holding(wanted: Scalar): Omit<ValueTest, 'key'> {
  const one = equals(wanted);
  return {
    holds: (value, now) => Array.isArray(value) && value.some((element) => one.holds(element, now)),
    sql: (v, w) =>
      'text' in v
        ? '0'
        : `arrayExists(x -> ${one.sql({ doc: v.doc, path: `${v.path}, x` }, w)}, range(1, if(JSONType(${v.doc}${v.path}) = 'Array', JSONLength(${v.doc}${v.path}), 0) + 1))`,
  };
}

function moment(textOf: string): number {
  const at = instantOf(textOf);
  if (at === null)
    throw new RangeError(`"${textOf}" is no time in ISO 8601, like 2026-01-31 or 2026-01-31T12:00:00Z`);
  return at;
}

const builders: {
  [name in keyof Tests]-?: (wanted: NonNullable<Tests[name]>, days: Days) => Omit<ValueTest, 'key'>;
} = {
  equals,
  one_of: oneOf,
  exists: () => ({
    holds: (value) => value !== undefined && value !== null,
    sql: (v) => ('text' in v ? `${v.text} != ''` : `JSONType(${v.doc}${v.path}) != 'Null'`),
  }),
  contains: (wanted) => ({
    holds: (value) => typeof value === 'string' && value.includes(wanted),
    sql: (v, w) => `(position(${text(v)}, ${w.param(wanted, 'String')}) > 0 and ${isText(v)})`,
  }),
  starts_with: (wanted) => ({
    holds: (value) => typeof value === 'string' && value.startsWith(wanted),
    sql: (v, w) => `(startsWith(${text(v)}, ${w.param(wanted, 'String')}) and ${isText(v)})`,
  }),
  matches: matching,
  greater: (n) =>
    compared(
      (x) => x > n,
      (x, w) => `${x} > ${w.param(n, 'Float64')}`,
    ),
  less: (n) =>
    compared(
      (x) => x < n,
      (x, w) => `${x} < ${w.param(n, 'Float64')}`,
    ),
  at_least: (n) =>
    compared(
      (x) => x >= n,
      (x, w) => `${x} >= ${w.param(n, 'Float64')}`,
    ),
  at_most: (n) =>
    compared(
      (x) => x <= n,
      (x, w) => `${x} <= ${w.param(n, 'Float64')}`,
    ),
  between: (pair) => {
    const [low = 0, high = 0] = pair;
    return compared(
      (x) => low <= x && x <= high,
      (x, w) => `(${x} between ${w.param(low, 'Float64')} and ${w.param(high, 'Float64')})`,
    );
  },
  before: (wanted) => {
    const limit = moment(wanted);
    return dated(
      (at) => at < limit,
      (at, w) => `${at} < ${w.param(limit, 'Int64')}`,
    );
  },
  after: (wanted) => {
    const limit = moment(wanted);
    return dated(
      (at) => at > limit,
      (at, w) => `${at} > ${w.param(limit, 'Int64')}`,
    );
  },
  in_last: (wanted) => {
    const ms = durationMs(wanted);
    const [from, to] = [(now: number) => now - ms + 1, (now: number) => now];
    return datedSpan(
      (at) => at,
      (at) => at + ms,
      between(from, to),
    );
  },
  in_next: (wanted) => {
    const ms = durationMs(wanted);
    const [from, to] = [(now: number) => now + 1, (now: number) => now + ms];
    return datedSpan(
      (at) => at - ms,
      (at) => at,
      between(from, to),
    );
  },
  day_of_year: ({ next_days }, days) => dayOfYear(next_days, days),
  holds: holding,
  not: (inner, days) => {
    const test = valueTest(inner, days);
    return {
      holds: (value, now) => !test.holds(value, now),
      ...(test.next && { next: test.next }),
      ...(test.due && { due: test.due }),
      sql: (v, w) => `not ${test.sql(v, w)}`,
    };
  },
};

function between(from: (now: number) => number, to: (now: number) => number) {
  return (at: string, w: SqlWriter) =>
    `(${at} between ${w.param(from(w.now), 'Int64')} and ${w.param(to(w.now), 'Int64')})`;
}
