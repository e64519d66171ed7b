import type { Tx } from '#platform/postgres';
import { withoutValues } from '#platform/postgres';
import type { RuleSet, Statement } from '../rule/index.ts';
import type { Edition } from './edition.ts';
import * as sql from './persist-sql.ts';
import { fillRing, type RoundDeps } from './round.ts';
import type { SnapshotVersions } from './versions.ts';
import { Workspace } from './workspace.ts';

/** The rules of a workspace, read and compiled together. */
export interface Compiled {
  set: RuleSet;
  /** By place in the set. */
  members: readonly ((at: { position: number; now: number }) => Statement)[];
  /** Several of them by one reading: `person`, and in `rules` the places among those asked for. */
  several: (places: readonly number[], at: { position: number; now: number }) => Statement;
  /** One of them as a set of its own. */
  alone(place: number): RuleSet;
  snapshots: SnapshotVersions;
  contextHash: string;
}

export interface Rules {
  /** Of what the rules stand on beside themselves: time zone, defaults, the path, lists. */
  contextHash(workspaceId: number): Promise<string>;
  /** Why a rule cannot be evaluated, or null. */
  fault(workspaceId: number, rule: unknown): Promise<string | null>;
  compile(workspaceId: number, rules: readonly { id: number; rule: unknown }[]): Promise<Compiled>;
}

export interface Opened {
  workspace: Workspace;
  compiled: Compiled;
}

/**
 * Begins anew with a workspace: its rules as they are wanted now, nobody at hand. New and edited rules are registered
 * here, at the position and the moment that their fill is pinned to; everything later is for the live path. Counts as
 * a round, so that what the live path writes is younger than any fill.
 */
export async function openWorkspace(
  deps: RoundDeps & { rules: Rules; room: number },
  tx: Tx,
  id: number,
  o: { row: sql.RunnerRow; position: number; nowMs: number; now: Date; tick: number },
): Promise<Opened> {
  const { row, position, now } = o;
  const contextHash = await deps.rules.contextHash(id);
  if (row.context_hash !== null && row.context_hash !== contextHash) await sql.renewAll(tx, id, now);
  await sql.renewFilling(tx, id, now);
  const rows = await sql.aliveEditions(tx, id);
  const sound: sql.EditionRow[] = [];
  for (const one of rows) {
    let fault: string | null;
    try {
      fault = await deps.rules.fault(id, one.rule);
    } catch (error) {
      fault = withoutValues(error);
    }
    if (fault === null) sound.push(one);
    if (fault !== one.error) await sql.saveEditionError(tx, id, one.id, fault);
  }
  const nowMs = Math.max(o.nowMs, row.evaluated_ms);
  const round = row.round + 1;
  const waiting = sound.filter((one) => one.state === 'waiting').map((one) => one.id);
  await sql.beginFilling(tx, id, waiting, { position, nowMs, version: round });
  const compiled = await deps.rules.compile(id, sound);
  const editions = sound.map(
    (one): Edition => ({
      id: one.id,
      segmentId: one.segment_id,
      state: one.state === 'waiting' ? 'filling' : 'live',
      known: new Set(),
      error: null,
    }),
  );
  const seenKey = await deps.people.changes.lastKey(tx, id);
  // What was due when the last process ended is due still.
  const evaluatedMs = row.evaluated_ms === 0 ? nowMs : row.evaluated_ms;
  const backfillFrom = row.backfill_from;
  const { owner, leaseMs } = deps;
  await sql.saveRunner(tx, id, { round, evaluatedMs, backfillFrom, owner, leaseMs });
  await sql.saveContextHash(tx, id, contextHash);
  const workspace = new Workspace({
    id,
    set: compiled.set,
    editions,
    room: deps.room,
    setVersion: row.set_version,
    contextHash,
    position,
    round,
    nowMs,
    timersFrom: evaluatedMs,
    seenKey,
    backfillFrom,
    openedTick: o.tick,
  });
  await fillRing(deps, tx, workspace);
  return { workspace, compiled };
}
