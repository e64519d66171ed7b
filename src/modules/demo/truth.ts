import type { Id } from './identifiers.ts';
import type { Delivery } from './post.ts';
import { deliveries } from './simulate.ts';
import { createWorld, type StoryOptions } from './world.ts';

/**
 * Who is who, and who brought whom. It is learned from the same messages that the program gets, from what stands
 * beside them: the true person. Identifiers are kept as 64-bit hashes in flat arrays (some 30 bytes each, whatever
 * their length), so that the truth about a million people fits into some 300 MB; it can be had again from the
 * seed at any time.
 */
export interface Truth {
  /** People who were seen, without bots. */
  readonly people: number;
  /** Distinct identifiers that were seen. */
  readonly identifiers: number;
  /** The true person or persons (a bot is below 0) behind an identifier in normal form; empty for a stranger. */
  owners(kind: string, value: string): readonly number[];
  /**
   * The body of evidence that an identifier belongs to: two identifiers of one person have the same one when a
   * chain of messages ties them, each message to the next by an identifier that is that person's alone. -1 where
   * there is none to count on: for the unknown, and for what several people share.
   */
  evidence(kind: string, value: string): number;
  /** Who brought a person, or null. */
  broughtBy(person: number): number | null;
}

export interface TruthLearner extends Truth {
  learn(delivery: Delivery): void;
}

const EMPTY: readonly number[] = [];

/** `parent` says who brought whom, by person; -1 for nobody. */
export function createTruth(parent: Int32Array): TruthLearner {
  const table = new IdTable();
  const several = new Map<number, number[]>();
  const unsure = new Set<number>();
  const seen = new Set<number>();
  const known = new WeakSet<readonly Id[]>();

  function own(slot: number, person: number): void {
    const owner = table.owner[slot] as number;
    if (owner === NOBODY) table.owner[slot] = person;
    else if (owner !== person) {
      const list = several.get(slot);
      if (!list) several.set(slot, [owner, person]);
      else if (!list.includes(person)) list.push(person);
    }
  }

  return {
    get people() {
      return seen.size;
    },
    get identifiers() {
      return table.size;
    },
    learn({ person, ids }) {
      if (known.has(ids)) return;
      known.add(ids);
      if (person >= 0) seen.add(person);
      let first = -1;
      for (const id of ids) {
        const slot = table.slotOf(id.kind, id.value, true);
        own(slot, person);
        if (id.shared) unsure.add(slot);
        else if (first < 0) first = slot;
        else table.unite(first, slot);
      }
    },
    owners(kind, value) {
      const slot = table.slotOf(kind, value, false);
      if (slot < 0) return EMPTY;
      return several.get(slot) ?? [table.owner[slot] as number];
    },
    evidence(kind, value) {
      const slot = table.slotOf(kind, value, false);
      if (slot < 0 || unsure.has(slot) || several.has(slot)) return -1;
      return table.root(slot);
    },
    broughtBy(person) {
      const by = parent[person];
      return by === undefined || by < 0 ? null : by;
    },
  };
}

/** The truth of a story up to its now, from the seed. */
export function truthOf(options: StoryOptions): Truth {
  const world = createWorld(options);
  const truth = createTruth(world.parent);
  for (const delivery of deliveries(world)) truth.learn(delivery);
  return truth;
}

const NOBODY = -2_000_000_000;

/** Numbers for identifiers (open addressing over two 32-bit hashes), and which of them hang together. */
class IdTable {
  size = 0;
  owner = new Int32Array(1 << 12).fill(NOBODY);
  #up = new Int32Array(1 << 12);
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  #index = new Int32Array(1 << 13).fill(-1);

  /** The number of an identifier; -1 when it is unknown and not to be added. */
  slotOf(kind: string, value: string, add: boolean): number {
    const high = hashText(kind, value, 0x811c9dc5);
    const low = hashText(kind, value, 0x01234567);
    const mask = this.#index.length - 1;
    let place = low & mask;
    for (;;) {
      const slot = this.#index[place] as number;
      if (slot < 0) break;
      if (this.#high[slot] === high && this.#low[slot] === low) return slot;
      place = (place + 1) & mask;
    }
    if (!add) return -1;
    if (this.size === this.owner.length) this.#grow();
    const slot = this.size++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#up[slot] = slot;
    this.#file(slot);
    return slot;
  }

  root(slot: number): number {
    let at = slot;
    while (this.#up[at] !== at) {
      this.#up[at] = this.#up[this.#up[at] as number] as number;
      at = this.#up[at] as number;
    }
    return at;
  }

  unite(a: number, b: number): void {
    this.#up[this.root(b)] = this.root(a);
  }

  #file(slot: number): void {
    const mask = this.#index.length - 1;
    let place = (this.#low[slot] as number) & mask;
    while ((this.#index[place] as number) >= 0) place = (place + 1) & mask;
    this.#index[place] = slot;
  }

  #grow(): void {
    const length = this.owner.length * 2;
    const owner = new Int32Array(length).fill(NOBODY);
    owner.set(this.owner);
    this.owner = owner;
    this.#up = grown(this.#up, new Int32Array(length));
    this.#high = grown(this.#high, new Uint32Array(length));
    this.#low = grown(this.#low, new Uint32Array(length));
    this.#index = new Int32Array(length * 2).fill(-1);
    for (let slot = 0; slot < this.size; slot++) this.#file(slot);
  }
}

function grown<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function hashText(kind: string, value: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < kind.length; i++) h = Math.imul(h ^ kind.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ 0x3a, 0x01000193);
  for (let i = 0; i < value.length; i++) {
    h = Math.imul(h ^ value.charCodeAt(i), 0x01000193);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
