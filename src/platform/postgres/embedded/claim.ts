import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, refuse } from '../trouble.ts';
import { lifeOf } from './processes.ts';

/**
 * Makes this process the only one that runs an engine in this folder. A claim of a process that is no longer alive is
 * taken over; that of a living one is a Refusal. Returns what gives the claim back.
 */
export function claimFolder(folder: string): () => void {
  const claim = join(folder, 'claimed-by');
  const mine = `${process.pid}\n${lifeOf(process.pid)}\n`;
  const draft = `${claim}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, mine);
  try {
    while (!linked(draft, claim)) removeIfDead(claim, folder);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (read(claim) === mine) rmSync(claim, { force: true });
  };
}

// Linking is all or nothing: the claim appears with its content, for one of those who try.
function linked(draft: string, claim: string): boolean {
  try {
    linkSync(draft, claim);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function removeIfDead(claim: string, folder: string): void {
  const theirs = read(claim);
  if (theirs === undefined) return;
  const [pid = '', life = ''] = theirs.split('\n');
  if (lifeOf(Number(pid)) === life) {
    throw refuse(
      'folder-in-use',
      `Another Pando (process ${pid}) is running on ${folder}. Stop it, or choose another folder with PANDO_HOME.`,
    );
  }
  // Another one may take over at the same moment: only he goes on who moved the dead claim, not a fresh one.
  const grave = `${claim}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(claim, grave);
    if (read(grave) !== theirs) linked(grave, claim);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  } finally {
    rmSync(grave, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
