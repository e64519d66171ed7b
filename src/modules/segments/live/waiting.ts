import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Tx } from '#platform/postgres';
import { type Change, Changes } from './changes.ts';
import * as sql from './waiting-sql.ts';

/** Picks a change by its place in a round. */
type IsWanted = (round: Changes, i: number) => boolean;

/**
 * Changes of membership that ClickHouse may not have yet: one packed row for each round, unpacked once in a process.
 * Which of them wait, Postgres says each time.
 */
export class Waiting {
  readonly #unpacked = new Map<number, Map<number, Changes>>();

  async put(tx: Tx, workspaceId: number, round: Changes): Promise<void> {
    if (round.size === 0) return;
    const { version, notedMs: nowMs } = round;
    await sql.insertRound(tx, workspaceId, { version, nowMs, payload: pack(round) });
    tx.afterCommit(() => this.#of(workspaceId).set(version, round));
  }

  /** Those of a workspace, the oldest first; of one round in the order in which they were made. */
  async of(tx: Tx, workspaceId: number, isWanted: IsWanted = () => true): Promise<Change[]> {
    // A copy: what is carried meanwhile is let go of.
    const known = new Map(this.#of(workspaceId));
    const rounds = await sql.roundsOf(tx, workspaceId, [...known.keys()]);
    const waiting = new Set(rounds.map(({ version }) => version));
    for (const version of known.keys()) {
      // What a commit of this moment has put there may be younger than what the query saw.
      if (!waiting.has(version) && version < (rounds.at(-1)?.version ?? 0))
        this.#of(workspaceId).delete(version);
    }
    const found: Change[] = [];
    for (const row of rounds) {
      const round = known.get(row.version) ?? this.#changes(workspaceId, row);
      for (let i = 0; i < round.size; i++) if (isWanted(round, i)) found.push(round.at(i));
    }
    return found;
  }

  /** The same of some persons. */
  async ofPersons(tx: Tx, workspaceId: number, persons: readonly number[]): Promise<Change[]> {
    if (persons.length === 0) return [];
    const wanted = new Set(persons);
    return this.of(tx, workspaceId, (round, i) => wanted.has(round.person(i)));
  }

  /** The same of an edition: of each person the newest. */
  async ofEdition(tx: Tx, workspaceId: number, edition: number): Promise<Change[]> {
    const newest = new Map<number, Change>();
    for (const one of await this.of(tx, workspaceId, (round, i) => round.edition(i) === edition))
      newest.set(one.person, one);
    return [...newest.values()];
  }

  /** The oldest rounds of all workspaces. */
  async oldest(tx: Tx, most: number): Promise<{ workspaceId: number; version: number; changes: Changes }[]> {
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
    return rounds.flatMap(({ workspace_id: workspaceId, version }) => {
      const known = atHand.get(`${workspaceId} ${version}`);
      const round = found.get(`${workspaceId} ${version}`);
      // Without either, another process has carried it meanwhile.
      if (!known && !round) return [];
      return { workspaceId, version, changes: known ?? unpack(round as sql.RoundRow) };
    });
  }

  /** ClickHouse has them. */
  async remove(tx: Tx, rounds: readonly { workspaceId: number; version: number }[]): Promise<void> {
    await sql.deleteRounds(tx, rounds);
    tx.afterCommit(() => {
      for (const { workspaceId, version } of rounds) this.#of(workspaceId).delete(version);
    });
  }

  #of(workspaceId: number): Map<number, Changes> {
    let known = this.#unpacked.get(workspaceId);
    if (!known) {
      known = new Map();
      this.#unpacked.set(workspaceId, known);
    }
    return known;
  }

  #changes(workspaceId: number, round: sql.RoundRow): Changes {
    const changes = unpack(round);
    this.#of(workspaceId).set(round.version, changes);
    return changes;
  }
}

/** The last but one: 1 where it is told, and 2 where it counts. */
type Packed = [number, number, number, 0 | 1, number, number, number, string];

function pack(round: Changes): Buffer {
  const rows = Array.from(
    { length: round.size },
    (_, i): Packed => [
      round.segment(i),
      round.edition(i),
      round.person(i),
      round.isIn(i) ? 1 : 0,
      round.since(i),
      round.until(i),
      (round.isTold(i) ? 1 : 0) + (round.isCounted(i) ? 2 : 0),
      round.cause(i),
    ],
  );
  return zstdCompressSync(JSON.stringify(rows));
}

function unpack({ version, now_ms: notedMs, payload }: sql.RoundRow): Changes {
  if (!payload) throw new Error('Changes that were at hand are gone.');
  const rows = JSON.parse(zstdDecompressSync(payload).toString('utf8')) as Packed[];
  const changes = new Changes({ version, notedMs });
  for (const [segment_id, edition, person, isIn, since_ms, until_ms, marks, cause] of rows) {
    const [told, counted] = [(marks & 1) !== 0, (marks & 2) !== 0];
    changes.add({ segment_id, edition, person, is_in: isIn === 1, since_ms, until_ms, told, counted, cause });
  }
  return changes;
}
