/**
 * Who is one person: a pure function of the ties, the team's decisions and the limits. It knows nothing
 * of the order in which events arrived, which is what makes a late event, a repeat or a replay harmless.
 *
 * The rule, in four steps:
 *  1. What does not link is set aside: shared devices, blocked values, and every identifier that is tied
 *     to more identifiers of one kind than that kind's limit allows.
 *  2. The team's decisions, in the order in which they were made: a join forces identifiers together and
 *     lifts older marks between them; a split takes forced joins across it back and keeps both sides apart.
 *  3. Aliases, oldest first: they join whatever no decision keeps apart, and retire the older value of a
 *     unique kind.
 *  4. Ties, oldest first (Kruskal's way): each joins all its identifiers or none. It joins none where one
 *     person would get two living values of a unique kind (a conflict), or where the team said no.
 */

export interface Identifier {
  key: number;
  kind: string;
  /** A person may have one living value of this kind. */
  unique: boolean;
  /** Never links: a shared device, or a value that the workspace blocks. */
  off: boolean;
  /** Already past its limit, by ties that were not loaded. */
  overLimit: boolean;
}

export interface Tie {
  id: string;
  keys: readonly number[];
  /** The earliest time of an event that carried it, in ms. */
  at: number;
  /** An alias names the older identifier and the one that takes its place. */
  alias?: { from: number; to: number };
}

export interface Decision {
  id: number;
  kind: 'join' | 'split';
  /** Identifiers of the person that stays (join: whose unique values live on). */
  left: readonly number[];
  /** Identifiers of the other (join), or those that move out (split). */
  right: readonly number[];
  /** Pairs forced together: for a join its two sides, for a split what holds each side together. */
  bonds: readonly (readonly [number, number])[];
}

export type TieOutcome = 'joined' | 'conflict' | 'apart' | 'off';

export interface People {
  /** Identifier to the key of its person, which is the oldest (smallest) key in it. */
  person: Map<number, number>;
  retired: Set<number>;
  overLimit: Set<number>;
  outcomes: Map<string, TieOutcome>;
}

export function resolvePeople(
  identifiers: readonly Identifier[],
  ties: readonly Tie[],
  decisions: readonly Decision[],
  limits: Readonly<Record<string, number>>,
): People {
  const nodes = new Map(identifiers.map((node) => [node.key, node]));
  const overLimit = pastTheirLimit(nodes, ties, limits);
  const links = (key: number) => {
    const node = nodes.get(key);
    return node !== undefined && !node.off && !overLimit.has(key);
  };
  const { bonds, apart } = foldDecisions(decisions);
  const groups = new Groups(nodes, apart);
  const outcomes = new Map<string, TieOutcome>();

  for (const { winner, other } of bonds) {
    if (nodes.has(winner) && nodes.has(other)) groups.force(winner, other);
  }
  const ordered = [...ties].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  for (const tie of ordered) {
    if (!tie.alias) continue;
    const { from, to } = tie.alias;
    if (!links(from) || !links(to)) outcomes.set(tie.id, 'off');
    else if (groups.keptApart([from, to])) outcomes.set(tie.id, 'apart');
    else {
      groups.force(to, from);
      outcomes.set(tie.id, 'joined');
    }
  }
  for (const tie of ordered) {
    if (tie.alias) continue;
    const keys = tie.keys.filter(links);
    if (keys.length < 2) outcomes.set(tie.id, 'off');
    else if (groups.together(keys)) outcomes.set(tie.id, 'joined');
    else if (groups.keptApart(keys)) outcomes.set(tie.id, 'apart');
    else if (groups.collide(keys)) outcomes.set(tie.id, 'conflict');
    else {
      groups.unite(keys);
      outcomes.set(tie.id, 'joined');
    }
  }
  return { person: groups.people(), retired: groups.retired, overLimit, outcomes };
}

/** Identifiers tied to more identifiers of one kind than that kind's limit; counted over all ties. */
function pastTheirLimit(
  nodes: Map<number, Identifier>,
  ties: readonly Tie[],
  limits: Readonly<Record<string, number>>,
): Set<number> {
  const neighbours = new Map<number, Set<number>>();
  for (const tie of ties) {
    for (const key of tie.keys) {
      let set = neighbours.get(key);
      if (!set) neighbours.set(key, (set = new Set()));
      for (const other of tie.keys) if (other !== key) set.add(other);
    }
  }
  const past = new Set<number>();
  for (const node of nodes.values()) if (node.overLimit) past.add(node.key);
  for (const [key, others] of neighbours) {
    const counts = new Map<string, number>();
    for (const other of others) {
      const kind = nodes.get(other)?.kind;
      if (kind === undefined) continue;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count > (limits[kind] ?? Number.POSITIVE_INFINITY)) past.add(key);
    }
  }
  return past;
}

