import type { Tx } from '#platform/postgres';

/** Something that happened to the state of the business, told to whoever follows. Hold ids in it, not personal data. */
export interface Fact {
  /** `people.joined`: the module, then what happened. */
  type: string;
  /** The id of what it happened to. */
  subject: string;
  data: Record<string, unknown>;
}

export interface StoredFact extends Fact {
  /** Unique, but not the order in which facts are told. */
  id: number;
  workspaceId: number;
  /** When the transaction that recorded it began. */
  at: Date;
}

/**
 * Runs in a transaction of the fact's workspace, and again for the same fact when that is rolled back. Be quick: facts
 * recorded meanwhile are told to nobody until this transaction ends; leave long work to a job.
 */
export type FactHandler = (fact: StoredFact, tx: Tx) => Promise<void>;
