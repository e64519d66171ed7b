import type { ClickHouse } from '#platform/clickhouse';
import { type Clock, Rests } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Log } from '#platform/log';
import { type Postgres, type Tx, withoutValues } from '#platform/postgres';
import * as snapshots from '../snapshots/snapshots-sql.ts';
import { Gathering } from './gathering.ts';
import { workBeside } from './jobs.ts';
import * as members from './members-sql.ts';
import { moveSnapshots } from './move.ts';
import { type Opened, openWorkspace, type Rules } from './open.ts';
import * as sql from './persist-sql.ts';
import { type RoundDeps, reader, takeRound } from './round.ts';
import type { Workspace } from './workspace.ts';

export interface RunnerDeps extends Omit<RoundDeps, 'owner' | 'leaseMs'> {
  pg: Postgres;
  ch: ClickHouse;
  clock: Clock;
  log: Log;
  rules: Rules;
  /** How many entries are kept at hand, about. */
  room: number;
  settled(workspaceId: number): Promise<void>;
}

const leaseMs = 5_000;
const pollMs = 200;
const lookAgainMs = 1_000;
/** Past events are evaluated when none came for so long. */
const quietMs = 1_500;
const trimMs = 500;
/** Under load a round takes what came in so long. */
const roundMs = 25;

/**
 * Runs the segments of all workspaces, one round after the other. Any number of processes may have one: a workspace is
 * run by whoever holds its lease, and a round commits only with the position that it began at.
 */
