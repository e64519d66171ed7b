import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { type Ledger, ledgerOn, payIn } from '../../../test/fixtures/ledger.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import type { Order } from './order.ts';

const clock = manualClock(Date.UTC(2026, 5, 1, 12));
let database: Awaited<ReturnType<typeof testPostgres>>;
let ledger: Ledger;
beforeAll(async () => {
  database = await testPostgres();
  ledger = await ledgerOn(database.pg, { clock });
});
afterAll(() => database.drop());

/** A brand with a programme and two people. */
async function world(reserve = 10_000) {
  const workspaceId = await ledger.newBrand();
  const programme = await ledger.newProgramme(workspaceId, reserve);
  const [ann = 0, bob = 0] = await ledger.newPeople(workspaceId, ['ann', 'bob']);
  let keys = 0;
  type Loose = { [K in Order as K['kind']]: Omit<K, 'programme' | 'key'> & { key?: string } }[Order['kind']];
  const order = (o: Loose) => ({ programme: programme.uuid, key: `k${++keys}`, ...o }) as Order;
  return {
    workspaceId,
    programme,
    ann: { person: ann },
    bob: { person: bob },
    order,
    go: (o: Loose) => ledger.points.transfer(workspaceId, order(o)),
  };
}

describe('a movement', () => {
  test('is earned, given away, spent and given back', async () => {
    const { go, ann, bob } = await world();
    await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase' });
    await go({ kind: 'transfer', from: ann, to: bob, amount: 60 });
    const spent = await go({ kind: 'spend', from: bob, amount: 50 });
    await expect(go({ kind: 'spend', from: bob, amount: 11 })).rejects.toMatchObject({
      type: 'points/not-enough',
      more: { missing: 1 },
    });
    await go({ kind: 'return', of: spent.id, amount: 20 });
    await expect(go({ kind: 'return', of: spent.id, amount: 31 })).rejects.toMatchObject({
      type: 'points/more-than-was',
    });
    expect((await go({ kind: 'return', of: spent.id })).amount).toBe(30);
    await go({ kind: 'spend', from: bob, to: { partner: 'Roastery' }, amount: 60 });
  });

  test('is carried out once under its key; another order under it is refused', async () => {
    const { go, ann } = await world();
    const first = await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase', key: 'one' });
    const again = await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase', key: 'one' });
    expect(again).toEqual({ ...first, repeated: true });
    await expect(
      go({ kind: 'earn', to: ann, amount: 101, origin: 'purchase', key: 'one' }),
    ).rejects.toMatchObject({ type: 'points/key-reused' });
    const spent = await go({ kind: 'spend', from: ann, amount: 100, key: 'two' });
    expect(await go({ kind: 'spend', from: ann, amount: 100, key: 'two' })).toEqual({
      ...spent,
      repeated: true,
    });
  });

  test('is refused where the reserve does not cover it, with the number that is missing', async () => {
    const { go, ann, programme, workspaceId } = await world(100);
    await go({ kind: 'earn', to: ann, amount: 90, origin: 'purchase' });
    await expect(go({ kind: 'earn', to: ann, amount: 15, origin: 'purchase' })).rejects.toMatchObject({
      type: 'points/reserve-short',
      more: { missing: 5, missing_reserve: 5 },
    });
    await ledger.points.transfer(workspaceId, payIn(programme.uuid, 5, 'more'));
    await go({ kind: 'earn', to: ann, amount: 15, origin: 'purchase' });
    await go({ kind: 'spend', from: ann, amount: 100 });
    await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase' });
  });
});

