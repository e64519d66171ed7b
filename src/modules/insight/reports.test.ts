import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { createMemory, keptMs } from './memory.ts';
import { createReports } from './reports.ts';

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

const start = Date.UTC(2026, 0, 20);
const page = (userId: string) => ({
  type: 'page',
  userId,
  timestamp: new Date(start - 3_600_000).toISOString(),
});
const period = (at: number) => ({ from: new Date(at - 86_400_000), to: new Date(at), withoutBots: true });

test('a large workspace hears at once what is remembered, and as of when; a small one is counted', async () => {
  const clock = manualClock(start);
  const parts = { ...p, clock };
  const [large, small] = [createReports({ ...parts, largeFrom: 1 }), createReports(parts)];
  await p.accept(page('ann'));
  await p.settled();
  const first = await large.pulse(p.workspaceId, period(start));
  expect([first.people.now, first.as_of]).toEqual([1, '2026-01-20T00:00:00.000Z']);

  await p.accept(page('bob'));
  await p.settled();
  clock.advance(5_000);
  // Too new to be counted again; now has moved on, and it is the same period.
  const second = await large.pulse(p.workspaceId, period(start + 5_000));
  expect(second).toEqual(first);
  const plain = await small.pulse(p.workspaceId, period(start + 5_000));
  expect([plain.people.now, 'as_of' in plain]).toEqual([2, false]);
  // Another period, and another report, are not this one.
  expect((await large.pulse(p.workspaceId, { ...period(start), withoutBots: false })).people.now).toBe(2);
  expect((await large.funnel(p.workspaceId, period(start))).stages[0]?.at_all).toBe(2);

  clock.advance(keptMs);
  const third = await large.pulse(p.workspaceId, period(clock.ms()));
  expect([third.people.now, third.as_of]).toEqual([2, new Date(clock.ms()).toISOString()]);
});

test('the usual period of a large workspace is counted before anybody asks', async () => {
  const still = manualClock(start);
  const resting = Promise.withResolvers<void>();
  const sleep: typeof still.sleep = (ms, signal) => {
    resting.resolve();
    return still.sleep(ms, signal);
  };
  const clock = { ...still, sleep };
  const reports = createReports({ ...p, clock, largeFrom: 1 });
  reports.start();
  const usual = () => ({
    from: new Date(clock.ms() - 30 * 86_400_000),
    to: new Date(clock.ms()),
    withoutBots: true,
  });
  await resting.promise;
  still.advance(5_000);
  expect((await reports.pulse(p.workspaceId, usual())).as_of).toBe('2026-01-20T00:00:00.000Z');
  await reports.stop();
});

test('of one name one counting at a time; a failure leaves what was known', async () => {
  const clock = manualClock(start);
  const memory = createMemory<number>({ clock, log: p.log });
  let counted = 0;
  const count = async () => ++counted;
  const both = await Promise.all([memory.ask('a', count), memory.ask('a', count)]);
  expect(both.map(({ answer }) => answer)).toEqual([1, 1]);
  expect((await memory.ask('b', count)).answer).toBe(2);

  clock.advance(60_000);
  const asOf = start;
  expect(await memory.ask('a', () => Promise.reject(new Error('away')))).toEqual({ answer: 1, asOf });
  await new Promise(setImmediate);
  // The old one is handed out while the new one is counted.
  expect(await memory.ask('a', count)).toEqual({ answer: 1, asOf });
  await new Promise(setImmediate);
  expect(await memory.ask('a', count)).toEqual({ answer: 3, asOf: start + 60_000 });

  clock.advance(keptMs + 1);
  await expect(memory.ask('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect((await memory.ask('a', count)).answer).toBe(4);
});
