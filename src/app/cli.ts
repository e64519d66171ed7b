import { Command, CommanderError } from 'commander';
import { ConfigError } from '#platform/config';
import { Refusal, Unavailable } from '#platform/refusal';
import { addBackup } from './commands/backup.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addRestore } from './commands/restore.ts';
import { addStart } from './commands/start.ts';
import { addUser } from './commands/user.ts';
import { addVerify } from './commands/verify.ts';
import { type AddCommand, exitCodes, type Terminal, terminal } from './terminal.ts';
import { readVersion } from './version.ts';

const commands: readonly AddCommand[] = [
  addStart,
  addDemo,
  addDoctor,
  addUser,
  addImport,
  addExport,
  addBackup,
  addVerify,
  addRestore,
];

/** Runs what the words ask for; resolves to the exit code. */
export async function runCommandLine(words: readonly string[], io = terminal()): Promise<number> {
  const program = new Command('pando')
    .description('The self-hosted customer-value platform.')
    .version(readVersion())
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .addHelpText('after', exitCodesHelp)
    .exitOverride();
  for (const add of commands) add(program, io);
  try {
    await program.parseAsync(words, { from: 'user' });
    return io.exitCode();
  } catch (error) {
    return explain(error, io);
  }
}

const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 a problem was found (by the doctor; or rows that an import rejected), 70 a fault of the program.
Settings are environment variables; see docs/configuration.md.`;

/** An expected failure is a sentence; a fault of ours comes with its stack. */
function explain(error: unknown, io: Terminal): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  if (error instanceof ConfigError) {
    for (const mistake of error.mistakes) io.err(`${mistake}\n`);
    return exitCodes.wrongUse;
  }
  if (error instanceof Refusal || error instanceof Unavailable) {
    io.err(`${error.message}\n`);
    return exitCodes.failed;
  }
  io.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.fault;
}
