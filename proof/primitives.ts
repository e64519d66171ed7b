import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Primitives } from '#platform/tlog';

/** As audited libraries have them: not every browser of today brings Ed25519. */
export const primitives: Primitives = {
  sha256: (data) => sha256(data),
  verifyEd25519(signature, message, key) {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  },
};
