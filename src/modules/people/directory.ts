import type { Tx } from '#platform/postgres';
import type { IdentityRules } from './identifier.ts';
import { anonymousKinds, normalize, parseIdentifier } from './identifier.ts';
import { nameIn } from './name.ts';
import { newestAnswer } from './node.ts';
import { keyOf, personId } from './person-id.ts';
import * as read from './read-sql.ts';
import type { PeopleSettings } from './schema.ts';
import { refuse } from './schema.ts';
import * as sql from './sql.ts';
import * as tieSql from './tie-sql.ts';
import type { StoredTraits, TraitEntry } from './trait.ts';
import { isNewer, restored, typeOf } from './traits.ts';

export interface PersonSummary {
  id: string;
  name: string | null;
  known: boolean;
  identifiers: string[];
  first_seen: string;
  traits?: Record<string, unknown>;
  last_seen?: string | null;
}

export interface TraitValue {
  value: unknown;
  type: string;
  time: string;
  from: string;
}

export interface ConsentState {
  granted: boolean;
  asked: boolean;
  time: string | null;
  source: string | null;
  text_version: string | null;
}

const stateNames = ['active', 'retired', 'over-limit', 'shared', 'blocked'] as const;
const outcomeNames = ['joined', 'conflict', 'apart', 'off'] as const;

export function labelOf(row: { kind: string; value: string }): string {
  return `${row.kind}:${row.value}`;
}

/** The identifiers of the person that an id leads to now, oldest first. Refuses `no-such-person`. */
export async function membersById(tx: Tx, workspaceId: number, id: string): Promise<sql.IdentifierRow[]> {
  const parts = keyOf(id);
  const [row] = parts ? await sql.findByKey(tx, workspaceId, [parts.key]) : [];
  if (!row || row.created_at.getTime() !== parts?.createdAtMs) {
    throw refuse('no-such-person', 'No person of this workspace has this id.');
  }
  return membersByKey(tx, workspaceId, row.person_key);
}

/** The same in short for many at once, by the ids that were asked for; what leads nowhere is left out. */
export async function summariesById(
  tx: Tx,
  workspaceId: number,
  ids: readonly string[],
  rules: IdentityRules,
): Promise<(PersonSummary & { asked: string })[]> {
  const asked = ids.flatMap((id) => {
    const parts = keyOf(id);
    return parts ? [{ id, ...parts }] : [];
  });
  const rows = await sql.findByKey(tx, workspaceId, [...new Set(asked.map(({ key }) => key))]);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const persons = [...new Set(rows.map((row) => row.person_key))];
  const found = await summarize(tx, workspaceId, persons, rules);
  const summaries = new Map(found.map((summary) => [keyOf(summary.id)?.key, summary]));
  return asked.flatMap(({ id, key, createdAtMs }) => {
    const row = byKey.get(key);
    const summary = row?.created_at.getTime() === createdAtMs ? summaries.get(row.person_key) : undefined;
    return summary ? [{ ...summary, asked: id }] : [];
  });
}

export async function membersByKey(
  tx: Tx,
  workspaceId: number,
  person: number,
): Promise<sql.IdentifierRow[]> {
  const rows = await sql.membersOf(tx, workspaceId, [person]);
  return rows.sort((a, b) => a.key - b.key);
}

/** The identifier as it stands, or null where nobody has it. Refuses `not-an-identifier`. */
export async function findIdentifier(
  tx: Tx,
  workspaceId: number,
  text: string,
  rules: IdentityRules,
): Promise<sql.IdentifierRow | null> {
  const raw = parseIdentifier(text);
  if (!raw)
    throw refuse('not-an-identifier', 'An identifier is written as kind:value, like email:ann@example.com.');
  // What is blocked today may have been accepted before; it must stay findable.
  const found = normalize(raw, { ...rules, blocked: new Set() });
  if ('ignored' in found) {
    throw refuse('not-an-identifier', `"${text.slice(0, 200)}" identifies nobody (${found.ignored.reason}).`);
  }
  const [row] = await sql.findByHash(tx, workspaceId, [sql.hash64(`${found.kind}\0${found.value}`)]);
  return row ?? null;
}

