import { setImmediate } from 'node:timers/promises';
import type { Collect } from '#modules/collect';
import type { Clock } from '#platform/clock';
import { Refusal, Unavailable } from '#platform/refusal';
import { SOURCES, type Touchpoint } from './brand.ts';
import { beginsRound, parcelsOf } from './parcel.ts';
import type { Delivery } from './post.ts';

type Source = Awaited<ReturnType<Collect['sources']['ensure']>>;

/** Above this load the demo waits. */
export const BUSY = 0.5;
const WAIT_MS = 250;
/**
 * Messages handed in and not answered yet: while one half is being committed, the other waits to be next. As waiting
 * messages count as load, this is just below what makes the demo itself wait.
 */
const MOST_IN_FLIGHT = 7000;
const SLICE_MS = 8;
/** What happened longer ago fills reports and sets off nothing. */
const RECENT_MS = 86_400_000;

export interface Teller {
  readonly workspaceId: number;
  readonly collect: Pick<Collect, 'ingest' | 'sources'>;
  readonly clock: Clock;
  /** How busy the program is with others, 0 to 1. */
  load(): number;
  /** Told after each round, in order: so many messages are handed in, the last of which arrived then. */
  onProgress(handedIn: number, arrivedAt: number): void;
}

/** The sources of the touchpoints, made where they are missing. */
export async function ensureSources(
  collect: Teller['collect'],
  workspaceId: number,
): Promise<Map<Touchpoint, Source>> {
  const sources = new Map<Touchpoint, Source>();
  for (const { touchpoint, name, kind } of SOURCES) {
    sources.set(touchpoint, await collect.sources.ensure(workspaceId, { name, kind }));
  }
  return sources;
}

/** Resolves when nobody else needs the machine, or the signal is aborted. */
export async function untilQuiet(teller: Pick<Teller, 'clock' | 'load'>, signal: AbortSignal): Promise<void> {
  while (teller.load() > BUSY && !signal.aborted) await teller.clock.sleep(WAIT_MS, signal);
}

/**
 * Hands the deliveries in, a round at a time, several rounds at once, at the lowest priority: it waits while others
 * are busy, and tries again while an engine is away. Resolves when all are on disk, or soon after the signal is
 * aborted; every round that `onProgress` was told of is on disk then. Rejects with what no waiting can mend.
 */
export async function tell(
  teller: Teller,
  sources: ReadonlyMap<Touchpoint, Source>,
  deliveries: Iterable<Delivery>,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = teller;
  const rounds: { done: Promise<void>; size: number; arrivedAt: number }[] = [];
  let inFlight = 0;
  let leftOff = false;
  let round: Delivery[] = [];
  let sliceBegan = clock.tick();

  async function finishOldest(): Promise<void> {
    const oldest = rounds.shift();
    if (!oldest) return;
    inFlight -= oldest.size;
    try {
      await oldest.done;
    } catch (error) {
      // What was left off for the signal's sake is no failure; it is handed in again next time, with all after it.
      if (!signal.aborted) throw error;
      leftOff = true;
    }
    if (!leftOff) teller.onProgress(oldest.size, oldest.arrivedAt);
  }

  async function send(): Promise<void> {
    const last = round.at(-1);
    if (!last) return;
    await untilQuiet(teller, signal);
    while (rounds.length > 0 && inFlight + round.length > MOST_IN_FLIGHT) await finishOldest();
    const done = handIn(teller, sources, round, signal);
    // It is awaited when its turn comes; until then a failure must not count as unhandled.
    done.catch(() => {});
    rounds.push({ done, size: round.length, arrivedAt: last.arrivedAt });
    inFlight += round.length;
    round = [];
  }

  for (const delivery of deliveries) {
    if (signal.aborted) break;
    if (beginsRound(round, delivery)) await send();
    round.push(delivery);
    if (clock.tick() - sliceBegan > SLICE_MS) {
      await setImmediate();
      sliceBegan = clock.tick();
    }
  }
  if (!signal.aborted) await send();
  while (rounds.length > 0) await finishOldest();
}

async function handIn(
  teller: Teller,
  sources: ReadonlyMap<Touchpoint, Source>,
  round: readonly Delivery[],
  signal: AbortSignal,
): Promise<void> {
  const { collect, clock, workspaceId } = teller;
  const parcels = parcelsOf(round).map(async ({ touchpoint, messages, receivedAt, userAgent }) => {
    const source = sources.get(touchpoint);
    if (!source) throw new Error(`The touchpoint ${touchpoint} has no source.`);
    const request = {
      workspaceId,
      source,
      messages,
      receivedAt: new Date(receivedAt),
      historical: clock.ms() - receivedAt > RECENT_MS,
      ...(userAgent === undefined ? {} : { userAgent }),
    };
    await patiently(clock, signal, () => collect.ingest(request));
  });
  await Promise.all(parcels);
}

/** Tries again for as long as the answer is "later". */
async function patiently(clock: Clock, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const seconds = laterIn(error);
      if (seconds === null || signal.aborted) throw error;
      await clock.sleep(seconds * 1000, signal);
    }
  }
}

/** Seconds to wait; null for an error that waiting does not mend. */
function laterIn(error: unknown): number | null {
  if (error instanceof Unavailable) return error.retryAfterS;
  if (error instanceof Refusal && (error.status === 503 || error.status === 429))
    return error.retryAfterS ?? 1;
  return null;
}
