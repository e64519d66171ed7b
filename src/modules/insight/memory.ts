import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';

/** What was counted, and when the counting began, in ms: what came later is not in it. */
export interface Counted<T> {
  answer: T;
  asOf: number;
}

export interface Memory<T> {
  /**
   * What is remembered under the name, at once, and counted again behind it when it is not quite new; counted now where
   * nothing is remembered, or only what is too old to be handed out.
   */
  ask(name: string, count: () => Promise<T>): Promise<Counted<T>>;
  /** Counts now; who asks the same meanwhile gets this answer. */
  renew(name: string, count: () => Promise<T>): Promise<Counted<T>>;
}

const mostAnswers = 200;
/** Older ones are not handed out any more. */
export const keptMs = 15 * 60_000;
/** Counting again takes a tenth of the time at most, and is no use sooner than this. */
const leastMs = 10_000;
const partOfTime = 10;

/** Remembers answers that take long to count. One counting at a time of each name. */
export function createMemory<T>({ clock, log }: { clock: Clock; log: Log }): Memory<T> {
  const kept = new Map<string, Counted<T> & { tookMs: number }>();
  const underWay = new Map<string, Promise<Counted<T>>>();

  async function counted(name: string, count: () => Promise<T>): Promise<Counted<T>> {
    const asOf = clock.ms();
    const began = clock.tick();
    const answer = await count();
    kept.delete(name);
    kept.set(name, { answer, asOf, tookMs: clock.tick() - began });
    for (const oldest of kept.keys()) {
      if (kept.size <= mostAnswers) break;
      kept.delete(oldest);
    }
    return { answer, asOf };
  }

  function renew(name: string, count: () => Promise<T>): Promise<Counted<T>> {
    const running = underWay.get(name);
    if (running) return running;
    const begun = counted(name, count).finally(() => underWay.delete(name));
    underWay.set(name, begun);
    return begun;
  }

  return {
    renew,
    async ask(name, count) {
      const known = kept.get(name);
      const age = known ? clock.ms() - known.asOf : 0;
      if (!known || age > keptMs) return renew(name, count);
      if (age > Math.max(leastMs, partOfTime * known.tookMs))
        renew(name, count).catch((error: unknown) => {
          log.warn(
            { reason: error instanceof Error ? error.message : String(error) },
            'a report stays as it was',
          );
        });
      return { answer: known.answer, asOf: known.asOf };
    },
  };
}
