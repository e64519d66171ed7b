import { createPublicKey, hash, verify } from 'node:crypto';
import type { Primitives } from '#platform/tlog';

/** How a public Ed25519 key of 32 bytes begins as the DER text that Node reads. */
const derOfPublicKey = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's own SHA-256 and Ed25519. */
export const primitives: Primitives = {
  // As text first: for a digest given as bytes Node makes a block of memory of its own, which takes twice the time.
  sha256: (data) => Buffer.from(hash('sha256', data, 'base64'), 'base64'),
  verifyEd25519(signature, message, key) {
    const publicKey = createPublicKey({
      key: Buffer.concat([derOfPublicKey, key]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, publicKey, signature);
  },
};
