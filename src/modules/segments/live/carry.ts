import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import * as members from './members-sql.ts';
import * as sql from './persist-sql.ts';
import type { Waiting, WaitingChange } from './waiting.ts';

/** Rounds. */
const mostAtOnce = 100;
const everyMs = 500;

/**
 * Carries changes of membership into ClickHouse. Written twice they count once, so a crash between the two engines
 * needs no more than doing it again; until they are deleted in Postgres, reads lay them over what ClickHouse has.
 */
export class Carrier {
  readonly #deps: { pg: Postgres; ch: ClickHouse; clock: Clock; log: Log; waiting: Waiting };
  #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: { pg: Postgres; ch: ClickHouse; clock: Clock; log: Log; waiting: Waiting }) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#running = null;
  }

  /** Carries everything that is committed by now. */
  flush(): Promise<void> {
    const turn = this.#turn.then(async () => {
      while ((await this.#carry()) === mostAtOnce);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #carry(): Promise<number> {
    const { pg, ch, waiting } = this.#deps;
    const rounds = await pg.asSystem((tx) => waiting.oldest(tx, mostAtOnce));
    if (rounds.length === 0) return 0;
    const rows = rounds.flatMap(({ workspaceId, changes }) =>
      changes.map((change) => ({ ...change, workspace_id: workspaceId })),
    );
    const told = rows.filter((row) => row.told);
    if (told.length > 0) await members.insertHistory(ch, told);
    await this.#findSince(rows);
    await members.insertMembers(ch, rows);
    await pg.asSystem(async (tx) => {
      await waiting.remove(tx, rounds);
      for (const { workspaceId, hour, sizes } of sizesOf(rows))
        await sql.addSizes(tx, workspaceId, hour, sizes);
    });
    return rounds.length;
  }

  /** Rows that only say until when keep the moment since when. */
  async #findSince(rows: readonly (WaitingChange & { workspace_id: number })[]): Promise<void> {
    const open = rows.filter((row) => row.since_ms === 0);
    for (const [workspaceId, some] of Map.groupBy(open, (row) => row.workspace_id)) {
      const since = new Map<string, number>();
      const persons = [...new Set(some.map((row) => row.person))];
      for (const row of await members.storedOf(this.#deps.ch, workspaceId, persons))
        since.set(`${row.edition} ${row.person}`, row.since_ms);
      for (const row of rows) {
        if (row.workspace_id !== workspaceId) continue;
        const name = `${row.edition} ${row.person}`;
        if (row.since_ms === 0) row.since_ms = since.get(name) ?? 0;
        else since.set(name, row.since_ms);
      }
    }
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.flush();
        failures = 0;
      } catch (error) {
        failures++;
        if (failures === 1 || failures % 20 === 0)
          log.warn(
            { failures, reason: withoutValues(error) },
            'memberships wait to be carried to ClickHouse',
          );
      }
      await clock.sleep(failures > 0 ? Math.min(5_000, everyMs * failures) : everyMs, this.#stopping.signal);
    }
  }
}

const hourS = 3_600;

interface Sizes {
  workspaceId: number;
  /** Unix time, seconds. */
  hour: number;
  sizes: { segmentId: number; edition: number; entered: number; gone: number }[];
}

/** What the changes come to, by workspace and hour. */
function sizesOf(rows: readonly (WaitingChange & { workspace_id: number })[]): Sizes[] {
  const hours = new Map<string, Sizes>();
  const counts = new Map<string, Sizes['sizes'][number]>();
  for (const row of rows) {
    if (!row.counted) continue;
    const hour = Math.floor(row.noted_ms / 1000 / hourS) * hourS;
    const name = `${row.workspace_id} ${hour}`;
    let of = hours.get(name);
    if (!of) hours.set(name, (of = { workspaceId: row.workspace_id, hour, sizes: [] }));
    let count = counts.get(`${name} ${row.edition}`);
    if (!count) {
      count = { segmentId: row.segment_id, edition: row.edition, entered: 0, gone: 0 };
      counts.set(`${name} ${row.edition}`, count);
      of.sizes.push(count);
    }
    if (row.is_in) count.entered++;
    else count.gone++;
  }
  return [...hours.values()];
}
