import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Tx } from '#platform/postgres';
import type { Stored } from './persist-sql.ts';
import * as sql from './waiting-sql.ts';

/** A change on its way to ClickHouse. */
export interface WaitingChange extends Stored {
  segment_id: number;
  /** Somebody entered or left, and it is to be told; else only `until_ms` is new, or it is of a fill. */
  told: boolean;
  /** The segment's size changes by it. */
  counted: boolean;
  /** JSON. */
  cause: string;
  /** The moment of the round. */
  noted_ms: number;
}

/**
 * Changes of membership that ClickHouse may not have yet: one packed row for each round, unpacked once in a process.
 * Which of them wait, Postgres says each time.
 */
export class Waiting {
  readonly #unpacked = new Map<number, Map<number, readonly WaitingChange[]>>();

  async put(
    tx: Tx,
    workspaceId: number,
    round: { version: number; nowMs: number; changes: readonly WaitingChange[] },
  ): Promise<void> {
    if (round.changes.length === 0) return;
    const { version, nowMs } = round;
    await sql.insertRound(tx, workspaceId, { version, nowMs, payload: pack(round.changes) });
    tx.afterCommit(() => this.#of(workspaceId).set(version, round.changes));
  }

  /** Those of a workspace, the oldest first; of one round in the order in which they were made. */
  async of(
    tx: Tx,
    workspaceId: number,
    isWanted: (change: WaitingChange) => boolean = () => true,
  ): Promise<WaitingChange[]> {
    // A copy: what is carried meanwhile is let go of.
    const known = new Map(this.#of(workspaceId));
    const rounds = await sql.roundsOf(tx, workspaceId, [...known.keys()]);
    const waiting = new Set(rounds.map(({ version }) => version));
    for (const version of known.keys()) {
      // What a commit of this moment has put there may be younger than what the query saw.
      if (!waiting.has(version) && version < (rounds.at(-1)?.version ?? 0))
        this.#of(workspaceId).delete(version);
    }
    const found: WaitingChange[] = [];
    for (const round of rounds) {
      for (const one of known.get(round.version) ?? this.#changes(workspaceId, round))
        if (isWanted(one)) found.push(one);
    }
    return found;
  }

  /** The same of some persons. */
  async ofPersons(tx: Tx, workspaceId: number, persons: readonly number[]): Promise<WaitingChange[]> {
    if (persons.length === 0) return [];
    const wanted = new Set(persons);
    return this.of(tx, workspaceId, ({ person }) => wanted.has(person));
  }

  /** The same of an edition: of each person the newest. */
  async ofEdition(tx: Tx, workspaceId: number, edition: number): Promise<WaitingChange[]> {
    const newest = new Map<number, WaitingChange>();
    for (const one of await this.of(tx, workspaceId, (change) => change.edition === edition))
      newest.set(one.person, one);
    return [...newest.values()];
  }

  /** The oldest rounds of all workspaces. */
  async oldest(
    tx: Tx,
    most: number,
  ): Promise<{ workspaceId: number; version: number; changes: readonly WaitingChange[] }[]> {
    const rounds = await sql.oldestRounds(tx, most);
    const atHand = new Map(
      rounds.map((one) => [
        `${one.workspace_id} ${one.version}`,
        this.#of(one.workspace_id).get(one.version),
      ]),
    );
    const missing = rounds.filter((one) => !atHand.get(`${one.workspace_id} ${one.version}`));
    const payloads = missing.length === 0 ? [] : await sql.payloadsOf(tx, missing);
    const found = new Map(payloads.map((one) => [`${one.workspace_id} ${one.version}`, one]));
    return rounds.map(({ workspace_id: workspaceId, version }) => {
      const known = atHand.get(`${workspaceId} ${version}`);
      const round = found.get(`${workspaceId} ${version}`);
      return { workspaceId, version, changes: known ?? (round ? unpack(round) : []) };
    });
  }

  /** ClickHouse has them. */
  async remove(tx: Tx, rounds: readonly { workspaceId: number; version: number }[]): Promise<void> {
    await sql.deleteRounds(tx, rounds);
    tx.afterCommit(() => {
      for (const { workspaceId, version } of rounds) this.#of(workspaceId).delete(version);
    });
  }

  #of(workspaceId: number): Map<number, readonly WaitingChange[]> {
    let known = this.#unpacked.get(workspaceId);
    if (!known) {
      known = new Map();
      this.#unpacked.set(workspaceId, known);
    }
    return known;
  }

  #changes(workspaceId: number, round: sql.RoundRow): readonly WaitingChange[] {
    const changes = unpack(round);
    this.#of(workspaceId).set(round.version, changes);
    return changes;
  }
}

/** The last but one: 1 where it is told, and 2 where it counts. */
type Packed = [number, number, number, 0 | 1, number, number, number, string];

function pack(changes: readonly WaitingChange[]): Buffer {
  const rows = changes.map(
    (one): Packed => [
      one.segment_id,
      one.edition,
      one.person,
      one.is_in ? 1 : 0,
      one.since_ms,
      one.until_ms,
      (one.told ? 1 : 0) + (one.counted ? 2 : 0),
      one.cause,
    ],
  );
  return zstdCompressSync(JSON.stringify(rows));
}

function unpack({ version, now_ms, payload }: sql.RoundRow): WaitingChange[] {
  if (!payload) throw new Error('Changes that were at hand are gone.');
  const rows = JSON.parse(zstdDecompressSync(payload).toString('utf8')) as Packed[];
  return rows.map(([segment_id, edition, person, isIn, since_ms, until_ms, marks, cause]) => ({
    ...{ segment_id, edition, person, is_in: isIn === 1, since_ms, until_ms, cause, version },
    told: (marks & 1) !== 0,
    counted: (marks & 2) !== 0,
    noted_ms: now_ms,
  }));
}
