import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** A new Ed25519 key: the public half as its 32 bytes, the private half encrypted under the installation's secret. */
export function newSigningKey(secret: string): { publicKey: Uint8Array; sealedKey: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32),
    sealedKey: seal(secret, privateKey.export({ type: 'pkcs8', format: 'der' })),
  };
}

export function openSigningKey(secret: string, sealed: Uint8Array): KeyObject {
  const iv = sealed.subarray(0, ivBytes);
  const decipher = createDecipheriv(algorithm, keyOf(secret), iv);
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  const der = Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
  return createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
}

function seal(secret: string, content: Uint8Array): Uint8Array {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyOf(secret), iv);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** The secret has more chance in it than a key needs, so one round makes a key of it. */
const keyOf = (secret: string) => createHash('sha256').update(`transparency ${secret}`).digest();
