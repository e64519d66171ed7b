import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { secret } from '#platform/ids';
import { codeOf, refuse } from '../trouble.ts';
import { childOptions, type Installation, SUPERUSER } from './installation.ts';
import { processesNamed, signalAll } from './processes.ts';

const run = promisify(execFile);

/** Makes the data folder when there is none, all of it or nothing; returns the superuser's password. */
export async function initialise(at: Installation): Promise<string> {
  const password = passwordOf(at);
  if (existsSync(at.data)) {
    await checkRelease(at);
    return password;
  }
  // Under another name until it is whole: a start that was killed half-way leaves nothing that looks like data.
  const half = `${at.data}.half`;
  const passwordForInit = `${at.data}.password`;
  // The work of a start that was killed just now may still go on.
  signalAll(processesNamed(half), 'SIGKILL');
  rmSync(half, { recursive: true, force: true, maxRetries: 10 });
  mkdirSync(half, { mode: 0o700 });
  writeFileSync(passwordForInit, password, { mode: 0o600 });
  if (at.user) {
    chownSync(half, at.user.uid, at.user.gid);
    chownSync(passwordForInit, at.user.uid, at.user.gid);
  }
  try {
    await run(
      join(at.native, 'bin', 'initdb'),
      [
        `--pgdata=${half}`,
        `--username=${SUPERUSER}`,
        '--auth=scram-sha-256',
        `--pwfile=${passwordForInit}`,
        // Without these the encoding would be what the environment happens to say, SQL_ASCII in a bare container.
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      childOptions(at),
    );
    renameSync(half, at.data);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw refuse(
        'no-binaries',
        'The embedded Postgres cannot run on this system: it needs glibc, which Alpine Linux, for one, does not have. ' +
          'Use a Postgres of your own by DATABASE_URL.',
      );
    }
    const { stderr, message } = error as { stderr?: string; message: string };
    throw refuse(
      'will-not-start',
      `Postgres could not make its data folder ${at.data}: ${(stderr || message).trim()}`,
    );
  } finally {
    rmSync(passwordForInit, { force: true });
    rmSync(half, { recursive: true, force: true });
  }
  return password;
}

function passwordOf(at: Installation): string {
  const file = join(at.folder, 'password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (existsSync(at.data)) {
    throw refuse(
      'will-not-start',
      `The password of the embedded Postgres is missing: ${file}. Put the file back, from a backup of this folder.`,
    );
  }
  const password = secret('');
  writeFileSync(`${file}.half`, password, { mode: 0o600 });
  chmodSync(`${file}.half`, 0o600);
  renameSync(`${file}.half`, file);
  return password;
}

async function checkRelease(at: Installation): Promise<void> {
  const written = readFileSync(join(at.data, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await run(join(at.native, 'bin', 'postgres'), ['--version'], childOptions(at));
  const ours = /(\d+)/.exec(stdout)?.[1];
  if (written !== ours) {
    throw refuse(
      'folder-of-other-version',
      `The data in ${at.data} were written by PostgreSQL ${written}, and this Pando brings ${ours}. ` +
        'Make a backup with the Pando that wrote them, and restore it with this one into a new folder.',
    );
  }
}
