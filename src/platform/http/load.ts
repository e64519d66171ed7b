import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoadWatch {
  /** True while requests wait so long for their turn that new ones had better come later. */
  overloaded(): boolean;
  close(): void;
}

const windowMs = 500;
const tooLongMs = 500;

/** Watches how late timers fire. One long pause (a garbage collection) is no overload: two windows in a row are. */
export function watchLoad(): LoadWatch {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let slowWindows = 0;
  const timer = setInterval(() => {
    slowWindows = delay.mean / 1e6 > tooLongMs ? slowWindows + 1 : 0;
    delay.reset();
  }, windowMs);
  timer.unref();
  return {
    overloaded: () => slowWindows >= 2,
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
