import type { Collect, Source } from '#modules/collect';
import type { Clock } from '#platform/clock';
import { Refusal, Unavailable } from '#platform/refusal';
import type { Message } from '../mapping/record.ts';

/** How events fared, up to an event before which all are answered. */
export interface Sent {
  sent: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  withheld: number;
}

/** Hands events to collection, in batches, a few at a time, and never before live events. */
export interface Sender {
  /** To be awaited where it is a promise: enough is under way. Throws what made an earlier batch fail for good. */
  push(message: Message, bytes: number): Promise<void> | null;
  /** Resolves when everything that was pushed is answered. */
  drain(): Promise<void>;
  readonly counts: Readonly<Sent>;
}

const batchEvents = 500;
const batchBytes = 1_000_000;
const batchesUnderWay = 4;
const maxEventBytes = 1_000_000;
const mostTries = 5;
const longestPauseMs = 10_000;
/** Above this share of what live collection can hold, an import waits. */
const busy = 0.5;

/**
 * `from`: how those before fared that are pushed again after a restart; they are not sent again. While an engine is away
 * or busy the sender waits and tries again, for as long as it takes; another error is tried a few times.
 */
export function createSender(o: {
  collect: Pick<Collect, 'ingest' | 'load'>;
  workspaceId: number;
  source: Source;
  clock: Clock;
  signal: AbortSignal;
  from: Sent;
}): Sender {
  const { collect, clock, signal } = o;
  const counts = { ...o.from };
  let passOver = o.from.sent;
  let batch: Message[] = [];
  let bytes = 0;
  let failed: unknown;
  const underWay = new Set<Promise<void>>();
  // Batches are answered in any order and counted in theirs.
  const answered = new Map<number, Sent>();
  let nextToSend = 0;
  let nextToCount = 0;

  function begin(): void {
    const messages = batch;
    const place = nextToSend++;
    batch = [];
    bytes = 0;
    const sending = send(messages)
      .then((answer) => {
        answered.set(place, answer);
        for (let ready = answered.get(nextToCount); ready; ready = answered.get(nextToCount)) {
          answered.delete(nextToCount++);
          add(counts, ready);
        }
      })
      .catch((error: unknown) => {
        failed ??= error;
      })
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
  }

  async function send(messages: Message[]): Promise<Sent> {
    let pauseMs = 200;
    for (let tries = 1; ; ) {
      while (collect.load() > busy && !signal.aborted) await clock.sleep(20, signal);
      signal.throwIfAborted();
      try {
        const answer = await collect.ingest({
          workspaceId: o.workspaceId,
          source: o.source,
          messages,
          receivedAt: clock.now(),
          historical: true,
          maxEventBytes,
        });
        const { accepted, duplicates, quarantined, withheld } = answer;
        return { sent: messages.length, accepted, duplicates, quarantined, withheld };
      } catch (error) {
        const wait = waitFor(error);
        if (wait === null && tries++ >= mostTries) throw error;
        await clock.sleep(Math.max(pauseMs, (wait ?? 0) * 1000), signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  return {
    counts,
    push(message, size) {
      if (failed !== undefined) throw failed;
      if (passOver > 0) {
        passOver--;
        return null;
      }
      batch.push(message);
      bytes += size;
      if (batch.length < batchEvents && bytes < batchBytes) return null;
      begin();
      if (underWay.size < batchesUnderWay) return null;
      return Promise.race(underWay);
    },
    async drain() {
      if (batch.length > 0) begin();
      while (underWay.size > 0) await Promise.race(underWay);
      if (failed !== undefined) throw failed;
    },
  };
}

function add(counts: Sent, more: Sent): void {
  counts.sent += more.sent;
  counts.accepted += more.accepted;
  counts.duplicates += more.duplicates;
  counts.quarantined += more.quarantined;
  counts.withheld += more.withheld;
}

/** Seconds after which what was refused for now may be tried again; null for what is no matter of time. */
function waitFor(error: unknown): number | null {
  if (error instanceof Unavailable) return error.retryAfterS;
  if (error instanceof Refusal && (error.status === 503 || error.status === 429))
    return error.retryAfterS ?? 1;
  return null;
}
