import { DateTime } from 'luxon';
import { MARKETS, type Market } from './brand.ts';
import { type Odds, odds } from './random.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The story is told in steps of this length, so that little is held at a time. */
export const STEP_MS = HOUR_MS / 12;

/** Where in the day things happen, local time. */
export type Pattern = 'web' | 'app' | 'store';

const HOURS: Record<Pattern, Odds<number>> = {
  web: odds(
    [6, 4, 3, 2, 2, 3, 8, 16, 26, 34, 38, 40, 46, 42, 36, 34, 36, 40, 48, 62, 74, 70, 46, 18].map((w, h) => [
      h,
      w,
    ]),
  ),
  app: odds(
    [5, 3, 2, 1, 1, 4, 16, 38, 44, 30, 26, 28, 44, 38, 26, 24, 28, 40, 50, 54, 60, 62, 44, 16].map((w, h) => [
      h,
      w,
    ]),
  ),
  store: odds(
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 22, 36, 60, 58, 46, 44, 50, 58, 52, 30, 0, 0, 0, 0].map((w, h) => [h, w]),
  ),
};

/** How busy a day is against an average one: the week, the seasons, the feasts, and a slowly growing brand. */
function busyness(market: Market, day: DateTime, index: number): number {
  const [month, date] = [day.month, day.day];
  let weight = [0.9, 0.86, 0.9, 0.95, 1.05, 1.22, 1.12][day.weekday - 1] as number;
  weight *= [0.82, 0.86, 0.95, 1, 1, 0.92, 0.85, 0.84, 1, 1.08, 1.3, 1.45][month - 1] as number;
  if (market === 'gb') {
    if (month === 11 && date >= 24 && date <= 30) weight *= 1.9;
    if (month === 12 && date >= 24 && date <= 27) weight *= 0.35;
  } else {
    if (month === 11 && date >= 9 && date <= 11) weight *= 2.6;
    if (month === 6 && date >= 16 && date <= 18) weight *= 2;
    if (month === 1 && date >= 12 && date <= 28) weight *= 1.5;
    if (month === 9 && date <= 25) weight *= 1.3;
  }
  return weight * (1 + 0.0009 * Math.min(index, 730));
}

/**
 * The brand's time. People act in busy time, which runs faster on busy days: one unit is one average day, so a
 * purchase process with a constant rate in busy time shows the seasons in the calendar.
 */
export interface Calendar {
  /** Midnight UTC at which the story begins, in ms. */
  readonly startMs: number;
  readonly days: number;
  /** Busy time at the beginning of a day. */
  busyAt(market: Market, day: number): number;
  /** The day in which busy time `busy` falls, or `days` when it is after the last. */
  dayAt(market: Market, busy: number): number;
  /** The hour (since the start) at local hour drawn by `fraction` on a day, by the pattern of a kind of place. */
  hourAt(market: Market, day: number, pattern: Pattern, fraction: number): number;
}

export function createCalendar(startMs: number, days: number): Calendar {
  const zones = { gb: zoneTable('gb', startMs, days), cn: zoneTable('cn', startMs, days) };
  return {
    startMs,
    days,
    busyAt: (market, day) => zones[market].busy[Math.min(day, days)] as number,
    dayAt(market, busy) {
      const edges = zones[market].busy;
      let low = 0;
      let high = days;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((edges[middle] as number) <= busy) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    hourAt(market, day, pattern, fraction) {
      const { items, upTo } = HOURS[pattern];
      let i = 0;
      while (i < 23 && fraction >= (upTo[i] as number)) i++;
      const local = items[i] as number;
      const offset = zones[market].offset[Math.min(day, days - 1)] as number;
      return day * 24 + ((local - offset + 24) % 24);
    },
  };
}

function zoneTable(market: Market, startMs: number, days: number): { busy: Float64Array; offset: Int8Array } {
  const busy = new Float64Array(days + 1);
  const offset = new Int8Array(days);
  const zone = MARKETS[market].timeZone;
  for (let day = 0; day < days; day++) {
    const noon = DateTime.fromMillis(startMs + day * DAY_MS + 12 * HOUR_MS, { zone });
    offset[day] = Math.round(noon.offset / 60);
    busy[day + 1] = (busy[day] as number) + busyness(market, noon, day);
  }
  const year = Math.min(days, 365);
  const scale = year / (busy[year] as number);
  for (let day = 0; day <= days; day++) busy[day] = (busy[day] as number) * scale;
  return { busy, offset };
}
