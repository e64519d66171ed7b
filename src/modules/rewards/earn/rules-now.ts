import { DateTime } from 'luxon';
import type { Collect } from '#modules/collect';
import type { Identity } from '#modules/identity';
import type { Segments } from '#modules/segments';
import type { Postgres } from '#platform/postgres';
import { type CompileContext, type CompiledRule, compileRule } from '../rule/compile.ts';
import { allVersions } from '../rule-sql.ts';
import { type RuleBody, refuse } from '../schema.ts';

/** One rule with all its versions, the oldest first. */
export interface RunningRule {
  id: number;
  uuid: string;
  programme: string;
  paused: boolean;
  versions: { version: number; since: number; rule: CompiledRule }[];
}

export interface RulesNow {
  rules: readonly RunningRule[];
  /** Days since 1970 in the zone of the workspace. */
  dayOf(ms: number): number;
  timeZone: string;
}

/** The rules of workspaces, compiled; asked anew at every step, compiled anew where something changed. */
export class Rules {
  readonly #deps: { pg: Postgres; identity: Identity; collect: Collect; segments: Segments };
  readonly #memory = new Map<number, { hash: string; now: RulesNow }>();

  constructor(deps: { pg: Postgres; identity: Identity; collect: Collect; segments: Segments }) {
    this.#deps = deps;
  }

  async now(workspaceId: number): Promise<RulesNow> {
    const { pg, identity } = this.#deps;
    const versions = await pg.inWorkspace(workspaceId, (tx) => allVersions(tx, workspaceId));
    const timeZone = (await identity.workspaces.get(workspaceId))?.timeZone ?? 'UTC';
    const hash = JSON.stringify([
      timeZone,
      versions.map((v) => [v.rule_id, v.version, v.paused_at !== null]),
    ]);
    const known = this.#memory.get(workspaceId);
    if (known?.hash === hash) return known.now;
    const context = versions.length === 0 ? null : await this.context(workspaceId);
    const rules = [...Map.groupBy(versions, (v) => v.rule_id)].flatMap(([id, of]) => {
      const [first] = of;
      if (!first || !context) return [];
      const compiled = of.flatMap(({ version, since, body }) => {
        const rule = readable(body, context);
        return rule ? [{ version, since: since.getTime(), rule }] : [];
      });
      const { uuid, programme, paused_at } = first;
      return [{ id, uuid, programme, paused: paused_at !== null, versions: compiled }];
    });
    const now: RulesNow = { rules, timeZone, dayOf: daysOf(timeZone) };
    this.#memory.set(workspaceId, { hash, now });
    return now;
  }

  async context(workspaceId: number): Promise<CompileContext> {
    const { identity, collect, segments } = this.#deps;
    const [workspace, sources, all] = await Promise.all([
      identity.workspaces.get(workspaceId),
      collect.sources.list(workspaceId),
      segments.list(workspaceId),
    ]);
    const timeZone = workspace?.timeZone ?? 'UTC';
    const sourceIds = new Map(sources.map((source) => [source.uuid, source.id]));
    const segmentIds = new Set(all.map((segment) => segment.uuid));
    return {
      timeZone,
      sources: (id) => sourceIds.get(id) ?? null,
      segments: (id) => segmentIds.has(id),
      weekday: (ms) => DateTime.fromMillis(ms, { zone: timeZone }).weekday,
    };
  }

  /** Refuses `bad-rule`. */
  async compile(workspaceId: number, body: RuleBody): Promise<CompiledRule> {
    try {
      return compileRule(body, await this.context(workspaceId));
    } catch (error) {
      if (error instanceof Error && error.name === 'Refusal') throw refuse('bad-rule', error.message);
      throw error;
    }
  }
}

/** A segment that was archived since pays nobody; the other versions go on. */
function readable(body: RuleBody, context: CompileContext): CompiledRule | null {
  try {
    return compileRule(body, context);
  } catch {
    return null;
  }
}

export function daysOf(timeZone: string): (ms: number) => number {
  return (ms) => {
    const local = DateTime.fromMillis(ms, { zone: timeZone });
    return Math.floor(Date.UTC(local.year, local.month - 1, local.day) / 86_400_000);
  };
}

/** The version that held when it happened; the first one for what was before it. */
export function versionAt(rule: RunningRule, atMs: number): RunningRule['versions'][number] | undefined {
  return rule.versions.findLast((one) => one.since <= atMs) ?? rule.versions[0];
}
