import type { Postgres, Tx } from '#platform/postgres';
import * as sql from './changes-sql.ts';
import { type Answers, newestAnswer } from './node.ts';
import * as peopleSql from './sql.ts';
import type { StoredTraits, TraitEntry } from './trait.ts';
import { isNewer, restored } from './traits.ts';

/** What is known of a person beside what happened: all that rules about people can ask of Postgres. */
export interface PersonFacts {
  person: number;
  /** The person's identifiers, oldest first. */
  keys: number[];
  /** When the oldest identifier was first accepted, ms. */
  since: number;
  traits: Record<string, unknown>;
  consent: Answers;
}

/**
 * Tells upper modules whose person, traits or consent changed, by keys of identifiers. A follower hears of everything
 * that is committed after it was registered, at least once, and takes it within the transaction of what it makes of it.
 */
export class Changes {
  readonly #pg: Postgres;

  constructor(pg: Postgres) {
    this.#pg = pg;
  }

  register(name: string): Promise<void> {
    return this.#pg.asSystem((tx) => sql.insertPersonFollower(tx, name));
  }

  /** Workspaces in which the follower has something before it. */
  waiting(name: string): Promise<number[]> {
    return this.#pg.asSystem((tx) => sql.workspacesWaiting(tx, name));
  }

  /** Keys that changed, each once; at most `most` statements' worth. Taken when the transaction commits. */
  async take(tx: Tx, workspaceId: number, name: string, most: number): Promise<number[]> {
    const rows = await sql.takeChanges(tx, workspaceId, name, most);
    return [...new Set(rows.flatMap((row) => row.keys))];
  }

  /** Tells one follower of keys of which something else changed that it looks at. */
  note(tx: Tx, workspaceId: number, name: string, keys: readonly number[]): Promise<void> {
    return keys.length === 0 ? Promise.resolve() : sql.insertChanges(tx, workspaceId, name, keys);
  }

  /** No identifier of the workspace has a greater key; those to come will. */
  lastKey(tx: Tx, workspaceId: number): Promise<number> {
    return sql.lastKey(tx, workspaceId);
  }

  /** Whose these identifiers are now, null where they were erased. */
  async personsOf(tx: Tx, workspaceId: number, keys: readonly number[]): Promise<Map<number, number | null>> {
    const rows = keys.length === 0 ? [] : await peopleSql.findByKey(tx, workspaceId, keys);
    const found = new Map(rows.map((row) => [row.key, row.person_key]));
    return new Map(keys.map((key) => [key, found.get(key) ?? null]));
  }

  /** The persons with these keys as they stand now; who is gone is left out. */
  async facts(tx: Tx, workspaceId: number, persons: readonly number[]): Promise<PersonFacts[]> {
    if (persons.length === 0) return [];
    const members = await peopleSql.membersOf(tx, workspaceId, persons);
    const changed = await sql.readChanged(
      tx,
      workspaceId,
      members.map((row) => row.key),
    );
    const traits = new Map(changed.map((row) => [row.key, row.traits]));
    const byPerson = Map.groupBy(members, (row) => row.person_key);
    return [...byPerson].map(([person, rows]) => {
      rows.sort((one, other) => one.key - other.key);
      return {
        person,
        keys: rows.map((row) => row.key),
        since: rows[0]?.created_at.getTime() ?? 0,
        traits: newest(rows.map((row) => traits.get(row.key) ?? null)),
        consent: answersOf(rows),
      };
    });
  }
}

/** For each name the newest value over all identifiers, as it was sent. */
function newest(profiles: readonly (StoredTraits | null)[]): Record<string, unknown> {
  const merged = new Map<string, TraitEntry>();
  for (const profile of profiles) {
    for (const [name, entry] of Object.entries(profile ?? {})) {
      const known = merged.get(name);
      if (!known || isNewer(entry, known)) merged.set(name, entry);
    }
  }
  return Object.fromEntries([...merged].map(([name, [value]]) => [name, restored(value)]));
}

function answersOf(rows: readonly { consent: Answers | null }[]): Answers {
  const purposes = new Set(rows.flatMap((row) => Object.keys(row.consent ?? {})));
  return Object.fromEntries(
    [...purposes].flatMap((purpose) => {
      const answer = newestAnswer(rows, purpose);
      return answer ? [[purpose, answer] as const] : [];
    }),
  );
}
