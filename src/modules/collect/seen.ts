import type { SeenWanted } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Paths } from './path.ts';
import { stages } from './schema.ts';
import * as sql from './seen-sql.ts';

/** Who had an event is asked for over more and more days, since the newest are mostly among the last ones. */
const windowsDays = [2, 30, 400];
const dayMs = 86_400_000;

type EventWanted = Pick<SeenWanted, 'from' | 'channel' | 'stage'>;
const anything: EventWanted = { from: null, channel: null, stage: null };

/** Who was seen when, where, and doing what. */
export class Seen {
  readonly #deps: { ch: ClickHouse; paths: Paths; clock: Clock };

  constructor(deps: { ch: ClickHouse; paths: Paths; clock: Clock }) {
    this.#deps = deps;
  }

  async last(
    workspaceId: number,
    keys: readonly number[],
    wanted: EventWanted = anything,
  ): Promise<Map<number, number>> {
    if (keys.length === 0) return new Map();
    const rows = await sql.lastSeen(
      this.#deps.ch,
      workspaceId,
      keys,
      await this.#rowsOf(workspaceId, wanted),
    );
    return new Map(rows.map(({ key, last }) => [Number(key), Number(last)]));
  }

  async people(workspaceId: number, wanted: SeenWanted): Promise<{ person: number; last: number }[]> {
    const { ch, clock } = this.#deps;
    const { order, after, most } = wanted;
    const rows = await this.#rowsOf(workspaceId, wanted);
    const told = (list: { person: string; last: string }[]) =>
      list.map(({ person, last }) => ({ person: Number(person), last: Number(last) }));
    if (order !== 'seen')
      return told(await sql.byPerson(ch, workspaceId, rows, after, most, order === 'oldest'));
    for (const days of windowsDays) {
      const from = (after?.last ?? clock.ms()) - days * dayMs;
      if (from <= rows.from) break;
      const found = await sql.byLast(ch, workspaceId, { ...rows, from }, after, most);
      if (found.length === most) return told(found);
    }
    return told(await sql.byLast(ch, workspaceId, rows, after, most));
  }

  async count(workspaceId: number, wanted: EventWanted): Promise<number> {
    return sql.countSeen(this.#deps.ch, workspaceId, await this.#rowsOf(workspaceId, wanted));
  }

  async #rowsOf(workspaceId: number, { from, channel, stage }: EventWanted): Promise<sql.SeenRows> {
    const rows = { from: from?.getTime() ?? 0, channel: channel ?? '', names: [] as string[] };
    if (stage === null) return rows;
    const path = await this.#deps.paths.map(workspaceId);
    const number = (stages as readonly string[]).indexOf(stage) + 1;
    const names = path.names.filter((_, i) => path.stages[i] === number);
    // No event has this name, where a stage is left empty.
    return { ...rows, names: names.length > 0 ? names : ['\u0001'] };
  }
}
