import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import { type Postgres, type Tx, withoutValues } from '#platform/postgres';
import { Days } from '../rule/days.ts';
import type { SnapshotKind, SnapshotValue } from './kind.ts';
import * as sql from './snapshots-sql.ts';

interface SnapshotsDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  collect: Collect;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** Something is there to be taken up, once the transaction is committed. */
  wake(tx: Tx, workspaceId: number): void;
}

interface Order {
  workspaceId: number;
  name: string;
  /** The day of the workspace's calendar for which it is made by itself. */
  day?: number;
}

const namePattern = /^[a-z][a-z0-9_]{0,59}$/;
/** From this hour of the night on, in the workspace's zone. */
const nightHour = 3;
const hourMs = 3_600_000;
const lookAgainMs = 500;
/** For so long a snapshot that is being taken up is waited for before the next one is made. */
const patienceMs = 15 * 60_000;
const job = 'segments.snapshot';

/** Values that compare people with each other: who makes them, when, and which version of them is the current one. */
export class Snapshots {
  readonly #deps: SnapshotsDeps;
  readonly #kinds = new Map<string, SnapshotKind>();
  readonly #values = new Map<string, SnapshotValue>();

  constructor(deps: SnapshotsDeps) {
    this.#deps = deps;
    deps.jobs.define<Order>(job, (order, { signal }) => this.#make(order, signal));
    deps.jobs.define('segments.snapshots-nightly', () => this.askNightly());
    deps.jobs.cron('segments.snapshots-nightly', '12 * * * *');
  }

  /** Once for each, while the program is wired. */
  register(kind: SnapshotKind): void {
    if (this.#kinds.has(kind.name)) throw new Error(`There are two snapshots named ${kind.name}.`);
    if ((kind.statement === undefined) === (kind.compute === undefined))
      throw new Error(`The snapshot ${kind.name} needs either a statement or a computation.`);
    for (const value of kind.values) {
      if (!namePattern.test(value.name)) throw new Error(`"${value.name}" is no name of a value.`);
      if (this.#values.has(value.name)) throw new Error(`There are two values named ${value.name}.`);
      this.#values.set(value.name, value);
    }
    this.#kinds.set(kind.name, kind);
  }

  kinds(): readonly SnapshotKind[] {
    return [...this.#kinds.values()];
  }

  value(name: string): SnapshotValue | null {
    const value = this.#values.get(name);
    return value && !value.inner ? value : null;
  }

  /** By name, the version that statements are to look at. */
  async current(workspaceId: number): Promise<Map<string, number>> {
    const rows = await this.states(workspaceId);
    const made = rows.filter(({ name, version }) => version > 0 && !this.#values.get(name)?.inner);
    return new Map(made.map(({ name, version }) => [name, version]));
  }

  /** What the current version of an inner value says of a person, and as of when; null: it was not made yet. */
  async inner(
    workspaceId: number,
    name: string,
    person: number,
  ): Promise<{ at: Date; text: string | undefined } | null> {
    const state = (await this.states(workspaceId)).find((one) => one.name === name && one.version > 0);
    if (!state) return null;
    const versions = new Map([[name, state.version]]);
    const [found] = await sql.valuesOf(this.#deps.ch, workspaceId, [person], versions);
    return { at: state.at, text: found?.value };
  }

  states(workspaceId: number): Promise<sql.SnapshotState[]> {
    return this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.snapshots(tx, workspaceId));
  }

  runs(workspaceId: number): Promise<sql.RunRow[]> {
    return this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.runs(tx, workspaceId));
  }

  /** What the current versions say of these people, by person and name. */
  async of(workspaceId: number, persons: readonly number[]): Promise<Map<number, Map<string, string>>> {
    const versions = await this.current(workspaceId);
    const found = new Map<number, Map<string, string>>();
    for (const { person, name, value } of await sql.valuesOf(this.#deps.ch, workspaceId, persons, versions)) {
      const values = found.get(person) ?? new Map<string, string>();
      found.set(person, values.set(name, value));
    }
    return found;
  }

  /** How many each value of the current version has. */
  async counts(workspaceId: number, name: string): Promise<{ value: string; people: number }[]> {
    const version = (await this.current(workspaceId)).get(name);
    return version === undefined ? [] : sql.countsOf(this.#deps.ch, { workspaceId, version, name });
  }

  /** How it is to be made from now on. */
  async set(by: Principal, name: string, settings: Record<string, unknown>): Promise<void> {
    const { pg, identity } = this.#deps;
    await pg.inWorkspace(by.workspaceId, async (tx) => {
      await sql.saveSettings(tx, by.workspaceId, name, settings);
      await identity.audit(tx, by, 'segments.snapshot-set', `snapshot:${name}`);
    });
  }

  /** It is made anew in the background, soon. */
  async ask(tx: Tx, order: Order): Promise<void> {
    const { workspaceId, name } = order;
    await sql.saveRun(tx, workspaceId, name, { state: 'waiting', ...(order.day && { day: order.day }) });
    // One after the other, so that not all of them are in the engine's memory at once.
    const key = `${job} ${workspaceId} ${name}`;
    await this.#deps.jobs.enqueue(tx, job, order, { key, queue: job, maxAttempts: 3 });
  }

  /** Makes it anew now. Resolves when it is written; it is current when the rounds have taken it up. */
  make(workspaceId: number, name: string): Promise<void> {
    return this.#make({ workspaceId, name });
  }

  async #make(order: Order, signal?: AbortSignal): Promise<void> {
    const { pg, clock } = this.#deps;
    const { workspaceId, name } = order;
    const kind = this.#kinds.get(name);
    if (!kind) return;
    await this.#tell(workspaceId, name, { state: 'working', started_at: clock.now() });
    try {
      await this.#afterTheLast(workspaceId, kind, signal);
      await this.#write(workspaceId, kind, signal);
    } catch (error) {
      const failed = { state: 'failed', error: withoutValues(error), ended_at: clock.now() } as const;
      await pg.inWorkspace(workspaceId, (tx) => sql.saveRun(tx, workspaceId, name, failed)).catch(() => {});
      throw error;
    }
  }

  #tell(workspaceId: number, name: string, run: Parameters<typeof sql.saveRun>[3]): Promise<void> {
    return this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.saveRun(tx, workspaceId, name, run));
  }

  /** While people are moved from one version to another there is no third one. */
  async #afterTheLast(workspaceId: number, kind: SnapshotKind, signal?: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const names = new Set(kind.values.map((value) => value.name));
    const since = clock.tick();
    for (;;) {
      const states = await this.states(workspaceId);
      if (!states.some((one) => names.has(one.name) && one.next_version !== null)) return;
      if (signal?.aborted || clock.tick() - since > patienceMs)
        throw new Error('The snapshot before this one is still being taken up.');
      await clock.sleep(lookAgainMs, signal);
    }
  }

  async #write(workspaceId: number, kind: SnapshotKind, signal?: AbortSignal): Promise<void> {
    const { pg, ch, clock, collect } = this.#deps;
    const { name, values } = kind;
    const states = await this.states(workspaceId);
    const known = new Map(states.map((one) => [one.name, one.version]));
    const current = new Map(values.map((value) => [value.name, known.get(value.name) ?? 0]));
    const names = [...current.keys()];
    await sql.removeVersions(ch, { workspaceId, current });
    await collect.settled(workspaceId);
    const [run] = (await this.runs(workspaceId)).filter((one) => one.name === name);
    const at = clock.now();
    const now = at.getTime();
    const version = Math.max(now, ...[...current.values()].map((one) => one + 1));
    const position = Number.MAX_SAFE_INTEGER;
    const moment = { workspaceId, position, now, settings: run?.settings ?? {} };
    const started = { state: 'working', started_at: at } as const;
    await this.#tell(workspaceId, name, { ...started, progress: 0.1 });
    if (kind.statement) {
      const statement = await kind.statement(moment);
      await sql.insertByStatement(ch, { workspaceId, version, values, statement });
    } else if (kind.compute) {
      for await (const rows of kind.compute(moment)) {
        signal?.throwIfAborted();
        await sql.insertRows(ch, { workspaceId, version, values, rows });
      }
    }
    await this.#tell(workspaceId, name, { ...started, progress: 0.6 });
    const people = await sql.peopleOf(ch, { workspaceId, version, names });
    await pg.inWorkspace(workspaceId, async (tx) => {
      const counted = names.map((one) => ({ name: one, people: people.get(one) ?? 0 }));
      await sql.putNext(tx, workspaceId, { version, at, values: counted });
      await sql.saveRun(tx, workspaceId, name, { state: 'made', progress: 0.7, ended_at: clock.now() });
      this.#deps.wake(tx, workspaceId);
    });
  }

  /** Every workspace whose night has come, by its own zone. */
  async askNightly(): Promise<void> {
    const { pg, identity, clock, log } = this.#deps;
    for (const workspace of await identity.workspaces.list()) {
      const days = new Days(workspace.timeZone);
      const now = clock.ms();
      const day = days.of(now);
      if (now < days.start(day) + nightHour * hourMs) continue;
      try {
        const made = new Map((await this.runs(workspace.id)).map((run) => [run.name, run.day]));
        for (const { name } of this.kinds()) {
          if ((made.get(name) ?? 0) >= day) continue;
          await pg.inWorkspace(workspace.id, (tx) => this.ask(tx, { workspaceId: workspace.id, name, day }));
        }
      } catch (error) {
        log.warn({ workspaceId: workspace.id, reason: withoutValues(error) }, 'no snapshots were asked for');
      }
    }
  }
}
