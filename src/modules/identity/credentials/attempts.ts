import type { Clock } from '#platform/clock';
import { sha256Hex } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { networkOf } from '../access/guesses.ts';
import { refuse } from '../refusal.ts';
import { countAttempts, deleteAttempts, deleteOldAttempts } from './sql.ts';

const WINDOW_MS = 15 * 60_000;

/**
 * Passwords tried in a quarter of an hour: on one account from one address, on one account from anywhere, from one
 * address on any account. Kept in the database, so that the limit holds over all processes.
 */
const LIMITS = { pair: 10, account: 50, address: 100 } as const;

export interface Attempts {
  /** Counts one attempt before the password is looked at; refuses when there were too many. */
  begin(email: string, address: string): Promise<void>;
  /** The password was right: what was counted against the account is dropped. */
  forgive(email: string, address: string): Promise<void>;
}

export function createAttempts({ pg, clock }: { pg: Postgres; clock: Clock }): Attempts {
  function buckets(email: string, address: string) {
    const network = networkOf(address);
    return {
      account: sha256Hex(`account ${email}`),
      address: sha256Hex(`address ${network}`),
      pair: sha256Hex(`pair ${email} ${network}`),
    };
  }
  return {
    async begin(email, address) {
      const now = clock.ms();
      const mine = buckets(email, address);
      const rows = await pg.asSystem(async (tx) => {
        await deleteOldAttempts(tx, new Date(now - WINDOW_MS));
        return countAttempts(tx, Object.values(mine).sort(), new Date(now));
      });
      for (const kind of ['pair', 'account', 'address'] as const) {
        const row = rows.find((r) => r.bucket === mine[kind]);
        if (!row || row.attempts <= LIMITS[kind]) continue;
        const retryAfterS = Math.max(1, Math.ceil((row.since.getTime() + WINDOW_MS - now) / 1000));
        throw refuse(
          'too-many-attempts',
          `There were too many attempts to sign in; try again in ${Math.ceil(retryAfterS / 60)} minutes.`,
          { retryAfterS },
        );
      }
    },
    async forgive(email, address) {
      const mine = buckets(email, address);
      await pg.asSystem((tx) => deleteAttempts(tx, [mine.account, mine.pair]));
    },
  };
}
