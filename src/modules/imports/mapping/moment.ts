import { DateTime, IANAZone } from 'luxon';
import { Flaw } from './flaw.ts';
import { createFormatReader, createIsoReader } from './wall-clock.ts';

/** Before this nothing was sold that anybody kept a file of; a date like 1970-01-01 stands for "not known". */
const earliestMs = Date.UTC(1980, 0, 1);
const remembered = 10_000;

/** Reads the times of one column: text to ms since 1970. Throws a Flaw that says what is wrong with it. */
export type TimeReader = (text: string) => number;

/** What is read where no format is said: only forms that cannot be mistaken. */
const unmistakable = [
  'iso',
  'yyyy/M/d',
  'yyyy/M/d H:mm',
  'yyyy/M/d H:mm:ss',
  'yyyy年M月d日',
  'yyyy年M月d日 H:mm',
  'yyyy年M月d日 H:mm:ss',
];

/**
 * `formats`: tokens of luxon (`dd/MM/yyyy HH:mm`), or `iso` (also with a space for the T), `unix` (seconds), `unix-ms`;
 * the first one that fits is taken. A time that does not name its offset is local in `zone`. `latestMs`: what lies
 * behind it has not happened.
 */
export function createTimeReader(o: {
  formats?: readonly string[] | undefined;
  zone: string;
  latestMs: number;
}): TimeReader {
  const zone = IANAZone.create(o.zone);
  const readers = (o.formats ?? unmistakable).map((format) => createReader(format, zone));

  return (text) => {
    for (const read of readers) {
      const ms = read(text);
      if (!Number.isNaN(ms)) return check(ms, text);
    }
    throw new Flaw(
      o.formats
        ? `"${text}" is not a time as ${o.formats.map((f) => `"${f}"`).join(' or ')} says.`
        : `"${text}" is not a time that can be read without being told its format: write one in the mapping.`,
    );
  };

  function check(ms: number, text: string): number {
    if (ms < earliestMs) throw new Flaw(`"${text}" lies before 1980. Is the format right?`);
    if (ms > o.latestMs) {
      throw new Flaw(`"${text}" (in ${o.zone}) lies in the future. Are format and time zone right?`);
    }
    return ms;
  }
}

function createReader(format: string, zone: IANAZone): (text: string) => number {
  switch (format) {
    case 'iso':
      return createIsoReader(zone);
    case 'unix':
      return (text) => (/^\d{9,11}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : Number.NaN);
    case 'unix-ms':
      return (text) => (/^\d{12,14}$/.test(text) ? Number(text) : Number.NaN);
    default:
      return createFormatReader(format, zone) ?? byLuxon(format, zone);
  }
}

/** For names of months, "pm" and the like: slow, and therefore remembered. */
function byLuxon(format: string, zone: IANAZone): (text: string) => number {
  const parser = DateTime.buildFormatParser(format, { locale: 'en' });
  const known = new Map<string, number>();
  return (text) => {
    let ms = known.get(text);
    if (ms === undefined) {
      ms = DateTime.fromFormatParser(text, parser, { zone, locale: 'en' }).toMillis();
      if (known.size >= remembered) known.clear();
      known.set(text, ms);
    }
    return ms;
  };
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();
