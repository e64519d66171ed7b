import type { Duration, Window as WindowJson } from '../schema.ts';
import type { Days } from './days.ts';
import { instantOf } from './moment.ts';

/** A span of time that may move with the present. Times are whole milliseconds. */
export interface Window {
  readonly key: string;
  /** The first instant inside. */
  from(now: number): number;
  /** The first instant after it; the present is always inside or before it. */
  readonly to: number;
  /** When an instant that is inside falls out; Infinity when it stays. */
  leaves(time: number): number;
  /** In ms, for a window that is as long always; 0 for others. */
  readonly length: number;
}

export const ever: Window = {
  key: 'ever',
  from: () => Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  leaves: () => Number.POSITIVE_INFINITY,
  length: 0,
};

export function durationMs(duration: Duration): number {
  const { minutes = 0, hours = 0, days = 0 } = duration;
  return ((days * 24 + hours) * 60 + minutes) * 60_000;
}

export function windowOf(json: WindowJson | undefined, days: Days): Window {
  if (json === undefined) return ever;
  if ('last' in json) {
    const ms = durationMs(json.last);
    return {
      key: `last ${ms}`,
      from: (now) => now - ms + 1,
      to: Number.POSITIVE_INFINITY,
      leaves: (time) => time + ms,
      length: ms,
    };
  }
  if ('calendar_days' in json) {
    const n = json.calendar_days;
    return {
      key: `days ${n}`,
      from: (now) => days.start(days.of(now) - n + 1),
      to: Number.POSITIVE_INFINITY,
      leaves: (time) => days.start(days.of(time) + n),
      length: 0,
    };
  }
  const from = json.from === undefined ? Number.NEGATIVE_INFINITY : momentIn(json.from, days);
  const to = json.to === undefined ? Number.POSITIVE_INFINITY : momentIn(json.to, days);
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return ever;
  return { key: `between ${from} ${to}`, from: () => from, to, leaves: ever.leaves, length: 0 };
}

/** A date alone is its first instant in the zone. */
function momentIn(text: string, days: Days): number {
  const ms = instantOf(text);
  if (ms === null)
    throw new RangeError(`"${text}" is no time in ISO 8601, like 2026-01-31 or 2026-01-31T12:00:00Z`);
  return text.length === 10 ? days.start(ms / 86_400_000) : ms;
}
