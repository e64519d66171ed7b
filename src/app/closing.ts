import type { Log } from '#platform/log';

/** What was begun and has to be ended, in the opposite order. */
export interface Closing {
  later(what: string, end: () => Promise<void> | void): void;
  /** Ends all of it, each whatever became of the others; a second call waits for the first. */
  now(): Promise<void>;
}

export function createClosing(log: Log): Closing {
  const ends: { what: string; end: () => Promise<void> | void }[] = [];
  let ending: Promise<void> | undefined;

  async function endAll(): Promise<void> {
    for (let last = ends.pop(); last; last = ends.pop()) {
      try {
        await last.end();
      } catch (error) {
        log.error({ err: error, what: last.what }, 'could not be ended properly');
      }
    }
  }

  return {
    later(what, end) {
      ends.push({ what, end });
    },
    now() {
      ending ??= endAll();
      return ending;
    },
  };
}
