import type { CapKind } from '../schema.ts';
import type { Fraction } from './amount.ts';
import { least, most } from './amount.ts';
import { type Basis, pointsOf, type Refund, Returned } from './basis.ts';

/** What one event would earn somebody by one rule, before caps and refunds. */
export interface Claim {
  /** The same whatever edition of the rule it is: who is paid, by which rule, for which event. */
  readonly key: string;
  readonly rule: number;
  readonly role: string;
  readonly person: number;
  readonly orderId: string | null;
  /** Of the event, in the zone of the workspace: days since 1970. */
  readonly day: number;
  readonly basis: Basis;
  readonly factor: Fraction;
  readonly caps: Readonly<Partial<Record<CapKind, number>>>;
}

/** A claim that was decided: `granted` by caps at that time, and what it is after refunds. */
export interface Award<C extends Claim = Claim> {
  readonly claim: C;
  granted: bigint;
  target: bigint;
}

const capKinds: readonly CapKind[] = ['order', 'day', 'person', 'all'];

/** Where a cap counts. */
export function capPlace(
  kind: CapKind,
  of: Pick<Claim, 'rule' | 'person' | 'day' | 'orderId'>,
): string | null {
  if (kind === 'order') return of.orderId === null ? null : `${of.rule} order ${of.orderId}`;
  if (kind === 'day') return `${of.rule} day ${of.day} ${of.person}`;
  if (kind === 'person') return `${of.rule} person ${of.person}`;
  return `${of.rule} all`;
}

/**
 * Decides what claims are worth, in the order in which they come. Caps count what was granted and not taken back; a
 * refund only ever lowers, so that no cap is passed whatever comes in which order, and it may come before its order.
 */
export class Book<C extends Claim = Claim> {
  readonly #awards = new Map<string, Award<C>>();
  readonly #byOrder = new Map<string, Award<C>[]>();
  /** The roles that were paid for an order by a rule. */
  readonly #groups = new Map<string, Set<string>>();
  readonly #refunds = new Map<string, Map<string, Refund>>();
  readonly #used = new Map<string, bigint>();
  readonly #changed = new Set<Award<C>>();
  /** What caps kept back, and refunds took. */
  cut = 0n;
  takenBack = 0n;

  /** As it stands: what caps have used up so far comes by `use`. */
  recall(award: Award<C>): void {
    this.#put(award);
  }

  use(place: string, points: bigint): void {
    this.#used.set(place, (this.#used.get(place) ?? 0n) + points);
  }

  used(place: string): bigint {
    return this.#used.get(place) ?? 0n;
  }

  /** Null where it was decided already. */
  earn(claim: C): Award<C> | null {
    if (this.#awards.has(claim.key)) return null;
    const award: Award<C> = { claim, granted: 0n, target: 0n };
    this.#put(award);
    const worth = this.#worths(groupOf(claim)).get(award) ?? 0n;
    let room = worth;
    for (const kind of capKinds) {
      const cap = claim.caps[kind];
      const place = capPlace(kind, claim);
      if (cap !== undefined && place !== null) room = least(room, most(BigInt(cap) - this.used(place), 0n));
    }
    award.granted = room;
    award.target = room;
    this.cut += worth - room;
    this.#count(award, room);
    this.#changed.add(award);
    return award;
  }

  /** Something of an order came back; the same message counts once. `rules` are those that care. */
  refund(messageId: string, orderId: string, rules: ReadonlySet<number>, refund: Refund): void {
    for (const rule of rules) {
      const place = `${rule} ${orderId}`;
      const known = this.#refunds.get(place) ?? new Map<string, Refund>();
      if (known.has(messageId)) continue;
      known.set(messageId, refund);
      this.#refunds.set(place, known);
      for (const group of this.#groups.get(place) ?? []) this.#lower(group);
    }
  }

  changed(): Award<C>[] {
    return [...this.#changed];
  }

  awards(): Iterable<Award<C>> {
    return this.#awards.values();
  }

  #lower(group: string): void {
    for (const [award, worth] of this.#worths(group)) {
      const target = least(award.target, worth);
      if (target === award.target) continue;
      this.takenBack += award.target - target;
      this.#count(award, target - award.target);
      award.target = target;
      this.#changed.add(award);
    }
  }

  /** Without caps, after refunds, for all payments of one order to one role by one rule. */
  #worths(group: string): Map<Award<C>, bigint> {
    const awards = this.#byOrder.get(group) ?? [];
    const [first] = awards;
    const refunds = first ? this.#refunds.get(`${first.claim.rule} ${first.claim.orderId}`) : undefined;
    const returned = new Returned([...(refunds?.values() ?? [])]);
    return new Map(awards.map((award) => [award, pointsOf(award.claim.basis, award.claim.factor, returned)]));
  }

  #count(award: Award<C>, points: bigint): void {
    for (const kind of capKinds) {
      const place = award.claim.caps[kind] === undefined ? null : capPlace(kind, award.claim);
      if (place !== null) this.use(place, points);
    }
  }

  #put(award: Award<C>): void {
    const { claim } = award;
    this.#awards.set(claim.key, award);
    const group = groupOf(claim);
    const of = this.#byOrder.get(group);
    if (of) of.push(award);
    else this.#byOrder.set(group, [award]);
    if (claim.orderId === null) return;
    const place = `${claim.rule} ${claim.orderId}`;
    const groups = this.#groups.get(place);
    if (groups) groups.add(group);
    else this.#groups.set(place, new Set([group]));
  }
}

/** Payments for the same order to the same role share what comes back; others stand alone. */
function groupOf(claim: Claim): string {
  return claim.orderId === null ? claim.key : `${claim.rule} ${claim.role} ${claim.orderId}`;
}
