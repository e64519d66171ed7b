import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RewardsWorld, rewardsWorld } from '../../../test/fixtures/rewards.ts';
import type { RuleAnswer, RuleBody } from './schema.ts';

let w: RewardsWorld;
beforeAll(async () => {
  w = await rewardsWorld();
}, 60_000);
afterAll(() => w?.drop());

let messages = 0;
const order = (userId: string, more: Record<string, unknown> = {}, at?: string) => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  messageId: `order-${++messages}`,
  ...(at ? { timestamp: at } : {}),
  properties: { order_id: `o${messages}`, total: '100.00', currency: 'GBP', ...more },
});
const back = (userId: string, properties: Record<string, unknown>) => ({
  type: 'track',
  userId,
  event: 'Order Refunded',
  messageId: `back-${++messages}`,
  properties: { currency: 'GBP', ...properties },
});
async function rule(name: string, body: RuleBody): Promise<RuleAnswer> {
  const made = await w.p.ask<RuleAnswer>('POST', '/api/rewards/rules', {
    programme: w.programme.uuid,
    name,
    rule: body,
  });
  expect([made.status, made.body]).toMatchObject([201, { name }]);
  return made.body;
}
const pause = (id: string) => w.p.ask('PATCH', `/api/rewards/rules/${id}`, { paused: true });
const wallet = async (id: string) => (await w.balances(id)).wallet;
const perPound: RuleBody = {
  when: { event: 'Order Completed' },
  to: 'person',
  points: { points: 1, per: '1', currency: 'GBP' },
  origin: 'purchase',
};

test('an order earns at once, or held until the return window ends; a refund takes back, also when it came first', async () => {
  const plain = await rule('Plain', perPound);
  const held = await rule('Held', { ...perPound, hold_days: 14, points: { fixed: 10 } });
  const [first, second] = [order('ann'), order('ann')];
  await w.p.accept(first, back('ann', { order_id: 'early', total: '30' }), second);
  await w.p.accept(order('ann', { order_id: 'early' }));
  await w.settled();
  expect(await w.balances('ann')).toEqual({ wallet: 270, held: 30, receivable: 0 });

  await w.p.accept(back('ann', { order_id: second.properties.order_id, total: '25.50' }));
  await w.settled();
  expect(await w.balances('ann')).toEqual({ wallet: 244, held: 30, receivable: 0 });
  await w.p.accept(back('ann', { order_id: first.properties.order_id }));
  await w.settled();
  expect(await w.balances('ann')).toEqual({ wallet: 144, held: 20, receivable: 0 });

  const { body } = await w.p.ask<{ items: { rule_name: string; state: string; points: number }[] }>(
    'GET',
    `/api/people/${await w.personOf('ann')}/awards`,
  );
  const of = (name: string) => body.items.filter((one) => one.rule_name === name).map((one) => one.state);
  expect(of('Held').sort()).toEqual(['held', 'held', 'taken back']);
  expect(of('Plain').sort()).toEqual(['paid', 'paid', 'taken back']);
  for (const { id } of [plain, held]) await pause(id);
});

test('a repeat pays nothing, nor does a process that begins anew', async () => {
  const { id } = await rule('Once', perPound);
  const sent = order('bob');
  await w.p.accept(sent, sent);
  await w.settled();
  expect(await wallet('bob')).toBe(100);
  // The position is put back, as if the log were followed from its beginning again.
  await w.rewards.stop();
  await w.p.pg.inWorkspace(w.p.workspaceId, (tx) =>
    tx.query("update log_positions set seq = 0 where follower = 'rewards'"),
  );
  // And a step that was asked of the ledger is not known to have been done.
  await w.p.pg.inWorkspace(w.p.workspaceId, (tx) =>
    tx.query('update reward_awards set posted = 0, earn = null, step = target where target > 0'),
  );
  const again = await w.another();
  while (await again.rewards.follower.step(w.p.workspaceId));
  while ((await again.rewards.payer.step(w.p.workspaceId)) > 0);
  expect(await wallet('bob')).toBe(100);
  expect(await w.balances('ann')).toEqual({ wallet: 144, held: 20, receivable: 0 });
  w.rewards.start();
  await pause(id);
});

