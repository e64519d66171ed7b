import type { Tx } from '#platform/postgres';
import type { GraphCache } from './cache.ts';
import * as consentSql from './consent-sql.ts';
import type { IdentityRules, Named } from './identifier.ts';
import { nameOf } from './identifier.ts';
import type { Node } from './node.ts';
import type { Observation, Resolved } from './observation.ts';
import { deniedBy, refreshDenied, settle, toNode } from './settle.ts';
import * as sql from './sql.ts';
import * as tieSql from './tie-sql.ts';

const hourMs = 3_600_000;

type NewNode = Node & { hash: string };

/** The state of one batch while it is being resolved. */
export class Batch {
  nextKey: number;
  readonly #tx: Tx;
  readonly #ws: number;
  readonly #rules: IdentityRules;
  readonly #cache: GraphCache;
  readonly #minLimit: number;
  readonly #nodes = new Map<string, Node>();
  readonly #new = new Map<number, NewNode>();
  readonly #dirty = new Map<number, Node>();
  readonly #ties = new Map<string, { tie: tieSql.NewTie; nodes: Node[] }>();
  readonly #newTies: tieSql.NewTie[] = [];
  readonly #earlier: tieSql.NewTie[] = [];
  readonly #unsettled = new Set<number>();
  readonly #moves: { key: number; from: number; person: number }[] = [];
  readonly #answers: { node: Node; purpose: string; granted: boolean; observation: Observation }[] = [];
  readonly #asked = new Set<number>();

  constructor(tx: Tx, ws: number, rules: IdentityRules, cache: GraphCache, nextKey: number) {
    this.#tx = tx;
    this.#ws = ws;
    this.#rules = rules;
    this.#cache = cache;
    this.nextKey = nextKey;
    this.#minLimit = Math.min(...[...rules.kinds.values()].map((kind) => kind.limit));
  }

  get changed(): boolean {
    return (
      this.#new.size > 0 ||
      this.#newTies.length > 0 ||
      this.#earlier.length > 0 ||
      this.#dirty.size > 0 ||
      this.#unsettled.size > 0
    );
  }

