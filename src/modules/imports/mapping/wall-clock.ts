import { DateTime, type IANAZone } from 'luxon';

/**
 * Times that consist of digits, read without luxon, which needs 20 microseconds for one: a file may have millions, no
 * two of them the same. What a time zone does is still luxon's to say.
 */

const quarterMs = 15 * 60_000;
const quartersADay = 96;
const dayMs = quartersADay * quarterMs;
const remembered = 20_000;

/** ms since 1970 of a text, NaN where it is not written so. */
export type WallClockReader = (text: string) => number;

const iso =
  /^(?<yyyy>\d{4})-(?<MM>\d\d)-(?<dd>\d\d)(?:[ T](?<HH>\d\d):(?<mm>\d\d)(?::(?<ss>\d\d)(?:[.,](?<SSS>\d{1,3})\d*)?)?(?: ?(?:UTC|GMT|Z|(?<sign>[+-])(?<zh>\d\d):?(?<zm>\d\d)?))?)?$/;
const utc = /(?:UTC|GMT|Z)$/;

/** For ISO 8601 dates and times, with a space or a T, with or without offset: "2024-01-15 10:30:00 -0500". */
export function createIsoReader(zone: IANAZone): WallClockReader {
  const toUtc = createZoneReader(zone);
  return (text) => {
    const groups = iso.exec(text)?.groups;
    if (!groups) return Number.NaN;
    const wallMs = wallMsOf(groups);
    if (groups.sign) {
      const offsetMs = (Number(groups.zh) * 60 + Number(groups.zm ?? 0)) * 60_000;
      return groups.sign === '-' ? wallMs + offsetMs : wallMs - offsetMs;
    }
    return utc.test(text) ? wallMs : toUtc(wallMs);
  };
}

const tokens: Record<string, string> = {
  yyyy: '(?<yyyy>\\d{4})',
  MM: '(?<MM>\\d\\d)',
  M: '(?<MM>\\d\\d?)',
  dd: '(?<dd>\\d\\d)',
  d: '(?<dd>\\d\\d?)',
  HH: '(?<HH>\\d\\d)',
  H: '(?<HH>\\d\\d?)',
  mm: '(?<mm>\\d\\d)',
  ss: '(?<ss>\\d\\d)',
  SSS: '(?<SSS>\\d{3})',
};

/** For a format of luxon that has nothing but digits and signs in it; null for others. */
export function createFormatReader(format: string, zone: IANAZone): WallClockReader | null {
  const parts = format.match(/([A-Za-z])\1*|[^A-Za-z]+/g) ?? [];
  const seen = parts.filter((part) => /^[A-Za-z]/.test(part));
  if (seen.some((part) => tokens[part] === undefined) || new Set(seen).size < seen.length) return null;
  if (format.includes("'") || !seen.includes('yyyy')) return null;
  const pattern = new RegExp(`^${parts.map((part) => tokens[part] ?? escaped(part)).join('')}$`);
  const toUtc = createZoneReader(zone);
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    return groups ? toUtc(wallMsOf(groups)) : Number.NaN;
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** The ms since 1970 that a clock in UTC would show so; NaN where there is no such day or hour. */
function wallMsOf(groups: Record<string, string | undefined>): number {
  const month = Number(groups.MM ?? 1);
  const day = Number(groups.dd ?? 1);
  const hour = Number(groups.HH ?? 0);
  const minute = Number(groups.mm ?? 0);
  const second = Number(groups.ss ?? 0);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const midnight = Date.UTC(Number(groups.yyyy), month - 1, day);
  // The 31st of June would be the 1st of July.
  if (day < 1 || new Date(midnight).getUTCDate() !== day) return Number.NaN;
  const ms = Number((groups.SSS ?? '0').padEnd(3, '0'));
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

/**
 * What was the time in UTC when a clock in this zone showed that. Zones change at quarters of an hour, and on most days
 * not at all.
 */
function createZoneReader(zone: IANAZone): (wallMs: number) => number {
  const quarters = new Map<number, number>();
  const days = new Map<number, number>();

  function shiftOf(quarter: number): number {
    let shift = quarters.get(quarter);
    if (shift === undefined) {
      const startMs = quarter * quarterMs;
      const { year, month, day, hour, minute } = DateTime.fromMillis(startMs, { zone: 'utc' });
      shift = DateTime.fromObject({ year, month, day, hour, minute }, { zone }).toMillis() - startMs;
      remember(quarters, quarter, shift);
    }
    return shift;
  }

  return (wallMs) => {
    if (Number.isNaN(wallMs)) return wallMs;
    const day = Math.floor(wallMs / dayMs);
    let shift = days.get(day);
    if (shift === undefined) {
      const first = shiftOf(day * quartersADay);
      shift = first === shiftOf((day + 1) * quartersADay) ? first : Number.NaN;
      remember(days, day, shift);
    }
    return wallMs + (Number.isNaN(shift) ? shiftOf(Math.floor(wallMs / quarterMs)) : shift);
  };
}

function remember(known: Map<number, number>, key: number, shift: number): void {
  if (known.size >= remembered) known.clear();
  known.set(key, shift);
}
