import { FirstCondition, LastCondition } from '../../schema.ts';
import { type Atom, atomOf } from '../atoms.ts';
import type { ConditionKind, Leaf, Live, Matcher } from '../node.ts';
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
function edgeLeaf(which: 'first' | 'last', atom: Atom, window: Window): Leaf {
  const atoms = [atom];
  return {
    key: JSON.stringify([which, atom.key, window.key]),
    atoms,
    ofNobody: false,
    sql(w) {
      const matched = anyOf(atoms, w);
      const count = w.ofEvents(`countIf(${matched})`);
      const edge = w.ofEvents(`${which === 'first' ? 'minIf' : 'maxIf'}(t, ${matched})`);
      const parts = [`${count} > 0`];
      const from = window.from(w.now);
      if (from !== Number.NEGATIVE_INFINITY) parts.push(`${edge} >= ${w.param(from, 'Int64')}`);
      if (window.to !== Number.POSITIVE_INFINITY) parts.push(`${edge} < ${w.param(window.to, 'Int64')}`);
      return `(${parts.join(' and ')})`;
    },
    due: (w) => dueSql(atoms, window, w),
    live: (b) => new LiveEdge(which, b.matcher(atoms), window),
  };
}

class LiveEdge implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #isFirst: boolean;
  readonly #matcher: Matcher;
  readonly #window: Window;

  constructor(which: 'first' | 'last', matcher: Matcher, window: Window) {
    this.#isFirst = which === 'first';
    this.#matcher = matcher;
    this.#window = window;
  }

  test(person: PersonState, now: number): boolean {
    const edge = this.#edge(person, now);
    this.next = Number.POSITIVE_INFINITY;
    if (edge === null || edge < this.#window.from(now) || edge >= this.#window.to) return false;
    this.next = this.#window.leaves(edge);
    return true;
  }

  #edge({ time, shape, size }: PersonState, now: number): number | null {
    const { has } = this.#matcher;
    if (this.#isFirst) {
      for (let i = 0; i < size && (time[i] as number) <= now; i++) {
        if (has[shape[i] as number] === 1) return time[i] as number;
      }
      return null;
    }
    for (let i = size - 1; i >= 0; i--) {
      if ((time[i] as number) <= now && has[shape[i] as number] === 1) return time[i] as number;
    }
    return null;
  }

  explain(person: PersonState, now: number) {
    const edge = this.#edge(person, now);
    return { found: edge, wanted: this.#window.key, times: edge === null ? [] : [edge] };
  }
}
