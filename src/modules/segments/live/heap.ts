/** Moments at which somebody is to be looked at again, the earliest first; 16 bytes each. */
export class DueHeap {
  size = 0;
  #at = new Float64Array(1024);
  #person = new Float64Array(1024);

  push(at: number, person: number): void {
    if (this.size === this.#at.length) this.#grow();
    let place = this.size++;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#at[above] as number;
      if (other <= at) break;
      this.#at[place] = other;
      this.#person[place] = this.#person[above] as number;
      place = above;
    }
    this.#at[place] = at;
    this.#person[place] = person;
  }

  /** The earliest moment; Infinity where there is none. */
  next(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.#at[0] as number);
  }

  pop(): { at: number; person: number } | undefined {
    if (this.size === 0) return undefined;
    const first = { at: this.#at[0] as number, person: this.#person[0] as number };
    const last = --this.size;
    const at = this.#at[last] as number;
    const person = this.#person[last] as number;
    let place = 0;
    for (;;) {
      let below = place * 2 + 1;
      if (below >= last) break;
      if (below + 1 < last && (this.#at[below + 1] as number) < (this.#at[below] as number)) below++;
      const other = this.#at[below] as number;
      if (other >= at) break;
      this.#at[place] = other;
      this.#person[place] = this.#person[below] as number;
      place = below;
    }
    this.#at[place] = at;
    this.#person[place] = person;
    return first;
  }

  #grow(): void {
    const at = new Float64Array(this.#at.length * 2);
    at.set(this.#at);
    this.#at = at;
    const person = new Float64Array(at.length);
    person.set(this.#person);
    this.#person = person;
  }
}
