import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { dayMs, eventTime, parseTime } from './moment.ts';

describe('a time as it is sent', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test.each<[unknown, string | null]>([
    ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T12:00:00+01:00', '2026-01-31T11:00:00.000Z'],
    ['2026-01-31T12:00:00-0530', '2026-01-31T17:30:00.000Z'],
    ['2026-01-31 12:00:00 UTC', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00 +0100', '2026-01-31T11:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    // No zone is UTC, wherever the server stands.
    ['2026-01-31T12:00:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00.5', '2026-01-31T12:00:00.500Z'],
    [1769860800000, '2026-01-31T12:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['+012026-01-31T12:00:00Z', '+012026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00 PM', null],
    ['2026-01-31T12:00:00 Middle Earth Time', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-01-31T25:00:00Z', null],
    ['31/01/2026', null],
    ['1769860800000', null],
    ['yesterday', null],
    ['', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [8.64e15 + 1, null],
    [true, null],
    [null, null],
    [{}, null],
  ])('%j is %j', (sent, expected) => {
    for (const server of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      process.env.TZ = server;
      const ms = parseTime(sent);
      expect(ms === null ? null : new Date(ms).toISOString()).toBe(expected);
    }
  });

  test('every moment that a Date can write is read back', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(parseTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe('when it happened', () => {
  const received = Date.UTC(2026, 0, 31, 12);
  const hour = 3_600_000;

  test.each<[string, number | null, number | null, number]>([
    ['nothing told: when it arrived', null, null, received],
    ['only the sending told: when it arrived', null, received - hour, received],
    ['a clock that is right', received - 5_000, received - 1_000, received - 4_000],
    ['an hour slow', received - hour - 5_000, received - hour, received - 5_000],
    ['an hour fast', received + hour - 5_000, received + hour, received - 5_000],
    ['years fast', received + 3650 * dayMs - 60_000, received + 3650 * dayMs, received - 60_000],
    ['a clock that was never set', 10 * dayMs, 11 * dayMs, received - dayMs],
    ['no sending told, in the past', received - 90 * dayMs, null, received - 90 * dayMs],
    ['no sending told, a little ahead', received + 60_000, null, received],
    ['no sending told, far ahead', received + dayMs, null, received],
    ['no sending told, before anything was sold', Date.UTC(1970, 0, 2), null, received],
    ['sent before it happened', received - 1_000, received - 2_000, received],
    ['sent long before it happened', received, received - dayMs, received],
  ])('%s', (_, happened, sent, expected) => {
    expect(eventTime(happened, sent, received)).toBe(expected);
  });

  test('it is never ahead of its arrival, nor before 1980', () => {
    const moment = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
    fc.assert(
      fc.property(fc.option(moment), fc.option(moment), (happened, sent) => {
        const time = eventTime(happened, sent, received);
        expect(time).toBeLessThanOrEqual(received);
        expect(time).toBeGreaterThanOrEqual(Date.UTC(1980, 0, 1));
      }),
    );
  });

  test('how wrong the sender’s clock is makes no difference once it says when it sent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * dayMs }),
        fc.integer({ min: -400 * dayMs, max: 400 * dayMs }),
        (ago, skew) => {
          const told = received - 1_000 + skew;
          expect(eventTime(told - ago, told, received)).toBe(received - ago);
        },
      ),
    );
  });
});
