import { setTimeout as after } from 'node:timers/promises';

/** Time as the program sees it; passed in everywhere, so that a test can hold it still. */
export interface Clock {
  now(): Date;
  /** Milliseconds since 1970, UTC. */
  ms(): number;
  /** Monotonic milliseconds with a fraction, for measuring how long something took. */
  tick(): number;
  /** Resolves after `ms`, or at once (without an error) when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface ManualClock extends Clock {
  /** Moves time on and wakes every sleeper whose time has come, the earliest first. */
  advance(ms: number): void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  ms: () => Date.now(),
  tick: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await after(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      // Being woken early is what the caller asked for.
      if (!signal?.aborted) throw error;
    }
  },
};

/** A clock that stands still until `advance` is called. */
export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => new Date(nowMs),
    ms: () => nowMs,
    tick: () => nowMs - startMs,
    sleep(ms, signal) {
      if (ms <= 0 || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = { at: nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers = sleepers.filter((s) => s !== sleeper);
            resolve();
          },
          { once: true },
        );
      });
    },
    advance(ms) {
      nowMs += ms;
      const due = sleepers.filter((s) => s.at <= nowMs).sort((a, b) => a.at - b.at);
      sleepers = sleepers.filter((s) => s.at > nowMs);
      for (const sleeper of due) sleeper.wake();
    },
  };
}
