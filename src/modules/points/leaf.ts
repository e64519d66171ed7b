import { hash, randomBytes } from 'node:crypto';
import { commit, encodeView } from '#modules/transparency';
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

export function viewOf(view: MovementView): Uint8Array {
  return encodeView({
    after: String(view.after),
    amount: String(view.amount),
    at: new Date(view.atMs).toISOString(),
    id: String(view.id),
    lots: view.lots.map((lot) => [lot.origin, lot.expires, lot.amount]),
    party: view.party,
    programme: view.programme,
    side: view.side,
  });
}

/**
 * The 32 bytes that hide a party's view: drawn from the account's secret, of which nothing else is ever told. They are
 * gone for good with the secret, which goes with the person.
 */
export function nonceOf(secret: Uint8Array | null, id: number, party: 'from' | 'to'): Uint8Array {
  if (!secret) return randomBytes(32);
  const input = Buffer.allocUnsafe(41);
  input.set(secret, 0);
  input.writeBigUInt64BE(BigInt(id), 32);
  input[40] = party === 'from' ? 0 : 1;
  return hash('sha256', input, 'buffer');
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
