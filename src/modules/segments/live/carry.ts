import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import * as members from './members-sql.ts';
import * as sql from './persist-sql.ts';
import type { Waiting, WaitingChange } from './waiting.ts';

/** Rounds. */
const mostAtOnce = 100;
/** Few large parts are cheaper for ClickHouse than many small ones. */
const everyMs = 1_000;

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
    const all = [...Map.groupBy(rounds, (round) => round.workspaceId)].map(([workspaceId, some]) => ({
      workspaceId,
      changes: some.flatMap((round) => round.changes),
    }));
    await members.insertHistory(ch, all);
    for (const { workspaceId, changes } of all) await this.#findSince(workspaceId, changes);
    await members.insertMembers(ch, all);
    await pg.asSystem(async (tx) => {
      await waiting.remove(tx, rounds);
      for (const { workspaceId, changes } of all) {
        for (const [hour, sizes] of sizesOf(changes)) await sql.addSizes(tx, workspaceId, hour, sizes);
      }
    });
    return rounds.length;
  }

  /** What only says until when keeps the moment since when. */
  async #findSince(workspaceId: number, changes: readonly WaitingChange[]): Promise<void> {
    const open = changes.filter((one) => one.since_ms === 0);
    if (open.length === 0) return;
    const since = new Map<string, number>();
    const wanted = new Set(open.map(nameOf));
    const persons = [...new Set(open.map((one) => one.person))];
    const editions = [...new Set(open.map((one) => one.edition))];
    for (const row of await members.storedOf(this.#deps.ch, workspaceId, persons, editions))
      since.set(nameOf(row), row.since_ms);
    for (const one of changes) {
      const name = nameOf(one);
      if (!wanted.has(name)) continue;
      if (one.since_ms === 0) one.since_ms = since.get(name) ?? 0;
      else since.set(name, one.since_ms);
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

const nameOf = (one: { edition: number; person: number }) => `${one.edition} ${one.person}`;

interface Size {
  segmentId: number;
  edition: number;
  entered: number;
  gone: number;
}

/** What the changes come to, by hour (Unix time, seconds). */
function sizesOf(changes: readonly WaitingChange[]): Map<number, Size[]> {
  const hours = new Map<number, Map<number, Size>>();
  for (const one of changes) {
    if (!one.counted) continue;
    const hour = Math.floor(one.noted_ms / 1000 / hourS) * hourS;
    let sizes = hours.get(hour);
    if (!sizes) hours.set(hour, (sizes = new Map()));
    let size = sizes.get(one.edition);
    if (!size) {
      size = { segmentId: one.segment_id, edition: one.edition, entered: 0, gone: 0 };
      sizes.set(one.edition, size);
    }
    if (one.is_in) size.entered++;
    else size.gone++;
  }
  return new Map([...hours].map(([hour, sizes]) => [hour, [...sizes.values()]]));
}
