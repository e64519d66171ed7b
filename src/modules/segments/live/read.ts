import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { Statement } from '../rule/index.ts';
import type { Carrier } from './carry.ts';
import type { Change, Changes } from './changes.ts';
import * as members from './members-sql.ts';
import type { Stored } from './persist-sql.ts';
import type { Runner } from './runner.ts';
import type { Waiting } from './waiting.ts';

/** So many waiting changes of one edition are carried to ClickHouse before it is read. */
const mostWaiting = 5_000;

export interface Member {
  person: number;
  sinceMs: number;
}

/** What holds at the moment, by the row alone: also the very millisecond after a moment that was written down. */
export function holds(row: { is_in: boolean; until_ms: number }, now: number): boolean {
  return row.until_ms !== 0 && row.until_ms <= now ? !row.is_in : row.is_in;
}

interface MembershipDeps {
  pg: Postgres;
  ch: ClickHouse;
  clock: Clock;
  carrier: Carrier;
  waiting: Waiting;
  runner: Pick<Runner, 'standing'>;
}

/** Membership as of this moment: what ClickHouse has, and over it what was committed since. */
export class Membership {
  readonly #deps: MembershipDeps;

  constructor(deps: MembershipDeps) {
    this.#deps = deps;
  }

  /** In the order of their keys, after one of them. `next` is null at the end. */
  async page(
    workspaceId: number,
    edition: number,
    o: { after: number; most: number },
  ): Promise<{ items: Member[]; next: number | null }> {
    const { ch, clock } = this.#deps;
    const now = clock.ms();
    const waiting = await this.#waiting(workspaceId, edition);
    const without = waiting.map((row) => row.person);
    const there = await members.pageOfMembers(ch, { workspaceId, edition, now, without, ...o });
    const open = waiting.filter((row) => row.since_ms === 0).map((row) => row.person);
    const since = new Map(
      (await members.storedOf(ch, workspaceId, open))
        .filter((row) => row.edition === edition)
        .map((row) => [row.person, row.since_ms]),
    );
    const fresh = waiting
      .filter((row) => row.person > o.after && holds(row, now))
      .map((row) => ({
        person: row.person,
        sinceMs: row.is_in ? row.since_ms || (since.get(row.person) ?? 0) : row.until_ms,
      }));
    const items = [...there, ...fresh].sort((one, other) => one.person - other.person);
    const more = there.length === o.most || items.length > o.most;
    const shown = items.slice(0, o.most);
    return { items: shown, next: more ? (shown.at(-1)?.person ?? null) : null };
  }

  async count(workspaceId: number, edition: number): Promise<number> {
    const { ch, clock } = this.#deps;
    const now = clock.ms();
    const waiting = await this.#waiting(workspaceId, edition);
    const without = waiting.map((row) => row.person);
    const there = await members.countMembers(ch, { workspaceId, edition, now, without });
    return there + waiting.filter((row) => holds(row, now)).length;
  }

  /** How many are in this edition and in each of the others at once. */
  async shared(
    workspaceId: number,
    edition: number,
    others: readonly number[],
  ): Promise<Map<number, number>> {
    const { ch, clock, carrier } = this.#deps;
    if (others.length === 0) return new Map();
    await carrier.flush();
    const rows = await members.sharedMembers(ch, { workspaceId, edition, others, now: clock.ms() });
    return new Map(rows.map((row) => [row.edition, row.both]));
  }

  /** A statement that finds the members of this moment in ClickHouse, for questions of other modules. */
  async statement(workspaceId: number, edition: number): Promise<Statement> {
    const { clock, carrier } = this.#deps;
    await carrier.flush();
    return members.membersNow({ workspaceId, edition, now: clock.ms() });
  }

  /** Of one person, by edition. */
  async ofPerson(workspaceId: number, person: number): Promise<{ edition: number; sinceMs: number }[]> {
    const { pg, ch, clock } = this.#deps;
    const now = clock.ms();
    const waiting = await pg.inWorkspace(workspaceId, (tx) =>
      this.#deps.waiting.ofPersons(tx, workspaceId, [person]),
    );
    const newest = new Map<number, Stored>();
    for (const row of [...(await members.storedOf(ch, workspaceId, [person])), ...waiting]) {
      const known = newest.get(row.edition);
      if (known && known.version > row.version) continue;
      newest.set(row.edition, row.since_ms === 0 ? { ...row, since_ms: known?.since_ms ?? 0 } : row);
    }
    return [...newest.values()]
      .filter((row) => holds(row, now))
      .map((row) => ({ edition: row.edition, sinceMs: row.is_in ? row.since_ms : row.until_ms }));
  }

  /**
   * Since when a person is in one edition, in ms; null where they are not. For who asks at a till or before a page is
   * sent: who is not in is mostly told from memory, and what was committed a moment ago without a look at ClickHouse.
   */
  async sinceWhen(workspaceId: number, edition: number, person: number): Promise<number | null> {
    const { pg, ch, clock, runner } = this.#deps;
    const atHand = await runner.standing(workspaceId, edition, person);
    const now = clock.ms();
    if (atHand && !holds(atHand, now)) return null;
    // In this order: what is carried meanwhile is seen twice, and never missed.
    const waiting = await pg.inWorkspace(workspaceId, (tx) =>
      this.#deps.waiting.ofPersons(tx, workspaceId, [person]),
    );
    const newest = waiting.findLast((row) => row.edition === edition);
    const isKnown = newest !== undefined && (newest.since_ms !== 0 || !holds(newest, now));
    const stored = isKnown ? [] : await members.storedOf(ch, workspaceId, [person], [edition]);
    const row = newest ?? stored[0];
    if (!row || !holds(row, now)) return null;
    return row.is_in ? row.since_ms || (stored[0]?.since_ms ?? 0) : row.until_ms;
  }

  async #waiting(workspaceId: number, edition: number): Promise<Stored[]> {
    const read = () =>
      this.#deps.pg.inWorkspace(workspaceId, (tx) => this.#deps.waiting.ofEdition(tx, workspaceId, edition));
    const rows = await read();
    if (rows.length <= mostWaiting) return rows;
    await this.#deps.carrier.flush();
    return read();
  }

  /** Who entered or left and is not in ClickHouse's history yet, the newest first. */
  async toldLately(workspaceId: number, of: { segment: number } | { person: number }): Promise<Change[]> {
    const { pg, waiting } = this.#deps;
    const isWanted = (round: Changes, i: number) =>
      round.isTold(i) && ('segment' in of ? round.segment(i) === of.segment : round.person(i) === of.person);
    const rows = await pg.inWorkspace(workspaceId, (tx) => waiting.of(tx, workspaceId, isWanted));
    return rows.reverse();
  }
}
