import { expect, test } from 'vitest';
import { startOfDay } from '../console/audit/day.ts';
import { auditSearch } from '../console/audit/search.ts';
import { deviceOf } from '../console/sessions/device.ts';

// What the console makes of a browser's own name, and of a day that somebody chose.

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

test.each([
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/141.0 Safari/537.36 Edg/141.0`,
    'Edge',
    'Windows',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.0 Safari/605.1.15`,
    'Safari',
    'macOS',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Mobile/15E148 MicroMessenger/8.0`,
    'WeChat',
    'iPhone',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} CriOS/141.0 Mobile Safari/604.1`,
    'Chrome',
    'iPhone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox', 'Linux'],
  [
    `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${webkit} Chrome/141.0 Mobile Safari/537.36`,
    'Chrome',
    'Android',
  ],
  ['curl/8.5.0', 'curl', null],
  ['', null, null],
])('%s', (agent, browser, system) => {
  expect(deviceOf(agent)).toMatchObject({ browser, system });
});

test('a phone is one', () => {
  expect(deviceOf('Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/141.0 Mobile').isPhone).toBe(true);
  expect(deviceOf('Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0').isPhone).toBe(false);
});

test.each([
  ['2026-11-22', 'UTC', 0, '2026-11-22T00:00:00.000Z'],
  ['2026-11-22', 'Asia/Tokyo', 0, '2026-11-21T15:00:00.000Z'],
  ['2026-11-22', 'America/New_York', 0, '2026-11-22T05:00:00.000Z'],
  ['2026-11-22', 'Asia/Kathmandu', 0, '2026-11-21T18:15:00.000Z'],
  // The clocks go forward in the night before, back in the night after.
  ['2026-03-30', 'Europe/London', 0, '2026-03-29T23:00:00.000Z'],
  ['2026-03-29', 'Europe/London', 0, '2026-03-29T00:00:00.000Z'],
  ['2026-03-29', 'Europe/London', 1, '2026-03-29T23:00:00.000Z'],
  ['2026-10-25', 'Europe/London', 1, '2026-10-26T00:00:00.000Z'],
  ['2026-12-31', 'Pacific/Auckland', 1, '2026-12-31T11:00:00.000Z'],
])('%s begins in %s, %i days on, at %s', (day, zone, plus, moment) => {
  expect(startOfDay(day, zone, plus)).toBe(moment);
});

test('an address with anything in it gives filters that are some', () => {
  expect(auditSearch({ group: 'team', actor: 'cli', from: '2026-11-01', to: '2026-11-30' })).toEqual({
    group: 'team',
    actor: 'cli',
    from: '2026-11-01',
    to: '2026-11-30',
  });
  expect(auditSearch({ group: 'x', actor: 7, from: '2026-13-99', to: 'soon', more: 1 })).toEqual({});
});
