import { clickHouseError } from './error.ts';

/**
 * A fixed number of places for statements, with a bounded queue in front: what does not fit is told so at once
 * (ClickHouse's TOO_MANY_SIMULTANEOUS_QUERIES), what waits too long as well.
 */
export class Slots<T extends NonNullable<unknown>> {
  readonly #free: T[];
  readonly #waiting: ((slot: T) => void)[] = [];
  readonly #limits: { maxWaiting: number; maxWaitMs: number };

  constructor(slots: readonly T[], limits: { maxWaiting: number; maxWaitMs: number }) {
    this.#free = [...slots];
    this.#limits = limits;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async use<R>(work: (slot: T) => Promise<R>): Promise<R> {
    const slot = this.#free.pop() ?? (await this.#wait());
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(slot);
      else this.#free.push(slot);
    }
  }

  #wait(): Promise<T> {
    const { maxWaiting, maxWaitMs } = this.#limits;
    if (this.#waiting.length >= maxWaiting) {
      return Promise.reject(tooMany(`${maxWaiting} statements wait already`));
    }
    return new Promise((resolve, reject) => {
      const take = (slot: T) => {
        clearTimeout(timer);
        resolve(slot);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(tooMany(`no place became free in ${maxWaitMs} ms`));
      }, maxWaitMs);
      this.#waiting.push(take);
    });
  }
}

function tooMany(why: string) {
  return clickHouseError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', `Too many simultaneous queries: ${why}`);
}