export class Runner {
  readonly #deps: RunnerDeps;
  readonly #owner: string;
  readonly #workspaces = new Map<number, Opened>();
  readonly #woken = new Set<number>();
  readonly #beside = new Set<Promise<void>>();
  readonly #gathering = new Gathering();
  readonly #roundAt = new Map<number, number>();
  readonly #failures = new Map<number, { many: number; until: number }>();
  #registered = false;
  readonly #rests: Rests;
  #running: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#owner = uuidv7(deps.clock);
    this.#rests = new Rests(deps.clock);
  }

  start(): void {
    this.#rests.begin();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#rests.end();
    await this.#running;
    this.#running = null;
    for (const id of [...this.#workspaces.keys()]) this.forget(id);
    await Promise.all(this.#beside);
    if (this.#registered)
      await this.#deps.pg.asSystem((tx) => sql.releaseRunners(tx, this.#owner)).catch(() => {});
  }

  /** Something happened in the workspace. */
  wake(workspaceId: number): void {
    this.#woken.add(workspaceId);
    this.#rests.wake();
  }

  /** The workspace as this process runs it; undefined where it does not. */
  workspace(workspaceId: number): Workspace | undefined {
    return this.#workspaces.get(workspaceId)?.workspace;
  }

  opened(workspaceId: number): Opened | undefined {
    return this.#workspaces.get(workspaceId);
  }

  /**
   * What stands of somebody in an edition as of the last round that was committed, from memory; undefined where that is not
   * at hand, or another process may have gone on meanwhile. Waits for a round that is being written.
   */
  async standing(
    workspaceId: number,
    edition: number,
    person: number,
  ): Promise<{ is_in: boolean; until_ms: number } | undefined> {
    for (let tries = 0; tries < 3; tries++) {
      const workspace = this.#workspaces.get(workspaceId)?.workspace;
      if (!workspace || this.#deps.clock.tick() >= workspace.heldUntil) return undefined;
      if (!workspace.dirty) return workspace.standing(edition, person);
      await this.#turn;
    }
    return undefined;
  }

  /** Takes rounds until there is nothing left to do at this moment, fills and backfills included. */
  async settle(workspaceId: number): Promise<void> {
    await this.#register();
    for (;;) {
      const opened = this.#workspaces.get(workspaceId);
      if (opened) await this.#takeUpSnapshots(opened);
      const isQuiet = this.#beside.size === 0;
      while (await this.step(workspaceId, true));
      if (isQuiet && this.#beside.size === 0) return;
      await Promise.race([...this.#beside, new Promise(setImmediate)]);
    }
  }

  /** Takes up what is there by now, and not all that comes meanwhile. */
  async settleNow(workspaceId: number): Promise<void> {
    await this.#register();
    for (let i = 0; i < 50 && (await this.step(workspaceId)); i++);
  }

  /** Nothing is remembered any more, as after a restart. */
  forget(workspaceId: number): void {
    this.#workspaces.get(workspaceId)?.workspace.end();
    this.#workspaces.delete(workspaceId);
  }

  /** One round; whether there may be more to do. One at a time. */
  step(workspaceId: number, hurry = false): Promise<boolean> {
    const turn = this.#turn.then(() => this.#step(workspaceId, hurry));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #register(): Promise<void> {
    if (this.#registered) return;
    await this.#deps.reader.register(reader);
    await this.#deps.people.changes.register(reader);
    this.#registered = true;
  }

  async #step(workspaceId: number, hurry: boolean): Promise<boolean> {
    const { pg, clock } = this.#deps;
    const deps = { ...this.#deps, owner: this.#owner, leaseMs };
    const known = this.#workspaces.get(workspaceId);
    let opening = false;
    const heldUntil = clock.tick() + leaseMs;
    const worked = await pg.inWorkspace(workspaceId, async (tx) => {
      const row = await sql.lockRunner(tx, workspaceId, this.#owner);
      if (!row || row.taken) return this.#leave(workspaceId);
      const position = await deps.reader.lockPosition(tx, workspaceId, reader);
      if (position === null) return this.#leave(workspaceId);
      const workspace = known?.workspace;
      const isCurrent =
        workspace !== undefined &&
        !workspace.dirty &&
        workspace.round === row.round &&
        workspace.position === position &&
        (workspace.setVersion === row.set_version ||
          (!hurry && this.#gathering.isOpen(workspace, row.set_version, clock.tick())));
      if (isCurrent && workspace.editions.length > 0) {
        const took = await takeRound(deps, tx, workspace, clock.ms());
        const switched = known !== undefined && (await this.#switchSnapshots(tx, known));
        const isDue = clock.tick() - workspace.leasedAt > leaseMs / 5;
        if (!took && isDue) {
          workspace.leasedAt = clock.tick();
          await sql.renewLease(tx, workspaceId, this.#owner, leaseMs);
        }
        // With a round the lease is renewed as well.
        if (took || isDue) {
          tx.afterCommit(() => {
            workspace.heldUntil = heldUntil;
          });
        }
        return took || switched;
      }
      if (isCurrent || !(await sql.hasEditions(tx, workspaceId)))
        return this.#skip(tx, workspaceId, position);
      this.forget(workspaceId);
      const opened = await openWorkspace(deps, tx, workspaceId, {
        row,
        position,
        nowMs: clock.ms(),
        now: clock.now(),
        tick: clock.tick(),
      });
      tx.afterCommit(() => {
        this.#workspaces.set(workspaceId, opened);
        opening = true;
      });
      return true;
    });
    const opened = this.#workspaces.get(workspaceId);
    if (opening && opened) this.#goOnBeside(opened, (alive) => workBeside(this.#deps, opened, alive));
    if (opened) await this.#takeUpBackfill(opened.workspace, hurry);
    if (opened && worked) await this.#trimRing(opened.workspace);
    return worked;
  }

  /** Nobody is left behind with the values before: what statements look at follows. */
  async #switchSnapshots(tx: Tx, { workspace, compiled }: Opened): Promise<boolean> {
    const { reached, current } = compiled.snapshots;
    if (!reached) return false;
    await snapshots.switchOver(tx, workspace.id, reached);
    tx.afterCommit(() => {
      for (const [name, version] of reached) current.set(name, version);
      compiled.snapshots.reached = null;
      compiled.snapshots.isMoving = false;
    });
    return true;
  }

  /** Takes up snapshots that were made; some rounds later they are the current ones. */
  async #takeUpSnapshots(opened: Opened): Promise<void> {
    const { workspace, compiled } = opened;
    if (compiled.snapshots.isMoving || workspace.editions.length === 0) return;
    const { id } = workspace;
    const coming = await this.#deps.pg.inWorkspace(id, (tx) => snapshots.coming(tx, id));
    if (coming.length === 0 || compiled.snapshots.isMoving) return;
    compiled.snapshots.isMoving = true;
    this.#goOnBeside(opened, (alive) => moveSnapshots(this.#deps, opened, coming, alive));
  }

  #leave(workspaceId: number): false {
    this.forget(workspaceId);
    return false;
  }

  /** A workspace without segments: nothing that happened matters. */
  async #skip(tx: Tx, workspaceId: number, position: number): Promise<boolean> {
    const { people } = this.#deps;
    const head = await this.#deps.reader.head(tx, workspaceId);
    const changed = await people.changes.take(tx, workspaceId, reader, 1_000);
    if (head !== position) await this.#deps.reader.savePosition(tx, workspaceId, reader, head);
    return changed.length > 0;
  }

  #goOnBeside(opened: Opened, what: (alive: () => boolean) => Promise<void>): void {
    const { log } = this.#deps;
    const workspaceId = opened.workspace.id;
    const alive = () => this.#workspaces.get(workspaceId) === opened;
    const work = what(alive)
      .catch((error) => {
        if (!alive()) return;
        log.warn(
          { workspaceId, reason: withoutValues(error) },
          'segments could not be prepared; trying again',
        );
        this.forget(workspaceId);
      })
      .finally(() => {
        this.#beside.delete(work);
        this.wake(workspaceId);
      });
    this.#beside.add(work);
  }

  /** When no past events have come for a while, those whom they are about are evaluated. */
  async #takeUpBackfill(workspace: Workspace, hurry: boolean): Promise<void> {
    const { clock, ch } = this.#deps;
    if (workspace.backfillFrom === null || workspace.backfillUpTo !== null || workspace.errands.length > 0)
      return;
    if (workspace.lastBackfill !== null) {
      workspace.lastBackfill = null;
      workspace.broughtAt = clock.tick();
    }
    if (!hurry && clock.tick() - workspace.broughtAt < quietMs) return;
    await this.#deps.settled(workspace.id);
    const persons = await members.broughtIn(ch, workspace.id, workspace.backfillFrom, workspace.position);
    workspace.backfillUpTo = workspace.position;
    workspace.errands.push(...persons.map((person) => ({ person, evaluate: true })));
    if (persons.length === 0) workspace.errands.push({ person: 0, evaluate: true });
  }

  async #trimRing(workspace: Workspace): Promise<void> {
    const { clock } = this.#deps;
    if (workspace.ring.entries === 0 || clock.tick() - workspace.trimmedAt < trimMs) return;
    workspace.trimmedAt = clock.tick();
    const written = await this.#deps.pg.inWorkspace(workspace.id, (tx) =>
      this.#deps.reader.written(tx, workspace.id),
    );
    workspace.ring.drop(written);
  }

  async #run(): Promise<void> {
    while (!this.#rests.hasEnded) {
      let worked = false;
      for (const workspaceId of await this.#toLookAt()) {
        await this.#pace(workspaceId);
        if (this.#rests.hasEnded) return;
        worked = (await this.#tryStep(workspaceId)) || worked;
      }
      if (worked || this.#woken.size > 0) continue;
      await this.#rests.rest(pollMs);
    }
  }

  /** Rounds one upon the other would each take little; the first after a pause waits for nothing. */
  async #pace(workspaceId: number): Promise<void> {
    const { clock } = this.#deps;
    const since = clock.tick() - (this.#roundAt.get(workspaceId) ?? Number.NEGATIVE_INFINITY);
    if (since < roundMs) await this.#rests.pause(roundMs - since);
    this.#roundAt.set(workspaceId, clock.tick());
  }

  async #tryStep(workspaceId: number): Promise<boolean> {
    const { clock, log, pg } = this.#deps;
    const failed = this.#failures.get(workspaceId);
    if (failed && failed.until > clock.tick()) return false;
    try {
      const more = await this.step(workspaceId);
      if (more) this.#woken.add(workspaceId);
      this.#failures.delete(workspaceId);
      return more;
    } catch (error) {
      const many = (failed?.many ?? 0) + 1;
      this.#failures.set(workspaceId, { many, until: clock.tick() + Math.min(5_000, 100 * 2 ** many) });
      const reason = withoutValues(error);
      if (many === 1 || many % 20 === 0) log.warn({ workspaceId, reason, many }, 'segments could not go on');
      await pg.inWorkspace(workspaceId, (tx) => sql.saveRunnerError(tx, workspaceId, reason)).catch(() => {});
      return false;
    }
  }

  /** Those in which something happened here; now and then, those in which other processes or time did something. */
  async #toLookAt(): Promise<number[]> {
    const { clock, log, people } = this.#deps;
    const found = new Set(this.#woken);
    this.#woken.clear();
    const now = clock.ms();
    for (const [id, { workspace }] of this.#workspaces) {
      if (
        workspace.heap.next() <= now ||
        workspace.errands.length > 0 ||
        workspace.filled.length > 0 ||
        workspace.moved.size > 0
      )
        found.add(id);
    }
    if (clock.tick() - this.#lookedAt < (found.size > 0 ? lookAgainMs : pollMs)) return [...found];
    this.#lookedAt = clock.tick();
    try {
      for (const [id, opened] of this.#workspaces) {
        if ((await this.#deps.rules.contextHash(id)) !== opened.workspace.contextHash) this.forget(id);
        else await this.#takeUpSnapshots(opened);
      }
      await this.#register();
      for (const id of await this.#deps.reader.behind(reader)) found.add(id);
      for (const id of await people.changes.waiting(reader)) found.add(id);
      for (const id of await this.#deps.pg.asSystem((tx) => sql.workspacesToLookAt(tx))) found.add(id);
    } catch (error) {
      log.warn({ reason: withoutValues(error) }, 'segments could not be looked at');
    }
    return [...found];
  }
}
