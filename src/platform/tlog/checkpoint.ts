import { fromBase64, readNumber, toBase64 } from './bytes.ts';

// C2SP tlog-checkpoint: what a log says it is at one size.

export interface Checkpoint {
  /** Whose log it is. */
  origin: string;
  size: number;
  root: Uint8Array;
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Undefined for a text that is no checkpoint. Further lines are somebody's extensions, and are let be. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.some((line) => line === '')) return undefined;
  const [origin, sizeText, rootText] = lines;
  const size = readNumber(sizeText);
  const root = rootText === undefined ? undefined : fromBase64(rootText);
  if (!origin || size === undefined || root?.length !== 32) return undefined;
  return { origin, size, root };
}
