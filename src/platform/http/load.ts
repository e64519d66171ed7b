import { type Clock, systemClock } from '#platform/clock';

export interface LoadWatch {
  /** True while requests wait so long for their turn that new ones had better come later. */
  overloaded(): boolean;
  close(): void;
}

const everyMs = 100;
const tooLateMs = 500;

/** Watches how late a timer fires. One long pause (a garbage collection) is no overload: two in a row are. */
export function watchLoad(clock: Clock = systemClock): LoadWatch {
  let dueAt = clock.tick() + everyMs;
  let lateInARow = 0;
  const timer = setInterval(() => {
    const now = clock.tick();
    lateInARow = now - dueAt > tooLateMs ? lateInARow + 1 : 0;
    dueAt = now + everyMs;
  }, everyMs);
  timer.unref();
  return {
    overloaded: () => lateInARow >= 2,
    close: () => clearInterval(timer),
  };
}
