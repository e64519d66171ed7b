import type { Live } from './node.ts';
import type { PersonState } from './timeline.ts';

const never = Number.POSITIVE_INFINITY;

/** A condition or a combination of them, worked out once for a person and a moment, whoever asks. */
export abstract class LiveNode {
  truth = false;
  next = never;
  exact = true;
  stamp = -1;

  abstract run(person: PersonState, now: number, stamp: number): void;
}

export class LeafNode extends LiveNode {
  readonly live: Live;

  constructor(live: Live) {
    super();
    this.live = live;
  }

  override run(person: PersonState, now: number, stamp: number): void {
    if (this.stamp === stamp) return;
    this.stamp = stamp;
    this.truth = this.live.test(person, now);
    this.next = this.live.next;
    this.exact = this.live.exact || this.next === never;
  }
}

export class NotNode extends LiveNode {
  readonly of: LiveNode;

  constructor(of: LiveNode) {
    super();
    this.of = of;
  }

  override run(person: PersonState, now: number, stamp: number): void {
    if (this.stamp === stamp) return;
    this.stamp = stamp;
    this.of.run(person, now, stamp);
    this.truth = !this.of.truth;
    this.next = this.of.next;
    this.exact = this.of.exact;
  }
}

/**
 * `all` (deciding: false) and `any` (deciding: true). One part that is as `deciding` decides; while there are such
 * parts, all of them have to change before the whole can, otherwise the first change of any part changes it.
 */
export class ManyNode extends LiveNode {
  readonly parts: readonly LiveNode[];
  readonly #deciding: boolean;

  constructor(parts: readonly LiveNode[], deciding: boolean) {
    super();
    this.parts = parts;
    this.#deciding = deciding;
  }

  override run(person: PersonState, now: number, stamp: number): void {
    if (this.stamp === stamp) return;
    this.stamp = stamp;
    let deciders = 0;
    let lastDecider = 0;
    let deciderExact = true;
    let firstOther = never;
    let otherExact = true;
    for (const part of this.parts) {
      part.run(person, now, stamp);
      if (part.truth === this.#deciding) {
        deciders++;
        if (part.next > lastDecider) lastDecider = part.next;
        deciderExact &&= part.exact;
        if (part.next === never) {
          this.#becomes(this.#deciding, never, true);
          return;
        }
      } else if (part.next < firstOther) {
        firstOther = part.next;
        otherExact = part.exact;
      } else if (part.next === firstOther) otherExact ||= part.exact;
    }
    if (deciders === 0) this.#becomes(!this.#deciding, firstOther, otherExact);
    else
      this.#becomes(this.#deciding, lastDecider, deciders === 1 && deciderExact && firstOther > lastDecider);
  }

  #becomes(truth: boolean, next: number, exact: boolean): void {
    this.truth = truth;
    this.next = next;
    this.exact = exact || next === never;
  }
}
