import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { ChannelsReport } from '../channels/schema.ts';
import type { ContentReport } from './schema.ts';

type World = Awaited<ReturnType<typeof testReports>>;
let w: World;
beforeAll(async () => {
  w = await testReports();
});
afterAll(() => w.drop());

const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const period = { from: at(5, 0), to: at(31, 0) };
const track = (userId: string, event: string, day: number, properties: object = {}) => ({
  ...{ type: 'track', event, userId, properties },
  ...{ timestamp: at(day), messageId: `${userId} ${event} ${day} ${JSON.stringify(properties)}` },
});
const page = (userId: string, day: number, campaign?: object) => ({
  ...{ type: 'page', name: 'Home', userId, timestamp: at(day), messageId: `${userId} page ${day}` },
  context: { ...(campaign ? { campaign } : {}), page: { url: 'https://shop.example/', referrer: '' } },
});
const ad = { medium: 'cpc', source: 'google', name: 'brand' };
const friend = { medium: 'friend', source: 'share', name: 'word-of-mouth' };

const content = async (query: object = {}) =>
  (await w.report<ContentReport>('content', { ...period, ...query })).result;
const channels = async (query: object = {}) =>
  (await w.report<ChannelsReport>('channels', { ...period, ...query })).result;

test('an empty workspace, a future period', async () => {
  const nobody = { people: 0, invites: 0, accepted: 0, k: 0, low: null, high: null };
  expect(await content()).toMatchObject({ seen: 0, content: [], weeks: [], spread: nobody });
  expect(await channels()).toEqual({ by: 'channel', people: 0, channels: [] });
  const never = { from: '2050-01-01T00:00:00Z', to: '2050-02-01T00:00:00Z' };
  expect(await content(never)).toMatchObject({ seen: 0, weeks: [] });
  expect(await channels(never)).toMatchObject({ people: 0 });
});

test('what was seen, kept, shared; and invitations by the week in which people came, by hand', async () => {
  const article = { content_id: 'a1', title: 'How to brew', content_type: 'article' };
  await w.accept(
    // Monday, 5 January 2026: Ann and Bob come first.
    page('ann', 5, friend),
    page('bob', 6, ad),
    track('ann', 'Content Viewed', 6, article),
    track('ann', 'Content Viewed', 7, article),
    track('ann', 'Content Shared', 7, { content_id: 'a1', channel: 'wechat' }),
    track('bob', 'Content Viewed', 7, article),
    track('bob', 'Content Kept', 7, article),
    track('bob', 'Content Shared', 8, { content_id: 'a2', title: 'Tea bowls' }),
    track('ann', 'Invite Sent', 8, { invite_id: 'i1' }),
    track('ann', 'Invite Sent', 8, { invite_id: 'i2' }),
    track('ann', 'Invite Sent', 9, { invite_id: 'i3' }),
    // Later than a week after she first came.
    track('ann', 'Invite Sent', 20, { invite_id: 'i4' }),
    // The week after: who was invited.
    track('cem', 'Invite Accepted', 13, { invite_id: 'i1' }),
    track('dee', 'Invite Accepted', 14, { invite_id: 'i2' }),
    track('eve', 'Invite Accepted', 22, { invite_id: 'i4' }),
    // What they are worth.
    track('ann', 'Order Completed', 9, { total: '10', currency: 'EUR' }),
    track('ann', 'Order Completed', 10, { total: '20', currency: 'EUR' }),
    track('cem', 'Order Completed', 15, { total: '6', currency: 'EUR' }),
    track('bob', 'Order Completed', 9, { total: '4', currency: 'CHF' }),
    // Came before the period.
    page('fay', 2, ad),
    page('fay', 12, ad),
  );
  await w.settled();
  const found = await content({ days: '7' });
  expect(found).toMatchObject({ seen: 2, kept: 1, shared: 2, share_rate: { part: 2, of: 2 } });
  expect(found.content).toMatchObject([
    {
      id: 'a1',
      title: 'How to brew',
      kind: 'article',
      seen: 2,
      kept: 1,
      shared: 1,
      share_rate: { part: 1, of: 2 },
    },
    { id: 'a2', title: 'Tea bowls', seen: 0, shared: 1, share_rate: { part: 0, of: 0 } },
  ]);
  expect(found.weeks.map((one) => [one.week, one.people, one.invites, one.accepted, one.k])).toEqual([
    ['2026-01-05', 2, 3, 2, 1],
    ['2026-01-12', 2, 0, 0, 0],
    ['2026-01-19', 1, 0, 0, 0],
  ]);
  // Ann's two and Bob's none: mean 1, variance 2, so 1 +- 1.96 sqrt(2 / 2).
  expect(found.weeks[0]).toMatchObject({ per_person: 1.5, acceptance: { part: 2, of: 3 }, low: 0 });
  expect(found.weeks[0]?.high).toBeCloseTo(1 + 1.959964, 5);
  expect(found.spread).toMatchObject({ people: 5, invites: 3, accepted: 2 });
});

test('a piece is called what was told of it last, whoever saw it since; nothing told is as good as no word', async () => {
  const brand = await w.newBrand('Titles');
  const batch = [
    track('ann', 'Content Viewed', 6, { content_id: 'a', title: 'Old', content_type: 'article' }),
    track('ann', 'Content Viewed', 7, { content_id: 'a', name: 'How to brew' }),
    track('bob', 'Content Viewed', 8, { content_id: 'a', title: null }),
    track('bob', 'Product Shared', 8, { content_id: null, product_id: 7 }),
    track('bob', 'Content Viewed', 9, {}),
  ];
  await w.send('batch', { batch }, brand.writeKey);
  await w.settled(brand.workspace.id);
  const { result } = await w.report<ContentReport>('content', period, brand.secretKey);
  expect(result).toMatchObject({ seen: 2, shared: 1, share_rate: { part: 1, of: 2 } });
  expect(result.content).toMatchObject([
    { id: 'a', title: 'How to brew', kind: 'article', seen: 2, share_rate: { part: 0, of: 2 } },
    { id: '7', title: '7', seen: 0, shared: 1 },
  ]);
});

test('people by the channel of their first touch', async () => {
  const found = await channels();
  expect(found.people).toBe(5);
  const of = (name: string) => found.channels.find((one) => one.name === name);
  expect(of('friend')).toMatchObject({
    people: 4,
    stages: [1, 1, 2, 0, 4],
    bought: { part: 2, of: 4 },
    again: { part: 1, of: 2 },
    shared: { part: 4, of: 4 },
    orders: 3,
    revenue: { EUR: { sum: '36', mean: 9 } },
  });
  // 30, 6, 0 and 0: mean 9, variance 204.
  const { low, high } = of('friend')?.revenue.EUR ?? {};
  expect((high ?? 0) - 9).toBeCloseTo(1.959964 * Math.sqrt(204 / 4), 5);
  expect(9 - (low ?? 0)).toBeCloseTo(1.959964 * Math.sqrt(204 / 4), 5);
  expect(of('ads')).toMatchObject({
    people: 1,
    revenue: { CHF: { sum: '4', mean: 4, low: null, high: null } },
  });
  expect((await channels({ by: 'campaign' })).channels.map(({ name }) => name).sort()).toEqual([
    'friend',
    'google / brand',
    'share / word-of-mouth',
  ]);
});
