import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readKeys, type Seen } from '#modules/transparency';
import { type Checkpoint, formatVerifierKey, fromBase64, toBase64, type VerifierKey } from '#platform/tlog';

/** What was seen of public logs, kept by who checks them: without it, a log could be rolled back or forked unseen. */
export interface Memory {
  /** Of the log that was at this place, or else of the logs of these names. */
  keysOf(place: string | undefined, origins: readonly string[]): VerifierKey[];
  all(): { keys: VerifierKey[]; trust: 'remembered' };
  /** The last state of the logs that these keys are of. */
  seen(keys: readonly VerifierKey[]): Seen[];
  keep(place: string, keys: readonly VerifierKey[], checkpoint: Checkpoint): void;
}

interface Remembered {
  /** Where it was looked at last. */
  place: string;
  keys: string[];
  size: number;
  root: string;
}

export function openMemory(file: string): Memory {
  const logs: Record<string, Remembered> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const keysOf = (origin: string) => readKeys((logs[origin]?.keys ?? []).join('\n'));

  return {
    keysOf(place, origins) {
      const here = Object.keys(logs).filter((origin) => logs[origin]?.place === place);
      return (here.length > 0 ? here : [...new Set(origins)]).flatMap(keysOf);
    },
    all: () => ({ keys: Object.keys(logs).flatMap(keysOf), trust: 'remembered' }),
    seen: (keys) =>
      [...new Set(keys.map(({ name }) => name))].flatMap((origin) => {
        const known = logs[origin];
        const root = known && fromBase64(known.root);
        return root ? [{ size: known.size, root, from: `remembered in ${file}` }] : [];
      }),
    keep(place, keys, { origin, size, root }) {
      const own = keys.filter(({ name }) => name === origin).map(formatVerifierKey);
      logs[origin] = { place, keys: own, size, root: toBase64(root) };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.half`, `${JSON.stringify(logs, null, 2)}\n`);
      renameSync(`${file}.half`, file);
    },
  };
}
