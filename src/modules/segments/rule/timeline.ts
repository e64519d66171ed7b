import type { JsonValue } from './json.ts';

/** An event as rules know it: when, which atoms it matches (its shape), and the values that the shape carries. */
export interface Entry {
  readonly time: number;
  readonly shape: number;
  /** Numbers as they are, texts to be interned with the person; as long as the shape says. */
  readonly values: readonly (number | string)[] | null;
}

export type Answers = Record<string, readonly [granted: boolean, at: number, ...unknown[]]>;

/** What is known of a person besides events. Traits and answers are the newest over all identifiers. */
export interface Facts {
  readonly traits: Readonly<Record<string, JsonValue>>;
  readonly consent: Answers;
  readonly lists: readonly number[];
  /** The values of the current snapshots by name. */
  readonly snapshots: Readonly<Record<string, string>>;
  /** What later modules' conditions look at, by the name of their kind. */
  readonly more?: Readonly<Record<string, JsonValue>>;
}

/** By shape: how many values an entry carries. To be read afresh each time, for it grows with new shapes. */
export interface Widths {
  readonly of: Uint16Array;
}

export const nothing: Omit<Facts, 'traits'> = { consent: {}, lists: [], snapshots: {} };
/** Arrays of at most 64 bytes cost no memory block of their own. */
const firstCapacity = 4;
const inlineCapacity = 8;

/** What a state knows, as it is put away and taken out again; the arrays may be longer than what is in use. */
export interface Held {
  readonly size: number;
  readonly time: Float64Array;
  readonly shape: Uint32Array;
  readonly cells: Float64Array | null;
  readonly cellsUsed: number;
  readonly texts: string[] | null;
  readonly traits: readonly (JsonValue | undefined)[];
  readonly facts: Omit<Facts, 'traits'>;
}

/** One person's events, the oldest first, in typed arrays; and their facts. */
export class PersonState {
  readonly person: number;
  readonly widths: Widths;
  /** How many entries of the arrays are in use. */
  size: number;
  time: Float64Array;
  shape: Uint32Array;
  /** The entries' values, one entry after the other; only there once an entry had any. */
  cells: Float64Array | null;
  cellsUsed: number;
  texts: string[] | null;
  /** Of the facts, the traits that rules look at, each in its place. */
  traits: readonly (JsonValue | undefined)[];
  facts: Omit<Facts, 'traits'>;
  /** Goes up with every change. */
  version = 0;

  /** `held`: what was put away; the state writes into its arrays. */
  constructor(person: number, widths: Widths, held: Held = empty()) {
    this.person = person;
    this.widths = widths;
    this.size = held.size;
    this.time = held.time;
    this.shape = held.shape;
    this.cells = held.cells;
    this.cellsUsed = held.cellsUsed;
    this.texts = held.texts;
    this.traits = held.traits;
    this.facts = held.facts;
  }

  /** The index of the last entry that is not after the instant, or -1. */
  last(now: number): number {
    const { time } = this;
    let i = this.size - 1;
    while (i >= 0 && (time[i] as number) > now) i--;
    return i;
  }

  /** The index of the first entry that is not before the instant; `size` where there is none. */
  firstFrom(from: number): number {
    const { time } = this;
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((time[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Late ones too: the entries stay sorted. */
  add(entry: Entry): void {
    this.version++;
    const { size } = this;
    if (size === this.time.length) this.#grow();
    const { time, shape } = this;
    let i = size;
    let cell = this.cellsUsed;
    while (i > 0 && (time[i - 1] as number) > entry.time) {
      i--;
      cell -= this.widths.of[shape[i] as number] as number;
    }
    if (i < size) {
      time.copyWithin(i + 1, i, size);
      shape.copyWithin(i + 1, i, size);
    }
    time[i] = entry.time;
    shape[i] = entry.shape;
    this.size = size + 1;
    if (entry.values) this.#keep(entry.values, cell);
  }

  /** Takes over everything of another person; both sides' entries belong to the same set of rules. */
  absorb(from: PersonState): void {
    let cell = 0;
    for (let i = 0; i < from.size; i++) {
      const shape = from.shape[i] as number;
      const width = from.widths.of[shape] as number;
      this.add({
        time: from.time[i] as number,
        shape,
        values: width === 0 ? null : from.#values(cell, width),
      });
      cell += width;
    }
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    const texts = this.texts?.reduce((sum, text) => sum + 16 + 2 * text.length, 64) ?? 0;
    return 600 + this.time.byteLength + this.shape.byteLength + (this.cells?.byteLength ?? 0) + texts;
  }

  /** What stands in a cell that is a text; null where it is a number. */
  textOf(cell: number): string | null {
    return cell <= textMark ? (this.texts?.[textMark - cell] ?? null) : null;
  }

  #keep(values: readonly (number | string)[], cell: number): void {
    const needed = this.cellsUsed + values.length;
    if (!this.cells || this.cells.length < needed) {
      const larger = new Float64Array(needed <= 8 ? 8 : Math.ceil(needed * 1.25));
      if (this.cells) larger.set(this.cells);
      this.cells = larger;
    }
    const { cells } = this;
    if (cell < this.cellsUsed) cells.copyWithin(cell + values.length, cell, this.cellsUsed);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number | string;
      cells[cell + i] = typeof value === 'string' ? this.#intern(value) : value;
    }
    this.cellsUsed = needed;
  }

  /** Texts go over as indices of the other's list; which cells are texts is told by marking them when they are kept. */
  #intern(text: string): number {
    this.texts ??= [];
    const known = this.texts.indexOf(text);
    return textMark - (known >= 0 ? known : this.texts.push(text) - 1);
  }

  #values(cell: number, width: number): (number | string)[] {
    const values = (this.cells as Float64Array).subarray(cell, cell + width);
    return Array.from(values, (one) => (one <= textMark ? (this.texts?.[textMark - one] ?? '') : one));
  }

  #grow(): void {
    const capacity =
      this.time.length < inlineCapacity ? inlineCapacity : Math.ceil(this.time.length * 1.15) + 4;
    const isInline = capacity <= inlineCapacity;
    const block = isInline ? null : new ArrayBuffer(capacity * 12);
    const time = block ? new Float64Array(block, 0, capacity) : new Float64Array(capacity);
    const shape = block ? new Uint32Array(block, capacity * 8, capacity) : new Uint32Array(capacity);
    time.set(this.time);
    shape.set(this.shape);
    this.time = time;
    this.shape = shape;
  }
}

function empty(): Held {
  return {
    size: 0,
    time: new Float64Array(firstCapacity),
    shape: new Uint32Array(firstCapacity),
    cells: null,
    cellsUsed: 0,
    texts: null,
    traits: [],
    facts: nothing,
  };
}

/** No amount is as small: cells from here downwards are texts, by their index in the person's list. */
const textMark = -1e15;
