import type { Node } from './node.ts';

/**
 * Remembers identifiers and ties of one workspace between batches, so that a known visitor costs no query.
 * Two generations: when the young one is full it becomes the old one and the old one is dropped, which keeps
 * what is used and bounds memory without a linked list.
 */
export class GraphCache {
  version = -1;
  readonly #limit: number;
  #young = new Map<string, Node>();
  #old = new Map<string, Node>();
  #youngTies = new Map<string, number>();
  #oldTies = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  clear(): void {
    this.version = -1;
    this.#young.clear();
    this.#old.clear();
    this.#youngTies.clear();
    this.#oldTies.clear();
  }

  get(name: string): Node | undefined {
    const young = this.#young.get(name);
    if (young) return young;
    const old = this.#old.get(name);
    if (old) this.put(name, old);
    return old;
  }

  put(name: string, node: Node): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, node);
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
      this.#youngTies = new Map();
    }
    this.#youngTies.set(name, at);
  }
}
