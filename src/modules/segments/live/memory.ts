import type { Held, PersonState } from '../rule/index.ts';
import { Arena } from './arena.ts';
import { type Known, knownOf, readKnown } from './known.ts';
import { NumberTable } from './number-table.ts';
import { bitsAWord, isSet, type Person, setBit } from './person.ts';

/** What stands of a person in a page's numbers. */
const field = {
  key: 0,
  due: 1,
  checkedAt: 2,
  usedIn: 3,
  /** Of the block, -1 where there is none yet, and what it holds: */
  address: 4,
  blockSize: 5,
  size: 6,
  room: 7,
  cells: 8,
  cellRoom: 9,
  near: 10,
  nearRoom: 11,
} as const;
const fields = 12;
const pagePlaces = 1024;
/** The key at a place that is free. */
const nobody = -1;

interface Page {
  numbers: Float64Array;
  ins: Uint32Array;
  /** What is not numbers: `Known`, as JSON; empty where there is nothing. */
  known: string[];
}

/** What a person costs beside entries and JSON, in bytes: a row of a page, and what leads to it. */
const personBytes = 240;
/** `room` is in entries of so many bytes. */
const entryBytes = 24;

interface Open {
  person: Person;
  /** As of opening: whether something else has to be written. */
  known: Known | null;
  texts: number;
}

/**
 * The people whose states are at hand, no more than there is room for; who was not needed for longest goes first. They are
 * put away as rows of numbers, blocks of bytes and a line of JSON, and taken out for a round that asks for them: hundreds
 * of thousands of people as objects would keep the garbage collector going for more than half a second.
 */
export class Memory {
  readonly #places = new NumberTable();
  readonly #byKey = new NumberTable();
  readonly #open = new Map<number, Open>();
  readonly #pages: Page[] = [];
  readonly #freePlaces: number[] = [];
  readonly #arena = new Arena();
  /** Blocks of whom this round took out and away again: until it ends, their states may still be read. */
  #letGo: { address: number; size: number }[] = [];
  readonly #newState: (person: number, held: Held) => PersonState;
  readonly #words: number;
  readonly #roomBytes: number;
  #bytes = 0;
  #round = 1;
  /** The place that is looked at next when there is too little room. */
  #hand = 0;

  /** `room` is in entries of people's histories; `editions`: how many the set has. */
  constructor(o: {
    room: number;
    editions: number;
    newState: (person: number, held: Held) => PersonState;
  }) {
    this.#roomBytes = o.room * entryBytes;
    this.#words = Math.ceil(o.editions / bitsAWord);
    this.#newState = o.newState;
  }

  get size(): number {
    return this.#places.size;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#roomBytes;
  }

  has(person: number): boolean {
    return this.#places.has(person);
  }

  /** Whether it is known whose identifier this is. */
  knows(key: number): boolean {
    return this.#byKey.has(key);
  }