interface Bond {
  winner: number;
  other: number;
}

/** Later decisions overrule earlier ones about the same identifiers. */
function foldDecisions(decisions: readonly Decision[]): { bonds: Bond[]; apart: Map<number, Set<number>> } {
  let bonds: Bond[] = [];
  const apart = new Map<number, Set<number>>();
  const markOne = (a: number, b: number) => {
    let set = apart.get(a);
    if (!set) apart.set(a, (set = new Set()));
    set.add(b);
  };
  const mark = (a: number, b: number) => {
    markOne(a, b);
    markOne(b, a);
  };
  const lift = (a: number, b: number) => {
    apart.get(a)?.delete(b);
    apart.get(b)?.delete(a);
  };
  for (const decision of [...decisions].sort((a, b) => a.id - b.id)) {
    const left = new Set(decision.left);
    const right = new Set(decision.right);
    if (decision.kind === 'join') {
      for (const l of left) for (const r of right) lift(l, r);
    } else {
      bonds = bonds.filter(
        ({ winner, other }) =>
          !((left.has(winner) && right.has(other)) || (right.has(winner) && left.has(other))),
      );
      for (const l of left) for (const r of right) mark(l, r);
    }
    for (const [winner, other] of decision.bonds) bonds.push({ winner, other });
  }
  return { bonds, apart };
}

/** The groups while they grow: union by relabelling, since a person has few identifiers. */
class Groups {
  readonly retired = new Set<number>();
  readonly #nodes: Map<number, Identifier>;
  readonly #apart: Map<number, Set<number>>;
  readonly #members = new Map<number, number[]>();
  readonly #group = new Map<number, number>();

  constructor(nodes: Map<number, Identifier>, apart: Map<number, Set<number>>) {
    this.#nodes = nodes;
    this.#apart = apart;
    for (const key of nodes.keys()) {
      this.#group.set(key, key);
      this.#members.set(key, [key]);
    }
  }

  #of(key: number): number {
    return this.#group.get(key) ?? key;
  }

  #list(group: number): number[] {
    return this.#members.get(group) ?? [];
  }

  together(keys: readonly number[]): boolean {
    const first = this.#of(keys[0] as number);
    return keys.every((key) => this.#of(key) === first);
  }

  keptApart(keys: readonly number[]): boolean {
    const all = new Set([...new Set(keys.map((key) => this.#of(key)))].flatMap((group) => this.#list(group)));
    for (const key of all) {
      for (const other of this.#apart.get(key) ?? []) {
        // Marks within one group were overruled by a bond; they say nothing about this tie.
        if (all.has(other) && this.#of(other) !== this.#of(key)) return true;
      }
    }
    return false;
  }

  collide(keys: readonly number[]): boolean {
    const seen = new Map<string, number>();
    for (const group of new Set(keys.map((key) => this.#of(key)))) {
      for (const [kind, key] of this.#living(group)) {
        if (seen.has(kind)) return true;
        seen.set(kind, key);
      }
    }
    return false;
  }

  /** The living values of unique kinds in a group. A kind can stand twice only where nobody decided. */
  #living(group: number): [string, number][] {
    const found: [string, number][] = [];
    for (const key of this.#list(group)) {
      const node = this.#nodes.get(key);
      if (node?.unique && !this.retired.has(key)) found.push([node.kind, key]);
    }
    return found;
  }

  unite(keys: readonly number[]): void {
    const first = this.#of(keys[0] as number);
    for (const key of keys.slice(1)) this.#absorb(first, this.#of(key));
  }

  /** Joins whatever the kinds say; the winner's side keeps its unique values, the other's are retired. */
  force(winner: number, other: number): void {
    const mine = this.#of(winner);
    const theirs = this.#of(other);
    const winning = this.#nodes.get(winner);
    if (mine !== theirs) {
      const kinds = new Set(this.#living(mine).map(([kind]) => kind));
      for (const [kind, key] of this.#living(theirs)) if (kinds.has(kind)) this.retired.add(key);
      this.#absorb(mine, theirs);
    }
    if (winning?.unique && this.#nodes.get(other)?.kind === winning.kind) {
      for (const [kind, key] of this.#living(mine)) {
        if (kind === winning.kind && key !== winner) this.retired.add(key);
      }
      this.retired.delete(winner);
    }
  }

  #absorb(into: number, from: number): void {
    if (into === from) return;
    const moved = this.#list(from);
    for (const key of moved) this.#group.set(key, into);
    this.#list(into).push(...moved);
    this.#members.delete(from);
  }

  people(): Map<number, number> {
    const person = new Map<number, number>();
    for (const members of this.#members.values()) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const key of members) if (key < oldest) oldest = key;
      for (const key of members) person.set(key, oldest);
    }
    return person;
  }
}
