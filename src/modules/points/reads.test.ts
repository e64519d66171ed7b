import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { ledgerOn } from '../../../test/fixtures/ledger.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import type { Order } from './order.ts';

// Movements read the rows that they are about and no others, also over connections that planned their statements when
// there was next to nothing in the tables, and before Postgres has counted what is in them now.

const members = 300;
const log = createLog({ level: 'silent', pretty: false });
let database: Awaited<ReturnType<typeof testPostgres>>;
beforeEach(async () => {
  database = await testPostgres();
});
afterEach(() => database.drop());

type Loose = { [K in Order as K['kind']]: Omit<K, 'programme' | 'key'> }[Order['kind']];

/** A programme over two connections (the jobs are made with both) that know of one movement when they begin. */
async function world() {
  const pg = await openPostgres({ url: database.url, log, clock: systemClock, poolSize: 2 });
  const { points, newBrand, newProgramme, newPeople } = await ledgerOn(pg);
  const workspaceId = await newBrand();
  const programme = await newProgramme(workspaceId, 100_000);
  const names = Array.from({ length: members + 1 }, (_, i) => `member-${i}`);
  const [first = 0, ...people] = await newPeople(workspaceId, names);
  let keys = 0;
  const order = (o: Loose) => ({ programme: programme.uuid, key: `k${++keys}`, ...o }) as Order;
  const go = (o: Loose) => points.transfer(workspaceId, order(o));
  return {
    first,
    people,
    go,
    earn: (person: number) =>
      go({ kind: 'earn', to: { person }, amount: 100, origin: 'purchase', order: `o-${person}` }),
    /** Everybody earns at once. */
    async grow() {
      const earned = await points.transferMany(
        workspaceId,
        people.map((person) => order({ kind: 'earn', to: { person }, amount: 100, origin: 'purchase' })),
      );
      expect(earned.every(({ ok }) => ok)).toBe(true);
    },
    /** Ends the connections, which is when they tell what they read; of this table, once so much was written to it. */
    async readOf(table: string, written: number): Promise<number> {
      await pg.close();
      for (;;) {
        const { rows } = await database.pg.raw.query<{ read: number; written: number }>(
          `select coalesce(idx_tup_fetch, 0) + seq_tup_read as read, n_tup_ins + n_tup_upd as written
           from pg_stat_user_tables where relid = ('pando.' || $1)::regclass`,
          [table],
        );
        const [now] = rows;
        if (now && now.written >= written) return now.read;
        await systemClock.sleep(20);
      }
    },
  };
}

test('of accounts, those that an order names', async () => {
  const { people, go, grow, readOf } = await world();
  await grow();
  const orders = 40;
  for (let n = 0; n < orders; n++) {
    const [from = 0, to = 0] = people.slice(n);
    await go({ kind: 'transfer', from: { person: from }, to: { person: to }, amount: 1 });
  }
  // To find those of the batch, to make them, to hold and to write them, and a few for each order.
  const read = await readOf('points_accounts', 2 * members + 3 * orders);
  expect(read).toBeLessThan(6 * members + 20 * orders);
});

test('of movements and holds, those that an order is about', async () => {
  const { first, people, go, earn, grow, readOf } = await world();
  async function all(person: number): Promise<void> {
    const from = { person };
    const earned = await earn(person);
    const spent = await go({ kind: 'spend', from, amount: 10 });
    await go({ kind: 'return', of: spent.id, amount: 5 });
    await go({ kind: 'claw-back', from, of: earned.id, amount: 5 });
    await go({ kind: 'claw-back', from, amount: 5 });
    const held = await go({ kind: 'hold', from, amount: 10 });
    await go({ kind: 'settle', hold: held.id, amount: 5 });
    await go({ kind: 'void', hold: held.id });
    await expect(go({ kind: 'spend', from, amount: 1_000_000 })).rejects.toMatchObject({
      type: 'points/not-enough',
    });
  }
  await all(first);
  await grow();
  const rounds = 20;
  for (const person of people.slice(0, rounds)) await all(person);
  const read = await readOf('points_transfers', members + 8 * rounds);
  expect(read).toBeLessThan(40 * (rounds + 1));
}, 30_000);
