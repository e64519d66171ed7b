import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder with the shared data sets, or undefined where this machine has none. A test that needs one is passed over
 * only then, and says so: `test.skipIf(!dataFolder())`.
 */
export function dataFolder(): string | undefined {
  const folder = resolve(join(import.meta.dirname, '..'), process.env.PANDO_DATA ?? '../shared/data');
  if (existsSync(folder)) return folder;
  process.stderr.write(
    `No data sets at ${folder} (set PANDO_DATA to where they are): tests over them are passed over.\n`,
  );
  return undefined;
}
