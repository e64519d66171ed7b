import type { LogReader } from '#modules/collect';
import type { People, PersonFacts } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import type { Entry, Facts, JsonValue, LoadedRow, Wants } from '../rule/index.ts';
import * as members from './members-sql.ts';
import type { Stored } from './persist-sql.ts';
import { type Person, setIn } from './person.ts';
import type { Waiting } from './waiting.ts';
import type { Workspace } from './workspace.ts';

export interface LoadDeps {
  ch: ClickHouse;
  people: People;
  reader: LogReader;
  waiting: Waiting;
  /** What lists and snapshots say of these people; by their keys and heads. */
  extras: Extras;
}

export type Extra = Pick<Facts, 'lists' | 'snapshots' | 'more'>;

export interface Extras {
  of(
    workspaceId: number,
    facts: readonly PersonFacts[],
    wants: Wants,
  ): Promise<(facts: PersonFacts) => Extra>;
}

/**
 * States of people as of the workspace's position: what Postgres says of them now, their events from ClickHouse, those
 * that ClickHouse lacks from the ring, and what is written about their membership. Changes nothing that is remembered.
 */
export async function loadPersons(
  deps: LoadDeps,
  tx: Tx,
  workspace: Workspace,
  facts: readonly PersonFacts[],
): Promise<Person[]> {
  if (facts.length === 0) return [];
  const { set, position, seenKey, ring } = workspace;
  const persons = new Map<number, Person>();
  const byKey = new Map<number, Person>();
  const extra = await deps.extras.of(workspace.id, facts, set.wants);
  for (const one of facts) {
    const state = set.newPerson(one.person);
    set.setFacts(state, factsOf(one, extra(one)));
    const person = workspace.memory.newPerson(one.person, one.keys, state);
    persons.set(one.person, person);
    for (const key of one.keys) byKey.set(key, person);
  }
  // Identifiers that nobody has met have no events before the position, and nothing is written of them.
  const old = [...byKey.keys()].filter((key) => key <= seenKey);
  const written = old.length === 0 ? position : await deps.reader.written(tx, workspace.id);
  const add = (key: number, entry: Entry) => {
    const person = byKey.get(key);
    if (!person) return;
    set.add(person.state, entry);
  };
  if (old.length > 0) {
    const upTo = Math.min(written, position);
    const query = set.loadSql({ workspaceId: workspace.id, keys: old, position: upTo });
    for await (const row of deps.ch.queryStream<LoadedRow & { key: string }>(query.sql, query.params)) {
      const entry = set.entryOfLoaded(row);
      if (entry) add(Number(row.key), entry);
    }
    ring.after(upTo, byKey, add);
  }
  const heads = [...persons.keys()].filter((key) => key <= seenKey);
  for (const row of await storedOf(deps, tx, workspace.id, heads)) {
    const person = persons.get(row.person);
    if (person) takeStored(workspace, person, row);
  }
  return [...persons.values()];
}

/** Values arrived as JSON, so they are. */
export function factsOf({ traits, consent }: PersonFacts, extra: Extra): Facts {
  return { traits: traits as Record<string, JsonValue>, consent, ...extra };
}

/** What is written of these persons' membership, of each edition the newest. */
export async function storedOf(
  { ch, waiting: changes }: Pick<LoadDeps, 'ch' | 'waiting'>,
  tx: Tx,
  workspaceId: number,
  persons: readonly number[],
): Promise<Iterable<Stored>> {
  if (persons.length === 0) return [];
  // In this order: what is carried meanwhile is seen twice, and never missed.
  const waiting = await changes.ofPersons(tx, workspaceId, persons);
  const newest = new Map<string, Stored>();
  for (const row of [...(await members.storedOf(ch, workspaceId, persons)), ...waiting]) {
    const name = `${row.edition} ${row.person}`;
    if ((newest.get(name)?.version ?? -1) <= row.version) newest.set(name, row);
  }
  return newest.values();
}

function takeStored(workspace: Workspace, person: Person, row: Stored): void {
  const place = workspace.editions.findIndex((edition) => edition.id === row.edition);
  if (place < 0) return;
  setIn(person, place, row.is_in);
  if (row.until_ms !== 0) (person.near ??= new Map()).set(place, row.until_ms);
}
