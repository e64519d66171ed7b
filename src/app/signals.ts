import { constants } from 'node:os';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C reaches a program and those who started it, and they pass it on: within this time it is one wish. */
const sameWishMs = 500;

/** Resolves when this process is asked to stop. Who asks a second time wants it at once, and gets that. */
export function stopAsked(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of signals) {
      process.on(signal, () => {
        if (firstAt === undefined) {
          firstAt = clock.tick();
          resolve();
        } else if (clock.tick() - firstAt > sameWishMs) {
          process.exit(128 + constants.signals[signal]);
        }
      });
    }
  });
}

/** After an error that nobody caught, nobody knows what state we are in: the log gets it, and the process ends. */
export function endOnFaults(log: Log, exitCode: number): void {
  const end = (err: unknown) => {
    log.fatal({ err }, 'a fault of the program: it ends');
    process.exit(exitCode);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
