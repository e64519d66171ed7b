import { timingSafeEqual } from 'node:crypto';
import { chmod, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secret, sha256Hex } from '#platform/ids';

export const CLI_PREFIX = 'cli_';

/** The command line on the same machine shows that it may read the home, by a token in a file there. */
export interface CliToken {
  /** Makes the file `cli-token` (readable by its owner only) unless it is there, and knows it from then on. */
  ensure(home: string): Promise<void>;
  matches(token: string): boolean;
}

export function createCliToken(): CliToken {
  let known: Buffer | undefined;
  return {
    async ensure(home) {
      known = digest(await readOrMake(join(home, 'cli-token')));
    },
    matches: (token) => known !== undefined && timingSafeEqual(digest(token), known),
  };
}

function digest(token: string): Buffer {
  return Buffer.from(sha256Hex(token), 'hex');
}

async function readOrMake(path: string): Promise<string> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const token = secret(CLI_PREFIX, 32);
      await file.writeFile(`${token}\n`);
      return token;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const token = (await readFile(path, 'utf8')).trim();
  if (!/^cli_\w{32,}$/.test(token)) {
    throw new Error(`${path} does not hold a token; delete the file, and the next start makes a new one.`);
  }
  // A copied or restored home may have lost what kept others from reading it.
  await chmod(path, 0o600);
  return token;
}
