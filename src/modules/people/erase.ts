import { createHmac } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import * as erase from './erase-sql.ts';
import { personId } from './person-id.ts';
import { profilesOf } from './read-sql.ts';
import * as sql from './sql.ts';
import { restored } from './traits.ts';

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
  keys: readonly number[];
  /** However short. */
  identifiers: readonly { kind: string; value: string }[];
  /**
   * The texts that tell who it was: identifiers, names, and what else reaches somebody. Many stand in texts that are
   * somebody else's ("1234" in an order's number): see `isTelling`.
   */
  needles: readonly string[];
}

/** Shorter texts are nearly everybody's. */
const shortestNeedle = 4;
/** Traits that name or reach somebody. A city, a plan or a language is shared by many, and tells nobody. */
const tellingTraits: ReadonlySet<string> = new Set([
  'name',
  'fullName',
  'full_name',
  'username',
  'email',
  'phone',
  'mobile',
]);

/** Whether a needle tells who it was wherever it stands, also within a longer text; others only as a whole value. */
export function isTelling(needle: string): boolean {
  return needle.length >= 8 || /[@\s]/.test(needle);
}

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
  const needles = new Set(members.flatMap((row) => [row.value, personId(row.created_at, row.key)]));
  for (const { traits } of profiles) {
    for (const [name, [value]] of Object.entries(traits)) {
      const text = restored(value);
      if (tellingTraits.has(name) && typeof text === 'string') needles.add(text.trim());
    }
  }
  const id = await erase.insertErasure(tx, workspaceId, {
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
    keys,
    identifiers: members.map(({ kind, value }) => ({ kind, value })),
    needles: [...needles].filter((needle) => needle.length >= shortestNeedle),
  };
}

/** What an erased identifier is remembered by: nobody can try values without the installation's key. */
export function suppressionHash(key: string, identifier: { kind: string; value: string }): Buffer {
  return createHmac('sha256', key).update(`${identifier.kind}\0${identifier.value}`).digest();
}
