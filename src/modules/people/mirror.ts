import type { ClickHouse } from '#platform/clickhouse';
import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { carried } from './carried.ts';
import * as changes from './changes-sql.ts';
import * as sql from './mirror-sql.ts';

const mostAtOnce = 20_000;
/** Statements whose changes are carried at once; a statement is about one request's worth of people. */
const mostStatements = 200;
/** Where so many come at a time, they are gathered for longer: few large parts are cheaper for ClickHouse. */
const manyRows = 50;
const gatherMs = 1_000;
const follower = 'mirror';
const columns = ['workspace_id', 'key', 'person', 'kind', 'traits', 'consent', 'version'] as const;

/**
 * Carries changed persons into the dictionary that queries resolve them by, and what is known of them beside it. Writing an entry twice does no harm (the
 * newest version counts), so a crash between the two engines needs no more than doing it again. The dictionary is
 * loaded anew at most as often as keeps its cost small.
 */
export class PersonMirror {
  readonly #deps: { pg: Postgres; ch: ClickHouse; clock: Clock; log: Log; pollMs: number };
  readonly #rests: Rests;
  #running: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** What a reload took lately, ms. */
  #reloadMs = 5;
  /** The entries were carried, but the dictionary does not show them yet. */
  #stale = true;
  /** Profiles are gathered until then. */
  #nextProfilesAt = Number.NEGATIVE_INFINITY;
  error: string | null = null;

  constructor(deps: { pg: Postgres; ch: ClickHouse; clock: Clock; log: Log; pollMs: number }) {
    this.#deps = deps;
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
  }

  wake(): void {
    this.#rests.wake();
  }

  /** Carries everything that is committed by now; queries that start afterwards see it. */
  flush(): Promise<void> {
    return this.#take(async () => {
      await this.#carry();
      await this.#carryProfiles();
    });
  }

  #take(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #carry(): Promise<void> {
    const { pg, ch, clock } = this.#deps;
    for (;;) {
      const moves = await pg.asSystem((tx) => sql.nextMoves(tx, mostAtOnce));
      if (moves.length === 0) break;
      const rows = moves.map((move) => `${move.key}\t${move.person_key}\t${move.id}\n`).join('');
      await ch.insert('moved_identifiers', ['key', 'person', 'version'], 'TabSeparated', rows);
      this.#stale = true;
      await pg.asSystem((tx) =>
        sql.deleteMoves(
          tx,
          moves.map((move) => move.id),
        ),
      );
      if (moves.length < mostAtOnce) break;
    }
    if (!this.#stale) return;
    const started = clock.tick();
    await ch.command('system reload dictionary person_now');
    this.#stale = false;
    this.#reloadMs = clock.tick() - started;
  }

  /** Identifiers with their traits and consent. Written while the follower's row is held, so that the newest stays. */
  async #carryProfiles(): Promise<void> {
    const { pg, ch } = this.#deps;
    for (let more = true; more; ) {
      more = await pg.asSystem(async (tx) => {
        const id = await changes.lockFollower(tx, follower);
        const taken = id === null ? [] : await changes.takeOldest(tx, id, mostStatements);
        if (taken.length === 0) return false;
        const version = await changes.nextVersion(tx);
        const rows: string[] = [];
        for (const [workspaceId, some] of Map.groupBy(taken, (row) => row.workspace_id)) {
          const keys = [...new Set(some.flatMap((row) => row.keys))];
          for (const row of await changes.readChanged(tx, workspaceId, keys)) {
            const person = row.person_key ?? 0;
            const consent = row.consent
              ? Object.fromEntries(Object.entries(row.consent).map(([name, [yes, at]]) => [name, [yes, at]]))
              : null;
            rows.push(
              JSON.stringify([
                workspaceId,
                row.key,
                person,
                row.kind,
                row.traits ? carried(row.traits) : '',
                consent ? JSON.stringify(consent) : '',
                version,
              ]),
            );
          }
        }
        await ch.insert('person_identifiers', columns, 'JSONCompactEachRow', rows.join('\n'));
        if (rows.length >= manyRows) this.#nextProfilesAt = this.#deps.clock.tick() + gatherMs;
        return taken.length === mostStatements;
      });
    }
  }

  async #run(): Promise<void> {
    const { clock, log, pollMs } = this.#deps;
    let failures = 0;
    while (!this.#rests.hasEnded) {
      try {
        await this.#take(() => this.#carry());
        if (clock.tick() >= this.#nextProfilesAt) await this.#take(() => this.#carryProfiles());
        failures = 0;
        this.error = null;
      } catch (error) {
        failures++;
        this.error = error instanceof Error ? error.message : String(error);
        if (failures === 1 || failures % 20 === 0)
          log.warn({ failures, reason: this.error }, 'joins wait to be carried to ClickHouse');
      }
      // A reload reads the whole dictionary: at most a tenth of the time goes into it.
      await this.#rests.pause(Math.max(20, this.#reloadMs * 10));
      await this.#rests.rest(failures > 0 ? Math.min(5_000, 200 * failures) : pollMs);
    }
  }
}
