/** An empty slot; keys are not negative. */
const empty = -1;

/**
 * Keys (whole numbers from 0) with a small number each (whole, from 0), by open addressing over arrays of numbers. A `Map`
 * of hundreds of thousands of such keys is as many objects for the garbage collector to go past.
 */
export class NumberTable {
  size = 0;
  #keys = new Float64Array(64).fill(empty);
  #values = new Uint32Array(64);

  get(key: number): number | undefined {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === empty ? undefined : this.#values[slot];
  }

  has(key: number): boolean {
    return this.#keys[this.#slotOf(key)] !== empty;
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key);
    this.#values[slot] = value;
    if (this.#keys[slot] === key) return;
    this.#keys[slot] = key;
    if (++this.size * 2 > this.#keys.length) this.#grow();
  }

  delete(key: number): void {
    let hole = this.#slotOf(key);
    if (this.#keys[hole] === empty) return;
    this.size--;
    const mask = this.#keys.length - 1;
    // What lies behind it and was only pushed there by others moves up, so that no search ends at the hole.
    for (let slot = (hole + 1) & mask; this.#keys[slot] !== empty; slot = (slot + 1) & mask) {
      const home = this.#homeOf(this.#keys[slot] as number);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#keys[hole] = this.#keys[slot] as number;
      this.#values[hole] = this.#values[slot] as number;
      hole = slot;
    }
    this.#keys[hole] = empty;
  }

  #homeOf(key: number): number {
    let h = ((key % 0x1_0000_0000) | 0) ^ Math.imul(Math.floor(key / 0x1_0000_0000), 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) & (this.#keys.length - 1);
  }

  /** Where the key lies, or would. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = this.#homeOf(key);
    while (this.#keys[slot] !== key && this.#keys[slot] !== empty) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2).fill(empty);
    this.#values = new Uint32Array(values.length * 2);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      if (key === empty) continue;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[i] as number;
    }
  }
}