describe('a person', () => {
  test('who is erased leaves books that balance and lead to nobody', async () => {
    const { go, ann, bob, workspaceId, programme } = await world();
    const earned = await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase', order: 'A-7' });
    await go({ kind: 'transfer', from: ann, to: bob, amount: 40 });
    const id = (await ledger.people.idsOf(workspaceId, [ann.person])).get(ann.person) ?? '';
    await ledger.people.erase(workspaceId, id, { now: false, audit: async () => {} });
    const left = await ledger.pg.asSystem((tx) =>
      tx.query(
        `select (select count(*) from points_accounts where workspace_id = $1 and kind = 0 and owner = $2) as owned,
           (select count(*) from points_accounts where workspace_id = $1 and kind = 0 and secret is not null) as secrets,
           (select count(*) from points_notes where workspace_id = $1 and order_ref = 'A-7') as notes`,
        [workspaceId, ann.person],
      ),
    );
    expect(left).toEqual([{ owned: 0, secrets: 1, notes: 0 }]);
    await expect(ledger.points.receipt(workspaceId, programme.uuid, earned.id, 'to')).rejects.toMatchObject({
      type: 'points/no-such-transfer',
    });
    await expect(go({ kind: 'earn', to: ann, amount: 1, origin: 'purchase' })).rejects.toMatchObject({
      type: 'points/no-such-person',
    });
    // What nobody can use any more runs out.
    expect(await ledger.points.sweep.expireDue(workspaceId, programme.uuid)).toBe(1);
    expect((await ledger.points.report(workspaceId, programme.uuid)).now).toMatchObject({
      outstanding: 40,
      expired: 60,
    });
    expect(await ledger.points.laws.check(workspaceId, programme.uuid)).toEqual([]);
  });

  test('with several wallets spends from all of them, what runs out first before the rest', async () => {
    const { go, ann, bob, workspaceId, programme } = await world();
    await go({ kind: 'earn', to: ann, amount: 50, origin: 'purchase', expires: '2026-12-31' });
    await go({ kind: 'earn', to: bob, amount: 50, origin: 'purchase', expires: '2026-07-31' });
    const both = { person: [ann.person, bob.person] };
    await go({ kind: 'spend', from: both, amount: 70 });
    expect(await ledger.points.lots(workspaceId, programme.uuid, both)).toMatchObject([
      { expires: '2026-12-31', amount: 30 },
    ]);
    expect(await ledger.points.balances(workspaceId, programme.uuid, bob)).toMatchObject({ wallet: 0 });
  });
});

test('a law that is broken is told: by the job, and to whoever asks', async () => {
  const { go, ann, workspaceId, programme } = await world();
  await go({ kind: 'earn', to: ann, amount: 10, origin: 'purchase' });
  await expect(
    ledger.pg.asSystem((tx) =>
      tx.query('update points_transfers set amount = 11 where workspace_id = $1', [workspaceId]),
    ),
  ).rejects.toThrow('never changed');
  await ledger.pg.asSystem((tx) =>
    tx.query('update points_accounts set a = a + 1 where workspace_id = $1 and kind = 0', [workspaceId]),
  );
  const broken = await ledger.points.laws.check(workspaceId, programme.uuid);
  expect(new Set(broken.map(({ law }) => law))).toEqual(
    new Set(['debits-equal-credits', 'balance-equals-entries', 'lots-equal-balance', 'reserve-covers']),
  );
  expect(await ledger.points.laws.broken()).toBeGreaterThan(0);
  expect((await ledger.points.laws.checks(workspaceId))[0]?.broken).toEqual(broken);
});

test('limits of the policy hold: at once, in a day, and for a new wallet', async () => {
  const { go, ann, bob, workspaceId, programme } = await world();
  const transfers = { allowed: true, most: 20, mostADay: 30, coolingHours: 24 };
  const policy = { ratio: 1, expiresAfterDays: null, clawBack: 'zero' as const, transfers };
  await ledger.points.programmes.setPolicy({ workspaceId, actor: 'cli' }, programme.uuid, { policy });
  await go({ kind: 'earn', to: ann, amount: 100, origin: 'purchase' });
  const give = (amount: number) => go({ kind: 'transfer', from: ann, to: bob, amount });
  await expect(give(5)).rejects.toMatchObject({ type: 'points/cooling' });
  clock.advance(24 * 3_600_000);
  await expect(give(21)).rejects.toMatchObject({ type: 'points/over-limit' });
  await give(20);
  await expect(give(11)).rejects.toMatchObject({ type: 'points/over-limit', more: { most: 10 } });
  clock.advance(24 * 3_600_000);
  await give(11);
});
