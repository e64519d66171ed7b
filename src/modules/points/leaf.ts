import { randomBytes } from 'node:crypto';
import { commit, primitives } from '#modules/transparency';
import { type Entry, kindNumber, sideName } from './book.ts';
import type { Lot } from './lots.ts';

/** What one party's receipt says of a movement; the other party's stays behind a hash. */
export interface MovementView {
  programme: string;
  id: number;
  atMs: number;
  party: 'from' | 'to';
  side: string;
  amount: number;
  after: number;
  lots: readonly Lot[];
}

/** As `encodeView` writes it, name by name in their order: by hand, because there are two for each movement. */
export function viewOf({ programme, id, atMs, party, side, amount, after, lots }: MovementView): Uint8Array {
  let listed = '';
  for (const lot of lots) listed += `${listed && ','}[${lot.origin},${lot.expires},${lot.amount}]`;
  return Buffer.from(
    `{"after":"${after}","amount":"${amount}","at":"${new Date(atMs).toISOString()}","id":"${id}",` +
      `"lots":[${listed}],"party":"${party}","programme":${JSON.stringify(programme)},"side":"${side}"}`,
  );
}

/**
 * The 32 bytes that hide a party's view: drawn from the account's secret, of which nothing else is ever told. They are
 * gone for good with the secret, which goes with the person.
 */
export function nonceOf(secret: Uint8Array | null, id: number, party: 'from' | 'to'): Uint8Array {
  if (!secret) return randomBytes(32);
  const input = Buffer.allocUnsafe(41);
  input.set(secret, 0);
  input.writeUInt32BE(Math.floor(id / 2 ** 32), 32);
  input.writeUInt32BE(id % 2 ** 32, 36);
  input[40] = party === 'from' ? 0 : 1;
  return primitives.sha256(input);
}

/** The leaf's kind: 0 is for what stands in the clear. */
function leafKind(entry: Pick<Entry, 'kind'>): number {
  return kindNumber(entry.kind) + 1;
}

/** The leaf of a movement in the public log. */
export function leafOf(entry: Entry, programme: string, atMs: number): Uint8Array {
  const { id, amount, lots } = entry;
  const side = (party: 'from' | 'to') => {
    const account = entry[party];
    const [of, after] = party === 'from' ? [entry.fromSide, entry.fromAfter] : [entry.toSide, entry.toAfter];
    return {
      nonce: nonceOf(account.secret, id, party),
      view: viewOf({ programme, id, atMs, party, side: sideName(account.kind, of), amount, after, lots }),
    };
  };
  return commit(leafKind(entry), [side('from'), side('to')]);
}
