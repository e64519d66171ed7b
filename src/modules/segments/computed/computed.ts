import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { raiseSetVersion } from '../live/persist-sql.ts';
import { computedIn, expanded, type WorkspaceRules } from '../live/rules.ts';
import {
  type ComputedTrait,
  type JsonValue,
  membersSql,
  readRule,
  valueOfNobody,
  valuesSql,
} from '../rule/index.ts';
import { refuse } from '../schema.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import * as segmentSql from '../sql.ts';
import * as sql from './computed-sql.ts';

interface ComputedDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  collect: Collect;
  clock: Clock;
  snapshots: Snapshots;
  rules: WorkspaceRules;
  wake(tx: Tx, workspaceId: number): void;
}

/** A value of a person by its name; null where there is none. */
export type Values = Record<string, JsonValue>;

/** Traits that are worked out from events: definitions with names, of which rules, profiles and exports make use. */
export class ComputedTraits {
  readonly #deps: ComputedDeps;

  constructor(deps: ComputedDeps) {
    this.#deps = deps;
  }

  /** With the segments that ask for each. */
  async list(
    workspaceId: number,
  ): Promise<{ rows: sql.ComputedRow[]; usedBy: Map<string, { id: string; name: string }[]> }> {
    return this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
      const rows = await sql.computedTraits(tx, workspaceId);
      const usedBy = new Map<string, { id: string; name: string }[]>();
      for (const { uuid, name, rule } of await segmentSql.listSegments(tx, workspaceId, false)) {
        for (const used of computedIn(rule))
          usedBy.set(used, [...(usedBy.get(used) ?? []), { id: uuid, name }]);
      }
      return { rows, usedBy };
    });
  }

  /** Refuses `bad-rule` and `name-taken`. */
  async create(by: Principal, c: { name: string; definition: unknown }): Promise<void> {
    const { pg, identity, clock, snapshots } = this.#deps;
    const { workspaceId } = by;
    const definition = await this.#read(workspaceId, c.definition);
    const taken = () => refuse('name-taken', `There is a computed trait named "${c.name}" already.`);
    if (snapshots.value(c.name)) throw taken();
    await pg.inWorkspace(workspaceId, async (tx) => {
      const row = { name: c.name, definition, now: clock.now() };
      if (!(await sql.insertComputed(tx, workspaceId, row))) throw taken();
      await identity.audit(tx, by, 'segments.computed-created', `computed:${c.name}`);
    });
  }

  /** Segments that ask for it are filled anew beside what they are. Refuses `bad-rule`, `no-such-computed`. */
  async edit(by: Principal, name: string, json: unknown): Promise<void> {
    const { pg, identity, clock, rules, wake } = this.#deps;
    const { workspaceId } = by;
    const definition = await this.#read(workspaceId, json);
    const [before, after] = await Promise.all([
      rules.context(workspaceId),
      rules.context(workspaceId, undefined, undefined, { name, definition }),
    ]);
    await pg.inWorkspace(workspaceId, async (tx) => {
      await this.#find(tx, workspaceId, name);
      const now = clock.now();
      await sql.updateComputed(tx, workspaceId, { name, definition, now });
      await identity.audit(tx, by, 'segments.computed-edited', `computed:${name}`);
      let touched = false;
      for (const segment of await segmentSql.listSegments(tx, workspaceId, false)) {
        const rule = expanded(segment.rule, after);
        if (JSON.stringify(rule) === JSON.stringify(expanded(segment.rule, before))) continue;
        // A rule that tests it as something that it is no more is told before anything is changed.
        readRule(segment.rule, after);
        await segmentSql.insertEdition(tx, workspaceId, segment.id, rule, now);
        touched = true;
      }
      if (!touched) return;
      await raiseSetVersion(tx, workspaceId);
      wake(tx, workspaceId);
    });
  }

  /** Refuses `in-use`, `no-such-computed`. */
  async remove(by: Principal, name: string): Promise<void> {
    const { pg, identity } = this.#deps;
    const { workspaceId } = by;
    await pg.inWorkspace(workspaceId, async (tx) => {
      await this.#find(tx, workspaceId, name);
      const all = await segmentSql.listSegments(tx, workspaceId, false);
      const user = all.find(({ rule }) => computedIn(rule).has(name));
      if (user) throw refuse('in-use', `The segment "${user.name}" asks for it; edit that one first.`);
      await sql.deleteComputed(tx, workspaceId, name);
      await identity.audit(tx, by, 'segments.computed-removed', `computed:${name}`);
    });
  }

  /** The names of everything that can be told of a person: of definitions, and of snapshots that were made. */
  async names(workspaceId: number): Promise<string[]> {
    const { pg, snapshots } = this.#deps;
    const rows = await pg.inWorkspace(workspaceId, (tx) => sql.computedTraits(tx, workspaceId));
    const made = (await snapshots.current(workspaceId)).keys();
    return [...rows.map((row) => row.name), ...[...made].filter((name) => snapshots.value(name))];
  }

  /** What everything of these names is for these people as of now; persons by their keys. */
  async of(workspaceId: number, persons: readonly number[]): Promise<Map<number, Values>> {
    const { pg, ch, collect, clock, rules, snapshots } = this.#deps;
    const found = new Map<number, Values>(persons.map((person) => [person, {}]));
    if (persons.length === 0) return found;
    const rows = await pg.inWorkspace(workspaceId, (tx) => sql.computedTraits(tx, workspaceId));
    if (rows.length > 0) {
      await collect.settled(workspaceId);
      const definitions = rows.map((row) => row.definition);
      const position = Number.MAX_SAFE_INTEGER;
      const at = { workspaceId, persons, position, now: clock.ms() };
      const context = await rules.context(workspaceId);
      const values = await sql.valuesFound(ch, valuesSql(definitions, context, at));
      for (const [person, about] of found) {
        rows.forEach(({ name, definition }, i) => {
          const text = values.get(person)?.[i];
          about[name] = text === undefined ? valueOfNobody(definition) : jsonOf(text);
        });
      }
    }
    for (const [person, values] of await snapshots.of(workspaceId, persons)) {
      const about = found.get(person);
      for (const [name, text] of values) {
        const kind = snapshots.value(name)?.kind;
        if (about && kind) about[name] = kind === 'number' ? Number(text) : text;
      }
    }
    return found;
  }

  /** Sound in the workspace as it is, which a rule that tests it tells. */
  async #read(workspaceId: number, definition: unknown): Promise<ComputedTrait> {
    const context = await this.#deps.rules.context(workspaceId);
    const rule = readRule({ computed: definition, exists: true }, context);
    membersSql(rule, context, { workspaceId, position: 0, now: 0 });
    return definition as ComputedTrait;
  }

  async #find(tx: Tx, workspaceId: number, name: string): Promise<sql.ComputedRow> {
    const row = (await sql.computedTraits(tx, workspaceId)).find((one) => one.name === name);
    if (!row) throw refuse('no-such-computed', 'No computed trait of this workspace has this name.');
    return row;
  }
}

const jsonOf = (text: string): JsonValue => (text === '' ? null : (JSON.parse(text) as JsonValue));
