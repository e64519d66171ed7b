import type { Points } from '#modules/points';
import type { Rewards } from '#modules/rewards';
import type { Clock } from '#platform/clock';

const programme = { name: 'Leaves', slug: 'moss-and-kettle', currency: 'GBP' };
/** Paid for when the brand is told; longer ago, nobody was paid yet. */
const pastDays = 21;
const mostWaitedMs = 30_000;
const lookMs = 250;
const rewards = [
  {
    name: 'A tin of tea',
    description: 'Any loose leaf tea of the shop, 50 g.',
    cost: 150,
    voucher: { days: 90, worth: '9.00', currency: 'GBP' },
  },
  {
    name: 'An afternoon at the tea bar',
    description: 'A tasting for two, in Soho or in Leith.',
    cost: 400,
    stock: 60,
    each: 1,
    voucher: { days: 180 },
  },
];

/**
 * Gives the simulated brand points: a programme with its reserve, what earns them, what they are for, and what was
 * earned in the last weeks. May be done again, also where it was left off.
 */
export async function furnishDemo(
  deps: { points: Points; rewards: Rewards; clock: Clock },
  workspaceId: number,
): Promise<void> {
  const { points, clock } = deps;
  const by = { workspaceId, actor: 'program' };
  const known = (await points.programmes.list(workspaceId)).find(({ slug }) => slug === programme.slug);
  const { uuid } = known ?? (await points.programmes.create(by, programme));
  await points.transfer(workspaceId, {
    kind: 'pay-in',
    programme: uuid,
    key: 'demo-reserve',
    amount: 500_000,
    by: ['program:office', 'program:finance'],
    reason: 'The first reserve',
  });
  const made = await deps.rewards.rules.list(workspaceId, uuid);
  const has = (name: string) => made.some((rule) => rule.name === name);
  for (const [name, rule] of Object.entries(rules))
    if (!has(name)) await deps.rewards.rules.create(by, { programme: uuid, name, rule });
  const offered = await deps.rewards.catalogue.list(workspaceId, uuid);
  for (const one of rewards)
    if (!offered.some(({ name }) => name === one.name))
      await deps.rewards.catalogue.create(by, { programme: uuid, ...one });
  // The last step of all; afterwards rules pay for what happens.
  if (made.some(({ figures }) => figures.awards > 0)) return;
  const to = clock.ms();
  await deps.rewards.payPast(workspaceId, { from: to - pastDays * 86_400_000, to });
  // The public page would tell of nothing until the next full hour.
  const isPaid = async () =>
    (await deps.rewards.rules.list(workspaceId, uuid)).every(({ figures }) => figures.waiting === 0);
  for (let waited = 0; waited < mostWaitedMs && !(await isPaid()); waited += lookMs)
    await clock.sleep(lookMs);
  await points.logTotals(workspaceId, uuid);
}

const rules: Record<string, Parameters<Rewards['rules']['create']>[1]['rule']> = {
  'For an order': {
    when: { event: 'Order Completed' },
    to: 'person',
    points: { points: 1, per: '1', currency: 'GBP' },
    hold_days: 14,
    origin: 'purchase',
  },
  'For a friend who came': {
    when: { event: 'Invite Accepted' },
    to: 'inviter',
    points: { fixed: 100 },
    origin: 'sharing',
  },
};
