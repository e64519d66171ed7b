/**
 * Chance that can be repeated: everything the simulated brand does is a function of a seed and of who does it.
 * A draw is made in two ways: `hash` for what stays the same about somebody (a name, a device), and a `Dice`
 * for the course of one visit, thrown afresh from (seed, person, visit), so that no draw depends on others' order.
 */

/** A well mixed unsigned 32-bit number from up to four integers. */
export function hash(seed: number, a: number, b = 0, c = 0): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ a, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ b, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16) ^ c, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The same as a fraction in [0, 1). */
export function share(seed: number, a: number, b = 0, c = 0): number {
  return hash(seed, a, b, c) / 4294967296;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `length` letters and digits that stand for (a, b), as made-up tokens look. */
export function token(seed: number, a: number, b: number, length: number): string {
  let out = '';
  let h = 0;
  for (let i = 0; i < length; i++) {
    if (i % 5 === 0) h = hash(seed, a, b, i + 1);
    out += ALPHABET[h % 62];
    h = Math.floor(h / 62);
  }
  return out;
}

/** A line of chances whose sum need not be 1, made ready for throwing. */
export interface Odds<T> {
  readonly items: readonly T[];
  readonly upTo: readonly number[];
}

/** Odds from pairs of an item and its weight. */
export function odds<T>(pairs: readonly (readonly [T, number])[]): Odds<T> {
  let sum = 0;
  const upTo = pairs.map(([, weight]) => {
    sum += weight;
    return sum;
  });
  return { items: pairs.map(([item]) => item), upTo: upTo.map((edge) => edge / sum) };
}

/** The item at `fraction` (0..1) of the odds. */
export function at<T>(line: Odds<T>, fraction: number): T {
  const { items, upTo } = line;
  let i = 0;
  while (i < items.length - 1 && fraction >= (upTo[i] as number)) i++;
  return items[i] as T;
}

/** Dice for one visit (splitmix32: one word of state, well mixed from any seed). */
export class Dice {
  #state = 0;

  throwFor(seed: number, a: number, b: number): void {
    this.#state = hash(seed, a, b, 0x5eed);
  }

  /** A fraction in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  of<T>(line: Odds<T>): T {
    return at(line, this.next());
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.next());
  }

  #normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.next());
  }

  /** Gamma with the given shape and scale 1 (Marsaglia and Tsang 2000; shapes below 1 by their boost). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.next()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.#normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  beta(a: number, b: number): number {
    const x = this.gamma(a);
    return x / (x + this.gamma(b));
  }
}
