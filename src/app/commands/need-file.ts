import { existsSync } from 'node:fs';
import { exitCodes, type Terminal } from '../terminal.ts';

/** False, with a sentence, where there is no such file. */
export function needFile(file: string, io: Terminal): boolean {
  if (existsSync(file)) return true;
  io.err(`There is no file ${file}.\n`);
  io.exit(exitCodes.wrongUse);
  return false;
}