  async findNodes(batch: readonly Observation[]): Promise<void> {
    const missing = new Map<string, Named>();
    const find = (identifier: Named) => {
      const { name } = identifier;
      if (this.#nodes.has(name) || missing.has(name)) return;
      const known = this.#cache.get(name);
      // What is remembered changes only once the transaction is committed.
      if (known) this.#nodes.set(name, known);
      else missing.set(name, identifier);
    };
    for (const { identifiers, alias } of batch) {
      for (const identifier of identifiers) find(identifier);
      if (alias) {
        find(alias.from);
        find(alias.to);
      }
    }
    if (missing.size === 0) return;
    const hashes = new Map([...missing.keys()].map((name) => [name, sql.hash64(name)]));
    for (const row of await sql.findByHash(this.#tx, this.#ws, [...hashes.values()])) {
      this.#nodes.set(nameOf(row.kind, row.value), toNode(row));
    }
    for (const [name, { kind, value }] of missing) {
      if (this.#nodes.has(name)) continue;
      const key = this.nextKey++;
      const node: NewNode = {
        key,
        person: key,
        kind,
        value,
        state: 0,
        contested: false,
        degree: 0,
        denied: null,
        consent: null,
        hash: hashes.get(name) as string,
      };
      this.#nodes.set(name, node);
      this.#new.set(key, node);
    }
  }

  #node({ name }: Named): Node {
    const node = this.#nodes.get(name);
    if (!node) throw new Error('An identifier of the batch was not looked up.');
    return node;
  }

  /** Which ties of the batch are new, or were carried by an earlier event than was known. */
  async findTies(batch: readonly Observation[]): Promise<void> {
    for (const observation of batch) {
      const { alias, identifiers } = observation;
      if (alias) this.#offer(observation, [this.#node(alias.from), this.#node(alias.to)], true);
      if (identifiers.length > 1)
        this.#offer(
          observation,
          identifiers.map((i) => this.#node(i)),
          false,
        );
    }
    if (this.#ties.size === 0) return;
    const byHash = new Map<string, string>();
    for (const [name, { tie, nodes }] of this.#ties) {
      // Of names, not of keys: where two ties have one time, their order must not hang on who came first.
      const names = nodes.map((node) => nameOf(node.kind, node.value));
      tie.hash = sql.hash64(tie.alias ? names.join('\u0002') : names.sort().join('\u0001'));
      byHash.set(tie.hash, name);
    }
    // A tie that has a new identifier in it cannot be known.
    const asked = [...this.#ties.values()].filter(
      ({ nodes }) => !nodes.some((node) => this.#new.has(node.key)),
    );
    const rows =
      asked.length === 0
        ? []
        : await tieSql.findTies(
            this.#tx,
            this.#ws,
            asked.map(({ tie }) => tie.hash),
          );
    for (const row of rows) {
      const name = byHash.get(row.hash) as string;
      const entry = this.#ties.get(name);
      if (!entry) continue;
      if (entry.tie.at >= row.at.getTime()) {
        this.#ties.delete(name);
        this.#cache.putTie(name, row.at.getTime());
        continue;
      }
      this.#earlier.push(entry.tie);
      this.#ties.delete(name);
      // In contested surroundings the order of ties decides; elsewhere it does not matter.
      if (entry.nodes.some((node) => node.contested || node.state !== 0)) {
        for (const node of entry.nodes) this.#unsettled.add(node.key);
      }
    }
  }

  #offer(observation: Observation, members: readonly Node[], isAlias: boolean): void {
    const nodes = [...new Set(members)];
    const [first, second] = nodes;
    if (!first || !second) return;
    const alias = isAlias ? { from: first.key, to: second.key } : null;
    const keys = nodes.map((node) => node.key).sort((a, b) => a - b);
    const name = tieName({ keys, alias });
    const seenAt = this.#cache.tie(name);
    const at = observation.at;
    if (seenAt !== undefined && seenAt <= at) return;
    const known = this.#ties.get(name);
    if (known && (known.tie.at < at || (known.tie.at === at && known.tie.messageId <= observation.messageId)))
      return;
    const tie: tieSql.NewTie = {
      hash: '',
      keys,
      alias,
      rule: observation.rule,
      at,
      messageId: observation.messageId,
      sourceId: observation.sourceId,
    };
    this.#ties.set(name, { tie, nodes });
  }

  /** Joins what can be joined without asking the whole rule; the rest is left for `settleRest`. */
  async joinPlainly(): Promise<void> {
    const plain: { tie: tieSql.NewTie; nodes: Node[] }[] = [];
    await this.#countTied();
    for (const entry of this.#ties.values()) {
      this.#newTies.push(entry.tie);
      const tied = entry.nodes.length - 1;
      const simple =
        entry.tie.alias === null &&
        entry.nodes.every(
          (node) => node.state === 0 && !node.contested && (node.degree ?? 0) + tied <= this.#minLimit,
        );
      for (const node of entry.nodes) node.degree = (node.degree ?? 0) + tied;
      if (simple) plain.push(entry);
      else for (const node of entry.nodes) this.#unsettled.add(node.key);
    }
    const loaded = await this.#loadPersons(plain);
    for (const { nodes } of plain) {
      if (!this.#unite(nodes, loaded)) for (const node of nodes) this.#unsettled.add(node.key);
    }
  }

  /** How many others the known identifiers of new ties are tied to already. */
  async #countTied(): Promise<void> {
    const unknown = new Map<number, Node>();
    for (const { nodes } of this.#ties.values()) {
      for (const node of nodes) if (node.degree === null) unknown.set(node.key, node);
    }
    if (unknown.size === 0) return;
    for (const node of unknown.values()) node.degree = 0;
    for (const { key, tied } of await tieSql.countTied(this.#tx, this.#ws, [...unknown.keys()])) {
      const node = unknown.get(key);
      if (node) node.degree = tied;
    }
  }

  /** The identifiers of the persons that are about to be joined, in the batch's own objects. */
  async #loadPersons(plain: readonly { nodes: Node[] }[]): Promise<Map<number, Node[]>> {
    const persons = new Map<number, Node[]>();
    for (const node of this.#new.values()) persons.set(node.person, [node]);
    const wanted = new Set<number>();
    for (const { nodes } of plain) {
      if (new Set(nodes.map((node) => node.person)).size < 2) continue;
      for (const node of nodes) if (!this.#new.has(node.key)) wanted.add(node.person);
    }
    if (wanted.size === 0) return persons;
    for (const row of await sql.membersOf(this.#tx, this.#ws, [...wanted])) {
      const name = nameOf(row.kind, row.value);
      let node = this.#nodes.get(name);
      if (!node) this.#nodes.set(name, (node = toNode(row)));
      const list = persons.get(row.person_key);
      if (list) list.push(node);
      else persons.set(row.person_key, [node]);
    }
    return persons;
  }

  #unite(nodes: readonly Node[], persons: Map<number, Node[]>): boolean {
    const keys = [...new Set(nodes.map((node) => node.person))];
    if (keys.length < 2) return true;
    const seen = new Set<string>();
    for (const key of keys) {
      for (const member of persons.get(key) ?? []) {
        // A member whose surroundings are contested makes all of it so; ties there follow the whole rule.
        if (member.contested || member.state !== 0) return false;
        if (!this.#rules.kinds.get(member.kind)?.unique) continue;
        if (seen.has(member.kind)) return false;
        seen.add(member.kind);
      }
    }
    const into = Math.min(...keys);
    const members = keys.flatMap((key) => persons.get(key) ?? []);
    const denied = members.some((member) => member.consent) ? deniedBy(members) : null;
    for (const key of keys) if (key !== into) persons.delete(key);
    persons.set(into, members);
    for (const member of members) {
      if (member.person !== into) {
        if (!this.#new.has(member.key))
          this.#moves.push({ key: member.key, from: member.person, person: into });
        member.person = into;
        this.#touch(member);
      }
      if (member.denied !== denied) {
        member.denied = denied;
        this.#touch(member);
      }
    }
    return true;
  }

  #touch(node: Node): void {
    if (!this.#new.has(node.key)) this.#dirty.set(node.key, node);
  }

  /**
   * Answers about consent that are newer than what is known of the identifier they came with. Pages say them again
   * with every event: a yes is written down once an hour then, and of a no only the time, because a row for each event
   * would be a diary of somebody who wants none; the time keeps a late older yes from passing it.
   */
  takeConsent(batch: readonly Observation[]): void {
    for (const observation of batch) {
      if (!observation.consent || !observation.identifiers[0]) continue;
      const node = this.#node(observation.identifiers[0]);
      const { at } = observation;
      const { purposes, textVersion } = observation.consent;
      for (const [purpose, granted] of Object.entries(purposes)) {
        const known = node.consent?.[purpose];
        // At the same moment a refusal outweighs a yes.
        if (known && (known[1] > at || (known[1] === at && !known[0]))) continue;
        const repeated = known !== undefined && known[0] === granted && known[2] === textVersion;
        const holds = purpose !== 'analytics' || node.denied === !granted;
        if (repeated && granted && holds && at - known[1] < hourMs) continue;
        node.consent = {
          ...node.consent,
          [purpose]: textVersion === undefined ? [granted, at] : [granted, at, textVersion],
        };
        if (!repeated || granted) this.#answers.push({ node, purpose, granted, observation });
        if (purpose === 'analytics') this.#asked.add(node.key);
        this.#touch(node);
      }
    }
  }

  async write(now: Date): Promise<void> {
    await sql.insertIdentifiers(this.#tx, this.#ws, [...this.#new.values()], now);
    await sql.updateIdentifiers(this.#tx, this.#ws, [...this.#dirty.values()]);
    await tieSql.insertTies(this.#tx, this.#ws, this.#newTies, now);
    await tieSql.moveTiesBack(this.#tx, this.#ws, this.#earlier);
    await sql.insertMoves(this.#tx, this.#ws, this.#moves);
    await consentSql.insertConsents(
      this.#tx,
      this.#ws,
      this.#answers.map(({ node, purpose, granted, observation }) => ({
        key: node.key,
        purpose,
        granted,
        at: observation.at,
        source: observation.consent?.source ?? 'event',
        textVersion: observation.consent?.textVersion ?? null,
        messageId: observation.messageId,
      })),
      now,
    );
  }

  /** Everything that needs the whole rule, and the persons whose answer about analytics changed. */
  async settleRest(): Promise<{ key: number; from: number; person: number }[]> {
    const take = (name: string, node: Node) => {
      const mine = this.#nodes.get(name);
      if (mine) Object.assign(mine, node);
      else this.#nodes.set(name, node);
    };
    const moves = [...this.#moves];
    if (this.#unsettled.size > 0) {
      const touched = [...this.#newTies, ...this.#earlier].filter((tie) =>
        tie.keys.some((key) => this.#unsettled.has(key)),
      );
      const settled = await settle(this.#tx, this.#ws, [...this.#unsettled], this.#rules, take, {
        throughSeeds: false,
        ties: touched.map((tie) => tie.hash),
      });
      moves.push(...settled.moves.filter((move) => !this.#new.has(move.key)));
    }
    if (this.#asked.size > 0) {
      const persons = new Set<number>();
      for (const node of this.#nodes.values()) if (this.#asked.has(node.key)) persons.add(node.person);
      await refreshDenied(this.#tx, this.#ws, persons, take);
    }
    return moves;
  }

  result(observation: Observation): Resolved {
    const first = observation.identifiers[0];
    if (!first) throw new Error('An observation without identifiers cannot be resolved.');
    const node = this.#node(first);
    return { key: node.key, person: node.person, denied: node.denied };
  }

  remember(): void {
    for (const [name, node] of this.#nodes) this.#cache.put(name, node);
    for (const tie of this.#newTies) this.#cache.putTie(tieName(tie), tie.at);
    for (const tie of this.#earlier) this.#cache.putTie(tieName(tie), tie.at);
  }
}

/** An alias has a direction, so it is another tie than an event that carried the same two identifiers. */
function tieName(tie: Pick<tieSql.NewTie, 'keys' | 'alias'>): string {
  return tie.alias ? `${tie.alias.from}>${tie.alias.to}` : tie.keys.join(',');
}
