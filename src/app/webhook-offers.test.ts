import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#modules/identity';
import { createSegments, type Segments } from '#modules/segments';
import { manualClock } from '#platform/clock';
import { track } from '../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../test/fixtures/program.ts';
import { listenForSingleFacts, offersOfSegments } from './webhook-offers.ts';

const clock = manualClock(Date.UTC(2026, 2, 10, 12));
let p: TestProgram;
let segments: Segments;
beforeAll(async () => {
  p = await testProgram({ clock });
  segments = createSegments(p);
  for (const offer of offersOfSegments(p.people, segments)) p.webhooks.offer(offer);
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
    clock.advance(1_000);
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
