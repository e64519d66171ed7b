/**
 * ISO 8601 as both compilers read it: a date, or a date with hours and minutes, without a zone in UTC. Years from 1900
 * to 2299, which is what a ClickHouse Date32 holds.
 */
const momentShape =
  '^(19|2[0-2])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?$';
const moment = new RegExp(momentShape);

/** Milliseconds since 1970; what is finer is cut off. Null where the text is no such time. */
export function instantOf(text: string): number | null {
  if (text.length < 10 || text.length > 35 || !moment.test(text)) return null;
  const at = (from: number, to: number) => Number(text.slice(from, to));
  const [year, month, day] = [at(0, 4), at(5, 7) - 1, at(8, 10)];
  const date = Date.UTC(year, month, day);
  if (new Date(date).getUTCDate() !== day) return null;
  if (text.length === 10) return date;
  const seconds = text[16] === ':' ? at(17, 19) : 0;
  const fraction = text[19] === '.' ? (/^[0-9]+/.exec(text.slice(20))?.[0] ?? '') : '';
  const zone = /([+-])([0-9]{2}):([0-9]{2})$/.exec(text);
  const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 : 0;
  const clock = ((at(11, 13) * 60 + at(14, 16)) * 60 + seconds) * 1000;
  return date + clock + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset;
}

/** The same in SQL, over an expression of a String that has the shape; null for a day that its month does not have. */
export function instantSql(s: string): string {
  const date = `makeDate32(toUInt16OrZero(substring(${s}, 1, 4)), toUInt8OrZero(substring(${s}, 6, 2)), toUInt8OrZero(substring(${s}, 9, 2)))`;
  const clock = `toInt64(toUInt32OrZero(substring(${s}, 12, 2)) * 3600 + toUInt32OrZero(substring(${s}, 15, 2)) * 60 + if(substring(${s}, 17, 1) = ':', toUInt32OrZero(substring(${s}, 18, 2)), 0))`;
  const milli = `if(substring(${s}, 20, 1) = '.', toInt64OrZero(substring(rightPad(extract(${s}, '\\\\.([0-9]{1,3})'), 3, '0'), 1, 3)), toInt64(0))`;
  const zone = `if(match(${s}, '[+-][0-9]{2}:[0-9]{2}$') and length(${s}) > 10, if(substring(${s}, length(${s}) - 5, 1) = '-', -1, 1) * (toInt64OrZero(substring(${s}, length(${s}) - 4, 2)) * 60 + toInt64OrZero(substring(${s}, length(${s}) - 1, 2))) * 60000, toInt64(0))`;
  return `if(match(${s}, '${momentShape.replaceAll('\\', '\\\\')}') and toString(${date}) = substring(${s}, 1, 10), toInt64(toInt32(${date})) * 86400000 + (${clock}) * 1000 + ${milli} - ${zone}, null)`;
}
