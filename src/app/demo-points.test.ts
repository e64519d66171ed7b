import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDemo } from '#modules/demo';
import { createJobs } from '#platform/jobs';
import { type RewardsWorld, rewardsWorld } from '../../test/fixtures/rewards.ts';
import { furnishDemo } from './demo-points.ts';

let w: RewardsWorld;
let workspaceId: number;
beforeAll(async () => {
  w = await rewardsWorld();
  const { pg, identity, collect, people, clock, log } = w.p;
  const jobs = await createJobs({ pg, log, clock });
  const demo = createDemo({
    ...{ pg, identity, collect, people, jobs, clock, log },
    load: () => 0,
    enabled: false,
  });
  await jobs.start();
  await demo.order({ workspace: 'tea', people: 300, months: 2, seed: 3 });
  while ((await demo.progress('tea')).state !== 'filled') await clock.sleep(50);
  await demo.stop();
  await jobs.stop();
  workspaceId = (await identity.workspaces.bySlug('tea'))?.id ?? 0;
}, 60_000);
afterAll(() => w?.drop());

const day = 86_400_000;

/** What the brand's points look like, when everything that was earned is in the books. */
async function settled() {
  const [programme] = await w.points.programmes.list(workspaceId);
  const list = () => w.rewards.rules.list(workspaceId, programme?.uuid ?? '');
  await expect
    .poll(async () => (await list()).every(({ figures }) => figures.waiting === 0), { timeout: 20_000 })
    .toBe(true);
  const { now } = await w.points.report(workspaceId, programme?.uuid ?? '', {});
  const rewards = await w.rewards.catalogue.list(workspaceId, null);
  const rules = (await list()).map(({ name, figures }) => ({ name, ...figures }));
  return { programme: programme?.uuid ?? '', rules, now, rewards: rewards.map(({ name }) => name) };
}

test('the simulated brand has points: a reserve, two rules that paid for the last weeks, two rewards; once', async () => {
  const from = w.p.clock.ms() - 21 * day;
  await furnishDemo({ ...w, clock: w.p.clock }, workspaceId);
  const first = await settled();
  const told = await w.points.logState(workspaceId, first.programme);
  expect(told).toMatchObject({ waiting: 0, totalsAt: expect.any(Date) });
  expect(first.rules.map(({ name }) => name).sort()).toEqual(['For a friend who came', 'For an order']);
  expect(first.rewards).toHaveLength(2);
  const orders = first.rules.find(({ name }) => name === 'For an order');
  expect(orders).toMatchObject({ refused: 0, waiting: 0 });
  expect(orders?.awards).toBeGreaterThan(0);
  expect(first.now.reserve).toBe(500_000);
  expect(first.now.outstanding).toBe(first.rules.reduce((sum, { points }) => sum + points, 0));

  // Told apart: who ordered in pounds in these days, and nobody else, is paid.
  const [due] = await w.p.ch.query<{ orders: string }>(
    `select count() as orders from people_events where workspace_id = {ws:UInt32} and event = 'Order Completed'
      and bot = 0 and currency = 'GBP' and total >= 1 and time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')`,
    { ws: workspaceId, from },
  );
  expect(orders?.awards).toBe(Number(due?.orders));

  await furnishDemo({ ...w, clock: w.p.clock }, workspaceId);
  expect(await settled()).toEqual(first);
  expect(await w.points.laws.check(workspaceId, first.programme)).toEqual([]);
});