/** A person as it is stored, for lists. */
export interface StoredPerson {
  person: number;
  head: sql.IdentifierRow;
  /** Oldest first. */
  members: readonly sql.IdentifierRow[];
  traits: Record<string, TraitValue>;
  /** What each profile calls them, in the order of a list by name; oldest first. */
  names: readonly { key: number; name: string | null }[];
}

/** The keys of these identifiers, written as kind:value; null where a text is none, or nobody has it. */
export async function keysOf(
  tx: Tx,
  workspaceId: number,
  texts: readonly string[],
  rules: IdentityRules,
): Promise<(number | null)[]> {
  const hashes = texts.map((text) => hashOf(text, rules));
  const rows = await sql.findByHash(tx, workspaceId, [...new Set(hashes.filter((hash) => hash !== null))]);
  const byHash = new Map(rows.map((row) => [sql.hash64(`${row.kind}\0${row.value}`), row.key]));
  return hashes.map((hash) => (hash === null ? null : (byHash.get(hash) ?? null)));
}

/** What an identifier written as kind:value is found by; null for what can be none. */
export function hashOf(text: string, rules: IdentityRules): string | null {
  const raw = parseIdentifier(text);
  const found = raw && normalize(raw, { ...rules, blocked: new Set() });
  return found && !('ignored' in found) ? sql.hash64(`${found.kind}\0${found.value}`) : null;
}

/** People in the order of the keys given; a key that is nobody's any more is left out. */
export async function loadPeople(
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
): Promise<StoredPerson[]> {
  if (persons.length === 0) return [];
  const members = Map.groupBy(await sql.membersOf(tx, workspaceId, persons), (row) => row.person_key);
  const keys = [...members.values()].flat().map((row) => row.key);
  const rows = await read.profilesOf(tx, workspaceId, keys);
  const profiles = new Map(rows.map((p) => [p.key, p.traits]));
  const names = new Map(rows.map((p) => [p.key, p.name]));
  return persons.flatMap((person) => {
    const rows = members.get(person)?.sort((a, b) => a.key - b.key);
    const head = rows?.[0];
    if (!rows || !head) return [];
    return {
      person,
      head,
      members: rows,
      traits: mergeTraits(rows, profiles),
      names: rows.map(({ key }) => ({ key, name: names.get(key) ?? null })),
    };
  });
}

/** A person as a list shows them, with the traits that were asked for. */
export function summaryOf(
  { head, members, traits }: StoredPerson,
  rules: IdentityRules,
  wanted: readonly string[] = [],
): PersonSummary {
  return {
    id: personId(head.created_at, head.key),
    name: nameOf(traits),
    known: members.some((row) => !anonymousKinds.has(row.kind)),
    identifiers: strongestFirst(members, rules).slice(0, 4).map(labelOf),
    first_seen: head.created_at.toISOString(),
    ...(wanted.length > 0
      ? { traits: Object.fromEntries(wanted.map((name) => [name, own(traits, name)?.value ?? null])) }
      : {}),
  };
}

/** People in the order of the keys given, as lists show them. */
export async function summarize(
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
  rules: IdentityRules,
): Promise<PersonSummary[]> {
  return (await loadPeople(tx, workspaceId, persons)).map((person) => summaryOf(person, rules));
}

export function strongestFirst<T extends { kind: string; key: number }>(
  rows: readonly T[],
  rules: IdentityRules,
): T[] {
  const rank = (row: T) => rules.kinds.get(row.kind)?.rank ?? 1000;
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.key - b.key);
}

