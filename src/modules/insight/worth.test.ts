import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { createSegments, type Segments } from '#modules/segments';
import { identify, track } from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { worth } from './worth-sql.ts';

let p: TestProgram;
let segments: Segments;
beforeAll(async () => {
  p = await testProgram();
  segments = createSegments(p);
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

test('what members ordered in a period stands against everybody else; currencies are never added up', async () => {
  const order = (userId: string, total: string, currency: string, timestamp?: string) =>
    track(
      { userId },
      { event: 'Order Completed', properties: { total, currency }, ...(timestamp ? { timestamp } : {}) },
    );
  const longAgo = new Date(Date.now() - 40 * 86_400_000).toISOString();
  await p.accept(
    identify({ userId: 'eva' }, { city: 'Leith' }),
    identify({ userId: 'fin' }, { city: 'Leith' }),
    order('eva', '12.50', 'GBP'),
    order('eva', '3', 'EUR'),
    order('eva', '100', 'GBP', longAgo),
    order('gil', '7', 'GBP'),
    order('hal', '0', 'GBP'),
  );
  const by = {
    workspaceId: p.workspaceId,
    kind: 'cli',
    actor: 'cli',
    role: 'owner',
    scopes: [],
  } as unknown as Principal;
  const { uuid } = await segments.create(by, { name: 'of Leith', rule: { trait: 'city', equals: 'Leith' } });
  await segments.settle(p.workspaceId);
  const to = new Date(Date.now() + 60_000);
  const from = new Date(to.getTime() - 30 * 86_400_000);
  const found = await worth({ ch: p.ch, segments }, p.workspaceId, {
    ...{ from, to },
    withoutBots: true,
    segment: uuid,
  });
  expect(found).toEqual({
    members: { people: 2, buyers: 1, orders: 2, revenue: { EUR: '3', GBP: '12.5' } },
    others: { people: 2, buyers: 1, orders: 2, revenue: { GBP: '7' } },
  });
});
