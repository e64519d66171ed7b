import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { createPoints, type Order } from '#modules/points';
import { createSegments, type Segments } from '#modules/segments';
import { createTransparency } from '#modules/transparency';
import { manualClock } from '#platform/clock';
import type { StoredFact } from '#platform/facts';
import { payIn } from '../../test/fixtures/ledger.ts';
import { track } from '../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../test/fixtures/program.ts';
import {
  listenForMovements,
  listenForSingleFacts,
  offersOfPoints,
  offersOfSegments,
} from './webhook-offers.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
let p: TestProgram;
let segments: Segments;
beforeAll(async () => {
  p = await testProgram({ clock });
  segments = createSegments(p);
  for (const offer of [...offersOfSegments(p.people, segments), ...offersOfPoints(p.people)])
    p.webhooks.offer(offer);
  listenForSingleFacts(segments, p.webhooks, { segmentsEntered: async () => [] });
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

test('who comes and goes is written as a fact where a webhook wants it, and nowhere else', async () => {
  const by = { workspaceId: p.workspaceId, kind: 'cli', actor: 'cli', role: 'owner', scopes: [] };
  const made: string[] = [];
  for (const name of ['Asked', 'Called']) {
    const { uuid } = await segments.create(by as unknown as Principal, { name, rule: { did: name } });
    made.push(uuid);
  }
  await segments.settle(p.workspaceId);
  const happen = async (userId: string) => {
    // What was told a moment ago is heard at once.
    clock.advance(1);
    await p.accept(track({ userId }, { event: 'Asked' }), track({ userId }, { event: 'Called' }));
    await segments.settle(p.workspaceId);
    const { rows } = await p.pg.raw.query("select data from facts where type = 'segment.entered'");
    return rows.length;
  };
  expect(await happen('ann')).toBe(0);
  const hook = { url: 'https://example.com/', types: ['segment.entered'] };
  const limited = await p.webhooks.create(
    p.workspaceId,
    { ...hook, topics: [made[0] ?? ''] },
    async () => {},
  );
  expect(await happen('bob')).toBe(1);
  await p.webhooks.change(p.workspaceId, limited.row.uuid, { topics: null }, async () => {});
  expect(await happen('cid')).toBe(3);
  await p.webhooks.change(p.workspaceId, limited.row.uuid, { disabled: true }, async () => {});
  expect(await happen('dee')).toBe(3);
});

test('movements of points are facts where a webhook wants them, one for each member, and nowhere else', async () => {
  const { workspaceId, pg } = p;
  const publicUrl = () => 'http://localhost:4680';
  const transparency = createTransparency({ ...p, secret: 'a secret of this test', publicUrl });
  const points = createPoints({ ...p, transparency });
  listenForMovements(points, p.webhooks);
  const brand = { workspaceId, actor: 'cli' };
  const made = { name: 'Leaves', slug: 'told-leaves', currency: 'EUR' };
  const { uuid: programme } = await points.programmes.create(brand, made);
  await points.transfer(workspaceId, payIn(programme, 1_000));
  await p.accept(
    track({ userId: 'eva' }, { event: 'Called' }),
    track({ userId: 'fay' }, { event: 'Called' }),
  );
  const names = await points.parties(workspaceId, ['user_id:eva', 'user_id:fay']);
  const party = (name: string) => ({ person: names.get(name) ?? expect.unreachable() });
  const [eva, fay] = [party('user_id:eva'), party('user_id:fay')];
  let keys = 0;
  const go = async (order: object) => {
    clock.advance(1_000);
    return points.transfer(workspaceId, { programme, key: `t${++keys}`, ...order } as Order);
  };
  const told = async () => {
    const { rows } = await pg.raw.query<StoredFact>(
      `select id, type, subject, data, workspace_id as "workspaceId" from facts where type like 'points.%' order by id`,
    );
    return rows;
  };
  await go({ kind: 'earn', to: eva, amount: 100, origin: 'purchase' });
  expect(await told()).toEqual([]);

  const types = ['points.earned', 'points.transferred'];
  const asked = { url: 'https://example.com/', types };
  const { row } = await p.webhooks.create(workspaceId, asked, async () => {});
  const until = new Date(clock.ms() + 86_400_000);
  const hold = { until, atEnd: 'settle' };
  const earned = await go({ kind: 'earn', to: eva, amount: 50, origin: 'purchase', hold });
  const given = await go({ kind: 'transfer', from: eva, to: fay, amount: 30 });
  await go({ kind: 'spend', from: fay, amount: 5 });
  const facts = await told();
  const idOf = async (of: typeof eva) => {
    const key = Number([of.person].flat()[0]);
    return (await p.people.idsOf(workspaceId, [key])).get(key);
  };
  const [idOfEva, idOfFay] = [await idOf(eva), await idOf(fay)];
  const offers = new Map(offersOfPoints(p.people).map((offer) => [offer.type, offer]));
  const data = await pg.inWorkspace(workspaceId, (tx) =>
    Promise.all(facts.map(async (fact) => (await offers.get(fact.type)?.tell(fact, tx))?.data)),
  );
  const same = { programme, owed: 0 };
  const at = (done: { at: Date }) => done.at.toISOString();
  expect(facts.map(({ type }) => type)).toEqual([types[0], types[1], types[1]]);
  expect(data).toEqual([
    { ...same, movement: earned.id, person: idOfEva, at: at(earned), wallet: 0, held: 50 },
    { ...same, movement: given.id, person: idOfEva, at: at(given), wallet: -30, held: 0 },
    { ...same, movement: given.id, person: idOfFay, at: at(given), wallet: 30, held: 0 },
  ]);

  await p.webhooks.change(workspaceId, row.uuid, { disabled: true }, async () => {});
  await go({ kind: 'earn', to: eva, amount: 1, origin: 'purchase' });
  expect(await told()).toHaveLength(3);
  await points.stop();
});
