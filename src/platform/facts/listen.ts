import pg from 'pg';
import type { Clock } from '#platform/clock';

const CONNECT_AGAIN_AFTER_MS = 1_000;

/** Calls `heard` whenever some process has recorded facts. Keeps a connection of its own; returns what ends it. */
export function listen(o: { url: string; clock: Clock; heard: () => void }): () => Promise<void> {
  const stopping = new AbortController();
  let client: pg.Client | undefined;

  async function once(): Promise<void> {
    const mine = new pg.Client({ connectionString: o.url, application_name: 'pando-facts', keepAlive: true });
    client = mine;
    const ended = new Promise<void>((resolve) => {
      mine.once('end', resolve);
      mine.on('error', () => resolve());
    });
    mine.on('notification', o.heard);
    await mine.connect();
    await mine.query('listen pando_facts');
    // Something may have been recorded while nobody listened.
    o.heard();
    await ended;
  }

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      await once().catch(() => {});
      await client?.end().catch(() => {});
      await o.clock.sleep(CONNECT_AGAIN_AFTER_MS, stopping.signal);
    }
  }

  const listening = keepListening();
  return async () => {
    stopping.abort();
    await client?.end().catch(() => {});
    await listening;
  };
}
