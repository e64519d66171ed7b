import type { Actor } from '#modules/identity';
import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Tx } from '#platform/postgres';
import type { Decision } from './graph.ts';
import type { IdentityRules } from './identifier.ts';
import type { State } from './node.ts';
import { refuse } from './schema.ts';
import type { Settled, Surroundings } from './settle.ts';
import { judge, loadSurroundings, settle } from './settle.ts';
import * as sql from './sql.ts';
import * as tieSql from './tie-sql.ts';

interface Deciding {
  workspaceId: number;
  rules: IdentityRules;
  facts: Facts;
  clock: Clock;
  by: Actor;
  note: string | null;
}

/** The team says that two are one: the first keeps its unique values, the other's are retired. Refuses `same-person`. */
export async function joinPeople(
  tx: Tx,
  how: Deciding,
  stays: readonly sql.IdentifierRow[],
  other: readonly sql.IdentifierRow[],
): Promise<Settled> {
  await sql.lockGraph(tx, how.workspaceId);
  if (stays[0]?.person_key === other[0]?.person_key)
    throw refuse('same-person', 'The two are one person already.');
  const mine = standFor(stays, how.rules);
  const theirs = standFor(other, how.rules);
  const first = mine[0] as number;
  return decide(tx, how, {
    kind: 'join',
    left: stays.map((row) => row.key),
    right: other.map((row) => row.key),
    bonds: [
      ...mine.slice(1).map((key) => [first, key] as [number, number]),
      ...theirs.map((key) => [first, key] as [number, number]),
    ],
  });
}

/**
 * The team says that some identifiers are somebody else's: they move out together, with all that belongs to them,
 * and the two sides never join again by themselves. Refuses `cannot-split`.
 */
export async function splitPerson(
  tx: Tx,
  how: Deciding,
  members: readonly sql.IdentifierRow[],
  leaving: ReadonlySet<number>,
): Promise<Settled> {
  await sql.lockGraph(tx, how.workspaceId);
  return decide(tx, how, await splitDecision(tx, how, members, leaving));
}

async function splitDecision(
  tx: Tx,
  how: Pick<Deciding, 'workspaceId' | 'rules'>,
  members: readonly sql.IdentifierRow[],
  leaving: ReadonlySet<number>,
): Promise<Omit<Decision, 'id'>> {
  const right = members.filter((row) => leaving.has(row.key));
  const left = members.filter((row) => !leaving.has(row.key));
  if (right.length === 0) throw refuse('cannot-split', 'None of these identifiers belongs to the person.');
  if (left.length === 0) throw refuse('cannot-split', 'At least one identifier must stay with the person.');
  const sides = { left: left.map((row) => row.key), right: right.map((row) => row.key) };
  const around = await loadSurroundings(
    tx,
    how.workspaceId,
    members.map((row) => row.key),
  );
  return {
    kind: 'split',
    ...sides,
    bonds: [...bondsToHold(around, how.rules, sides, left), ...bondsToHold(around, how.rules, sides, right)],
  };
}

/** A side that only the other side held together would fall apart; it is held together by the decision instead. */
function bondsToHold(
  around: Surroundings,
  rules: IdentityRules,
  sides: { left: number[]; right: number[] },
  side: readonly sql.IdentifierRow[],
): [number, number][] {
  const tried: Decision = { id: Number.MAX_SAFE_INTEGER, kind: 'split', ...sides, bonds: [] };
  const { person } = judge(around, rules, [tried]);
  const pieces = [...Map.groupBy(side, (row) => person.get(row.key) ?? row.key).values()];
  const bonds: [number, number][] = [];
  const first = pieces[0] ? standFor(pieces[0], rules)[0] : undefined;
  for (const piece of pieces.slice(1)) {
    for (const key of standFor(piece, rules)) if (first !== undefined) bonds.push([first, key]);
  }
  return bonds;
}

/** The identifiers that stand for a person in a decision: its living unique values, or else its strongest. */
function standFor(rows: readonly sql.IdentifierRow[], rules: IdentityRules): number[] {
  const rank = (row: sql.IdentifierRow) => rules.kinds.get(row.kind)?.rank ?? 1000;
  const ordered = [...rows].sort((a, b) => rank(a) - rank(b) || a.state - b.state || a.key - b.key);
  const unique = ordered.filter((row) => rules.kinds.get(row.kind)?.unique && row.state === 0);
  const linking = ordered.find((row) => row.state < 2) ?? ordered[0];
  return unique.length > 0 ? unique.map((row) => row.key) : linking ? [linking.key] : [];
}

async function decide(tx: Tx, how: Deciding, decision: Omit<Decision, 'id'>): Promise<Settled> {
  const { workspaceId } = how;
  const lock = await sql.lockGraph(tx, workspaceId);
  await tieSql.insertDecision(tx, workspaceId, {
    kind: decision.kind,
    left: [...decision.left],
    right: [...decision.right],
    bonds: decision.bonds.map(([a, b]) => [a, b]),
    actor: how.by.actor,
    note: how.note,
    at: how.clock.now(),
  });
  const settled = await settle(tx, workspaceId, [...decision.left, ...decision.right], how.rules, () => {});
  await sql.saveGraph(tx, workspaceId, lock.nextKey);
  await how.facts.recordMany(
    tx,
    settled.moves.map(({ from, person }) => ({
      type: 'people.moved',
      subject: String(person),
      data: { from, to: person },
    })),
  );
  return settled;
}

/** What a join or a split would do, without doing it: who moves where, by key. */
export async function previewSplit(
  tx: Tx,
  how: Pick<Deciding, 'workspaceId' | 'rules'>,
  members: readonly sql.IdentifierRow[],
  leaving: ReadonlySet<number>,
): Promise<{ stays: number[]; leaves: number[] }> {
  const decision = await splitDecision(tx, how, members, leaving);
  return { stays: [...decision.left], leaves: [...decision.right] };
}

/** A kiosk or a family tablet: it never links, from now on and for the past; or it does again. */
export async function markShared(
  tx: Tx,
  how: Deciding,
  row: sql.IdentifierRow,
  shared: boolean,
): Promise<Settled> {
  const { workspaceId } = how;
  const lock = await sql.lockGraph(tx, workspaceId);
  await tieSql.insertDecision(tx, workspaceId, {
    kind: shared ? 'share' : 'unshare',
    left: [row.key],
    right: [],
    bonds: [],
    actor: how.by.actor,
    note: how.note,
    at: how.clock.now(),
  });
  return relink(tx, how, lock.nextKey, row, shared ? 3 : 0);
}

/** Sets whether an identifier links, and settles all that it tied together. */
async function relink(
  tx: Tx,
  how: Pick<Deciding, 'workspaceId' | 'rules' | 'facts'>,
  nextKey: number,
  row: sql.IdentifierRow,
  state: State,
): Promise<Settled> {
  const { workspaceId } = how;
  const neighbours = (await tieSql.tiesOf(tx, workspaceId, [row.key])).flatMap((tie) => tie.keys);
  await sql.setState(tx, workspaceId, row.key, state);
  const settled = await settle(tx, workspaceId, [...new Set([row.key, ...neighbours])], how.rules, () => {});
  await sql.saveGraph(tx, workspaceId, nextKey);
  await how.facts.recordMany(
    tx,
    settled.moves.map(({ from, person }) => ({
      type: 'people.moved',
      subject: String(person),
      data: { from, to: person },
    })),
  );
  return settled;
}
