import { expect, test } from 'vitest';
import { manualClock, systemClock } from './index.ts';

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
