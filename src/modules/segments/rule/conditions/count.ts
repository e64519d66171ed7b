import type { TSchema } from 'typebox';
import {
  ChannelCondition,
  DidCondition,
  DidNotCondition,
  type EventMatch,
  PlaceCondition,
  SourceCondition,
  type Window as WindowJson,
} from '../../schema.ts';
import { type Atom, atomOf } from '../atoms.ts';
import type { ConditionKind, Given, Leaf, Live, Node } from '../node.ts';
import type { Matcher, Series } from '../series.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { PersonState } from '../timeline.ts';
import { type Window, windowOf } from '../window.ts';
import { and, anyOf, dueSql, insideSql } from '../window-sql.ts';

interface Counts {
  exactly?: number | undefined;
  at_least?: number | undefined;
  at_most?: number | undefined;
}

/** How often an event came within a window: at least `low` times and at most `high` times. */
export function countLeaf(atoms: readonly Atom[], window: Window, low: number, high: number): Leaf {
  return {
    key: JSON.stringify(['count', atoms.map((one) => one.key), window.key, low, String(high)]),
    atoms,
    ofNobody: low === 0,
    sql(w: SqlWriter) {
      const count = w.ofEvents('count', '', and(insideSql(window, w), anyOf(atoms, w)));
      const parts: string[] = [];
      if (low > 0) parts.push(`${count} >= ${w.param(low, 'UInt64')}`);
      if (high < Number.POSITIVE_INFINITY) parts.push(`${count} <= ${w.param(high, 'UInt64')}`);
      return parts.length === 0 ? '1' : `(${parts.join(' and ')})`;
    },
    due: (w) => dueSql(atoms, window, w),
    live: (b) => new LiveCount(b.series(atoms), window, low, high),
  };
}

class LiveCount implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #series: Series;
  readonly #window: Window;
  readonly #low: number;
  readonly #high: number;

  constructor(series: Series, window: Window, low: number, high: number) {
    this.#series = series;
    this.#window = window;
    this.#low = low;
    this.#high = high;
  }

  test(person: PersonState, now: number): boolean {
    const series = this.#series;
    series.of(person);
    const from = this.#window.from(now);
    const newest = series.notAfter(Math.min(now, this.#window.to - 1), from);
    if (this.#high < Number.POSITIVE_INFINITY && series.reach(newest + this.#high, from)) {
      const leave = this.#window.leaves(series.times[newest + this.#high] as number);
      // Too few remain where others leave at the same moment.
      const remain =
        this.#low === 0 ? leave + 1 : this.#window.leaves(series.times[newest + this.#low - 1] as number);
      this.next = remain > leave ? leave : Number.POSITIVE_INFINITY;
      return false;
    }
    this.next = Number.POSITIVE_INFINITY;
    if (this.#low === 0) return true;
    const keeps = newest + this.#low - 1;
    if (!series.reach(keeps, from)) return false;
    this.next = this.#window.leaves(series.times[keeps] as number);
    return true;
  }

  explain(person: PersonState, now: number) {
    const times = timesInside(person, now, this.#series.matcher, this.#window);
    return { found: times.length, wanted: { at_least: this.#low, at_most: this.#high }, times };
  }
}

/** The times of the events that count, the newest first. */
export function timesInside(person: PersonState, now: number, matcher: Matcher, window: Window): number[] {
  const times: number[] = [];
  const from = window.from(now);
  for (let i = person.last(now); i >= 0; i--) {
    const t = person.time[i] as number;
    if (t < from) break;
    if (t < window.to && matcher.has[person.shape[i] as number] === 1) times.push(t);
  }
  return times;
}

function counted(atom: Atom, counts: Counts, json: WindowJson | undefined, given: Given): Node {
  const { exactly, at_least, at_most } = counts;
  if (exactly !== undefined && (at_least !== undefined || at_most !== undefined)) {
    throw new RangeError('"exactly" stands alone, without "at_least" and "at_most"');
  }
  const low = exactly ?? at_least ?? (at_most === undefined ? 1 : 0);
  const high = exactly ?? at_most ?? Number.POSITIVE_INFINITY;
  if (low > high) throw new RangeError('"at_least" is more than "at_most"');
  return { leaf: countLeaf([atom], windowOf(json, given.days), low, high) };
}

const kind = <T>(key: string, schema: TSchema, lower: (json: T, given: Given) => Node): ConditionKind => ({
  key,
  schema,
  lower,
});

export const did = kind<DidCondition>('did', DidCondition, (json, given) =>
  counted(atomOf(json.did, given), json, json.in, given),
);

export const didNot = kind<DidNotCondition>('did_not', DidNotCondition, (json, given) => ({
  leaf: countLeaf([atomOf(json.did_not, given)], windowOf(json.in, given.days), 0, 0),
}));

export const channel = kind<ChannelCondition>('channel', ChannelCondition, (json, given) =>
  counted(atomOf({ channel: json.channel }, given), json, json.in, given),
);

export const source = kind<SourceCondition>('source', SourceCondition, (json, given) =>
  counted(atomOf({ source: json.source }, given), json, json.in, given),
);

/** Coming in is `Store Entered` or `Zone Entered`; how long somebody stayed is told when they leave a store. */
export const place = kind<PlaceCondition>('place', PlaceCondition, (json, given) => {
  const { place: at, dwell_seconds: dwell } = json;
  if (dwell && at.zone !== undefined)
    throw new RangeError('how long somebody stayed is known of stores, not of zones');
  const where: NonNullable<Exclude<EventMatch, string | string[]>['where']> = [];
  const oneOf = (names: string | string[]) => (typeof names === 'string' ? [names] : names);
  if (at.store !== undefined) where.push({ column: 'store_id', one_of: oneOf(at.store) });
  if (at.zone !== undefined) where.push({ property: 'zone', one_of: oneOf(at.zone) });
  if (dwell?.at_least !== undefined) where.push({ property: 'dwell_seconds', at_least: dwell.at_least });
  if (dwell?.at_most !== undefined) where.push({ property: 'dwell_seconds', at_most: dwell.at_most });
  const event = dwell ? 'Store Exited' : at.zone === undefined ? 'Store Entered' : 'Zone Entered';
  return counted(atomOf({ event, ...(where.length > 0 && { where }) }, given), json, json.in, given);
});
