import type { PersonState } from '../rule/index.ts';

/** Somebody whose state is at hand. */
export interface Person {
  readonly key: number;
  /** Of the identifiers, as of the last look. */
  keys: readonly number[];
  state: PersonState;
  /** Bit by edition of the set: what is written about the membership. */
  readonly ins: number[];
  /** By edition of the set: the near moment that is written beside it. */
  near: Map<number, number> | null;
  /** The earliest moment at which a look is arranged; Infinity where none is. */
  due: number;
  /** When everything about the person was last evaluated, ms. */
  checkedAt: number;
  /** How many entries the state holds, about. */
  weight: number;
  usedIn: number;
}

const bitsANumber = 30;

export function isIn(person: Person, edition: number): boolean {
  return (((person.ins[Math.floor(edition / bitsANumber)] ?? 0) >>> (edition % bitsANumber)) & 1) === 1;
}

export function setIn(person: Person, edition: number, value: boolean): void {
  const word = Math.floor(edition / bitsANumber);
  const bit = 1 << (edition % bitsANumber);
  while (person.ins.length <= word) person.ins.push(0);
  const before = person.ins[word] ?? 0;
  person.ins[word] = value ? before | bit : before & ~bit;
}

/** What a person costs beside the entries, in entries of about 24 bytes. */
const personWeight = 40;

/** The people whose states are at hand, no more than there is room for; who was not needed for longest goes first. */
export class Memory {
  readonly #persons = new Map<number, Person>();
  readonly #byKey = new Map<number, Person>();
  readonly #room: number;
  #weight = 0;
  #round = 0;

  /** `room` is in entries. */
  constructor(room: number) {
    this.#room = room;
  }

  get size(): number {
    return this.#persons.size;
  }

  get isFull(): boolean {
    return this.#weight >= this.#room;
  }

  person(key: number): Person | undefined {
    return this.#persons.get(key);
  }

  /** Whose identifier this is, as of the last look. */
  byKey(key: number): Person | undefined {
    return this.#byKey.get(key);
  }

  put(person: Person): void {
    this.remove(person.key);
    this.#persons.set(person.key, person);
    for (const key of person.keys) this.#byKey.set(key, person);
    person.usedIn = this.#round;
    this.#weight += person.weight + personWeight;
  }

  remove(key: number): void {
    const person = this.#persons.get(key);
    if (!person) return;
    this.#persons.delete(key);
    for (const one of person.keys) if (this.#byKey.get(one) === person) this.#byKey.delete(one);
    this.#weight -= person.weight + personWeight;
  }

  grew(person: Person, entries: number): void {
    person.weight += entries;
    this.#weight += entries;
    person.usedIn = this.#round;
  }

  all(): Iterable<Person> {
    return this.#persons.values();
  }

  /** Makes room where there is too little. Second chance: who was used since the last visit goes to the end. */
  endRound(): void {
    this.#round++;
    let looks = this.#persons.size;
    for (const [key, person] of this.#persons) {
      if (this.#weight <= this.#room || looks-- <= 0) break;
      if (person.usedIn > 0 && person.usedIn < this.#round) {
        person.usedIn = 0;
        this.#persons.delete(key);
        this.#persons.set(key, person);
      } else this.remove(key);
    }
  }
}
