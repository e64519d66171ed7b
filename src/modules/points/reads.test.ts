import { expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { ledgerOn } from '../../../test/fixtures/ledger.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';

const log = createLog({ level: 'silent', pretty: false });

test('an order reads the rows of its accounts alone, by what a connection planned while there were few', async () => {
  const database = await testPostgres();
  try {
    // Two connections (the jobs are made with both), which plan at the first movement and learn nothing later.
    const pg = await openPostgres({ url: database.url, log, clock: systemClock, poolSize: 2 });
    const { points, newBrand, newProgramme, newPeople } = await ledgerOn(pg);
    const workspaceId = await newBrand();
    const { uuid: programme } = await newProgramme(workspaceId, 100_000);
    const names = Array.from({ length: 300 }, (_, i) => `member-${i}`);
    const members = await newPeople(workspaceId, names);
    const earned = await points.transferMany(
      workspaceId,
      members.map((person) => ({
        ...{ kind: 'earn', programme, key: `earn-${person}`, to: { person } },
        ...{ amount: 100, origin: 'purchase' },
      })),
    );
    expect(earned.every(({ ok }) => ok)).toBe(true);
    const orders = 40;
    for (let n = 0; n < orders; n++) {
      const [from = 0, to = 0] = members.slice(n);
      const order = { kind: 'transfer', programme, key: `give-${n}`, from: { person: from } } as const;
      await points.transfer(workspaceId, { ...order, to: { person: to }, amount: 1 });
    }
    // Its figures are told when the connection ends.
    await pg.close();
    const figures = async () => {
      const { rows } = await database.pg.raw.query<{ read: number; written: number }>(
        `select coalesce(idx_tup_fetch, 0) + seq_tup_read as read, n_tup_upd as written
         from pg_stat_user_tables where relid = 'pando.points_accounts'::regclass`,
      );
      return rows[0] ?? expect.unreachable();
    };
    let now = await figures();
    for (; now.written < members.length + 3 * orders; now = await figures()) await systemClock.sleep(20);
    // To find those of the batch, to make them, to hold and to write them, and a few for each order.
    expect(now.read).toBeLessThan(6 * members.length + 20 * orders);
  } finally {
    await database.drop();
  }
});
