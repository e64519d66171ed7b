import {
  type CheckedReceipt,
  type Checkpoint,
  checkReceipt,
  type LoggedTotals,
  parseTotals,
  parseVerifierKey,
  type ReadFile,
  readCheckpoint,
  readClearProof,
  readUtf8,
  type TotalsFault,
  totalsFaults,
  type VerifierKey,
} from '#platform/tlog';
import { primitives } from './primitives.ts';

/** A public log as this browser has checked it. */
export interface CheckedLog {
  read: ReadFile;
  keys: VerifierKey[];
  /** The keys as the log publishes them. */
  keyText: string;
  checkpoint: Checkpoint;
  /** Undefined before the first; `broken` where they do not hold. */
  totals?: { said: LoggedTotals; faults: TotalsFault[] } | 'broken';
}

/** Why there is nothing to show. */
export type LogTrouble = 'unknown' | 'away' | 'unsigned';

export async function loadLog(name: string): Promise<CheckedLog | LogTrouble> {
  const read = filesOf(name);
  try {
    const [key, note, totals] = await Promise.all(['key', 'checkpoint', 'totals'].map(read));
    if (!key || !note) return 'unknown';
    const keyText = (readUtf8(key) ?? '').trim();
    const keys = keyText.split('\n').flatMap((line) => parseVerifierKey(primitives, line) ?? []);
    const checkpoint = readCheckpoint(primitives, readUtf8(note) ?? '', keys);
    if (typeof checkpoint === 'string') return 'unsigned';
    return { read, keys, keyText, checkpoint, ...(totals ? { totals: checkTotals(totals, keys) } : {}) };
  } catch {
    return 'away';
  }
}

function checkTotals(file: Uint8Array, keys: readonly VerifierKey[]): NonNullable<CheckedLog['totals']> {
  const proof = readClearProof(primitives, readUtf8(file) ?? '', keys);
  const said = proof && parseTotals(proof.content);
  if (!said) return 'broken';
  // Whether they follow those before, only a walk over the whole log can tell.
  return { said, faults: totalsFaults(said).filter((fault) => fault !== 'order') };
}

/** Checks a receipt in this browser; only files of the log are fetched, as everybody's check fetches them. */
export function checkIt(log: CheckedLog, text: string): Promise<CheckedReceipt | 'away'> {
  return checkReceipt(primitives, text, { keys: log.keys, read: log.read }).catch(() => 'away' as const);
}

/** What stands behind `#receipt=`; undefined where nothing does. */
export function receiptOfLink(hash: string): string | undefined {
  const [, encoded] = /^#receipt=([\w-]+)$/.exec(hash) ?? [];
  if (!encoded) return undefined;
  const padded = encoded.replace(/-/g, '+').replace(/_/g, '/');
  try {
    return readUtf8(Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0)));
  } catch {
    return '';
  }
}

function filesOf(name: string): ReadFile {
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  return (path) => {
    // A tile never changes, and a receipt asks for some of them twice.
    const isLasting = path.startsWith('tile/');
    const before = isLasting ? known.get(path) : undefined;
    if (before) return before;
    const asked = get(`/log/${encodeURIComponent(name)}/${path}`);
    if (isLasting) known.set(path, asked);
    asked.catch(() => known.delete(path));
    return asked;
  };
}

async function get(url: string): Promise<Uint8Array | undefined> {
  const answer = await fetch(url, { credentials: 'omit', cache: 'no-cache' });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}
