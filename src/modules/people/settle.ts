import type { Tx } from '#platform/postgres';
import type { Decision, Identifier, People, Tie } from './graph.ts';
import { resolvePeople } from './graph.ts';
import type { IdentityRules } from './identifier.ts';
import { nameOf } from './identifier.ts';
import type { Node, State } from './node.ts';
import { newestAnswer } from './node.ts';
import * as sql from './sql.ts';
import * as tieSql from './tie-sql.ts';

/** Identifiers with all that connects them, as the whole rule needs it. */
export interface Surroundings {
  nodes: Map<number, Node>;
  ties: tieSql.TieRow[];
  decisions: Decision[];
}

/**
 * Everything that can bear on how these identifiers are joined: along decisions and ties, but not along the ties of an
 * identifier that no longer links. A kiosk has thousands, and none of them joins anything; `ties` names those to load
 * all the same, and with `throughSeeds` the ties of the seeds are followed whatever their state.
 */
export async function loadSurroundings(
  tx: Tx,
  workspaceId: number,
  seeds: readonly number[],
  o: { throughSeeds: boolean; ties?: readonly string[] } = { throughSeeds: true },
): Promise<Surroundings> {
  const nodes = new Map<number, Node>();
  const ties = new Map<string, tieSql.TieRow>();
  const decisions = new Map<number, Decision>();
  const isSeed = new Set(seeds);
  let frontier = [...isSeed];
  for (const row of await tieSql.tiesByHash(tx, workspaceId, o.ties ?? [])) ties.set(row.hash, row);
  const asked = new Set(seeds);
  while (frontier.length > 0) {
    for (const row of await sql.findByKey(tx, workspaceId, frontier)) nodes.set(row.key, toNode(row));
    const open = frontier.filter((key) => (o.throughSeeds && isSeed.has(key)) || linksOn(nodes.get(key)));
    const next = new Set<number>();
    for (const row of await tieSql.tiesOf(tx, workspaceId, open)) {
      ties.set(row.hash, row);
      for (const key of row.keys) if (!asked.has(key)) next.add(key);
    }
    for (const decision of await tieSql.decisionsOf(tx, workspaceId, frontier)) {
      decisions.set(decision.id, decision);
      for (const key of decision.bonds.flat()) if (!asked.has(key)) next.add(key);
    }
    frontier = [...next];
    for (const key of frontier) asked.add(key);
  }
  return { nodes, ties: [...ties.values()], decisions: [...decisions.values()] };
}

function linksOn(node: Node | undefined): boolean {
  return node !== undefined && node.state < 2;
}

export function toNode(row: sql.IdentifierRow): Node {
  return {
    key: row.key,
    person: row.person_key,
    kind: row.kind,
    value: row.value,
    state: row.state,
    contested: row.contested,
    degree: null,
    denied: row.denied,
    consent: row.consent,
  };
}

/** The whole rule over some surroundings, without writing anything; a decision not yet made may be tried. */
export function judge(around: Surroundings, rules: IdentityRules, tried: readonly Decision[] = []): People {
  const identifiers: Identifier[] = [...around.nodes.values()].map((node) => ({
    key: node.key,
    kind: node.kind,
    unique: rules.kinds.get(node.kind)?.unique ?? false,
    off: node.state >= 3,
    overLimit: node.state === 2,
  }));
  const ties: Tie[] = around.ties.map((row) => ({
    id: row.hash,
    keys: row.keys,
    at: row.at.getTime(),
    ...(row.alias_from !== null && row.alias_to !== null
      ? { alias: { from: row.alias_from, to: row.alias_to } }
      : {}),
  }));
  const limits: Record<string, number> = {};
  for (const rule of rules.kinds.values()) limits[rule.name] = rule.limit;
  return resolvePeople(identifiers, ties, [...around.decisions, ...tried], limits);
}

/** What settling changed. */
export interface Settled {
  changed: Node[];
  moves: { key: number; from: number; person: number }[];
}

/**
 * Applies the whole rule to the surroundings of some identifiers and writes what it changes: persons, states,
 * outcomes of ties. `known` takes the changed rows, so that who holds the same identifiers sees them.
 */
export async function settle(
  tx: Tx,
  workspaceId: number,
  seeds: readonly number[],
  rules: IdentityRules,
  onChange: (name: string, node: Node) => void,
  o: { throughSeeds: boolean; ties?: readonly string[] } = { throughSeeds: true },
): Promise<Settled> {
  const around = await loadSurroundings(tx, workspaceId, seeds, o);
  const people = judge(around, rules);
  const outcomes = around.ties
    .map((tie) => ({
      hash: tie.hash,
      was: tie.outcome,
      outcome: tieSql.outcomeCodes[people.outcomes.get(tie.hash) ?? 'off'],
    }))
    .filter((tie) => tie.was !== tie.outcome);
  await tieSql.saveOutcomes(tx, workspaceId, outcomes);
  const contested =
    around.decisions.length > 0 ||
    [...people.outcomes.values()].some((o) => o === 'conflict' || o === 'apart');
  const settled: Settled = { changed: [], moves: [] };
  for (const node of around.nodes.values()) {
    const person = people.person.get(node.key) ?? node.key;
    const state: State =
      node.state >= 3
        ? node.state
        : people.overLimit.has(node.key)
          ? 2
          : people.retired.has(node.key)
            ? 1
            : 0;
    if (person !== node.person) settled.moves.push({ key: node.key, from: node.person, person });
    if (person !== node.person || state !== node.state || contested !== node.contested) {
      node.person = person;
      node.state = state;
      node.contested = contested;
      settled.changed.push(node);
    }
    onChange(nameOf(node.kind, node.value), node);
  }
  await sql.updateIdentifiers(tx, workspaceId, settled.changed);
  await refreshDenied(tx, workspaceId, new Set(settled.moves.flatMap((m) => [m.from, m.person])), onChange);
  await sql.insertMoves(tx, workspaceId, settled.moves);
  return settled;
}

/** What the identifiers of a person together say about `analytics`: the newest answer, null where nobody asked. */
export function deniedBy(members: readonly Pick<Node, 'consent'>[]): boolean | null {
  const newest = newestAnswer(members, 'analytics');
  return newest ? !newest[0] : null;
}

/** Writes the persons' answer about `analytics` beside each of their identifiers, where it changed. */
export async function refreshDenied(
  tx: Tx,
  workspaceId: number,
  persons: ReadonlySet<number>,
  onChange: (name: string, node: Node) => void,
): Promise<void> {
  if (persons.size === 0) return;
  const groups = new Map<number, Node[]>();
  for (const row of await sql.membersOf(tx, workspaceId, [...persons])) {
    const list = groups.get(row.person_key);
    if (list) list.push(toNode(row));
    else groups.set(row.person_key, [toNode(row)]);
  }
  const changed: Node[] = [];
  for (const members of groups.values()) {
    const denied = deniedBy(members);
    for (const node of members) {
      if (node.denied === denied) continue;
      node.denied = denied;
      changed.push(node);
      onChange(nameOf(node.kind, node.value), node);
    }
  }
  await sql.updateIdentifiers(tx, workspaceId, changed);
}
