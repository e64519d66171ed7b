import type { Clock } from '#platform/clock';
import type { Tx } from '#platform/postgres';
import { insertAudit, redactAuditLines, selectActorNames } from './sql.ts';

/** On whose account something is done: a principal, or the program by itself. */
export interface Actor {
  readonly workspaceId: number;
  /** `user:<id>`, `key:<id>`, `cli` or `program`; never a name or an address. */
  readonly actor: string;
}

/** Writes one line of the audit list, in the transaction of the change that it tells of. */
export type Audit = (
  tx: Tx,
  by: Actor,
  /** What was done, by group: `team.invited`, `people.joined`. */
  action: string,
  /** What it was done to, by id: `person:<id>`. */
  subject: string,
  /** What else must be known later. Ids and counts rather than personal data. */
  detail?: Record<string, unknown>,
) => Promise<void>;

export function createAudit(clock: Clock): Audit {
  return async (tx, by, action, subject, detail = {}) => {
    if (tx.workspaceId !== null && tx.workspaceId !== by.workspaceId) {
      throw new Error(`${action} belongs to another workspace than its transaction.`);
    }
    await insertAudit(tx, {
      workspaceId: by.workspaceId,
      at: clock.now(),
      actor: by.actor,
      action,
      subject,
      detail,
    });
  };
}

/** What actors are called: people by their names, keys by theirs; who has gone, and the program, are left out. */
export async function actorNames(tx: Tx, actors: readonly string[]): Promise<Map<string, string>> {
  const found = await selectActorNames(tx, [...new Set(actors)]);
  return new Map(found.flatMap(({ actor, name }) => (name === null ? [] : [[actor, name] as const])));
}

/**
 * For the erasure of a person: replaces every needle in the audit list of the transaction's workspace by
 * `[erased]`. Needles of less than four characters count only as whole values. Answers with the number of
 * lines that changed.
 */
export async function redactAudit(tx: Tx, needles: readonly string[]): Promise<number> {
  const wanted = needles.filter((needle) => needle !== '');
  return wanted.length === 0 ? 0 : redactAuditLines(tx, wanted);
}
