import type { PersonFacts } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import type { Conditions } from '../conditions.ts';
import type { Wants } from '../rule/index.ts';
import * as snapshotSql from '../snapshots/snapshots-sql.ts';
import * as sql from '../sql.ts';
import type { Extra, Extras } from './load.ts';

const nothing: Extra = { lists: [], snapshots: {} };

interface ExtrasDeps {
  pg: Postgres;
  ch: ClickHouse;
  /** The versions that the states of a workspace are made of. */
  versions(workspaceId: number): Promise<ReadonlyMap<string, number>>;
  conditions: Pick<Conditions, 'factsOf'>;
}

/** Lists, values of snapshots, and what other modules' conditions look at; asked only where some rule wants it. */
export class PersonExtras implements Extras {
  readonly #deps: ExtrasDeps;

  constructor(deps: ExtrasDeps) {
    this.#deps = deps;
  }

  async of(
    workspaceId: number,
    facts: readonly PersonFacts[],
    wants: Wants,
  ): Promise<(facts: PersonFacts) => Extra> {
    const isAsked = wants.lists || wants.snapshots.length + wants.more.length > 0;
    if (facts.length === 0 || !isAsked) return () => nothing;
    const { pg, ch } = this.#deps;
    const lists = new Map<number, Set<number>>();
    const snapshots = new Map<number, Record<string, string>>();
    if (wants.lists) {
      const keys = facts.flatMap((one) => one.keys);
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.listsOfKeys(tx, workspaceId, keys));
      for (const { list, key } of rows) lists.set(key, (lists.get(key) ?? new Set()).add(list));
    }
    if (wants.snapshots.length > 0) {
      const all = await this.#deps.versions(workspaceId);
      const versions = new Map([...all].filter(([name]) => wants.snapshots.includes(name)));
      const persons = facts.map((one) => one.person);
      for (const row of await snapshotSql.valuesOf(ch, workspaceId, persons, versions)) {
        const known = snapshots.get(row.person) ?? {};
        known[row.name] = row.value;
        snapshots.set(row.person, known);
      }
    }
    const more = await this.#deps.conditions.factsOf(workspaceId, wants.more, facts);
    return ({ person, keys }) => ({
      lists: [...new Set(keys.flatMap((key) => [...(lists.get(key) ?? [])]))],
      snapshots: snapshots.get(person) ?? {},
      ...(wants.more.length > 0 && { more: more.get(person) ?? {} }),
    });
  }
}
