import { createPublicKey, hash, verify } from 'node:crypto';
import type { Primitives } from '#platform/tlog';

/** How a public Ed25519 key of 32 bytes begins as the DER text that Node reads. */
const derOfPublicKey = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's own SHA-256 and Ed25519. */
export const primitives: Primitives = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  verifyEd25519(signature, message, key) {
    const publicKey = createPublicKey({
      key: Buffer.concat([derOfPublicKey, key]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, publicKey, signature);
  },
};
