import type { ClickHouse } from '#platform/clickhouse';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import * as members from './members-sql.ts';
import type { Opened } from './open.ts';
import * as sql from './persist-sql.ts';

export interface JobDeps {
  pg: Postgres;
  ch: ClickHouse;
  log: Log;
  lookaheadMs: number;
  /** Resolves when ClickHouse has everything that was accepted, and everything that is known of people. */
  settled(workspaceId: number): Promise<void>;
}

/** How many are brought to hand in one piece. */
const pageOfPeople = 2_000;

/**
 * What goes on beside the rounds after a workspace was opened: the moments of everybody, new editions filled, and the
 * newest people brought to hand. Ends early, without effect, as soon as the workspace is no longer `alive`.
 */
export async function workBeside(deps: JobDeps, opened: Opened, alive: () => boolean): Promise<void> {
  const { workspace } = opened;
  if (workspace.editions.length === 0) {
    workspace.timersFrom = null;
    return;
  }
  await deps.settled(workspace.id);
  if (!alive()) return;
  await findTimers(deps, opened, alive);
  await fill(deps, opened, alive);
  await warmUp(deps, opened, alive);
}

async function findTimers(deps: JobDeps, { workspace }: Opened, alive: () => boolean): Promise<void> {
  const { set, id, timersFrom } = workspace;
  if (timersFrom === null) return;
  const query = set.timersSql({ workspaceId: id, position: workspace.openedAt, now: timersFrom });
  let many = 0;
  for await (const row of deps.ch.queryStream<{ person: string | number; due: string | number }>(
    query.sql,
    query.params,
  )) {
    const person = Number(row.person);
    const due = Number(row.due);
    // Spread, so that a midnight is not prepared in one moment.
    const early = deps.lookaheadMs * (0.4 + 0.6 * ((many++ % 1000) / 1000));
    workspace.heap.push(Math.floor(due - early), person);
    if (many % 10_000 === 0 && !alive()) return;
  }
  workspace.timersFrom = null;
}

async function fill(deps: JobDeps, { workspace, compiled }: Opened, alive: () => boolean): Promise<void> {
  const { id } = workspace;
  for (const [place, edition] of workspace.editions.entries()) {
    if (edition.state !== 'filling' || edition.error !== null || !alive()) continue;
    const at = { position: workspace.openedAt, now: workspace.openedMs };
    try {
      await deps.pg.inWorkspace(id, (tx) => sql.saveProgress(tx, id, edition.id, 0.05));
      const query = compiled.members[place]?.(at);
      if (!query) throw new Error('The rule has no statement.');
      const written = { workspaceId: id, edition: edition.id, nowMs: at.now, version: workspace.openedRound };
      await members.fillMembers(deps.ch, { ...written, members: query });
      if (!alive()) return;
      for await (const person of members.membersOf(deps.ch, id, edition.id))
        workspace.markMember(edition, place, person);
      if (!alive()) return;
      workspace.filled.push(edition);
    } catch (error) {
      edition.error = withoutValues(error);
      deps.log.warn(
        { workspaceId: id, edition: edition.id, reason: edition.error },
        'a segment was not filled',
      );
      const { error: reason } = edition;
      await deps.pg.inWorkspace(id, (tx) => sql.saveEditionError(tx, id, edition.id, reason));
    }
  }
}

async function warmUp(deps: JobDeps, { workspace }: Opened, alive: () => boolean): Promise<void> {
  let before = Number.MAX_SAFE_INTEGER;
  while (alive() && !workspace.memory.isFull) {
    const page = await members.newestPersons(deps.ch, workspace.id, before, pageOfPeople);
    const last = page.at(-1);
    if (last === undefined) break;
    before = last;
    workspace.errands.push(
      ...page
        .filter((person) => !workspace.memory.person(person))
        .map((person) => ({ person, evaluate: false })),
    );
    await workspace.fewErrands(pageOfPeople / 4);
  }
  workspace.warm = true;
}
