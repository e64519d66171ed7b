import { fromBase64, readNumber, toBase64 } from './bytes.ts';

// C2SP tlog-proof: an entry's place, the way to the root, and the signed checkpoint, in one text.

const firstLine = 'c2sp.org/tlog-proof@v1';

export interface LogProof {
  /** What the application adds; nothing vouches for it by itself. */
  extra?: Uint8Array;
  index: number;
  /** From the leaf's sibling up to the child of the root. */
  hashes: Uint8Array[];
  /** The signed note, word for word. */
  checkpoint: string;
}

export function formatProof({ extra, index, hashes, checkpoint }: LogProof): string {
  return [
    firstLine,
    ...(extra ? [`extra ${toBase64(extra)}`] : []),
    `index ${index}`,
    ...hashes.map(toBase64),
    '',
    checkpoint,
  ].join('\n');
}

/** Undefined for a text that is no proof. */
export function parseProof(text: string): LogProof | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first, ...lines] = text.slice(0, end).split('\n');
  if (first !== firstLine) return undefined;
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() ?? '').slice(6)) : null;
  const index = readNumber(/^index (\d+)$/.exec(lines.shift() ?? '')?.[1]);
  const hashes = lines.map(fromBase64);
  if (extra === undefined || index === undefined) return undefined;
  if (!hashes.every((hash) => hash?.length === 32)) return undefined;
  return {
    ...(extra ? { extra } : {}),
    index,
    hashes: hashes.flatMap((hash) => hash ?? []),
    checkpoint: text.slice(end + 2),
  };
}
