import type { PersonState } from './timeline.ts';

/** Which shapes match; to be read afresh at each evaluation, for it grows with new shapes. */
export interface Matcher {
  readonly has: Uint8Array;
}

/** By shape: 1 + where the slot's cells begin among the entry's, 0 where it has none. */
export interface SlotPlace {
  readonly offset: Uint16Array;
}

/**
 * A person's events of one kind, the newest first: looked up once, and only as far back as anybody asks, however many
 * conditions ask. `of` comes first; what it gives is good until the next `of`.
 */
export class Series {
  times = new Float64Array(16);
  /** Where each one's cells of the slot begin; only with a slot. */
  cells = new Int32Array(16);
  readonly matcher: Matcher;
  readonly #place: SlotPlace | null;
  #person: PersonState | null = null;
  #version = -1;
  #has: Uint8Array = new Uint8Array(0);
  #known = 0;
  /** The entry to look at next, and where the cells of the one after it begin. */
  #entry = -1;
  #cell = 0;
  #first = Number.NaN;

  constructor(matcher: Matcher, place: SlotPlace | null) {
    this.matcher = matcher;
    this.#place = place;
  }

  of(person: PersonState): void {
    if (this.#person === person && this.#version === person.version) return;
    this.#person = person;
    this.#version = person.version;
    this.#has = this.matcher.has;
    this.#known = 0;
    this.#entry = person.size - 1;
    this.#cell = person.cellsUsed;
    this.#first = Number.NaN;
  }

  /** Whether there are more than `k`, the one numbered `k` not before `from`. */
  reach(k: number, from: number): boolean {
    return k < this.#known ? (this.times[k] as number) >= from : this.#look(k, from);
  }

  /** The number of the newest that is not after `limit`; `reach` tells whether there is one. */
  notAfter(limit: number, from: number): number {
    let k = 0;
    while (this.reach(k, from) && (this.times[k] as number) > limit) k++;
    return k;
  }

  /** When the oldest was; Infinity where there is none. */
  first(): number {
    if (!Number.isNaN(this.#first)) return this.#first;
    const { time, shape, size } = this.#person as PersonState;
    const has = this.#has;
    let i = 0;
    while (i < size && has[shape[i] as number] === 0) i++;
    this.#first = i < size ? (time[i] as number) : Number.POSITIVE_INFINITY;
    return this.#first;
  }

  #look(k: number, from: number): boolean {
    const { time, shape, widths } = this.#person as PersonState;
    const has = this.#has;
    const width = widths.of;
    for (let i = this.#entry; i >= 0; i--) {
      const t = time[i] as number;
      if (t < from) {
        this.#entry = i;
        return false;
      }
      const s = shape[i] as number;
      if (this.#place) this.#cell -= width[s] as number;
      if (has[s] === 0) continue;
      const n = this.#known++;
      if (n === this.times.length) this.#grow();
      this.times[n] = t;
      if (this.#place) this.cells[n] = this.#cell + (this.#place.offset[s] as number) - 1;
      if (n === k) {
        this.#entry = i - 1;
        return true;
      }
    }
    this.#entry = -1;
    return false;
  }

  #grow(): void {
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
    const cells = new Int32Array(times.length);
    cells.set(this.cells);
    this.cells = cells;
  }
}
