import { createHmac } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import * as erase from './erase-sql.ts';
import { personId } from './person-id.ts';
import { profilesOf } from './read-sql.ts';
import * as sql from './sql.ts';

/** What upper modules do when a person is erased; each for its own tables, never for another's. */
export interface ErasurePart {
  name: string;
  /** In the transaction that hides the person: what Postgres holds. */
  hide?(tx: Tx, workspaceId: number, erasure: Erasure): Promise<void>;
  /** Later, and again after a crash: what lies elsewhere (ClickHouse, the log, files). */
  purge?(workspaceId: number, erasure: Erasure): Promise<void>;
}

export interface Erasure {
  id: number;
  personId: string;
  keys: readonly number[];
  /** The texts that tell who it was: identifiers, and traits of the kinds that name or reach somebody. */
  needles: readonly string[];
}

/** Shorter texts stand in too much that is somebody else's. */
const shortestNeedle = 4;

/**
 * Hides a person from every read, within the transaction: identifiers, ties, traits, consents and decisions are gone
 * when it commits, and the dictionary entry 0 leaves the events out of every query until they are purged.
 */
export async function hidePerson(
  tx: Tx,
  workspaceId: number,
  members: readonly sql.IdentifierRow[],
  o: { now: Date; dueAt: Date; suppressionKey: string },
): Promise<Erasure> {
  const head = members[0];
  if (!head) throw new Error('A person has at least one identifier.');
  const { nextKey } = await sql.lockGraph(tx, workspaceId);
  const keys = members.map((row) => row.key);
  const profiles = await profilesOf(tx, workspaceId, keys);
  const needles = new Set(members.map((row) => row.value));
  for (const { traits } of profiles) {
    for (const [value] of Object.values(traits)) if (typeof value === 'string') needles.add(value);
  }
  const id = await erase.insertErasure(tx, workspaceId, {
    personId: personId(head.created_at, head.key),
    keys,
    now: o.now,
    dueAt: o.dueAt,
  });
  await erase.insertSuppressions(
    tx,
    workspaceId,
    members.map((row) => suppressionHash(o.suppressionKey, row)),
    o.now,
  );
  await erase.deletePerson(tx, workspaceId, keys);
  await sql.insertMoves(
    tx,
    workspaceId,
    keys.map((key) => ({ key, person: 0 })),
  );
  await sql.saveGraph(tx, workspaceId, nextKey);
  return {
    id,
    personId: personId(head.created_at, head.key),
    keys,
    needles: [...needles].filter((needle) => needle.length >= shortestNeedle),
  };
}

/** What an erased identifier is remembered by: nobody can try values without the installation's key. */
export function suppressionHash(key: string, identifier: { kind: string; value: string }): Buffer {
  return createHmac('sha256', key).update(`${identifier.kind}\0${identifier.value}`).digest();
}
