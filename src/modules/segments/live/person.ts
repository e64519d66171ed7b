import type { PersonState } from '../rule/index.ts';

/** Somebody as a round works on them; good until the round ends. */
export interface Person {
  readonly key: number;
  /** Of the identifiers, as of the last look. */
  keys: readonly number[];
  readonly state: PersonState;
  /** Bit by edition of the set: what is written about the membership. */
  ins: Uint32Array;
  /** By edition of the set: the near moment that is written beside it. */
  near: Map<number, number> | null;
  /** The earliest moment at which a look is arranged; Infinity where none is. */
  due: number;
  /** When everything about the person was last evaluated, ms. */
  checkedAt: number;
}

export function isIn(person: Person, edition: number): boolean {
  return isSet(person.ins, edition);
}

export function setIn({ ins }: Person, edition: number, value: boolean): void {
  setBit(ins, edition, value);
}

/** Bits by place, in words of so many. */
export const bitsAWord = 32;

export function isSet(words: Uint32Array, place: number): boolean {
  return (((words[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;
}

export function setBit(words: Uint32Array, place: number, value: boolean): void {
  const word = place >>> 5;
  const bit = 1 << (place & 31);
  const before = words[word] ?? 0;
  words[word] = value ? before | bit : before & ~bit;
}
