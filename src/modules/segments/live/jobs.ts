import type { ClickHouse } from '#platform/clickhouse';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import { Unavailable } from '#platform/refusal';
import type { RuleSet } from '../rule/index.ts';
import type { Edition } from './edition.ts';
import { soonMs } from './evaluation.ts';
import * as members from './members-sql.ts';
import type { Opened } from './open.ts';
import * as sql from './persist-sql.ts';
import type { Waiting } from './waiting.ts';
import type { Workspace } from './workspace.ts';

export interface JobDeps {
  pg: Postgres;
  ch: ClickHouse;
  log: Log;
  waiting: Waiting;
  lookaheadMs: number;
  /** Resolves when ClickHouse has everything that was accepted, and everything that is known of people. */
  settled(workspaceId: number): Promise<void>;
}

/** How many are brought to hand in one piece. */
const pageOfPeople = 10_000;
/** Of more people at hand, all members are read instead. */
const mostAskedAbout = 50_000;
/** Editions by one reading of the events. */
const filledAtOnce = 25;

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

async function findTimers(deps: JobDeps, opened: Opened, alive: () => boolean): Promise<void> {
  const { workspace, compiled } = opened;
  const { set, id, timersFrom } = workspace;
  if (timersFrom === null) return;
  try {
    await findTimersOf(deps, opened, set, timersFrom, alive);
  } catch (error) {
    if (error instanceof Unavailable || !alive()) throw error;
    // One of them is at fault, and shall not keep the others back.
    deps.log.warn({ reason: withoutValues(error) }, 'moments of segments are found one by one');
    for (const [place, edition] of workspace.editions.entries()) {
      if (edition.error !== null) continue;
      try {
        await findTimersOf(deps, opened, compiled.alone(place), timersFrom, alive);
      } catch (fault) {
        if (fault instanceof Unavailable) throw fault;
        await giveUp(deps, workspace, edition, fault);
      }
    }
  }
  if (!alive()) return;
  // What was written down may have become wrong since; it is looked at before its moment. In this order: what is carried
  // meanwhile is seen twice.
  for (const row of await deps.pg.inWorkspace(id, (tx) => deps.waiting.of(tx, id)))
    if (row.until_ms !== 0) workspace.heap.push(row.until_ms - soonMs, row.person);
  for await (const { person, until } of members.nearMoments(deps.ch, id))
    workspace.heap.push(until - soonMs, person);
  workspace.timersFrom = null;
}

async function findTimersOf(
  deps: JobDeps,
  { workspace }: Opened,
  set: RuleSet,
  now: number,
  alive: () => boolean,
): Promise<void> {
  const query = set.timersSql({ workspaceId: workspace.id, position: workspace.openedAt, now });
  let many = 0;
  const rows = deps.ch.queryStream<{ person: string | number; due: string | number }>(
    query.sql,
    query.params,
  );
  for await (const row of rows) {
    // Spread, so that a midnight is not prepared in one moment.
    const early = deps.lookaheadMs * (0.4 + 0.6 * ((many++ % 1000) / 1000));
    workspace.heap.push(Math.floor(Number(row.due) - early), Number(row.person));
    if (many % 10_000 === 0 && !alive()) return;
  }
}

/** The edition is not evaluated any more; the others go on. */
async function giveUp(deps: JobDeps, workspace: Workspace, edition: Edition, error: unknown): Promise<void> {
  const reason = withoutValues(error);
  edition.error = reason;
  deps.log.warn({ workspaceId: workspace.id, edition: edition.id, reason }, 'a segment is given up');
  await deps.pg.inWorkspace(workspace.id, (tx) => sql.saveEditionError(tx, workspace.id, edition.id, reason));
}

async function fill(deps: JobDeps, opened: Opened, alive: () => boolean): Promise<void> {
  const { editions } = opened.workspace;
  const open = editions.flatMap((edition, place) => (edition.state === 'filling' ? [place] : []));
  for (let i = 0; i < open.length && alive(); i += filledAtOnce) {
    const places = open.slice(i, i + filledAtOnce);
    try {
      await fillSome(deps, opened, places, alive);
    } catch (error) {
      // One of them is at fault, and shall not keep the others back.
      deps.log.warn({ reason: withoutValues(error) }, 'segments are filled one by one');
      for (const place of places) await fillOne(deps, opened, place, alive);
    }
  }
}

async function fillOne(deps: JobDeps, opened: Opened, place: number, alive: () => boolean): Promise<void> {
  const { workspace } = opened;
  const edition = workspace.editions[place];
  if (!edition || !alive()) return;
  try {
    await fillSome(deps, opened, [place], alive);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    await giveUp(deps, workspace, edition, error);
  }
}

async function fillSome(
  deps: JobDeps,
  { workspace, compiled }: Opened,
  places: readonly number[],
  alive: () => boolean,
): Promise<void> {
  const { id } = workspace;
  const byId = new Map(
    places.flatMap((place) => {
      const edition = workspace.editions[place];
      return edition && edition.error === null ? [[edition.id, { edition, place }] as const] : [];
    }),
  );
  const editions = [...byId.keys()];
  if (editions.length === 0) return;
  const at = { position: workspace.openedAt, now: workspace.openedMs };
  await deps.pg.inWorkspace(id, (tx) => sql.saveProgress(tx, id, editions, 0.1));
  const query = compiled.several(
    [...byId.values()].map(({ place }) => place),
    at,
  );
  const written = { workspaceId: id, editions, nowMs: at.now, version: workspace.openedRound };
  await members.fillMembers(deps.ch, { ...written, members: query });
  if (!alive()) return;
  for await (const { edition, person } of membersAtHand(deps, workspace, editions)) {
    const filled = byId.get(edition);
    if (filled) workspace.markMember(filled.edition, filled.place, person);
  }
  if (alive()) workspace.filled.push(...[...byId.values()].map(({ edition }) => edition));
}

/** Who of those at hand is in: where they are few, only they are asked about, and not millions read past. */
async function* membersAtHand(
  { ch }: JobDeps,
  { id, memory }: Workspace,
  editions: readonly number[],
): AsyncGenerator<{ edition: number; person: number }> {
  if (memory.size > mostAskedAbout) {
    yield* members.membersOf(ch, id, editions);
    return;
  }
  const persons = [...memory.keys()];
  for (let i = 0; i < persons.length; i += pageOfPeople) {
    for (const row of await members.storedOf(ch, id, persons.slice(i, i + pageOfPeople), editions))
      if (row.is_in) yield row;
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
        .filter((person) => !workspace.memory.has(person))
        .map((person) => ({ person, evaluate: false })),
    );
    await workspace.fewErrands(pageOfPeople / 2);
  }
  workspace.warm = true;
}
