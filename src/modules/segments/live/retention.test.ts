import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Principal } from '#modules/identity';
import { track } from '../../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../../test/fixtures/program.ts';
import { createSegments, type Segments } from '../segments.ts';

let p: TestProgram;
let segments: Segments;
beforeAll(async () => {
  p = await testProgram({ work: true });
  segments = createSegments(p);
});
afterAll(async () => {
  await segments.stop();
  await p.drop();
});

test('events that were removed for their age count no more', async () => {
  const by = { workspaceId: p.workspaceId, kind: 'cli', actor: 'cli', role: 'owner', scopes: [] };
  const rule = { did: 'Saw' };
  const { uuid } = await segments.create(by as unknown as Principal, { name: 'ever seen', rule });
  const count = async () => {
    await segments.settle(p.workspaceId);
    const { edition } = await segments.find(p.workspaceId, uuid);
    return segments.membership.count(p.workspaceId, edition ?? 0);
  };
  const timestamp = new Date(Date.now() - 3 * 86_400_000).toISOString();
  await p.accept(
    track({ userId: 'gil' }, { event: 'Saw', timestamp }),
    track({ userId: 'hal' }, { event: 'Saw' }),
  );
  expect(await count()).toBe(2);
  await p.ask('PATCH', '/api/settings', { collect: { retentionDays: 1 } });
  await p.jobs.enqueue(null, 'collect.daily', {});
  await vi.waitFor(async () => expect(await count()).toBe(1), { timeout: 20_000, interval: 100 });
});
