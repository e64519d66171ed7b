import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import type { Changes } from './changes.ts';
import * as members from './members-sql.ts';
import * as sql from './persist-sql.ts';
import type { Waiting } from './waiting.ts';

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
      rounds: some.map((round) => round.changes),
    }));
    await members.insertHistory(ch, all);
    for (const { workspaceId, rounds } of all) await this.#findSince(workspaceId, rounds);
    await members.insertMembers(ch, all);
    await pg.asSystem(async (tx) => {
      await waiting.remove(tx, rounds);
      for (const { workspaceId, rounds: some } of all) {
        for (const [hour, sizes] of sizesOf(some)) await sql.addSizes(tx, workspaceId, hour, sizes);
      }
    });
    return rounds.length;
  }

  /** What only says until when keeps the moment since when. */
  async #findSince(workspaceId: number, rounds: readonly Changes[]): Promise<void> {
    // By edition and person, as far as it is known; 0 where it is to be found.
    const since = new Map<number, Map<number, number>>();
    const persons = new Set<number>();
    for (const [round, i] of eachOf(rounds)) {
      if (round.since(i) !== 0) continue;
      const [edition, person] = [round.edition(i), round.person(i)];
      const inEdition = since.get(edition);
      if (inEdition) inEdition.set(person, 0);
      else since.set(edition, new Map([[person, 0]]));
      persons.add(person);
    }
    if (since.size === 0) return;
    for (const row of await members.storedOf(this.#deps.ch, workspaceId, [...persons], [...since.keys()])) {
      const inEdition = since.get(row.edition);
      if (inEdition?.has(row.person)) inEdition.set(row.person, row.since_ms);
    }
    for (const [round, i] of eachOf(rounds)) {
      const [inEdition, person] = [since.get(round.edition(i)), round.person(i)];
      const known = inEdition?.get(person);
      if (inEdition === undefined || known === undefined) continue;
      if (round.since(i) === 0) round.setSince(i, known);
      else inEdition.set(person, round.since(i));
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

function* eachOf(rounds: readonly Changes[]): Generator<[round: Changes, i: number]> {
  for (const round of rounds) for (let i = 0; i < round.size; i++) yield [round, i];
}

interface Size {
  segmentId: number;
  edition: number;
  entered: number;
  gone: number;
}

/** What the changes come to, by hour (Unix time, seconds). */
function sizesOf(rounds: readonly Changes[]): Map<number, Size[]> {
  const hours = new Map<number, Map<number, Size>>();
  for (const [round, i] of eachOf(rounds)) {
    if (!round.isCounted(i)) continue;
    const hour = Math.floor(round.notedMs / 1000 / hourS) * hourS;
    let sizes = hours.get(hour);
    if (!sizes) hours.set(hour, (sizes = new Map()));
    const edition = round.edition(i);
    let size = sizes.get(edition);
    if (!size) {
      size = { segmentId: round.segment(i), edition, entered: 0, gone: 0 };
      sizes.set(edition, size);
    }
    if (round.isIn(i)) size.entered++;
    else size.gone++;
  }
  return new Map([...hours].map(([hour, sizes]) => [hour, [...sizes.values()]]));
}
