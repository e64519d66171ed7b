import { describe, expect, test } from 'vitest';
import { manualClock, Rests, systemClock } from './index.ts';

test('a manual clock stands still until it is moved, and wakes who has slept long enough, the earliest first', async () => {
  const clock = manualClock(1_000);
  const woken: string[] = [];
  const late = clock.sleep(30).then(() => woken.push('late'));
  const early = clock.sleep(10).then(() => woken.push('early'));
  clock.advance(9);
  await Promise.resolve();
  expect(woken).toEqual([]);
  clock.advance(21);
  await Promise.all([late, early]);
  expect(woken).toEqual(['early', 'late']);
  expect([clock.ms(), clock.now().toISOString(), clock.tick()]).toEqual([
    1_030,
    '1970-01-01T00:00:01.030Z',
    30,
  ]);
});

test.each([
  ['system', systemClock],
  ['manual', manualClock(0)],
])(
  'a sleep of the %s clock ends at once, without an error, when its signal is aborted',
  async (_name, clock) => {
    const waking = new AbortController();
    const sleep = clock.sleep(3_600_000, waking.signal);
    waking.abort();
    await sleep;
    await clock.sleep(3_600_000, waking.signal);
  },
);

describe('the rests of a loop', () => {
  const clock = manualClock(0);
  const isOver = async (rest: Promise<void>) =>
    (await Promise.race([rest.then(() => true), new Promise(setImmediate).then(() => false)])) as boolean;

  test('are over when they are slept out, or somebody wakes it', async () => {
    const rests = new Rests(clock);
    const first = rests.rest(100);
    expect(await isOver(first)).toBe(false);
    clock.advance(100);
    expect(await isOver(first)).toBe(true);
    const second = rests.rest(100);
    rests.wake();
    expect(await isOver(second)).toBe(true);
    expect(await isOver(rests.rest(100))).toBe(false);
  });

  test('who wakes it while it works or pauses keeps it from the next rest, and from that only', async () => {
    const rests = new Rests(clock);
    const pause = rests.pause(10);
    rests.wake();
    expect(await isOver(pause)).toBe(false);
    clock.advance(10);
    expect(await isOver(pause)).toBe(true);
    expect(await isOver(rests.rest(100))).toBe(true);
    expect(await isOver(rests.rest(100))).toBe(false);
  });

  test('who ends it while it works keeps it from all of them, until it begins anew', async () => {
    const rests = new Rests(clock);
    rests.end();
    for (let i = 0; i < 2; i++) {
      expect(await isOver(rests.rest(100))).toBe(true);
      expect(await isOver(rests.pause(100))).toBe(true);
    }
    expect([rests.hasEnded, rests.ended.aborted]).toEqual([true, true]);
    rests.begin();
    expect(rests.hasEnded).toBe(false);
    expect(await isOver(rests.rest(100))).toBe(false);
  });
});