test('caps, factors by trait and segment, and what came as a backfill', async () => {
  const capped = await rule('Capped', {
    ...perPound,
    multiply: [{ by: '2', when: { trait: 'tier', equals: 'gold' } }],
    caps: { day: 250 },
  });
  await w.p.accept({ type: 'identify', userId: 'cat', traits: { tier: 'gold' } });
  await w.p.accept(order('cat'), order('cat'), order('dan'));
  await w.settled();
  expect([await wallet('cat'), await wallet('dan')]).toEqual([250, 100]);
  await w.p.accept(order('dan', {}, '2020-01-01T00:00:00Z'), order('dan', { currency: 'EUR' }));
  await w.settled();
  expect(await wallet('dan')).toBe(100);
  await pause(capped.id);
});

test('who shares is paid, and who sells, as deep as the settings allow', async () => {
  await w.p.accept(
    { type: 'identify', userId: 'eve' },
    { type: 'identify', userId: 'fay' },
    { type: 'track', userId: 'fay', event: 'Invite Accepted', properties: { inviter: 'eve' } },
    { type: 'track', userId: 'gus', event: 'Invite Accepted', properties: { inviter: 'fay' } },
  );
  await w.p.settled();
  const invited = await rule('Invited', {
    when: { event: 'Invite Accepted' },
    to: 'inviter',
    points: { fixed: 50 },
    origin: 'sharing',
  });
  const brought = await rule('Brought', {
    ...perPound,
    to: 'inviter',
    degrees: ['0.1', '0.05'],
    origin: 'sharing',
  });
  const sold = await rule('Sold', { ...perPound, to: 'seller', points: { fixed: 7 }, origin: 'sale' });
  while ((await invitations()) < 2) await w.p.clock.sleep(50);
  await w.p.accept(
    { type: 'track', userId: 'hal', event: 'Invite Accepted', properties: { inviter: 'gus' } },
    order('gus', { seller_id: 'eve' }),
  );
  await w.settled();
  // One degree deep, as it is by default; Eve sold.
  expect([await wallet('gus'), await wallet('fay'), await wallet('eve')]).toEqual([50, 10, 7]);
  await w.p.identity.settings.update({ workspaceId: w.p.workspaceId, actor: 'cli' }, 'rewards', {
    sharingDepth: 2,
  });
  await w.p.accept(order('gus'));
  await w.settled();
  expect([await wallet('fay'), await wallet('eve')]).toEqual([20, 12]);
  for (const { id } of [invited, brought, sold]) await pause(id);
});

const invitations = async () =>
  (await w.p.pg.inWorkspace(w.p.workspaceId, (tx) => tx.query('select 1 from reward_invitations'))).length;

test('an edit is another version; what came before keeps the one it was paid by', async () => {
  const { id } = await rule('Edited', perPound);
  await w.p.accept(order('ivy'));
  await w.settled();
  const edited = { ...perPound, points: { fixed: 1 } };
  const { body } = await w.p.ask<RuleAnswer>('PATCH', `/api/rewards/rules/${id}`, { rule: edited });
  expect(body.version).toBe(2);
  await w.p.accept(order('ivy'));
  await w.settled();
  expect(await wallet('ivy')).toBe(101);
  const rows = await w.p.pg.inWorkspace(w.p.workspaceId, (tx) =>
    tx.query<{ version: number; target: number }>(
      'select a.version, a.target from reward_awards a join reward_rules r on r.id = a.rule_id where r.uuid = $1 order by a.id',
      [id],
    ),
  );
  expect(rows).toEqual([
    { version: 1, target: 100 },
    { version: 2, target: 1 },
  ]);
  await pause(id);
});

