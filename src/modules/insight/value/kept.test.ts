import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { createPersonValue } from './person.ts';
import type { PersonValue, ValueSettings } from './schema.ts';

// What the night has of a person is what would be counted now.

let w: Awaited<ReturnType<typeof testReports>>;
let ids: Map<string, string>;
const now = Date.now();
const did = (userId: string, event: string, days: number, properties: object = {}) => ({
  ...{ type: 'track', userId, event, properties },
  timestamp: new Date(now - days * 86_400_000).toISOString(),
});
const order = (userId: string, days: number, total: string) =>
  did(userId, 'Order Completed', days, { total, currency: 'EUR' });

beforeAll(async () => {
  w = await testReports();
  await w.ask('PATCH', '/api/settings', { workspace: { currency: 'EUR' } });
  const batch = Array.from({ length: 60 }, (_, i) => [
    ...Array.from({ length: 1 + (i % 5) }, (__, n) => order(`u${i}`, 300 - 40 * n - i, `${10 + i}.35`)),
    did(`u${i}`, 'Content Viewed', i),
    ...(i % 3 === 0 ? [did(`u${i}`, 'Content Shared', i + 1)] : []),
    ...(i > 0 && i % 2 === 0
      ? [did(`u${i}`, 'Invite Accepted', 320, { invite_id: `i${i}`, inviter: `u${i / 2}` })]
      : []),
  ]).flat();
  // Long gone, but whom they invited buys.
  batch.push(did('gone', 'Product Viewed', 700), did('u1', 'Invite Accepted', 600, { inviter: 'gone' }));
  batch.push(did('lost', 'Product Viewed', 700));
  await w.accept({ type: 'batch', batch });
  await w.settled();
  for (const name of ['value_layers', 'lifetime']) await w.segments.snapshots.make(w.workspaceId, name);
  await w.segments.settle(w.workspaceId);
  const found = await Promise.all(
    ['u0', 'u1', 'u2', 'u5', 'u40', 'u59', 'gone', 'lost'].map(async (name) => {
      const { body } = await w.ask<{ items: { id: string }[] }>(
        'GET',
        `/api/people?identifier=user_id:${name}`,
      );
      return [name, body.items[0]?.id ?? ''] as const;
    }),
  );
  ids = new Map(found);
});
afterAll(() => w.drop());

async function asked(name: string, largeFrom: number): Promise<PersonValue> {
  const settings = await w.identity.settings.read<ValueSettings>(w.workspaceId, 'value');
  const value = createPersonValue({ ch: w.ch, segments: w.segments, clock: w.clock, log: w.log, largeFrom });
  const place = { workspaceId: w.workspaceId, timeZone: w.workspace.timeZone, currency: 'EUR', settings };
  return value(place, ids.get(name) ?? '');
}
const ofNight = (name: string) => asked(name, 1);
const counted = (name: string) => asked(name, 1_000_000_000);
/** Without the moments. */
const said = ({ from: _, to: __, of_night: ___, lifetime, ...rest }: PersonValue) => ({
  ...rest,
  lifetime: lifetime && { ...lifetime, as_of: '' },
});

test.each(['u0', 'u1', 'u2', 'u5', 'u40', 'u59', 'gone', 'lost'])('%s', async (name) => {
  const [kept, fresh] = [await ofNight(name), await counted(name)];
  expect([kept.of_night, fresh.of_night]).toEqual([true, false]);
  expect(said(kept)).toEqual(said(fresh));
  const [night] = (await w.segments.snapshots.states(w.workspaceId)).filter(
    (one) => one.name === 'value_layer',
  );
  expect(kept.to).toBe(night?.at.toISOString());
});

test('there was something to compare', async () => {
  const [one, two, gone] = [await ofNight('u1'), await ofNight('u2'), await ofNight('gone')];
  expect(one.degrees.map(({ people }) => people)).toEqual([1, 1, 1]);
  expect(Number(one.social.money)).toBeGreaterThan(0);
  expect(two.functional.parts.find(({ part }) => part === 'orders')).toMatchObject({ value: 3 });
  expect(two.lifetime?.expected_orders.value).toBeGreaterThan(0);
  expect(gone).toMatchObject({ active: false, standing: 'none', lifetime: null });
  expect(gone.degrees[0]).toMatchObject({ people: 1 });
});

test('no rule and no list knows what is kept for the page', async () => {
  const { status } = await w.ask('POST', '/api/segments/preview', {
    rule: { trait: { computed: 'value_parts' }, exists: true },
  });
  expect(status).toBe(422);
  const { body } = await w.ask('GET', '/api/computed-traits');
  expect(JSON.stringify(body)).toContain('value_social');
  expect(JSON.stringify(body)).not.toMatch(/value_parts|lifetime_fit/);
});

test('who is new since the night, and what was counted by other settings, is counted now', async () => {
  await w.accept(order('late', 0, '5'));
  await w.settled();
  const { body } = await w.ask<{ items: { id: string }[] }>('GET', '/api/people?identifier=user_id:late');
  ids.set('late', body.items[0]?.id ?? '');
  expect(await ofNight('late')).toMatchObject({ of_night: false, active: true, standing: 'functional' });
  // What is only applied to the scores holds at once.
  await w.ask('PATCH', '/api/settings', { value: { marginRate: 0.8 } });
  const double = await ofNight('u2');
  expect(double.of_night).toBe(true);
  expect(double.functional.money).toBe('29.64');
  await w.ask('PATCH', '/api/settings', { value: { degrees: [1, 0, 0] } });
  const fresh = await ofNight('u1');
  expect(fresh.of_night).toBe(false);
  expect(Number(fresh.social.money)).toBeCloseTo(0.8 * Number(fresh.degrees[0]?.revenue), 1);
});
