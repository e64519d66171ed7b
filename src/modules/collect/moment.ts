/** When an event happened, as far as the sender's clock can be trusted. All times in ms. */

/** Before this nothing was sold online: a clock that was never set. */
const earliestMs = Date.UTC(1980, 0, 1);
const aheadMs = 5 * 60_000;
export const dayMs = 86_400_000;

/** ISO 8601 text or ms since 1970; null where it is neither. */
export function parseTime(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 8.64e15 ? value : null;
  if (typeof value !== 'string' || !/^[+-]?\d{4,6}-\d\d/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * Segment's rule for clock skew: the sender says when it happened and when it sent, both by its own clock, and we
 * know when it arrived: time = received - (sent - happened). What then lies ahead of us, or before anything can
 * have happened, is taken to have happened when it arrived.
 */
export function eventTime(happened: number | null, sent: number | null, received: number): number {
  if (happened === null) return received;
  const time = sent === null ? happened : received - (sent - happened);
  return time > received + aheadMs || time < earliestMs ? received : Math.min(time, received);
}
