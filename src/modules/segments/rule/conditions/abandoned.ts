import { AbandonedCondition } from '../../schema.ts';
import { type Atom, atomOf, atomSql } from '../atoms.ts';
import type { ConditionKind, Leaf, Live } from '../node.ts';
import type { Series } from '../series.ts';
import type { PersonState } from '../timeline.ts';
import { durationMs, type Window, windowOf } from '../window.ts';
import { dueSql, insideSql } from '../window-sql.ts';

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
      const from = window.from(w.now);
      const later = from === Number.NEGATIVE_INFINITY ? '' : ` and t >= ${w.param(from, 'Int64')}`;
      const wait = w.param(within, 'Int64');
      const over = `t + ${wait} <= ${w.param(w.now, 'Int64')}`;
      const lists = [
        `arrayMap(z -> (-z, 0), groupArrayIf(t, ${atomSql(a, w)} and ${insideSql(window, w)} and ${over}))`,
        `arrayMap(z -> (-z, 1), groupArrayIf(t, ${atomSql(b, w)}${later}))`,
      ];
      // From the newest to the oldest: the earliest B after each A is the one met last.
      const sorted = w.ofEvents(`arraySort(arrayConcat(${lists.join(', ')}))`);
      const alone = `acc.1 + x.1 > ${wait}`;
      return `(arrayFold((acc, x) -> (if(x.2 = 1, -x.1, acc.1), if(x.2 = 0 and ${alone}, toUInt8(1), acc.2)), ${sorted}, (toInt64(9000000000000000), toUInt8(0))).2) = 1`;
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
    let end = ends.skip(now, from);
    let firstEnd = Number.POSITIVE_INFINITY;
    let runsOut = Number.POSITIVE_INFINITY;
    this.exact = true;
    for (let k = begins.skip(Math.min(now, this.#window.to - 1), from); begins.reach(k, from); k++) {
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
