import type { Pool, QueryConfig, QueryResult } from 'pg';
import { asUnavailable, isAway } from './trouble.ts';

/** A running transaction. Statements run one after the other, also when several are started at once. */
export interface Tx {
  /** The one workspace that this transaction can see; null for a system transaction. */
  readonly workspaceId: number | null;
  /** Rows of one statement; with a name it is prepared once for each connection. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[], name?: string): Promise<R[]>;
  /** Runs once the commit is on disk; never when the transaction is rolled back. Must not throw. */
  afterCommit(work: () => void): void;
}

// The client gives up a little after the server should have, for a server that no longer answers at all.
const GRACE_MS = 5_000;

/**
 * One transaction on a connection of its own. Rolled back when `work` throws. An Unavailable from the commit leaves
 * open whether it was committed. `heard` is told of every answer: an error, or none.
 */
export async function inTransaction<T>(
  pool: Pool,
  o: { begin: string; workspaceId: number | null; timeoutMs: number; heard: (error?: unknown) => void },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let broken = false;
  async function listen<A>(answer: Promise<A>): Promise<A> {
    try {
      return await answer;
    } catch (error) {
      broken ||= isAway(error);
      o.heard(error);
      throw asUnavailable(error);
    }
  }

  const client = await listen(pool.connect());
  const timeout = o.timeoutMs > 0 ? { query_timeout: o.timeoutMs + GRACE_MS } : {};
  const ask = (query: QueryConfig): Promise<QueryResult> => listen(client.query({ ...query, ...timeout }));
  let open = true;
  let last: Promise<unknown> = Promise.resolve();
  const afterwards: (() => void)[] = [];
  const tx: Tx = {
    workspaceId: o.workspaceId,
    query<R>(text: string, values?: readonly unknown[], name?: string): Promise<R[]> {
      const rows = last.then(async () => {
        // A statement that nobody waited for would run in the next transaction of this connection.
        if (!open) throw new Error('A statement came after the end of its transaction. Await every query.');
        const query: QueryConfig = { text };
        if (values) query.values = values as unknown[];
        if (name) query.name = name;
        return (await ask(query)).rows as R[];
      });
      last = rows.catch(() => {});
      return rows;
    },
    afterCommit(work) {
      afterwards.push(work);
    },
  };

  let result: T;
  try {
    await ask({ text: `${o.begin}; set local statement_timeout = ${o.timeoutMs}` });
    result = await work(tx);
    await last;
    open = false;
    const { command } = await ask({ text: 'commit' });
    // Postgres answers a commit with ROLLBACK when a statement had failed and the error was swallowed.
    if (command !== 'COMMIT')
      throw new Error('Nothing was committed: a statement of the transaction had failed.');
  } catch (error) {
    await last;
    open = false;
    if (!broken) await ask({ text: 'rollback' }).catch(() => {});
    throw error;
  } finally {
    // Whatever state a broken connection is in, nobody shall get it again.
    client.release(broken);
  }
  o.heard();
  for (const after of afterwards) after();
  return result;
}