  person(key: number): Person | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#takeOut(place);
  }

  /** Whose identifier this is, as of the last look. */
  byKey(key: number): Person | undefined {
    const place = this.#byKey.get(key);
    return place === undefined ? undefined : this.#takeOut(place);
  }

  /** The keys of all people. */
  *keys(): Iterable<number> {
    for (let place = 0; place < this.#pages.length * pagePlaces; place++) {
      const key = this.#keyAt(place);
      if (key !== nobody) yield key;
    }
  }

  /** Somebody who is not at hand yet, to be `put`. */
  newPerson(key: number, keys: readonly number[], state: PersonState): Person {
    const ins = new Uint32Array(this.#words);
    return { key, keys, state, ins, near: null, due: Number.NaN, checkedAt: 0 };
  }

  put(person: Person): void {
    this.remove(person.key);
    const place = this.#freePlaces.pop() ?? this.#newPlace();
    const page = this.#pageOf(place);
    const row = this.#rowOf(place);
    page.numbers.fill(0, row, row + fields);
    page.numbers[row + field.key] = person.key;
    page.numbers[row + field.address] = -1;
    page.known[place % pagePlaces] = '';
    const ins = this.#insOf(place);
    ins.set(person.ins);
    person.ins = ins;
    this.#places.set(person.key, place);
    for (const key of person.keys) this.#byKey.set(key, place);
    this.#open.set(place, { person, known: null, texts: 0 });
    this.#bytes += personBytes;
  }

  remove(key: number): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    const { numbers, known } = this.#pageOf(place);
    const row = this.#rowOf(place);
    const open = this.#open.get(place);
    const keys = open?.person.keys ?? this.#knownAt(place).keys;
    this.#places.delete(key);
    for (const one of keys) if (this.#byKey.get(one) === place) this.#byKey.delete(one);
    const address = numbers[row + field.address] as number;
    const size = numbers[row + field.blockSize] as number;
    if (open) {
      open.person.ins = open.person.ins.slice();
      this.#open.delete(place);
      if (address >= 0) this.#letGo.push({ address, size });
    } else this.#arena.letGo(address, size);
    this.#bytes -= personBytes + size + (known[place % pagePlaces] as string).length;
    known[place % pagePlaces] = '';
    numbers[row + field.key] = nobody;
    this.#freePlaces.push(place);
  }

  /** Writes that somebody at hand is in an edition, whether a round has them out or not. */
  markIn(key: number, edition: number): void {
    const place = this.#places.get(key);
    if (place !== undefined) setBit(this.#insOf(place), edition, true);
  }

  /** Whether somebody at hand is in an edition, and the near moment that is written beside it, 0 where there is none. */
  standing(key: number, edition: number): { is_in: boolean; until_ms: number } | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const open = this.#open.get(place);
    const near = open ? open.person.near : this.#nearAt(place);
    return { is_in: isSet(this.#insOf(place), edition), until_ms: near?.get(edition) ?? 0 };
  }

  /** Puts away whom the round had out, and makes room where there is too little. */
  endRound(): void {
    for (const [place, open] of this.#open) this.#putAway(place, open);
    this.#open.clear();
    for (const { address, size } of this.#letGo) this.#arena.letGo(address, size);
    this.#letGo = [];
    this.#round++;
    this.#makeRoom();
  }

  /** Second chance (the clock): who was used since the hand came by last stays until it comes by again. */
  #makeRoom(): void {
    const places = this.#pages.length * pagePlaces;
    for (let looks = places; this.#bytes > this.#roomBytes && looks > 0; looks--) {
      const place = this.#hand;
      this.#hand = (place + 1) % places;
      const key = this.#keyAt(place);
      if (key === nobody) continue;
      const { numbers } = this.#pageOf(place);
      const used = this.#rowOf(place) + field.usedIn;
      const usedIn = numbers[used] as number;
      if (usedIn > 0 && usedIn < this.#round) numbers[used] = 0;
      else this.remove(key);
    }
  }

  #takeOut(place: number): Person {
    const out = this.#open.get(place);
    if (out) return out.person;
    const { numbers } = this.#pageOf(place);
    const row = this.#rowOf(place);
    const [key, cells] = [numbers[row + field.key] as number, numbers[row + field.cells] as number];
    const known = this.#knownAt(place);
    const at = this.#sections(place);
    const state = this.#newState(key, {
      size: numbers[row + field.size] as number,
      time: at.time,
      shape: at.shape,
      cells: cells === 0 ? null : at.cells,
      cellsUsed: cells,
      texts: known.texts,
      traits: known.traits,
      facts: known.facts,
    });
    const person: Person = {
      key,
      keys: known.keys,
      state,
      ins: this.#insOf(place),
      near: nearOf(at.near, numbers[row + field.near] as number),
      due: numbers[row + field.due] as number,
      checkedAt: numbers[row + field.checkedAt] as number,
    };
    this.#open.set(place, { person, known, texts: known.texts?.length ?? 0 });
    return person;
  }

  #putAway(place: number, open: Open): void {
    const { person } = open;
    const { state } = person;
    const page = this.#pageOf(place);
    const { numbers } = page;
    const row = this.#rowOf(place);
    const near = person.near?.size ?? 0;
    const fits =
      (numbers[row + field.address] as number) >= 0 &&
      state.size <= (numbers[row + field.room] as number) &&
      state.cellsUsed <= (numbers[row + field.cellRoom] as number) &&
      near <= (numbers[row + field.nearRoom] as number);
    const [address, size] = [
      numbers[row + field.address] as number,
      numbers[row + field.blockSize] as number,
    ];
    if (!fits) this.#layOut(place, { entries: state.size, cells: state.cellsUsed, near });
    const at = this.#sections(place);
    // A state writes into its block as long as that has room, so mostly everything stands there.
    if (at.time.buffer !== state.time.buffer || at.time.byteOffset !== state.time.byteOffset) {
      at.time.set(state.time.subarray(0, state.size));
      at.shape.set(state.shape.subarray(0, state.size));
    }
    const { cells } = state;
    if (cells && (at.cells.buffer !== cells.buffer || at.cells.byteOffset !== cells.byteOffset))
      at.cells.set(cells.subarray(0, state.cellsUsed));
    let next = 0;
    for (const [edition, moment] of person.near ?? []) {
      at.near[next++] = edition;
      at.near[next++] = moment;
    }
    if (!fits && address >= 0) this.#arena.letGo(address, size);
    numbers[row + field.size] = state.size;
    numbers[row + field.cells] = state.cellsUsed;
    numbers[row + field.near] = near;
    numbers[row + field.due] = person.due;
    numbers[row + field.checkedAt] = person.checkedAt;
    numbers[row + field.usedIn] = this.#round;
    this.#bytes += (numbers[row + field.blockSize] as number) - size;
    this.#keepKnown(place, open);
  }

  #keepKnown(place: number, { person, known, texts }: Open): void {
    const { keys, state } = person;
    const isAsBefore =
      known !== null &&
      known.keys === keys &&
      known.traits === state.traits &&
      known.facts === state.facts &&
      texts === (state.texts?.length ?? 0);
    if (isAsBefore) return;
    const { known: lines } = this.#pageOf(place);
    const i = place % pagePlaces;
    const line = knownOf(person);
    this.#bytes += line.length - (lines[i] as string).length;
    lines[i] = line;
  }

  /** A new block with room for some more than there is. */
  #layOut(place: number, o: { entries: number; cells: number; near: number }): void {
    const { numbers } = this.#pageOf(place);
    const row = this.#rowOf(place);
    const cellRoom = o.cells === 0 ? 0 : o.cells + Math.max(2, o.cells >> 3);
    const least = 16 * o.near + 8 * cellRoom + 12 * (o.entries + Math.max(2, o.entries >> 3));
    const size = this.#arena.sizeFor(least);
    numbers[row + field.address] = this.#arena.take(size);
    numbers[row + field.blockSize] = size;
    numbers[row + field.nearRoom] = o.near;
    numbers[row + field.cellRoom] = cellRoom;
    numbers[row + field.room] = Math.floor((size - 16 * o.near - 8 * cellRoom) / 12);
  }

  #sections(place: number): {
    near: Float64Array;
    time: Float64Array;
    cells: Float64Array;
    shape: Uint32Array;
  } {
    const { numbers } = this.#pageOf(place);
    const row = this.#rowOf(place);
    const { chunk, offset } = this.#arena.at(numbers[row + field.address] as number);
    const room = numbers[row + field.room] as number;
    const cellRoom = numbers[row + field.cellRoom] as number;
    const nearRoom = numbers[row + field.nearRoom] as number;
    const time = offset + 16 * nearRoom;
    const cells = time + 8 * room;
    return {
      near: new Float64Array(chunk, offset, 2 * nearRoom),
      time: new Float64Array(chunk, time, room),
      cells: new Float64Array(chunk, cells, cellRoom),
      shape: new Uint32Array(chunk, cells + 8 * cellRoom, room),
    };
  }

  #keyAt(place: number): number {
    return this.#pageOf(place).numbers[this.#rowOf(place) + field.key] as number;
  }

  #knownAt(place: number): Known {
    const { numbers, known } = this.#pageOf(place);
    return readKnown(numbers[this.#rowOf(place) + field.key] as number, known[place % pagePlaces] as string);
  }

  #nearAt(place: number): Map<number, number> | null {
    const many = this.#pageOf(place).numbers[this.#rowOf(place) + field.near] as number;
    return many === 0 ? null : nearOf(this.#sections(place).near, many);
  }

  #insOf(place: number): Uint32Array {
    const from = (place % pagePlaces) * this.#words;
    return this.#pageOf(place).ins.subarray(from, from + this.#words);
  }

  #pageOf(place: number): Page {
    return this.#pages[Math.floor(place / pagePlaces)] as Page;
  }

  #rowOf(place: number): number {
    return (place % pagePlaces) * fields;
  }

  #newPlace(): number {
    const first = this.#pages.length * pagePlaces;
    this.#pages.push({
      numbers: new Float64Array(pagePlaces * fields).fill(nobody),
      ins: new Uint32Array(pagePlaces * this.#words),
      known: new Array<string>(pagePlaces).fill(''),
    });
    for (let i = pagePlaces - 1; i > 0; i--) this.#freePlaces.push(first + i);
    return first;
  }
}

function nearOf(pairs: Float64Array, many: number): Map<number, number> | null {
  if (many === 0) return null;
  const near = new Map<number, number>();
  for (let i = 0; i < many; i++) near.set(pairs[2 * i] as number, pairs[2 * i + 1] as number);
  return near;
}
