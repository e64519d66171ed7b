import { grown, NameTable } from './name-table.ts';
import type { Answers, Node, State } from './node.ts';

/** What stands of an identifier in the numbers of its generation. */
const field = { key: 0, person: 1, degree: 2, marks: 3 } as const;
const fields = 4;
/** Three bits for the state, then one, then two for null, no and yes. */
const mark = { state: 7, contested: 8, denied: 16, notDenied: 32 } as const;
const uncounted = -1;

class Nodes {
  readonly #names = new NameTable();
  #numbers = new Float64Array(64 * fields);
  /** As JSON; few ever answered. */
  readonly #consent = new Map<number, string>();

  get size(): number {
    return this.#names.size;
  }

  get(name: string): Node | undefined {
    const place = this.#names.find(name);
    if (place < 0) return undefined;
    const row = place * fields;
    const marks = this.#numbers[row + field.marks] as number;
    const degree = this.#numbers[row + field.degree] as number;
    const consent = this.#consent.get(place);
    const kindEnds = name.indexOf('\0');
    return {
      key: this.#numbers[row + field.key] as number,
      person: this.#numbers[row + field.person] as number,
      kind: name.slice(0, kindEnds),
      value: name.slice(kindEnds + 1),
      state: (marks & mark.state) as State,
      contested: (marks & mark.contested) !== 0,
      degree: degree === uncounted ? null : degree,
      denied: (marks & mark.denied) !== 0 ? true : (marks & mark.notDenied) !== 0 ? false : null,
      consent: consent === undefined ? null : (JSON.parse(consent) as Answers),
    };
  }

  put(name: string, { key, person, state, contested, degree, denied, consent }: Node): void {
    const place = this.#names.add(name);
    const row = place * fields;
    if (row === this.#numbers.length) this.#numbers = grown(this.#numbers, new Float64Array(row * 2));
    this.#numbers[row + field.key] = key;
    this.#numbers[row + field.person] = person;
    this.#numbers[row + field.degree] = degree ?? uncounted;
    this.#numbers[row + field.marks] =
      state |
      (contested ? mark.contested : 0) |
      (denied === null ? 0 : denied ? mark.denied : mark.notDenied);
    if (consent) this.#consent.set(place, JSON.stringify(consent));
    else this.#consent.delete(place);
  }
}

class Ties {
  readonly #names = new NameTable();
  #at = new Float64Array(64);

  get size(): number {
    return this.#names.size;
  }

  get(name: string): number | undefined {
    const place = this.#names.find(name);
    return place < 0 ? undefined : this.#at[place];
  }

  put(name: string, at: number): void {
    const place = this.#names.add(name);
    if (place === this.#at.length) this.#at = grown(this.#at, new Float64Array(place * 2));
    this.#at[place] = at;
  }
}

/**
 * Remembers identifiers and ties of one workspace between batches, so that a known visitor costs no query.
 * Two generations: when the young one is full it becomes the old one and the old one is dropped, which keeps
 * what is used and bounds memory without a linked list.
 */
export class GraphCache {
  version = -1;
  readonly #limit: number;
  #young = new Nodes();
  #old = new Nodes();
  #youngTies = new Ties();
  #oldTies = new Ties();

  constructor(limit: number) {
    this.#limit = limit;
  }

  clear(): void {
    this.version = -1;
    this.#young = new Nodes();
    this.#old = new Nodes();
    this.#youngTies = new Ties();
    this.#oldTies = new Ties();
  }

  /** A copy; undefined where it is not remembered. */
  get(name: string): Node | undefined {
    const young = this.#young.get(name);
    if (young) return young;
    const old = this.#old.get(name);
    if (old) this.put(name, old);
    return old;
  }

  /** `name` is that of the node's kind and value (`nameOf`). */
  put(name: string, node: Node): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Nodes();
    }
    this.#young.put(name, node);
  }

  /** The earliest time known of a tie, or undefined where it is not remembered. */
  tie(name: string): number | undefined {
    const young = this.#youngTies.get(name);
    if (young !== undefined) return young;
    const old = this.#oldTies.get(name);
    if (old !== undefined) this.putTie(name, old);
    return old;
  }

  putTie(name: string, at: number): void {
    if (this.#youngTies.size >= this.#limit) {
      this.#oldTies = this.#youngTies;
      this.#youngTies = new Ties();
    }
    this.#youngTies.put(name, at);
  }
}
