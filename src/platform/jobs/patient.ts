import type pg from 'pg';
import type { Clock } from '#platform/clock';
import { isAway, newPool, withoutValues } from '#platform/postgres';

const LOOK_AGAIN_AFTER_MS = 250;

/**
 * Connections for graphile-worker, which breaks down over most of what happens when Postgres is away: a job that cannot
 * be ticked off becomes a rejection that nobody handles, and a shutdown begun then may never end. Here a connection is
 * waited for as long as it takes, and a statement whose connection was lost fails with the one error after which
 * graphile-worker tries again: `cannot_connect_now`. Once `over` is aborted, what still waits is left to wait.
 */
export function patientPool(o: { url: string; size: number; clock: Clock; over: AbortSignal }): pg.Pool {
  const pool = newPool(o.url, o.size);
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as unknown as (...args: unknown[]) => unknown;
    const patientQuery = (...args: unknown[]) => {
      const answer = query(...args);
      return answer instanceof Promise ? answer.catch(throwCannotConnectNow) : answer;
    };
    client.query = patientQuery as unknown as typeof client.query;
  });

  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  async function connectPatiently(): Promise<pg.PoolClient> {
    while (!o.over.aborted) {
      try {
        return await connect();
      } catch (error) {
        if (!isAway(error)) throw error;
        await o.clock.sleep(LOOK_AGAIN_AFTER_MS, o.over);
      }
    }
    return new Promise(() => {});
  }

  function patientConnect(callback?: (error: unknown, client?: pg.PoolClient, done?: () => void) => void) {
    const client = connectPatiently();
    if (!callback) return client;
    client.then(
      (c) => callback(undefined, c, () => c.release()),
      (error: unknown) => callback(error),
    );
    return undefined;
  }
  pool.connect = patientConnect as unknown as typeof pool.connect;
  return pool;
}

function throwCannotConnectNow(error: unknown): never {
  if (!isAway(error)) throw error;
  throw Object.assign(new Error(withoutValues(error), { cause: error }), { code: '57P03' });
}
