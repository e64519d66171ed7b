import { concat, fromBase64, type Primitives, readUtf8, toBase64, utf8 } from './bytes.ts';

// C2SP signed-note, with Ed25519 signatures.

export interface NoteSignature {
  /** Who signed, as the key is named. */
  name: string;
  /** Eight hexadecimal digits. */
  keyId: string;
  signature: Uint8Array;
}

export interface SignedNote {
  /** What was signed; ends with a line break. */
  text: string;
  signatures: NoteSignature[];
}

/** A public key as it is given to whoever checks: `name+id+key`. */
export interface VerifierKey {
  name: string;
  keyId: string;
  key: Uint8Array;
}

const ed25519 = 1;
const mostSignatures = 100;

export function keyId({ sha256 }: Pick<Primitives, 'sha256'>, name: string, key: Uint8Array): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(ed25519), key)).subarray(0, 4));
}

export function formatVerifierKey({ name, keyId: id, key }: VerifierKey): string {
  return `${name}+${id}+${toBase64(concat(Uint8Array.of(ed25519), key))}`;
}

/** Undefined when it is no Ed25519 key in this form, or its id is not that of its name and key. */
export function parseVerifierKey(
  primitives: Pick<Primitives, 'sha256'>,
  text: string,
): VerifierKey | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== ed25519) return undefined;
  const key = bytes.subarray(1);
  return keyId(primitives, name, key) === id ? { name, keyId: id, key } : undefined;
}

export function formatNote({ text, signatures }: SignedNote): string {
  const lines = signatures.map(
    ({ name, keyId: id, signature }) => `— ${name} ${toBase64(concat(fromHex(id), signature))}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** Undefined for what is no signed note; whether the signatures hold is another question. */
export function parseNote(note: string): SignedNote | undefined {
  if (readUtf8(utf8(note)) !== note || [...note].some(isForbidden)) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > mostSignatures) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', encoded = ''] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (!bytes || bytes.length < 5) return undefined;
    signatures.push({ name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) });
  }
  return { text: note.slice(0, end + 1), signatures };
}

/** How many of the known keys have signed it; -1 when a signature that says to be of a known key is not. */
export function countSigners(
  primitives: Primitives,
  { text, signatures }: SignedNote,
  known: readonly VerifierKey[],
): number {
  const message = utf8(text);
  const signers = new Set<VerifierKey>();
  for (const { name, keyId: id, signature } of signatures) {
    const key = known.find((one) => one.name === name && one.keyId === id);
    if (!key || signers.has(key)) continue;
    if (signature.length !== 64 || !primitives.verifyEd25519(signature, message, key.key)) return -1;
    signers.add(key);
  }
  return signers.size;
}

const isForbidden = (letter: string) => letter < ' ' && letter !== '\n';

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
