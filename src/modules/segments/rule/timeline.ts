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

const nothing: Facts = { traits: {}, consent: {}, lists: [], snapshots: {} };
const firstCapacity = 4;

/** One person's events, the oldest first, in typed arrays; and their facts. */
export class PersonState {
  readonly person: number;
  /** How many entries of the arrays are in use. */
  size = 0;
  time = new Float64Array(firstCapacity);
  shape = new Uint32Array(firstCapacity);
  /** Where an entry's values begin in `cells`; only there once an entry had any. */
  starts: Uint32Array | null = null;
  cells: Float64Array | null = null;
  texts: string[] | null = null;
  facts: Facts = nothing;
  /** Goes up with every change. */
  version = 0;
  #cellsUsed = 0;

  constructor(person: number) {
    this.person = person;
  }

  /** The index of the last entry that is not after the instant, or -1. */
  last(now: number): number {
    let i = this.size - 1;
    while (i >= 0 && (this.time[i] as number) > now) i--;
    return i;
  }

  /** Late ones too: the entries stay sorted. */
  add(entry: Entry): void {
    this.version++;
    if (this.size === this.time.length) this.#grow();
    let i = this.size++;
    while (i > 0 && (this.time[i - 1] as number) > entry.time) i--;
    if (i < this.size - 1) {
      this.time.copyWithin(i + 1, i, this.size - 1);
      this.shape.copyWithin(i + 1, i, this.size - 1);
      this.starts?.copyWithin(i + 1, i, this.size - 1);
    }
    this.time[i] = entry.time;
    this.shape[i] = entry.shape;
    if (entry.values) {
      this.starts ??= new Uint32Array(this.time.length);
      this.starts[i] = this.#keep(entry.values);
    } else if (this.starts) this.starts[i] = 0;
  }

  /** Takes over everything of another person; both sides' entries belong to the same set of rules. */
  absorb(from: PersonState): void {
    for (let i = 0; i < from.size; i++) {
      this.add({ time: from.time[i] as number, shape: from.shape[i] as number, values: from.#valuesAt(i) });
    }
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    const texts = this.texts?.reduce((sum, text) => sum + 16 + 2 * text.length, 64) ?? 0;
    return (
      400 +
      this.time.byteLength +
      this.shape.byteLength +
      (this.starts?.byteLength ?? 0) +
      (this.cells?.byteLength ?? 0) +
      texts
    );
  }

  /** How many cells an entry has stands in front of them, so that entries can be copied without knowing their shape. */
  #keep(values: readonly (number | string)[]): number {
    const start = this.#cellsUsed || 1;
    const needed = start + 1 + values.length;
    if (!this.cells || this.cells.length < needed) {
      const larger = new Float64Array(Math.max(8, Math.ceil(needed * 1.5)));
      if (this.cells) larger.set(this.cells);
      this.cells = larger;
    }
    this.cells[start] = values.length;
    values.forEach((value, i) => {
      (this.cells as Float64Array)[start + 1 + i] = typeof value === 'string' ? this.#intern(value) : value;
    });
    this.#cellsUsed = needed;
    return start + 1;
  }

  /** Texts go over as indices of the other's list; which cells are texts is told by marking them when they are kept. */
  #intern(text: string): number {
    this.texts ??= [];
    const known = this.texts.indexOf(text);
    return textMark - (known >= 0 ? known : this.texts.push(text) - 1);
  }

  #valuesAt(i: number): (number | string)[] | null {
    const start = this.starts?.[i] ?? 0;
    if (start === 0 || !this.cells) return null;
    const values = this.cells.subarray(start, start + (this.cells[start - 1] as number));
    return Array.from(values, (cell) => (cell <= textMark ? (this.texts?.[textMark - cell] ?? '') : cell));
  }

  #grow(): void {
    const capacity = Math.ceil(this.time.length * 1.25) + 3;
    const time = new Float64Array(capacity);
    time.set(this.time);
    this.time = time;
    const shape = new Uint32Array(capacity);
    shape.set(this.shape);
    this.shape = shape;
    if (this.starts) {
      const starts = new Uint32Array(capacity);
      starts.set(this.starts);
      this.starts = starts;
    }
  }
}

/** No amount is as small: cells from here downwards are texts, by their index in the person's list. */
const textMark = -1e15;

/** The text of a cell of a slot that holds texts; null for none. */
export function textOfCell(state: PersonState, cell: number): string | null {
  return cell <= textMark ? (state.texts?.[textMark - cell] ?? null) : null;
}
