import { afterAll, beforeAll, expect, test } from 'vitest';
import { primitives, readKeys } from '#modules/transparency';
import { checkReceipt } from '#platform/tlog';
import { type Ledger, ledgerOn } from '../../../test/fixtures/ledger.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import type { Order } from './order.ts';

// Two give points to each other, and to a third; one after the other is erased.

let database: Awaited<ReturnType<typeof testPostgres>>;
let ledger: Ledger;
beforeAll(async () => {
  database = await testPostgres();
  ledger = await ledgerOn(database.pg);
});
afterAll(() => database.drop());

test('who is left after the other party of a movement was erased can still prove it, and holds nothing of them', async () => {
  const { points, people, pg, transparency } = ledger;
  const workspaceId = await ledger.newBrand();
  const { uuid: programme, slug } = await ledger.newProgramme(workspaceId, 10_000);
  const [ann = 0, bob = 0, cid = 0] = await ledger.newPeople(workspaceId, ['ann', 'bob', 'cid']);
  let keys = 0;
  const go = (order: object) =>
    points.transfer(workspaceId, { programme, key: `k${++keys}`, ...order } as Order);
  const give = (from: number, to: number, amount: number) =>
    go({ kind: 'transfer', from: { person: from }, to: { person: to }, amount });
  await go({ kind: 'earn', to: { person: ann }, amount: 100, origin: 'purchase' });
  const there = await give(ann, bob, 40);
  const back = await give(bob, ann, 10);
  const on = await give(ann, cid, 5);
  transparency.start();
  await transparency.settled();

  const receipt = (id: string, party: 'from' | 'to') => points.receipt(workspaceId, programme, id, party);
  const file = async (path: string) => (await transparency.file(slug, path)) ?? undefined;
  const trusted = readKeys((await file('key'))?.toString() ?? '');
  const good = async (text = '') => checkReceipt(primitives, text, { keys: trusted, read: file });
  const kept = () =>
    pg.asSystem((tx) =>
      tx.query<{ id: string; hash: Buffer }>(
        'select id::text as id, hash from points_kept_parties order by id',
      ),
    );
  const erase = async (key: number) => {
    const id = (await people.idsOf(workspaceId, [key])).get(key) ?? '';
    await people.erase(workspaceId, id, { now: false, audit: async () => {} });
  };
  const before = { there: await receipt(there.id, 'to'), back: await receipt(back.id, 'from') };
  const annSide = await receipt(there.id, 'from');
  expect(await kept()).toEqual([]);

  await erase(ann);
  // To the letter what it was, but for the log, which went on.
  for (const [moved, party, was] of [
    [there, 'to', before.there],
    [back, 'from', before.back],
  ] as const) {
    const now = await receipt(moved.id, party);
    expect(now?.link).toBe(was?.link);
    expect(await good(now?.text)).not.toHaveProperty('fault');
    expect(await good(was?.text)).not.toHaveProperty('fault');
  }
  expect(await good((await receipt(on.id, 'to'))?.text)).not.toHaveProperty('fault');
  await expect(receipt(there.id, 'from')).rejects.toMatchObject({ type: 'points/no-such-transfer' });

  // What is kept is what the other's receipt has told all along; what opened it is nowhere.
  const openingOf = (text = '') =>
    JSON.parse(Buffer.from(/^extra (.+)$/m.exec(text)?.[1] ?? '', 'base64').toString()) as {
      nonce: string;
      parties: (string | null)[];
    };
  const hashes = await kept();
  expect(hashes.map(({ id }) => id)).toEqual([there.id, back.id, on.id]);
  expect(hashes[0]?.hash.toString('base64')).toBe(openingOf(before.there?.text).parties[0]);
  const { rows: tables } = await pg.raw.query<{ table: string }>(
    `select c.oid::regclass::text as table from pg_class c where c.relnamespace = 'pando'::regnamespace and c.relkind = 'r'`,
  );
  const nonce = Buffer.from(openingOf(annSide?.text).nonce, 'base64').toString('hex');
  for (const { table } of tables) {
    const { rows } = await pg.raw.query<{ n: number }>(
      `select count(*)::int as n from ${table} t where strpos(t::text, $1) > 0`,
      [nonce],
    );
    expect([table, rows[0]?.n]).toEqual([table, 0]);
  }

  await erase(bob);
  expect((await kept()).map(({ id }) => id)).toEqual([on.id]);
  await expect(receipt(there.id, 'to')).rejects.toMatchObject({ type: 'points/no-such-transfer' });
  expect(await points.laws.check(workspaceId, programme)).toEqual([]);
  await transparency.stop();
});
