import type { Stored } from './persist-sql.ts';

/** A change on its way to ClickHouse. */
export interface Change extends Stored {
  segment_id: number;
  /** Somebody entered or left, and it is to be told; else only `until_ms` is new, or it is of a fill. */
  told: boolean;
  /** The segment's size changes by it. */
  counted: boolean;
  /** JSON. */
  cause: string;
  /** The moment of the round. */
  noted_ms: number;
}

/** What stands of a change in the numbers of its round. */
const field = { segment: 0, edition: 1, person: 2, since: 3, until: 4, marks: 5, cause: 6 } as const;
const fields = 7;
const mark = { isIn: 1, told: 2, counted: 4 } as const;

/**
 * The changes of one round, in the order in which they were made: a row of numbers each, and each cause once. Under load
 * tens of thousands wait for ClickHouse for a second or two, just long enough to be the worst of garbage as objects.
 */
export class Changes {
  /** Of the round. */
  readonly version: number;
  readonly notedMs: number;
  size = 0;
  /** Whether one of them is to be told. */
  hasTold = false;
  #numbers = new Float64Array(64 * fields);
  readonly #causes: string[] = [];

  constructor(o: { version: number; notedMs: number }) {
    this.version = o.version;
    this.notedMs = o.notedMs;
  }

  add(change: Omit<Change, 'version' | 'noted_ms'>): void {
    const row = this.size++ * fields;
    if (row === this.#numbers.length) {
      const grown = new Float64Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    const numbers = this.#numbers;
    numbers[row + field.segment] = change.segment_id;
    numbers[row + field.edition] = change.edition;
    numbers[row + field.person] = change.person;
    numbers[row + field.since] = change.since_ms;
    numbers[row + field.until] = change.until_ms;
    numbers[row + field.marks] =
      (change.is_in ? mark.isIn : 0) + (change.told ? mark.told : 0) + (change.counted ? mark.counted : 0);
    this.hasTold ||= change.told;
    if (this.#causes.at(-1) !== change.cause) this.#causes.push(change.cause);
    numbers[row + field.cause] = this.#causes.length - 1;
  }

  segment(i: number): number {
    return this.#numbers[i * fields + field.segment] as number;
  }

  edition(i: number): number {
    return this.#numbers[i * fields + field.edition] as number;
  }

  person(i: number): number {
    return this.#numbers[i * fields + field.person] as number;
  }

  /** 0 where it is as it was before. */
  since(i: number): number {
    return this.#numbers[i * fields + field.since] as number;
  }

  setSince(i: number, ms: number): void {
    this.#numbers[i * fields + field.since] = ms;
  }

  until(i: number): number {
    return this.#numbers[i * fields + field.until] as number;
  }

  isIn(i: number): boolean {
    return this.#isMarked(i, mark.isIn);
  }

  isTold(i: number): boolean {
    return this.#isMarked(i, mark.told);
  }

  isCounted(i: number): boolean {
    return this.#isMarked(i, mark.counted);
  }

  cause(i: number): string {
    return this.#causes[this.#numbers[i * fields + field.cause] as number] as string;
  }

  at(i: number): Change {
    return {
      segment_id: this.segment(i),
      edition: this.edition(i),
      person: this.person(i),
      is_in: this.isIn(i),
      since_ms: this.since(i),
      until_ms: this.until(i),
      told: this.isTold(i),
      counted: this.isCounted(i),
      cause: this.cause(i),
      version: this.version,
      noted_ms: this.notedMs,
    };
  }

  #isMarked(i: number, which: number): boolean {
    return ((this.#numbers[i * fields + field.marks] as number) & which) !== 0;
  }
}
