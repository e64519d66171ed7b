import LRU from 'quick-lru';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';

const CHANNEL = 'pando_identity';
const RECONNECT_MS = 1000;

/**
 * What is remembered about workspaces and credentials is dropped when any of it changes: at once in the process
 * that changed it, by NOTIFY within milliseconds in the others, and after the memory's own time where a
 * notification was lost. Such changes are rare, so everything is dropped rather than kept account of.
 */
export interface News {
  /** A transaction of the workspace that changes something others remember. */
  changeInWorkspace<T>(workspaceId: number, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same over all workspaces. */
  changeAsSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  memory<V extends object>(o: { max: number; ttlMs: number }): Memory<V>;
  /** Begins to listen to the other processes; stays at it when the connection breaks. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Memory<V extends object> {
  /** The value remembered under the key, or else what `load` finds; nothing found is not remembered. */
  get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined>;
  /** Whether a value was found under the key lately, even if it has to be loaded again. */
  knows(key: string): boolean;
}

export function createNews({ pg, clock, log }: { pg: Postgres; clock: Clock; log: Log }): News {
  const memories: { clear(): void }[] = [];
  const stopped = new AbortController();
  let generation = 0;
  let disconnect: (() => void) | undefined;

  function forget(): void {
    generation += 1;
    for (const memory of memories) memory.clear();
  }

  async function telling<T>(transaction: Promise<T>): Promise<T> {
    try {
      return await transaction;
    } finally {
      // Also after an error: a commit may have gone through although its answer was lost.
      forget();
    }
  }

  async function listen(): Promise<void> {
    const client = await pg.raw.connect();
    let listening = false;
    function lose(error?: unknown): void {
      // Of one that breaks before it listens, whoever waits for it hears.
      if (!listening) return;
      listening = false;
      disconnect = undefined;
      client.release(true);
      forget();
      if (stopped.signal.aborted) return;
      log.warn({ err: error }, 'identity: the connection for news broke; reconnecting');
      void reconnect();
    }
    client.on('error', lose);
    client.on('end', () => lose());
    client.on('notification', forget);
    try {
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      client.release(true);
      throw error;
    }
    listening = true;
    // Stopped meanwhile, nobody would give the connection back.
    if (stopped.signal.aborted) return lose();
    disconnect = () => lose();
    // What changed while nobody listened is not known.
    forget();
  }

  async function reconnect(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(RECONNECT_MS, stopped.signal);
      if (stopped.signal.aborted) return;
      try {
        return await listen();
      } catch {
        // The engine is still away; the memories' own time bounds what can be out of date.
      }
    }
  }

  return {
    changeInWorkspace: (workspaceId, work) =>
      telling(pg.inWorkspace(workspaceId, (tx) => announced(tx, work))),
    changeAsSystem: (work) => telling(pg.asSystem((tx) => announced(tx, work))),

    memory<V extends object>(o: { max: number; ttlMs: number }): Memory<V> {
      const values = new LRU<string, { value: V; until: number }>({ maxSize: o.max });
      const found = new LRU<string, true>({ maxSize: o.max });
      memories.push(values);
      return {
        async get(key, load) {
          const known = values.get(key);
          if (known && known.until > clock.tick()) return known.value;
          const begun = generation;
          const loaded = await load();
          if (!loaded) {
            found.delete(key);
            return undefined;
          }
          // What was read before a change must not be remembered after it.
          if (begun === generation) values.set(key, { value: loaded, until: clock.tick() + o.ttlMs });
          found.set(key, true);
          return loaded;
        },
        knows: (key) => found.has(key),
      };
    },

    start: listen,
    async stop() {
      stopped.abort();
      disconnect?.();
    },
  };
}

async function announced<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await work(tx);
  await tx.query(`notify ${CHANNEL}`);
  return result;
}
