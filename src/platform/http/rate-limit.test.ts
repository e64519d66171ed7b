import { expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { createHttp, createRateLimiter, limitRate } from './index.ts';

test('an allowance is used up, and fills again with time, to no more than its burst', () => {
  const clock = manualClock(0);
  const limiter = createRateLimiter({ clock, perSecond: 2, burst: 3 });
  expect([limiter.take('a'), limiter.take('a'), limiter.take('a')]).toEqual([0, 0, 0]);
  expect(limiter.take('a')).toBe(0.5);
  clock.advance(500);
  expect(limiter.take('a')).toBe(0);
  clock.advance(60_000);
  expect(limiter.take('a', 3)).toBe(0);
  expect(limiter.take('a', 3)).toBe(1.5);
});

test('each key has its own allowance, and their number is bounded', () => {
  const limiter = createRateLimiter({ clock: manualClock(0), perSecond: 1, burst: 1, maxKeys: 2 });
  expect(limiter.take('a')).toBe(0);
  expect(limiter.take('b')).toBe(0);
  expect(limiter.take('a')).toBe(1);
  // The third key pushes out b, which was seen longest ago; a is still known.
  expect(limiter.take('c')).toBe(0);
  expect(limiter.take('a')).toBe(1);
  expect(limiter.take('b')).toBe(0);
});

test('a route answers 429 with Retry-After to the one who asks too often', async () => {
  const clock = manualClock(0);
  const app = await createHttp({
    log: createLog({ level: 'silent', pretty: false }),
    config: { trustProxy: false },
    version: '1',
  });
  const limiter = createRateLimiter({ clock, perSecond: 0.1, burst: 1 });
  app.get(
    '/',
    { onRequest: limitRate(limiter, (request) => request.headers['x-key'] as string) },
    () => 'ok',
  );
  const ask = async (key?: string) => app.inject({ url: '/', headers: key ? { 'x-key': key } : {} });
  expect((await ask('ann')).statusCode).toBe(200);
  const refused = await ask('ann');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['retry-after']).toBe('10');
  expect(refused.json()).toMatchObject({
    type: 'http/too-many-requests',
    detail: expect.stringContaining('10 s'),
  });
  expect((await ask('bob')).statusCode).toBe(200);
  expect((await ask()).statusCode).toBe(200);
  clock.advance(10_000);
  expect((await ask('ann')).statusCode).toBe(200);
  await app.close();
});
