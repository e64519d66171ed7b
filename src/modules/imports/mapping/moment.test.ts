import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { createTimeReader, isoOf } from './moment.ts';

const latestMs = Date.UTC(2026, 0, 1);

function read(text: string, o: { formats?: string[]; zone?: string } = {}): string {
  return isoOf(createTimeReader({ zone: 'Europe/London', latestMs, ...o })(text));
}

test.each([
  ['2010-12-01 08:26:00', {}, '2010-12-01T08:26:00.000Z'],
  ['2011-07-01 08:26:00', {}, '2011-07-01T07:26:00.000Z'],
  ['2011-07-01T08:26', {}, '2011-07-01T07:26:00.000Z'],
  ['2011-07-01T08:26:11.5Z', {}, '2011-07-01T08:26:11.500Z'],
  ['2024-01-15 10:30:00 -0500', {}, '2024-01-15T15:30:00.000Z'],
  ['2024-01-15 10:30:00 UTC', {}, '2024-01-15T10:30:00.000Z'],
  ['2024-01-15T10:30:00+05:30', {}, '2024-01-15T05:00:00.000Z'],
  ['2024-01-15', { zone: 'Asia/Shanghai' }, '2024-01-14T16:00:00.000Z'],
  ['2024年1月5日', { zone: 'Asia/Shanghai' }, '2024-01-04T16:00:00.000Z'],
  ['2024/1/5 9:30:00', { zone: 'Asia/Shanghai' }, '2024-01-05T01:30:00.000Z'],
  ['31/12/2020 23:59', { formats: ['dd/MM/yyyy HH:mm'] }, '2020-12-31T23:59:00.000Z'],
  ['9/6/2016  6:29:00', { formats: ['M/d/yyyy  H:mm:ss'] }, '2016-09-06T05:29:00.000Z'],
  ['5 Jan 2021 3:04 pm', { formats: ['d LLL yyyy h:mm a'] }, '2021-01-05T15:04:00.000Z'],
  ['31.12.20', { formats: ['iso', 'dd.MM.yy'] }, '2020-12-31T00:00:00.000Z'],
  ['1609459200', { formats: ['unix'] }, '2021-01-01T00:00:00.000Z'],
  ['1609459200123', { formats: ['unix-ms'] }, '2021-01-01T00:00:00.123Z'],
] as const)('%s %j', (text, o, expected) => {
  expect(read(text, o as { formats?: string[]; zone?: string })).toBe(expected);
});

test.each([
  ['soon', {}, /not a time that can be read/],
  ['01/02/2020', {}, /format/],
  ['2021-06-31', {}, /not a time/],
  ['2021-13-01', {}, /not a time/],
  ['2021-01-01 24:00:00', {}, /not a time/],
  ['13/13/2020', { formats: ['dd/MM/yyyy'] }, /"dd\/MM\/yyyy"/],
  ['1970-01-01 00:00:00', {}, /before 1980/],
  ['2026-01-02', {}, /future/],
])('%s %j is a flaw', (text, o, message) => {
  expect(() => read(text, o)).toThrow(message);
});

test('is what luxon says, in any zone and on the days when clocks change', () => {
  const zones = [
    'Europe/London',
    'America/New_York',
    'Asia/Shanghai',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Santiago',
    'UTC',
  ];
  const readers = new Map(zones.map((zone) => [zone, createTimeReader({ zone, latestMs })]));
  const changes = [
    '2011-03-27T01:00Z',
    '2011-10-30T01:00Z',
    '2017-03-12T07:00Z',
    '2017-11-05T06:00Z',
    '2020-04-04T15:00Z',
    '1987-04-12T00:00Z',
  ];
  const moments = fc.oneof(
    fc.integer({ min: Date.UTC(1981, 0, 1), max: Date.UTC(2025, 0, 1) }),
    fc
      .constantFrom(...changes)
      .chain((at) => fc.integer({ min: -86_400_000, max: 86_400_000 }).map((d) => Date.parse(at) + d)),
  );
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (ms, zone) => {
      const text = isoOf(ms).slice(0, 19).replace('T', ' ');
      expect(readers.get(zone)?.(text)).toBe(DateTime.fromSQL(text, { zone }).toMillis());
    }),
    { numRuns: 3000 },
  );
});
