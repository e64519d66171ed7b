import { createHash } from 'node:crypto';
import type { Collect } from '#modules/collect';
import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { computedTraits } from '../computed/computed-sql.ts';
import type { Conditions } from '../conditions.ts';
import {
  type ComputedTrait,
  compileSet,
  membersOfSeveralSql,
  membersSql,
  type Rule,
  type RuleContext,
  readRule,
} from '../rule/index.ts';
import { refuse } from '../schema.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import * as sql from '../sql.ts';
import { tableId } from './members-sql.ts';
import type { Compiled, Rules } from './open.ts';
import { SnapshotVersions } from './versions.ts';

interface RulesDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  people: People;
  collect: Collect;
  snapshots: Pick<Snapshots, 'current' | 'value'>;
  conditions: Pick<Conditions, 'kinds'>;
}

/** Reads and compiles rules with what they refer to in a workspace. */
export class WorkspaceRules implements Rules {
  readonly #deps: RulesDeps;
  #tableId: string | null = null;

  constructor(deps: RulesDeps) {
    this.#deps = deps;
  }

  /** With another segment's rule as it is about to become, where it is edited. */
  async context(
    workspaceId: number,
    edited?: { uuid: string; id: number; rule: unknown },
    versions?: ReadonlyMap<string, number>,
    /** A computed trait as it is about to become. */
    computed?: { name: string; definition: ComputedTrait },
  ): Promise<RuleContext> {
    const { pg, identity, people, collect, snapshots } = this.#deps;
    const [workspace, settings, stages, sources, current, { segments, lists, traits }] = await Promise.all([
      identity.workspaces.get(workspaceId),
      people.settings(workspaceId),
      collect.paths.map(workspaceId),
      collect.sources.list(workspaceId),
      versions ?? snapshots.current(workspaceId),
      pg.inWorkspace(workspaceId, async (tx) => ({
        segments: await sql.listSegments(tx, workspaceId, false),
        lists: await sql.lists(tx, workspaceId),
        traits: await computedTraits(tx, workspaceId),
      })),
    ]);
    const rules = new Map<string, unknown>();
    const known = edited ? [...segments.filter((one) => one.uuid !== edited.uuid), edited] : segments;
    for (const one of known) {
      rules.set(one.uuid, one.rule);
      rules.set(String(one.id), one.rule);
    }
    const listIds = new Set(lists.map((list) => list.id));
    const sourceIds = new Map(sources.map((source) => [source.uuid, source.id]));
    const definitions = new Map(traits.map((trait) => [trait.name, trait.definition]));
    if (computed) definitions.set(computed.name, computed.definition);
    return {
      timeZone: workspace?.timeZone ?? 'UTC',
      consentDefaults: settings.consent.defaults,
      stages,
      segments: (id) => (rules.get(String(id)) as Rule | undefined) ?? null,
      lists: (id) => listIds.has(id),
      computed: (name) => definitions.get(name) ?? null,
      kinds: this.#deps.conditions.kinds(),
      sources: (id) => sourceIds.get(id) ?? null,
      // Asked anew for each statement, since rounds change which version is the current one.
      snapshots(name) {
        const value = snapshots.value(name);
        return value && { kind: value.kind, version: current.get(name) ?? 0 };
      },
    };
  }

  async contextHash(workspaceId: number): Promise<string> {
    const { pg, ch } = this.#deps;
    const { timeZone, consentDefaults, stages } = await this.context(workspaceId);
    const lists = await pg.inWorkspace(workspaceId, (tx) => sql.lists(tx, workspaceId));
    // A database that was restored without memberships has another table.
    const parts = [timeZone, consentDefaults, stages, lists, (this.#tableId ??= await tableId(ch))];
    return createHash('sha1').update(JSON.stringify(parts)).digest('hex');
  }

  async fault(workspaceId: number, rule: unknown): Promise<string | null> {
    readRule(rule, await this.context(workspaceId));
    return null;
  }

  async compile(workspaceId: number, rules: readonly { id: number; rule: unknown }[]): Promise<Compiled> {
    const snapshots = new SnapshotVersions(await this.#deps.snapshots.current(workspaceId));
    const context = await this.context(workspaceId, undefined, snapshots.current);
    const read = rules.map(({ rule }, id) => ({ id, rule: readRule(rule, context) }));
    return {
      set: compileSet(read, context),
      snapshots,
      alone: (place) => compileSet(read.slice(place, place + 1), context),
      members: read.map(
        ({ rule }) =>
          (at) =>
            membersSql(rule, context, { workspaceId, ...at }),
      ),
      several: (places, at) =>
        membersOfSeveralSql(
          places.flatMap((place) => read[place]?.rule ?? []),
          context,
          { workspaceId, ...at },
        ),
      contextHash: await this.contextHash(workspaceId),
    };
  }
}

/**
 * The rule with other segments' rules and the definitions of computed traits in their places, so that it stands for
 * itself. Refuses circles.
 */
export function expanded(rule: unknown, context: RuleContext, inside: readonly string[] = []): unknown {
  if (typeof rule !== 'object' || rule === null) return rule;
  const json = rule as Record<string, unknown>;
  const parts = (name: 'all' | 'any') =>
    Array.isArray(json[name]) ? { [name]: json[name].map((part) => expanded(part, context, inside)) } : rule;
  if ('all' in json) return parts('all');
  if ('any' in json) return parts('any');
  if ('not' in json && Object.keys(json).length === 1) return { not: expanded(json.not, context, inside) };
  if ('trait' in json) return withDefinition(json, context);
  if (!('segment' in json)) return rule;
  const id = String(json.segment);
  if (inside.includes(id))
    throw refuse('bad-rule', `Segment ${id} is a member of itself, by whatever way round.`);
  return expanded(context.segments(id), context, [...inside, id]);
}

/** What is no definition is a value of snapshots, and stays as it is. */
function withDefinition({ trait, ...test }: Record<string, unknown>, context: RuleContext): unknown {
  const name = typeof trait === 'object' && trait !== null && 'computed' in trait ? trait.computed : null;
  const definition = typeof name === 'string' ? (context.computed?.(name) ?? null) : null;
  return definition === null ? { trait, ...test } : { computed: definition, ...test };
}

/** The names of the computed traits and values of snapshots that a rule asks for. */
export function computedIn(rule: unknown): Set<string> {
  if (Array.isArray(rule)) return new Set(rule.flatMap((part) => [...computedIn(part)]));
  if (typeof rule !== 'object' || rule === null) return new Set();
  const json = rule as Record<string, unknown>;
  const { trait, snapshot } = json;
  const named =
    typeof trait === 'object' && trait !== null && 'computed' in trait ? trait.computed : snapshot;
  if (typeof named === 'string') return new Set([named]);
  return computedIn(['all', 'any', 'not'].map((name) => json[name]));
}

/** Whether the rule asks for another segment. */
export function refersTo(rule: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof rule !== 'object' || rule === null) return false;
  if (Array.isArray(rule)) return rule.some((part) => refersTo(part, ids));
  const json = rule as Record<string, unknown>;
  if ('segment' in json && ids.has(String(json.segment))) return true;
  return ['all', 'any', 'not'].some((name) => refersTo(json[name], ids));
}
