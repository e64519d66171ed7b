import { FirstCondition, LastCondition } from '../../schema.ts';
import { type Atom, atomOf } from '../atoms.ts';
import type { ConditionKind, Leaf, Live } from '../node.ts';
import type { Series } from '../series.ts';
import type { PersonState } from '../timeline.ts';
import { type Window, windowOf } from '../window.ts';
import { anyOf, dueSql } from '../window-sql.ts';

export const first: ConditionKind = {
  key: 'first',
  schema: FirstCondition,
  lower: (json: FirstCondition, given) => ({
    leaf: edgeLeaf('first', atomOf(json.first, given), windowOf(json.in, given.days)),
  }),
};

export const last: ConditionKind = {
  key: 'last',
  schema: LastCondition,
  lower: (json: LastCondition, given) => ({
    leaf: edgeLeaf('last', atomOf(json.last, given), windowOf(json.in, given.days)),
  }),
};

/** Whether the first or the last of all matching events lies in the window. */
export function edgeLeaf(which: 'first' | 'last', atom: Atom, window: Window): Leaf {
  const atoms = [atom];
  return {
    key: JSON.stringify([which, atom.key, window.key]),
    atoms,
    ofNobody: false,
    sql(w) {
      const matched = anyOf(atoms, w);
      const count = w.ofEvents('count', '', matched);
      const edge = w.ofEvents(which === 'first' ? 'min' : 'max', 't', matched);
      const parts = [`${count} > 0`];
      const from = window.from(w.now);
      if (from !== Number.NEGATIVE_INFINITY) parts.push(`${edge} >= ${w.param(from, 'Int64')}`);
      if (window.to !== Number.POSITIVE_INFINITY) parts.push(`${edge} < ${w.param(window.to, 'Int64')}`);
      return `(${parts.join(' and ')})`;
    },
    due: (w) => dueSql(atoms, window, w),
    live: (b) => new LiveEdge(which, b.series(atoms), window),
  };
}

class LiveEdge implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #isFirst: boolean;
  readonly #series: Series;
  readonly #window: Window;

  constructor(which: 'first' | 'last', series: Series, window: Window) {
    this.#isFirst = which === 'first';
    this.#series = series;
    this.#window = window;
  }

  test(person: PersonState, now: number): boolean {
    const from = this.#window.from(now);
    const edge = this.#edge(person, now, from);
    this.next = Number.POSITIVE_INFINITY;
    if (edge === null || edge < from || edge >= this.#window.to) return false;
    this.next = this.#window.leaves(edge);
    return true;
  }

  /** The last one need not be looked for before `from`. */
  #edge(person: PersonState, now: number, from: number): number | null {
    const series = this.#series;
    series.of(person);
    if (this.#isFirst) return series.first() <= now ? series.first() : null;
    const newest = series.notAfter(now, from);
    return series.reach(newest, from) ? (series.times[newest] as number) : null;
  }

  explain(person: PersonState, now: number) {
    const edge = this.#edge(person, now, Number.NEGATIVE_INFINITY);
    return { found: edge, wanted: this.#window.key, times: edge === null ? [] : [edge] };
  }
}
