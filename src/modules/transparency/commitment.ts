import { randomBytes } from 'node:crypto';
import { leafOf, type Party, partyHash } from '#platform/tlog';
import { primitives } from './primitives.ts';

/** 32 fresh random bytes: what hides a view in its commitment. Whoever loses them can no longer open it. */
export function newNonce(): Uint8Array {
  return randomBytes(32);
}

/**
 * The leaf of a movement: its kind (1 to 255) in the clear and the commitment, 33 bytes in all. Each party's receipt
 * opens its own view; of the others it shows a hash only. A party whose nonce was erased is given by its hash.
 */
export function commit(kind: number, parties: readonly (Party | Uint8Array)[]): Uint8Array {
  return leafOf(
    primitives,
    kind,
    parties.map((party) => (party instanceof Uint8Array ? party : partyHash(primitives, party))),
  );
}

/** What stands in a party's place once its nonce is gone. */
export function hashOfParty(party: Party): Uint8Array {
  return partyHash(primitives, party);
}
