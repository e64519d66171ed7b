import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#platform/clock';

/** Lets others have their turn after every few milliseconds of work; null where it is not time yet. */
export type Breather = () => Promise<void> | null;

const sliceMs = 4;

export function createBreather(clock: Clock): Breather {
  let since = clock.tick();
  return () => {
    if (clock.tick() - since < sliceMs) return null;
    return setImmediate().then(() => {
      since = clock.tick();
    });
  };
}
