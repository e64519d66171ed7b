import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { holdStory, letGoOfStory } from './sql.ts';

const HOLD_MS = 60_000;
const RENEW_MS = 5_000;
const TRY_AGAIN_MS = 1_000;

/**
 * Does `work` while this process, and no other, holds the story of a workspace; waits for its turn when `waits` is
 * set, else resolves to null at once when another holds it. The signal given to `work` is aborted when the hold is
 * lost, or the outer signal is aborted.
 */
export async function holding<T>(
  deps: { pg: Postgres; clock: Clock; holder: string },
  workspaceId: number,
  o: { signal: AbortSignal; waits: boolean },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const { pg, clock, holder } = deps;
  const take = () =>
    pg.inWorkspace(workspaceId, (tx) =>
      holdStory(tx, workspaceId, { holder, now: clock.now(), until: new Date(clock.ms() + HOLD_MS) }),
    );
  while (!(await take())) {
    if (!o.waits || o.signal.aborted) return null;
    await clock.sleep(TRY_AGAIN_MS, o.signal);
  }
  const lost = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([o.signal, lost.signal]);
  const renewing = keep(clock, take, done.signal).catch(() => lost.abort());
  try {
    return await work(signal);
  } finally {
    done.abort();
    await renewing;
    await pg.inWorkspace(workspaceId, (tx) => letGoOfStory(tx, workspaceId, holder)).catch(() => {});
  }
}

/** Renews the hold until told to leave off; rejects when it is lost, or could not be renewed in time. */
async function keep(clock: Clock, take: () => Promise<boolean>, until: AbortSignal): Promise<void> {
  let heldAt = clock.tick();
  while (!until.aborted) {
    await clock.sleep(RENEW_MS, until);
    if (until.aborted) return;
    const held = await take().catch(() => null);
    if (held === true) heldAt = clock.tick();
    const tooLong = clock.tick() - heldAt > HOLD_MS - RENEW_MS;
    if (held === false || tooLong) throw new Error('The hold on the story was lost.');
  }
}
