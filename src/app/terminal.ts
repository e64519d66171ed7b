import type { Command } from 'commander';

/** Adds one command with its options; an action that did not do what was asked tells so by `io.exit`. */
export type AddCommand = (program: Command, io: Terminal) => void;

/** What the exit codes of `pando` mean. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2, problemFound: 3, fault: 70 } as const;

/** Where a command reads its words from and says its own to. */
export interface Terminal {
  /** For what was asked: text for people, or JSON. */
  out(text: string): void;
  /** For progress, warnings and errors. */
  err(text: string): void;
  /** True when a person looks on; then progress may be drawn. */
  readonly isPerson: boolean;
  /** To be told by a command that did not do what was asked. */
  exit(code: number): void;
  exitCode(): number;
}

/** That of this process. */
export function terminal(): Terminal {
  let code: number = exitCodes.done;
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isPerson: process.stderr.isTTY === true,
    exit(told) {
      code = told;
    },
    exitCode: () => code,
  };
}
