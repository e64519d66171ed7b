import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Makes named pipes, one for each statement that may stream its result at the same time. */
export function makePipes(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
  execFileSync('mkfifo', ['-m', '600', ...paths]);
}

export interface Outlet {
  /** What the engine writes. Must be read to its end, whatever happened. */
  source: Readable;
  /** To be called when the statement has ended: the source ends after what is still in the pipe. */
  finish(): void;
}

/**
 * Opens a pipe for one statement's result. chDB materialises results (1.4 GB took 17 s and all memory) or streams
 * them through calls that block the event loop while subqueries run; written into a pipe by INTO OUTFILE they come
 * in 64 KB pieces at the reader's pace.
 * Both ends are opened here: then the engine never waits for a reader, the end is seen when we close ours, and when
 * all ends are closed the kernel drops what was left, so that nothing of one statement can reach the next.
 */
export function openOutlet(path: string): Outlet {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  return {
    source: new Socket({ fd: reading, readable: true, writable: false }),
    finish: () => closeSync(writing),
  };
}
