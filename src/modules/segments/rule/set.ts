import type { Atom } from './atoms.ts';
import { Days } from './days.ts';
import { type EventRow, timeOf } from './event.ts';
import { type JsonValue, wellFormed } from './json.ts';
import { LeafNode, type LiveNode, ManyNode, NotNode } from './live.ts';
import { loadSql, timersSql } from './load-sql.ts';
import type { Statement } from './members-sql.ts';
import type { Leaf, Node } from './node.ts';
import { leavesOf, lower, type Rule, type RuleContext } from './read.ts';
import { Shapes } from './shapes.ts';
import { type Entry, type Facts, type Held, nothing, PersonState } from './timeline.ts';

/** What the rules of a set look at, so that nothing else has to be fetched. */
export interface Wants {
  /** Names of track calls; null with `types` null: all events. */
  readonly names: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly properties: boolean;
  readonly traits: readonly string[];
  readonly consent: boolean;
  readonly lists: boolean;
  readonly snapshots: readonly string[];
  readonly more: readonly string[];
}

export interface Verdict {
  in: boolean;
  /** The first instant (ms) at which `in` changes by time alone; Infinity if never. */
  until: number;
  /** Set where so many instants passed without a change that `until` is only the next one to look again. */
  early?: true;
}

/** `until`: before it, time alone does not change the part's truth; null for never. */
export type Why = { truth: boolean; until: number | null } & (
  | { all: Why[] }
  | { any: Why[] }
  | { not: Why }
  | { condition: unknown; found?: unknown; wanted?: unknown; times?: readonly number[] }
);

/** One row of `loadSql`, as text or as JSON gives it. */
export type LoadedRow = Omit<EventRow, 'time' | 'contract' | 'bot'> & { t: string | number };

interface Compiled {
  readonly id: number;
  readonly node: Node;
  readonly root: LiveNode;
  readonly leaves: readonly Leaf[];
}

const mostLooks = 64;
const longestShared = 40;
const mostShared = 20_000;

/** All rules of a workspace, compiled together: what several ask for is worked out once. */
export class RuleSet {
  readonly wants: Wants;
  readonly #shapes = new Shapes();
  readonly #rules: Compiled[] = [];
  readonly #byId = new Map<number, Compiled>();
  readonly #leaves = new Map<string, Leaf>();
  readonly #nodes = new Map<string, LiveNode>();
  readonly #rulesOfAtom: number[][] = [];
  readonly #rulesOfShape: ReadonlySet<number>[] = [];
  readonly #byFacts: ReadonlySet<number>;
  readonly #needing: readonly Atom[];
  readonly #texts = new Map<string, string>();
  #person: PersonState | null = null;
  #version = -1;
  #now = Number.NaN;
  #stamp = 0;
  #future = Number.POSITIVE_INFINITY;

