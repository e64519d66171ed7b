import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { manualClock, systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { watchDisk } from './index.ts';

const log = createLog({ level: 'silent', pretty: false });
const mb = 1024 * 1024;

test('the fullest disk decides, and room that comes back is noticed', async () => {
  const clock = manualClock(0);
  const free: Record<string, number> = { home: 900 * mb, data: 600 * mb };
  const disk = await watchDisk({
    folders: ['home', 'data'],
    reserveMb: 512,
    clock,
    log,
    freeBytes: async (folder) => free[folder] ?? 0,
  });
  expect(disk.ok()).toBe(true);
  expect(disk.refusal()).toBeUndefined();
  expect(disk.freeBytes()).toBe(600 * mb);

  free.data = 100 * mb;
  clock.advance(1000);
  await expect.poll(() => disk.ok()).toBe(false);
  expect(disk.refusal()).toMatchObject({ type: 'disk/full', status: 503, retryAfterS: 30 });
  expect(disk.refusal()?.detail).toContain('Only 100 MB are free');

  free.data = 512 * mb;
  clock.advance(1000);
  await expect.poll(() => disk.ok()).toBe(true);

  disk.stop();
  free.data = 0;
  clock.advance(5000);
  await Promise.resolve();
  expect(disk.ok()).toBe(true);
});

test('a disk that cannot be looked at is no reason to refuse', async () => {
  const disk = await watchDisk({ folders: ['/nowhere/at/all'], reserveMb: 1, clock: manualClock(0), log });
  expect(disk.ok()).toBe(true);
  disk.stop();
});

test('the free space of a real folder is told', async () => {
  const disk = await watchDisk({ folders: [tmpdir()], reserveMb: 0, clock: systemClock, log });
  expect(disk.freeBytes()).toBeGreaterThan(0);
  expect(Number.isFinite(disk.freeBytes())).toBe(true);
  disk.stop();
});
