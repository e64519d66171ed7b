import { equal, type Primitives, readUtf8, utf8 } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { entryFromFiles, hashesFromFiles, type ReadFile, readCheckpoint } from './log-files.ts';
import {
  consistencyRanges,
  inclusionRanges,
  leafHash,
  provesConsistency,
  rootFromInclusion,
} from './merkle.ts';
import type { VerifierKey } from './note.ts';
import { decodeOpening, leafOfOpening, type Opening, readClearLeaf } from './opening.ts';
import { formatProof, type LogProof, parseProof } from './proof.ts';

export type { ReadFile } from './log-files.ts';
export { readCheckpoint } from './log-files.ts';

/**
 * What is wrong with a receipt.
 * form: it is none, or cut. origin: it is of another log. signature: its checkpoint was not signed by the log.
 * content: what it says is not what was logged at its place. path: the hashes or the place were changed.
 * unlogged: content or path; which of them, only the log could tell. history: the log has another past now.
 */
export type ReceiptFault = 'form' | 'origin' | 'signature' | 'content' | 'path' | 'unlogged' | 'history';

export interface CheckedReceipt {
  fault?: ReceiptFault;
  /** What the receipt says of itself; to be believed only without a fault. */
  opening?: Opening;
  index?: number;
  checkpoint?: Checkpoint;
  /** The log as it is now, when it was asked. */
  now?: Checkpoint;
}

interface Trust {
  keys: readonly VerifierKey[];
  /** The log's files; without them, the receipt is checked by itself. */
  read?: ReadFile;
}

/**
 * Checks a receipt: a tlog-proof, or a short one (an opening that knows its place), for which the log is asked.
 * Throws only where the log cannot be asked.
 */
export async function checkReceipt(
  primitives: Primitives,
  text: string,
  { keys, read }: Trust,
): Promise<CheckedReceipt> {
  const now = read ? await readNow(primitives, read, keys) : undefined;
  if (typeof now === 'string') return { fault: 'history' };
  const short = decodeOpening(utf8(text.trim()));
  if (short) {
    if (!read || !now || short.index === undefined) return { fault: 'form', opening: short };
    return checkShort(primitives, { ...short, index: short.index }, now, read);
  }
  const proof = parseProof(text.replace(/\r\n/g, '\n').replace(/^\s+/, '').replace(/\n*$/, '\n'));
  const opening = proof?.extra ? decodeOpening(proof.extra) : undefined;
  if (!proof || !opening) return { fault: 'form' };
  const { index } = proof;
  const checkpoint = readCheckpoint(primitives, proof.checkpoint, keys);
  if (typeof checkpoint === 'string') return { fault: checkpoint, opening, index };
  const told: CheckedReceipt = { opening, index, checkpoint, ...(now ? { now } : {}) };
  const leaf = leafOfOpening(primitives, opening);
  if (!isUnder(primitives, checkpoint, leaf, proof))
    return { ...told, fault: read && now ? await whichPart(read, leaf, index, now) : 'unlogged' };
  if (read && now && !(await continues(primitives, checkpoint, now, read)))
    return { ...told, fault: 'history' };
  return told;
}

/** The whole receipt that a short one stands for, with the way to the checkpoint as it is now. */
async function checkShort(
  primitives: Primitives,
  opening: Opening & { index: number },
  now: Checkpoint,
  read: ReadFile,
): Promise<CheckedReceipt> {
  const { index } = opening;
  const told: CheckedReceipt = { opening, index, checkpoint: now, now };
  if (index >= now.size) return { ...told, fault: 'path' };
  const leaf = leafOfOpening(primitives, opening);
  const ranges = inclusionRanges(index, now.size);
  const hashes = await hashesFromFiles(primitives, read, { ranges, size: now.size, now: now.size });
  if (!hashes) return { ...told, fault: 'history' };
  if (!isUnder(primitives, now, leaf, { index, hashes }))
    return { ...told, fault: await whichPart(read, leaf, index, now) };
  return told;
}

function isUnder(
  primitives: Primitives,
  { size, root }: Checkpoint,
  leaf: Uint8Array,
  { index, hashes }: Pick<LogProof, 'index' | 'hashes'>,
): boolean {
  const reached = rootFromInclusion(primitives, {
    leafHash: leafHash(primitives, leaf),
    index,
    size,
    hashes,
  });
  return reached !== undefined && equal(reached, root);
}

/** The log's own entry tells whether what the receipt says was changed, or the way to the root. */
async function whichPart(
  read: ReadFile,
  leaf: Uint8Array,
  index: number,
  now: Checkpoint,
): Promise<ReceiptFault> {
  const entry = await entryFromFiles(read, index, now.size);
  return entry && equal(entry, leaf) ? 'path' : 'content';
}

async function continues(
  primitives: Primitives,
  from: Checkpoint,
  now: Checkpoint,
  read: ReadFile,
): Promise<boolean> {
  if (from.size > now.size) return false;
  const ranges = consistencyRanges(from.size, now.size);
  const hashes = await hashesFromFiles(primitives, read, { ranges, size: now.size, now: now.size });
  const given = { from: from.size, to: now.size, fromRoot: from.root, toRoot: now.root };
  return hashes !== undefined && provesConsistency(primitives, { ...given, hashes });
}

async function readNow(
  primitives: Primitives,
  read: ReadFile,
  keys: readonly VerifierKey[],
): Promise<Checkpoint | string> {
  const text = readUtf8((await read('checkpoint')) ?? new Uint8Array());
  return text ? readCheckpoint(primitives, text, keys) : 'form';
}

/** A leaf in the clear with its proof, as the log's file `totals` is; undefined where anything does not hold. */
export function readClearProof(
  primitives: Primitives,
  text: string,
  keys: readonly VerifierKey[],
): { content: Record<string, unknown>; index: number; checkpoint: Checkpoint } | undefined {
  const proof = parseProof(text);
  if (!proof?.extra || formatProof(proof) !== text) return undefined;
  const content = readClearLeaf(proof.extra);
  const checkpoint = readCheckpoint(primitives, proof.checkpoint, keys);
  if (!content || typeof checkpoint === 'string') return undefined;
  if (!isUnder(primitives, checkpoint, proof.extra, proof)) return undefined;
  return { content, index: proof.index, checkpoint };
}
