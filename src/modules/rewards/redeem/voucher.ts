import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

/*
 * A voucher is a number of 50 random bits. Its code is that number to be typed, with a check character; its token is
 * what the number stands for, signed with the workspace's Ed25519 key, so that a till can check it while the line is
 * down: `payload.signature`, both base64url; the signature is over the payload's bytes as they stand in the token.
 */

/** Crockford's: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const places = 10;

export interface Keys {
  privateKey: Buffer;
  publicKey: Buffer;
}

export const Promised = Type.Object({
  v: Type.Literal(1),
  workspace: Type.String(),
  code: Type.String(),
  worth: Type.Union([Type.String(), Type.Null()]),
  currency: Type.Union([Type.String(), Type.Null()]),
  expires: Type.String(),
});
export type Promised = Static<typeof Promised>;

export function newNumber(): number {
  return randomBytes(7).readUIntBE(0, 6) * 4 + (randomBytes(1).readUInt8(0) & 3);
}

/** "7K3M-9QXW-2TB": ten places and a check. */
export function codeOf(number: number): string {
  let rest = number;
  let text = '';
  for (let i = 0; i < places; i++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  const code = text + alphabet.charAt(number % 31);
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** As somebody typed it: in any case, with or without dashes, O for 0, I or L for 1. Null where it is none. */
export function numberOf(typed: string): number | null {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (text.length !== places + 1) return null;
  let number = 0;
  for (const letter of text.slice(0, places)) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) return null;
    number = number * 32 + digit;
  }
  return alphabet.charAt(number % 31) === text.at(-1) ? number : null;
}

export function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
  };
}

const privateOf = (der: Buffer): KeyObject => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const publicOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' });

export function tokenOf(promised: Promised, keys: Pick<Keys, 'privateKey'>): string {
  const payload = Buffer.from(JSON.stringify(promised)).toString('base64url');
  const signature = sign(null, Buffer.from(payload), privateOf(keys.privateKey));
  return `${payload}.${signature.toString('base64url')}`;
}

/** What a token promises; null where the key did not sign it. */
export function readToken(token: string, keys: Pick<Keys, 'publicKey'>): Promised | null {
  const [payload = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || signature === '') return null;
  try {
    const bytes = Buffer.from(signature, 'base64url');
    if (!verify(null, Buffer.from(payload), publicOf(keys.publicKey), bytes)) return null;
    const read: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return Check(Promised, read) ? read : null;
  } catch {
    return null;
  }
}
