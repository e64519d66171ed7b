/** Chance that can be repeated: the same seed, the same numbers. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A fraction in (0, 1): splitmix32, two words for 53 bits. */
  next(): number {
    const fraction = (this.#word() * 2_097_152 + (this.#word() >>> 11)) / 9_007_199_254_740_992;
    return fraction > 0 ? fraction : 1e-17;
  }

  #word(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let h = this.#state;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return (h ^ (h >>> 15)) >>> 0;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  exponential(rate: number): number {
    return -Math.log(this.next()) / rate;
  }

  /** Marsaglia and Tsang (2000); below shape 1 by the power of a fraction. */
  gamma(shape: number, rate: number): number {
    if (shape < 1) return this.gamma(shape + 1, rate) * this.next() ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const z = this.normal();
      const v = (1 + c * z) ** 3;
      if (v > 0 && Math.log(this.next()) < z * z * 0.5 + d - d * v + d * Math.log(v)) return (d * v) / rate;
    }
  }

  beta(a: number, b: number): number {
    const x = this.gamma(a, 1);
    return x / (x + this.gamma(b, 1));
  }

  poisson(mean: number): number {
    // By the time between events, which is enough for the few purchases of a customer.
    let count = -1;
    for (let t = 0; t < mean; t += this.exponential(1)) count++;
    return Math.max(0, count);
  }
}
