import { AbandonedCondition } from '../../schema.ts';
import { type Atom, atomOf, atomSql } from '../atoms.ts';
import type { ConditionKind, Leaf, Live } from '../node.ts';
import type { Series } from '../series.ts';
import type { PersonState } from '../timeline.ts';
import { durationMs, type Window, windowOf } from '../window.ts';
import { and, dueSql, insideSql, sinceSql } from '../window-sql.ts';

export const abandoned: ConditionKind = {
  key: 'abandoned',
  schema: AbandonedCondition,
  lower: (json: AbandonedCondition, given) => ({
    leaf: abandonedLeaf(
      atomOf(json.abandoned, given),
      atomOf(json.without, given),
      durationMs(json.within),
      windowOf(json.in, given.days),
    ),
  }),
};

/** Some A in the window at which the time has run out, and no B after it within that time. */
function abandonedLeaf(a: Atom, b: Atom, within: number, window: Window): Leaf {
  return {
    key: JSON.stringify(['abandoned', a.key, b.key, within, window.key]),
    atoms: [a, b],
    ofNobody: false,
    sql(w) {
      const wait = w.param(within, 'Int64');
      const over = `t + ${wait} <= ${w.param(w.now, 'Int64')}`;
      const begins = w.ofEvents('groupArray', 't * 2 + 1', and(insideSql(window, w), over, atomSql(a, w)));
      const ends = w.ofEvents('groupArray', 't * 2', and(sinceSql(window.from(w.now), w), atomSql(b, w)));
      // In order, of one instant the end first; beside each beginning the end that comes next after it.
      const all = `arraySort(arrayConcat(${begins}, ${ends}))`;
      const next = `arrayReverseFill(x -> bitAnd(x, 1) = 0, ${all})`;
      const alone = `(bitAnd(y, 1) = 1 or y - (x - 1) > 2 * ${wait})`;
      return `(notEmpty(${begins}) and arrayExists((x, y) -> bitAnd(x, 1) = 1 and ${alone}, ${all}, ${next}))`;
    },
    due: (w) => [
      ...dueSql([a], window, w),
      `minIf(t + ${w.param(within, 'Int64')}, ${atomSql(a, w)} and t + ${w.param(within, 'Int64')} > ${w.param(w.now, 'Int64')})`,
    ],
    live: (builder) => new LiveAbandoned(builder.series([a]), builder.series([b]), within, window),
  };
}

class LiveAbandoned implements Live {
  next = Number.POSITIVE_INFINITY;
  exact = true;
  readonly #begins: Series;
  readonly #ends: Series;
  readonly #within: number;
  readonly #window: Window;

  constructor(begins: Series, ends: Series, within: number, window: Window) {
    this.#begins = begins;
    this.#ends = ends;
    this.#within = within;
    this.#window = window;
  }

  test(person: PersonState, now: number): boolean {
    const [begins, ends] = [this.#begins, this.#ends];
    begins.of(person);
    ends.of(person);
    const from = this.#window.from(now);
    let end = ends.notAfter(now, from);
    let firstEnd = Number.POSITIVE_INFINITY;
    let runsOut = Number.POSITIVE_INFINITY;
    this.exact = true;
    for (let k = begins.notAfter(Math.min(now, this.#window.to - 1), from); begins.reach(k, from); k++) {
      const t = begins.times[k] as number;
      while (ends.reach(end, t + 1)) firstEnd = ends.times[end++] as number;
      if (firstEnd <= t + this.#within) continue;
      if (t + this.#within <= now) {
        this.next = this.#window.leaves(t);
        // One that still waits may take its place before it leaves.
        this.exact = this.next < runsOut;
        return true;
      }
      if (t + this.#within < this.#window.leaves(t)) runsOut = t + this.#within;
    }
    this.next = runsOut;
    return false;
  }

  explain(person: PersonState, now: number) {
    const truth = this.test(person, now);
    return { found: truth, wanted: { within_ms: this.#within } };
  }
}