  constructor(rules: readonly { id: number; rule: Rule }[], context: RuleContext) {
    const days = new Days(context.timeZone);
    for (const { id, rule } of rules) {
      const node = lower(rule, context, days);
      const leaves = [...leavesOf(node)];
      const compiled = { id, node, root: this.#built(node).live, leaves };
      this.#rules.push(compiled);
      this.#byId.set(id, compiled);
      for (const one of new Set(
        leaves.flatMap((leaf) => leaf.atoms.map((atom) => this.#shapes.idOf(atom))),
      )) {
        (this.#rulesOfAtom[one] ??= []).push(id);
      }
    }
    const byFacts = this.#rules.filter(({ leaves }) => leaves.some((leaf) => leaf.facts));
    this.#byFacts = new Set(byFacts.map(({ id }) => id));
    const slotted = this.#shapes.slots.some((slot) => slot.needsProperties);
    this.#needing = this.#shapes.atoms.filter(
      (atom) => slotted || atom.tests.some((test) => test.needsProperties),
    );
    this.wants = wantsOf([...this.#leaves.values()], this.#needing.length > 0);
  }

  get size(): number {
    return this.#rules.length;
  }

  get ids(): readonly number[] {
    return this.#rules.map(({ id }) => id);
  }

  /** One event of the log, or null when no rule looks at it. */
  entryOf(row: EventRow): Entry | null {
    if (row.contract !== '0' || row.bot !== '0') return null;
    return this.#shapes.entryOf(row, timeOf(row.time ?? '0'));
  }

  /** The events of these identifiers (null: of everybody) as far as a position; each row is for `entryOfLoaded`. */
  loadSql(o: { workspaceId: number; keys: readonly number[] | null; position: number }): Statement {
    return loadSql(this.#shapes.atoms, this.#needing, o);
  }

  entryOfLoaded(row: LoadedRow): Entry | null {
    return this.#shapes.entryOf({ ...row, time: null, contract: '0', bot: '0' }, Number(row.t));
  }

  /** `held`: as it was put away. */
  newPerson(person: number, held?: Held): PersonState {
    return new PersonState(person, this.#shapes.widths, held);
  }

  add(state: PersonState, entry: Entry): void {
    state.add(entry);
  }

  merge(into: PersonState, from: PersonState): void {
    into.absorb(from);
  }

  /** Keeps of the traits those that rules look at. */
  setFacts(state: PersonState, facts: Facts): void {
    const { traits, consent, lists, snapshots, more } = facts;
    const { wants } = this;
    state.traits = this.#shapes.traits.map((name) =>
      Object.hasOwn(traits, name) ? this.#shared(traits[name]) : undefined,
    );
    const about = { ...nothing };
    if (wants.consent) about.consent = consent;
    if (wants.lists && lists.length > 0) about.lists = lists;
    if (wants.snapshots.length > 0) about.snapshots = snapshots;
    const isNothing = !wants.consent && wants.snapshots.length === 0 && about.lists.length === 0;
    if (more) state.facts = { ...about, more };
    else state.facts = isNothing ? nothing : about;
    state.version++;
  }

  /** The rules that such an event can change; of somebody new, all rules are to be evaluated. */
  touched(entry: Entry): ReadonlySet<number> {
    return (this.#rulesOfShape[entry.shape] ??= new Set(
      this.#shapes.atomsOf(entry.shape).flatMap((atom) => this.#rulesOfAtom[atom] ?? []),
    ));
  }

  touchedByFacts(): ReadonlySet<number> {
    return this.#byFacts;
  }

  evaluate(state: PersonState, rule: number, now: number): Verdict {
    const { root } = this.#ruleOf(rule);
    this.#look(root, state, now);
    const isIn = root.truth;
    let { next, exact } = root;
    for (let looks = 0; ; looks++) {
      // At the very moment of a change an event that is dated ahead may undo it.
      if (this.#future <= next) {
        next = this.#future;
        exact = false;
      }
      if (exact || next === Number.POSITIVE_INFINITY) return { in: isIn, until: next };
      if (looks === mostLooks) return { in: isIn, until: next, early: true };
      this.#look(root, state, next);
      if (root.truth !== isIn) return { in: isIn, until: next };
      ({ next, exact } = root);
    }
  }

  /** The rule as a tree, each part with its own truth and what it was found on. */
  explain(state: PersonState, rule: number, now: number): Why {
    const { node } = this.#ruleOf(rule);
    return this.#why(node, state, now);
  }

  /** Many people have the same words; one copy of each is kept, and found again faster. */
  #shared(value: JsonValue | undefined): JsonValue | undefined {
    if (value === undefined) return value;
    if (typeof value !== 'string' || value.length > longestShared) return wellFormed(value);
    let text = this.#texts.get(value);
    if (text === undefined) {
      text = value.toWellFormed();
      if (this.#texts.size >= mostShared) this.#texts.clear();
      this.#texts.set(value, text);
    }
    return text;
  }

  #why(node: Node, state: PersonState, now: number): Why {
    const { live } = this.#built(node);
    this.#look(live, state, now);
    const { truth, next } = live;
    const until = Number.isFinite(next) ? next : null;
    if ('leaf' in node) {
      const about = live instanceof LeafNode ? live.live.explain?.(state, now) : undefined;
      return { truth, until, condition: JSON.parse(node.leaf.key), ...about };
    }
    if ('not' in node) return { truth, until, not: this.#why(node.not, state, now) };
    if ('all' in node) return { truth, until, all: node.all.map((part) => this.#why(part, state, now)) };
    return { truth, until, any: node.any.map((part) => this.#why(part, state, now)) };
  }

  /** For everybody at once, when time alone can change anything next; see `loadSql`. */
  timersSql(o: { workspaceId: number; position: number; now: number }): Statement {
    return timersSql([...this.#leaves.values()], o);
  }

  #look(root: LiveNode, state: PersonState, now: number): void {
    if (this.#person !== state || this.#version !== state.version || this.#now !== now)
      this.#attend(state, now);
    root.run(state, now, this.#stamp);
  }

  #attend(state: PersonState, now: number): void {
    this.#person = state;
    this.#version = state.version;
    this.#now = now;
    this.#future = this.#firstAfter(state, now);
    this.#stamp++;
  }

  /** Events may be dated ahead; they count from their own time on. */
  #firstAfter(state: PersonState, now: number): number {
    const i = state.last(now) + 1;
    return i < state.size ? (state.time[i] as number) : Number.POSITIVE_INFINITY;
  }

  #ruleOf(id: number): Compiled {
    // Mostly a rule's number is its place.
    const placed = this.#rules[id];
    const rule = placed?.id === id ? placed : this.#byId.get(id);
    if (!rule) throw new RangeError(`There is no rule ${id} in this set.`);
    return rule;
  }

  #built(node: Node): { key: string; live: LiveNode } {
    if ('leaf' in node) {
      const { leaf } = node;
      this.#leaves.set(leaf.key, this.#leaves.get(leaf.key) ?? leaf);
      return this.#node(leaf.key, () => new LeafNode(leaf.live(this.#shapes)));
    }
    if ('not' in node) {
      const of = this.#built(node.not);
      return this.#node(`not(${of.key})`, () => new NotNode(of.live));
    }
    const isAny = 'any' in node;
    const parts = (isAny ? node.any : node.all).map((part) => this.#built(part));
    const keys = [...new Set(parts.map((part) => part.key))].sort();
    return this.#node(
      `${isAny ? 'any' : 'all'}(${keys.join(' ')})`,
      () =>
        new ManyNode(
          parts.map((part) => part.live),
          isAny,
        ),
    );
  }

  #node(key: string, make: () => LiveNode): { key: string; live: LiveNode } {
    let live = this.#nodes.get(key);
    if (!live) this.#nodes.set(key, (live = make()));
    return { key, live };
  }
}

function wantsOf(leaves: readonly Leaf[], properties: boolean): Wants {
  const atoms = leaves.flatMap((leaf) => leaf.atoms);
  const isAll = atoms.some((one) => !one.names && !one.types);
  const distinct = (values: readonly string[]) => [...new Set(values)].sort();
  return {
    names: isAll ? null : distinct(atoms.flatMap((one) => one.names ?? [])),
    types: isAll ? null : distinct(atoms.flatMap((one) => one.types ?? [])),
    properties,
    traits: distinct(leaves.flatMap((leaf) => leaf.facts?.traits ?? [])),
    consent: leaves.some((leaf) => leaf.facts?.consent),
    lists: leaves.some((leaf) => leaf.facts?.lists),
    snapshots: distinct(leaves.flatMap((leaf) => leaf.facts?.snapshot ?? [])),
    more: distinct(leaves.flatMap((leaf) => leaf.facts?.more ?? [])),
  };
}
