import { DateTime } from 'luxon';
import type { Unit } from './cohorts-sql.ts';

const dayMs = 86_400_000;

/** The day of a moment in a zone, as days since 1970. */
function dayOf(ms: number, zone: string): number {
  const { year, month, day } = DateTime.fromMillis(ms, { zone });
  return Date.UTC(year, month - 1, day) / dayMs;
}

/** The number of the unit that holds a moment, as the statement counts them. */
export function unitOf(ms: number, unit: Unit, zone: string): number {
  const day = dayOf(ms, zone);
  if (unit === 'day') return day;
  if (unit === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(day * dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth() + 1;
}

/** The first day of a unit, like 2026-10-01. */
export function startOf(number: number, unit: Unit): string {
  const ms =
    unit === 'month'
      ? Date.UTC(Math.floor((number - 1) / 12), (number - 1) % 12, 1)
      : (unit === 'week' ? number * 7 - 3 : number) * dayMs;
  return new Date(ms).toISOString().slice(0, 10);
}