/** Traits over all identifiers of a person: for each name the newest by the event's own time. */
function mergeTraits(
  rows: readonly sql.IdentifierRow[],
  profiles: ReadonlyMap<number, StoredTraits>,
): Record<string, TraitValue> {
  const merged = new Map<string, { entry: TraitEntry; from: string }>();
  for (const row of rows) {
    for (const [name, entry] of Object.entries(profiles.get(row.key) ?? {})) {
      const known = merged.get(name);
      if (!known || isNewer(entry, known.entry)) merged.set(name, { entry, from: labelOf(row) });
    }
  }
  const traits: Record<string, TraitValue> = {};
  for (const [name, { entry, from }] of [...merged].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [value, at] = entry;
    const sent = restored(value);
    Object.defineProperty(traits, name, {
      value: { value: sent, type: typeOf(sent), time: new Date(at).toISOString(), from },
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return traits;
}

export function nameOf(traits: Readonly<Record<string, TraitValue>>): string | null {
  return nameIn((name) => own(traits, name)?.value);
}

function own(traits: Readonly<Record<string, TraitValue>>, name: string): TraitValue | undefined {
  return Object.hasOwn(traits, name) ? traits[name] : undefined;
}

/** What holds for each purpose: the newest answer over all identifiers, else the workspace's default; with its evidence. */
export function consentNow(
  members: readonly Pick<sql.IdentifierRow, 'consent'>[],
  rows: readonly read.ConsentRow[],
  settings: PeopleSettings,
): Record<string, ConsentState> {
  const state: Record<string, ConsentState> = {};
  for (const purpose of new Set([...settings.consent.purposes, ...rows.map((row) => row.purpose)])) {
    const [granted] = newestAnswer(members, purpose) ?? [];
    // An answer that was said again and again is written down the first time. The rows come oldest first.
    const evidence = rows.findLast((row) => row.purpose === purpose && row.granted === granted);
    state[purpose] = {
      granted: granted ?? settings.consent.defaults[purpose] ?? false,
      asked: granted !== undefined,
      time: evidence?.at.toISOString() ?? null,
      source: evidence?.source ?? null,
      text_version: evidence?.text_version ?? null,
    };
  }
  return state;
}

/** The whole person, without what upper modules know. */
export async function describe(
  tx: Tx,
  workspaceId: number,
  members: readonly sql.IdentifierRow[],
  rules: IdentityRules,
  settings: PeopleSettings,
) {
  const head = members[0];
  if (!head) throw new Error('A person has at least one identifier.');
  const keys = members.map((row) => row.key);
  const ties = await tieSql.tiesOf(tx, workspaceId, keys);
  const decisions = await read.decisionRowsOf(tx, workspaceId, keys);
  const others = [
    ...new Set([
      ...ties.flatMap((tie) => tie.keys),
      ...decisions.flatMap((d) => [...d.left_keys, ...d.right_keys]),
    ]),
  ];
  const labels = new Map(
    (await sql.findByKey(tx, workspaceId, others)).map((row) => [row.key, labelOf(row)]),
  );
  const profiles = new Map((await read.profilesOf(tx, workspaceId, keys)).map((p) => [p.key, p.traits]));
  const traits = mergeTraits(members, profiles);
  const named = (list: readonly number[], but: number) =>
    list.filter((key) => key !== but).map((key) => labels.get(key) ?? 'erased');
  return {
    id: personId(head.created_at, head.key),
    name: nameOf(traits),
    known: members.some((row) => !anonymousKinds.has(row.kind)),
    first_seen: head.created_at.toISOString(),
    identifiers: strongestFirst(members, rules).map((row) => ({
      kind: row.kind,
      value: row.value,
      state: stateNames[row.state],
      first_seen: row.created_at.toISOString(),
      evidence: [
        ...ties
          .filter((tie) => tie.keys.includes(row.key))
          .map((tie) => ({
            with: named(tie.keys, row.key),
            rule: tie.rule,
            // The others of the tie may be joined without an identifier that no longer links.
            outcome: (row.state >= 2 ? undefined : outcomeNames[tie.outcome]) ?? 'off',
            message_id: tie.message_id,
            time: tie.at.toISOString(),
            received: tie.received_at.toISOString(),
          })),
        ...decisions
          .filter((d) => d.left_keys.includes(row.key) || d.right_keys.includes(row.key))
          .map((d) => ({
            with: named(d.left_keys.includes(row.key) ? d.right_keys : d.left_keys, row.key),
            rule: `${d.kind} by ${d.actor}`,
            outcome: d.kind === 'join' ? 'joined' : d.kind === 'split' ? 'apart' : 'off',
            message_id: null,
            time: d.at.toISOString(),
            received: d.at.toISOString(),
          })),
      ],
    })),
    traits,
    consent: consentNow(members, await read.consentsOf(tx, workspaceId, keys), settings),
  };
}
