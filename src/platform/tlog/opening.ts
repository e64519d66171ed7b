import { concat, equal, fromBase64, type Primitives, readUtf8, toBase64, utf8 } from './bytes.ts';
import { hashBytes } from './tiles.ts';

// How a leaf of ours hides what it commits to, and how a receipt opens it for one party. docs/proof.md says it in words.

const domain = utf8('pando.movement.v1\n');

/** One side of a movement: what it sees of it, and the 32 random bytes that hide it. */
export interface Party {
  nonce: Uint8Array;
  /** Canonical: from `encodeView`. */
  view: Uint8Array;
}

export type Viewed =
  | string
  | number
  | boolean
  | null
  | readonly Viewed[]
  | { readonly [name: string]: Viewed };

/** JSON as RFC 8785 has it, of texts, whole numbers, lists and objects: one value, one text. */
export function encodeView(view: { readonly [name: string]: Viewed }): Uint8Array {
  return utf8(canonical(view));
}

function canonical(value: Viewed): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError('Numbers of a view are whole; write larger ones as text.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}

const isList = (value: object): value is readonly Viewed[] => Array.isArray(value);

export function partyHash({ sha256 }: Pick<Primitives, 'sha256'>, { nonce, view }: Party): Uint8Array {
  if (nonce.length !== 32) throw new RangeError('A nonce has 32 bytes.');
  return sha256(concat(nonce, view));
}

/** The leaf: the kind in one byte, and the commitment to what every party sees, in their order. */
export function leafOf(
  { sha256 }: Pick<Primitives, 'sha256'>,
  kind: number,
  hashes: readonly Uint8Array[],
): Uint8Array {
  if (!Number.isInteger(kind) || kind < 1 || kind > 255) throw new RangeError('A kind is 1 to 255.');
  const committed = new Uint8Array(domain.length + 2 + hashes.length * hashBytes);
  committed.set(domain);
  committed[domain.length] = kind;
  committed[domain.length + 1] = hashes.length;
  for (const [i, one] of hashes.entries()) committed.set(one, domain.length + 2 + i * hashBytes);
  const leaf = new Uint8Array(1 + hashBytes);
  leaf[0] = kind;
  leaf.set(sha256(committed), 1);
  return leaf;
}

/** What a receipt holds beside the proof: one party's view and nonce, and the others' hashes. */
export interface Opening extends Party {
  kind: number;
  /** Which of the parties this one is. */
  party: number;
  /** Of every party in their order; null in one's own place. */
  hashes: (Uint8Array | null)[];
  /** Where the leaf stands, in a short receipt: one without a proof, for who can ask the log. */
  index?: number;
}

export function encodeOpening({ kind, party, hashes, nonce, view, index }: Opening): Uint8Array {
  return encodeView({
    format: 'pando.receipt.v1',
    ...(index === undefined ? {} : { index }),
    kind,
    nonce: toBase64(nonce),
    parties: hashes.map((hash) => (hash ? toBase64(hash) : null)),
    party,
    view: readUtf8(view) ?? '',
  });
}

/** Undefined for what is no opening in this form. */
export function decodeOpening(bytes: Uint8Array): Opening | undefined {
  const told = readJson(bytes);
  if (told?.format !== 'pando.receipt.v1') return undefined;
  const { kind, party, parties, nonce: encoded, view, index } = told;
  const nonce = typeof encoded === 'string' ? fromBase64(encoded) : undefined;
  if (!isWhole(kind, 1, 255) || nonce?.length !== 32 || typeof view !== 'string') return undefined;
  if (!Array.isArray(parties) || parties.length > 255 || !isWhole(party, 0, parties.length - 1))
    return undefined;
  const hashes = parties.map((one: unknown) => (typeof one === 'string' ? fromBase64(one) : null));
  const isWell = hashes.every((hash, i) => (i === party ? hash === null : hash?.length === 32));
  if (!isWell) return undefined;
  return {
    kind,
    party,
    hashes: hashes.map((hash) => hash ?? null),
    nonce,
    view: utf8(view),
    ...(isWhole(index, 0, Number.MAX_SAFE_INTEGER) ? { index } : {}),
  };
}

/** The leaf that an opening leads to. */
export function leafOfOpening(primitives: Pick<Primitives, 'sha256'>, opening: Opening): Uint8Array {
  const own = partyHash(primitives, opening);
  return leafOf(
    primitives,
    opening.kind,
    opening.hashes.map((hash) => hash ?? own),
  );
}

/** Leaves of kind 0 are in the clear: canonical JSON behind the zero. */
export function clearLeaf(content: { readonly [name: string]: Viewed }): Uint8Array {
  return concat(Uint8Array.of(0), encodeView(content));
}

/** What a leaf in the clear says; undefined for a commitment, and for what is not canonical. */
export function readClearLeaf(leaf: Uint8Array): Record<string, unknown> | undefined {
  if (leaf[0] !== 0) return undefined;
  const told = readJson(leaf.subarray(1));
  return told && equal(clearLeaf(told as Record<string, Viewed>), leaf) ? told : undefined;
}

function readJson(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const told: unknown = JSON.parse(readUtf8(bytes) ?? '');
    return typeof told === 'object' && told !== null && !Array.isArray(told)
      ? (told as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
