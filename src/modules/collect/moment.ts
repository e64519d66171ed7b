/** When an event happened, as far as the sender's clock can be trusted. All times in ms. */

/** Before this nothing was sold online: a clock that was never set. */
const earliestMs = Date.UTC(1980, 0, 1);
const aheadMs = 5 * 60_000;
export const dayMs = 86_400_000;

const isoDate = /^(?:\d{4}|[+-]\d{6})-\d\d(?:-\d\d)?/;
const timeOfDay = /^[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?/;
const zone = /^ ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$/i;

/** ISO 8601 text or ms since 1970; null where it is neither. A time without a zone is UTC, wherever we run. */
export function parseTime(value: unknown): number | null {
  if (typeof value === 'number') return Math.abs(value) <= 8.64e15 ? Math.trunc(value) : null;
  if (typeof value !== 'string' || value.length > 50) return null;
  const date = isoDate.exec(value)?.[0];
  if (date === undefined) return null;
  const rest = value.slice(date.length);
  const time = timeOfDay.exec(rest)?.[0] ?? '';
  const told = rest.slice(time.length);
  if (told !== '' && (time === '' || !zone.test(told))) return null;
  const ms = Date.parse(`${date}${time.replace(' ', 'T')}${time === '' ? '' : isoZone(told)}`);
  return Number.isNaN(ms) ? null : ms;
}

function isoZone(told: string): string {
  const digits = /([+-]\d\d):?(\d\d)/.exec(told);
  return digits ? `${digits[1]}:${digits[2]}` : 'Z';
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
