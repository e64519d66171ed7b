import { hashOfParty } from '#modules/transparency';
import type { Tx } from '#platform/postgres';
import { cutOwners } from './programme-sql.ts';
import * as sql from './receipt-sql.ts';
import { partyOf } from './receipts.ts';

const page = 1000;

/**
 * Cuts these people out of the books. Their secrets go, and with them what opens their side of any movement; where
 * somebody else is on the other side, the hash of theirs stays, since the other's receipt is made of both.
 */
export async function cut(tx: Tx, workspaceId: number, owners: readonly number[]): Promise<void> {
  // Held from here on, so that no movement comes in between.
  const accounts = await sql.lockOwned(tx, workspaceId, owners);
  for (let after = 0; accounts.length > 0; ) {
    const rows = await sql.readShared(tx, workspaceId, { accounts, after, most: page });
    await sql.keepParties(
      tx,
      workspaceId,
      rows.flatMap((row) => {
        const party = partyOf(row, row.goes);
        return party ? [{ id: row.id, account: row.stays, hash: Buffer.from(hashOfParty(party)) }] : [];
      }),
    );
    after = rows.at(-1)?.id ?? 0;
    if (rows.length < page) break;
  }
  await sql.forgetKept(tx, workspaceId, accounts);
  await cutOwners(tx, workspaceId, owners);
}
