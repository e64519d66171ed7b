import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from './program.ts';
import { type CpuSeconds, canMeasure, cpuSeconds, pssMb } from './tree.ts';

const everyMs = 3_000;

/** Looks at the program's process tree now and then: to ask how much memory it really has holds the program up. */
export interface Watch {
  /** In MB, proportional set size; null where the system does not tell. */
  peakMb(): number | null;
  /** Since the watch began. */
  cpu(): CpuSeconds;
  stop(): Promise<void>;
}

export function watchTree(program: Program): Watch {
  let peak = 0;
  let stopped = false;
  const now = () => cpuSeconds(program.members());
  const before = canMeasure ? now() : { program: 0, clickhouse: 0, postgres: 0 };
  const watching = (async () => {
    while (!stopped && canMeasure) {
      peak = Math.max(peak, pssMb(program.members()));
      await sleep(everyMs);
    }
  })();
  return {
    peakMb: () => (canMeasure ? peak : null),
    cpu() {
      const used = canMeasure ? now() : before;
      return {
        program: used.program - before.program,
        clickhouse: used.clickhouse - before.clickhouse,
        postgres: used.postgres - before.postgres,
      };
    },
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
