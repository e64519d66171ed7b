import { SequenceCondition } from '../../schema.ts';
import { type Atom, atomOf } from '../atoms.ts';
import type { ConditionKind, Leaf, Live, Masks } from '../node.ts';
import type { Series } from '../series.ts';
import type { PersonState } from '../timeline.ts';
import { durationMs, type Window, windowOf } from '../window.ts';
import { dueSql } from '../window-sql.ts';
import { sequenceSql } from './sequence-sql.ts';

export const sequence: ConditionKind = {
  key: 'sequence',
  schema: SequenceCondition,
  lower(json: SequenceCondition, given) {
    const steps = json.sequence.map((step) => atomOf(step, given));
    const within = json.within ? durationMs(json.within) : Number.POSITIVE_INFINITY;
    const without = json.without === undefined ? null : atomOf(json.without, given);
    return { leaf: sequenceLeaf(steps, within, without, windowOf(json.in, given.days)) };
  },
};

/**
 * Each step strictly later than the one before. Of all chains that reached a step only the one that began last matters:
 * it stays in the window longest, is within the time if any is, and outlives what is not to come between. So one pass in
 * the order of time is enough, at one instant the last step first (so that no event follows one of the same instant) and
 * what is not to come between at the end (so that it stands strictly inside).
 */
function sequenceLeaf(steps: readonly Atom[], within: number, without: Atom | null, window: Window): Leaf {
  const atoms = without ? [...steps, without] : steps;
  return {
    key: JSON.stringify([
      'sequence',
      steps.map((one) => one.key),
      String(within),
      without?.key ?? null,
      window.key,
    ]),
    atoms,
    ofNobody: false,
    sql: (w) => sequenceSql(steps, within, without, window, w),
    due: (w) => dueSql(steps.slice(0, 1), window, w),
    live: (b) =>
      steps.length === 2
        ? new LivePair(
            b.series(steps.slice(0, 1)),
            b.series(steps.slice(1)),
            without && b.series([without]),
            within,
            window,
          )
        : new LiveSequence(
            b.masks([...steps.map((one) => [one]), ...(without ? [[without]] : [])]),
            steps.length,
            within,
            window,
          ),
  };
}

/** Two steps, which most are: from the latest beginning backwards, each with the first end after it. */
class LivePair implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #begins: Series;
  readonly #ends: Series;
  readonly #without: Series | null;
  readonly #within: number;
  readonly #window: Window;

  constructor(begins: Series, ends: Series, without: Series | null, within: number, window: Window) {
    this.#begins = begins;
    this.#ends = ends;
    this.#without = without;
    this.#within = within;
    this.#window = window;
  }

  test(person: PersonState, now: number): boolean {
    const best = this.#best(person, now);
    this.next = best === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#window.leaves(best);
    return best !== Number.NEGATIVE_INFINITY;
  }

  #best(person: PersonState, now: number): number {
    const [begins, ends, without] = [this.#begins, this.#ends, this.#without];
    begins.of(person);
    ends.of(person);
    without?.of(person);
    const from = this.#window.from(now);
    let end = ends.notAfter(now, from);
    let between = without ? without.notAfter(now, from) : 0;
    let firstEnd = Number.POSITIVE_INFINITY;
    let firstBetween = Number.POSITIVE_INFINITY;
    for (let k = begins.notAfter(Math.min(now, this.#window.to - 1), from); begins.reach(k, from); k++) {
      const begin = begins.times[k] as number;
      while (ends.reach(end, begin + 1)) firstEnd = ends.times[end++] as number;
      if (firstEnd === Number.POSITIVE_INFINITY || firstEnd - begin > this.#within) continue;
      while (without?.reach(between, begin + 1)) firstBetween = without.times[between++] as number;
      if (firstBetween >= firstEnd) return begin;
    }
    return Number.NEGATIVE_INFINITY;
  }

  explain(person: PersonState, now: number) {
    const best = this.#best(person, now);
    return { ...foundAt(best), wanted: { steps: 2 } };
  }
}

const foundAt = (best: number) => ({
  found: best === Number.NEGATIVE_INFINITY ? null : best,
  times: best === Number.NEGATIVE_INFINITY ? [] : [best],
});

class LiveSequence implements Live {
  next = Number.POSITIVE_INFINITY;
  readonly exact = true;
  readonly #masks: Masks;
  readonly #within: number;
  readonly #window: Window;
  readonly #chains: Float64Array;

  /** A bit for each step, and one for what is not to come between. */
  constructor(masks: Masks, steps: number, within: number, window: Window) {
    this.#masks = masks;
    this.#within = within;
    this.#window = window;
    this.#chains = new Float64Array(steps);
  }

  test(person: PersonState, now: number): boolean {
    const best = this.#best(person, now);
    this.next = best === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#window.leaves(best);
    return best !== Number.NEGATIVE_INFINITY;
  }

  #best(person: PersonState, now: number): number {
    const { time, shape } = person;
    const masks = this.#masks.of;
    const chains = this.#chains;
    const final = chains.length - 1;
    for (let step = 0; step <= final; step++) chains[step] = Number.NEGATIVE_INFINITY;
    const end = person.last(now);
    for (let i = person.firstFrom(this.#window.from(now)); i <= end; ) {
      let mask = masks[shape[i] as number] as number;
      const t = time[i++] as number;
      if (mask === 0) continue;
      while (i <= end && time[i] === t) mask |= masks[shape[i++] as number] as number;
      this.#instant(chains, final, t, mask);
    }
    return chains[final] as number;
  }

  /** All that happened at one instant. */
  #instant(chains: Float64Array, final: number, t: number, mask: number): void {
    for (let step = final; step > 0; step--) {
      if ((mask & (1 << step)) === 0) continue;
      const start = chains[step - 1] as number;
      if (start > (chains[step] as number) && (step < final || t - start <= this.#within))
        chains[step] = start;
    }
    if ((mask & 1) !== 0 && t < this.#window.to) chains[0] = t;
    if ((mask & (1 << (final + 1))) === 0) return;
    for (let step = 0; step < final; step++) {
      if ((chains[step] as number) < t) chains[step] = Number.NEGATIVE_INFINITY;
    }
  }

  explain(person: PersonState, now: number) {
    const best = this.#best(person, now);
    return { ...foundAt(best), wanted: { steps: this.#chains.length } };
  }
}
