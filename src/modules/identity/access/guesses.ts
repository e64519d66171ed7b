import type { Clock } from '#platform/clock';
import { createRateLimiter } from '#platform/http';
import { refuse } from '../refusal.ts';

/** Look-ups of secrets that were not seen before, right or wrong, from one network: so many at once, then a few a second. */
const PER_SECOND = 5;
const BURST = 200;

export interface Guesses {
  /** To be called before an unknown secret is looked up; refuses when there were too many. */
  count(address: string): void;
}

export function createGuesses(clock: Clock): Guesses {
  const limiter = createRateLimiter({ clock, perSecond: PER_SECOND, burst: BURST });
  return {
    count(address) {
      const seconds = limiter.take(networkOf(address));
      if (seconds === 0) return;
      throw refuse('too-many-attempts', 'Too many unknown keys came from this address; try again shortly.', {
        retryAfterS: Math.ceil(seconds),
      });
    },
  };
}

/** Who holds an IPv6 address holds its whole /64, so that it is counted as one. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped) return mapped;
  const [plain = ''] = address.split('%');
  const [head = '', tail] = plain.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const between = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...between, ...after].slice(0, 4).join(':');
}