test('coming into a segment pays once for each coming in, and is written down for no other segment', async () => {
  const named = (name: string, did: string) =>
    principal().then((by) => w.segments.create(by, { name, rule: { did } }));
  const segment = await named('Joined', 'Membership Joined');
  await named('Heard by nobody', 'Membership Joined');
  const { id } = await rule('Welcome', {
    when: { enters: segment.uuid },
    to: 'person',
    points: { fixed: 20 },
    origin: 'gift',
  });
  await w.segments.settle(w.p.workspaceId);
  const joins = { type: 'track', userId: 'joe', event: 'Membership Joined' };
  await w.p.accept(joins);
  await expect.poll(() => wallet('joe'), { timeout: 20_000, interval: 200 }).toBe(20);
  // Who is in already does not come in again.
  await w.p.accept(joins, { ...joins, userId: 'jil' });
  await expect.poll(() => wallet('jil'), { timeout: 20_000, interval: 200 }).toBe(20);
  expect(await wallet('joe')).toBe(20);
  const { rows } = await w.p.pg.raw.query("select data from facts where type = 'segment.entered'");
  expect(rows.map(({ data }) => data.segment)).toEqual([segment.id, segment.id]);
  await pause(id);
});

async function principal() {
  return {
    kind: 'cli' as const,
    workspaceId: w.p.workspaceId,
    workspace: { ...w.p.workspace, id: w.p.workspace.uuid, settings: {} },
    role: 'owner' as const,
    scopes: [],
    actor: 'cli' as const,
  };
}

test('a dry run tells what the same rule would have cost, and pays nobody', async () => {
  const before = await wallet('ann');
  const today = w.p.clock.now().toISOString().slice(0, 10);
  const cost = await w.rewards.dryRuns.cost(w.p.workspaceId, perPound, { from: today, to: today });
  // All of today's orders in pounds, at 100 each, less 30, 25.50 and 100 that came back.
  const orders = cost.events - (cost.unpaid['another currency'] ?? 0);
  expect(cost).toMatchObject({ points: orders * 100 - 156, unpaid: { 'another currency': 1 } });
  expect(cost.days).toEqual([{ day: today, points: cost.points, awards: cost.awards }]);
  expect(await wallet('ann')).toBe(before);
  const begun = await w.p.ask<{ id: string }>('POST', '/api/rewards/dry-runs', {
    rule: perPound,
    from: today,
    to: today,
  });
  await expect
    .poll(async () => (await w.p.ask('GET', `/api/rewards/dry-runs/${begun.body.id}`)).body, {
      timeout: 20_000,
    })
    .toMatchObject({ state: 'done', cost: { points: cost.points } });
});

test('what the reserve does not cover waits, is told, and is paid when it does', async () => {
  const { id } = await rule('Much', { ...perPound, points: { fixed: 900_000_000 } });
  await w.p.accept(order('kim'));
  await w.settled();
  const told = await w.p.ask<RuleAnswer>('GET', `/api/rewards/rules/${id}`);
  expect(told.body).toMatchObject({ figures: { waiting: 1, points: 900_000_000 } });
  expect(told.body.problem).toMatch(/\d/);
  await pause(id);
});

test.each([
  [{ ...perPound, when: { enters: '01890a5d-ac96-774b-bcce-b302099a8057' } }, /no such segment/],
  [{ ...perPound, points: { points: 1, per: '0', currency: 'GBP' } }, /cannot be nothing/],
  [{ ...perPound, degrees: ['1'] }, /inviters/],
  [{ ...perPound, when: { event: { event: 'A', where: [{ property: 'a', matches: '(' }] } } }, /./],
])('%o is refused', async (body, why) => {
  const made = await w.p.ask<{ type: string; detail: string }>('POST', '/api/rewards/rules', {
    programme: w.programme.uuid,
    name: 'Wrong',
    rule: body,
  });
  expect(made.body.type).toContain('rewards/bad-rule');
  expect(made.body.detail).toMatch(why);
});

test('who is erased is in nothing here', async () => {
  const person = await w.personOf('cat');
  const [key] = await w.p.people.keysOf(w.p.workspaceId, person);
  await w.p.ask('DELETE', `/api/people/${person}`);
  const rows = await w.p.pg.inWorkspace(w.p.workspaceId, (tx) =>
    tx.query('select 1 from reward_awards where person = $1', [key]),
  );
  expect(rows).toEqual([]);
});
