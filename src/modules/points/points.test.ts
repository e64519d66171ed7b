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
