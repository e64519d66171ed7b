import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import LRU from 'quick-lru';
import type { Clock } from '#platform/clock';
import { refuse } from './problem.ts';

export interface RateLimiter {
  /** Takes `cost` from the key's allowance; 0 when it was there, otherwise the seconds after which it will be. */
  take(key: string, cost?: number): number;
}

/**
 * An allowance for each key that fills up by `perSecond`, to at most `burst`. Held in the memory of this process;
 * the least recently seen of more than `maxKeys` keys is forgotten, which can only be to the sender's advantage.
 */
export function createRateLimiter(o: {
  clock: Clock;
  perSecond: number;
  burst: number;
  maxKeys?: number;
}): RateLimiter {
  const buckets = new LRU<string, { left: number; atMs: number }>({ maxSize: o.maxKeys ?? 50_000 });
  return {
    take(key, cost = 1) {
      const nowMs = o.clock.tick();
      const bucket = buckets.get(key) ?? { left: o.burst, atMs: nowMs };
      bucket.left = Math.min(o.burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * o.perSecond);
      bucket.atMs = nowMs;
      buckets.set(key, bucket);
      if (bucket.left < cost) return (cost - bucket.left) / o.perSecond;
      bucket.left -= cost;
      return 0;
    },
  };
}

/** A hook that answers 429 when the key of the request has used up its allowance; no key, no limit. */
export function limitRate(
  limiter: RateLimiter,
  keyOf: (request: FastifyRequest) => string | undefined = (request) => request.ip,
): onRequestHookHandler {
  return (request, _reply, done) => {
    const key = keyOf(request);
    const waitS = key === undefined ? 0 : Math.ceil(limiter.take(key));
    if (waitS === 0) return done();
    done(
      refuse('too-many-requests', `This came too often. Try again in ${waitS} s.`, { retryAfterS: waitS }),
    );
  };
}
