import { describe, expect, it, test } from 'vitest';
import { Days } from './days.ts';
import { compileSet, type EventRow, type Facts, type RuleContext, readRule } from './index.ts';
import { isReadable } from './json.ts';
import { instantOf } from './moment.ts';

const day = 86_400_000;
const hour = 3_600_000;
const noon = Date.UTC(2026, 5, 15, 12);

const context: RuleContext = {
  timeZone: 'Europe/Oslo',
  consentDefaults: { analytics: true },
  stages: { names: ['page', 'Viewed', 'Bought'], stages: [1, 2, 3] },
  segments: (id) => (id === 'loop' ? readLoop() : null),
  lists: (id) => id === 1,
  sources: () => null,
};
const readLoop = () => ({ not: { segment: 'loop' } }) as never;

function row(event: string, ms: number, properties: object = {}): EventRow {
  return {
    time: `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`,
    type: 'track',
    event,
    channel: 'web',
    source: '1',
    contract: '0',
    bot: '0',
    order_id: '',
    total: null,
    currency: '',
    store_id: '',
    properties: JSON.stringify(properties),
  };
}

function verdict(json: object, rows: readonly EventRow[], now: number, facts: Partial<Facts> = {}) {
  const set = compileSet([{ id: 1, rule: readRule(json, context) }], context);
  const person = set.newPerson(1);
  set.setFacts(person, { traits: {}, consent: {}, lists: [], snapshots: {}, ...facts });
  for (const one of rows) {
    const entry = set.entryOf(one);
    if (entry) set.add(person, entry);
  }
  return set.evaluate(person, 1, now);
}

const never = Number.POSITIVE_INFINITY;
const bought = (ms: number, price = 10) => row('Bought', ms, { price });

describe('at the edges of time', () => {
  const week = { last: { days: 7 } };
  const cases: [string, object, EventRow[], boolean, number][] = [
    [
      'an event leaves exactly so long after',
      { did: 'Bought', in: week },
      [bought(noon - 7 * day + 1)],
      true,
      noon + 1,
    ],
    ['and is not in at that instant', { did: 'Bought', in: week }, [bought(noon - 7 * day)], false, never],
    [
      'the second newest keeps "at least 2"',
      { did: 'Bought', at_least: 2, in: week },
      [bought(noon - day), bought(noon - 2 * day), bought(noon - 3 * day)],
      true,
      noon + 5 * day,
    ],
    [
      'too many become few enough',
      { did: 'Bought', at_most: 1, in: week },
      [bought(noon - day), bought(noon - 2 * day)],
      false,
      noon + 5 * day,
    ],
    [
      'doing nothing begins when the last leaves',
      { did_not: 'Bought', in: week },
      [bought(noon - day)],
      false,
      noon + 6 * day,
    ],
    [
      'calendar days end at midnight in the zone',
      { did: 'Bought', in: { calendar_days: 1 } },
      [bought(noon - hour)],
      true,
      Date.UTC(2026, 5, 15, 22),
    ],
    ['ever is for ever', { did: 'Bought' }, [bought(0)], true, never],
    ['what is dated ahead counts from then on', { did: 'Bought' }, [bought(noon + hour)], false, noon + hour],
    [
      'a sum falls when a part leaves',
      { measure: 'Bought', sum: 'price', at_least: 15, in: week },
      [bought(noon - day), bought(noon - 3 * day)],
      true,
      noon + 4 * day,
    ],
    [
      '0.1 + 0.2 is 0.3',
      { measure: 'Bought', sum: 'price', equals: 0.3 },
      [bought(1, 0.1), bought(2, 0.2)],
      true,
      never,
    ],
    [
      'an average by its sum',
      { measure: 'Bought', average: 'price', equals: 10 },
      [bought(1, 5), bought(2, 15)],
      true,
      never,
    ],
    ['of nothing there is no minimum', { measure: 'Bought', minimum: 'price', less: 5 }, [], false, never],
    [
      'the first was before',
      { first: 'Bought', in: week },
      [bought(noon - 8 * day), bought(noon - day)],
      false,
      never,
    ],
    [
      'B in the same instant is not after A',
      { sequence: ['Viewed', 'Bought'] },
      [row('Viewed', noon), bought(noon)],
      false,
      never,
    ],
    [
      'the latest start keeps a sequence',
      { sequence: ['Viewed', 'Bought'], in: week },
      [row('Viewed', noon - 3 * day), row('Viewed', noon - 2 * day), bought(noon - day)],
      true,
      noon + 5 * day,
    ],
    [
      'not with X between',
      { sequence: ['Viewed', 'Bought'], without: 'Left' },
      [row('Viewed', 1), row('Left', 2), bought(3)],
      false,
      never,
    ],
    [
      'X at the edge is not between',
      { sequence: ['Viewed', 'Bought'], without: 'Left' },
      [row('Viewed', 1), row('Left', 3), bought(3)],
      true,
      never,
    ],
    [
      'an absence comes true by waiting',
      { abandoned: 'Viewed', without: 'Bought', within: { hours: 4 } },
      [row('Viewed', noon - hour)],
      false,
      noon + 3 * hour,
    ],
    [
      'B at the last instant still counts',
      { abandoned: 'Viewed', without: 'Bought', within: { hours: 4 } },
      [row('Viewed', noon - 5 * hour), bought(noon - hour)],
      false,
      never,
    ],
    [
      'both parts of "all" must change',
      {
        not: {
          any: [
            { did: 'Bought', in: week },
            { did: 'Viewed', in: week },
          ],
        },
      },
      [bought(noon - day), row('Viewed', noon - 3 * day)],
      false,
      noon + 6 * day,
    ],
    ['the furthest stage', { stage: 'attention' }, [row('Viewed', 1)], true, never],
    ['is left by a further one', { stage: 'attention' }, [row('Viewed', 1), bought(2)], false, never],
  ];
  test.each(cases)('%s', (_, rule, rows, isIn, until) => {
    expect(verdict(rule, rows, noon)).toEqual({ in: isIn, until });
  });

  const traits: [string, object, Record<string, string | number>, boolean, number][] = [
    [
      'a birthday today ends at midnight',
      { trait: 'born', day_of_year: { next_days: 0 } },
      { born: '1990-06-15' },
      true,
      Date.UTC(2026, 5, 15, 22),
    ],
    [
      '29 February is kept on the 28th',
      { trait: 'born', day_of_year: { next_days: 0 } },
      { born: '2000-02-29' },
      false,
      Date.UTC(2027, 1, 27, 23),
    ],
    [
      'a date comes near',
      { trait: 'renews', in_next: { days: 1 } },
      { renews: '2026-06-17T12:00:00Z' },
      false,
      noon + day,
    ],
    [
      'and is there',
      { trait: 'renews', in_next: { days: 1 } },
      { renews: '2026-06-15T12:00:01Z' },
      true,
      noon + 1000,
    ],
    ['numbers as text are numbers', { trait: 'age', greater: 9 }, { age: '10' }, true, never],
    ['but text is no number', { trait: 'age', equals: '10' }, { age: 10 }, false, never],
    ['what is missing passes no test', { trait: 'age', less: 9 }, {}, false, never],
    ['so it passes its opposite', { trait: 'age', not: { less: 9 } }, {}, true, never],
    ['a dot is no line end', { trait: 'city', matches: 'a.b' }, { city: 'a\nb' }, false, never],
  ];
  test.each(traits)('%s', (_, rule, found, isIn, until) => {
    expect(verdict(rule, [], noon, { traits: found })).toEqual({ in: isIn, until });
  });
});

describe('a rule is refused', () => {
  const wrong: [string, unknown, RegExp][] = [
    ['without a condition', {}, /At the top: is no condition/],
    ['with an unknown one', { all: [{ dreamt: 'of sheep' }] }, /At \/all\/0: .*dreamt/],
    ['beside "all"', { all: [{ did: 'A' }], did: 'B' }, /nest them/],
    ['when it is a member of itself', { segment: 'loop' }, /member of itself/],
    ['with a segment that is not there', { segment: 'x' }, /no segment x/],
    ['with a list that is not there', { list: 2 }, /no list 2/],
    ['with a pattern that RE2 has not', { trait: 'a', matches: '(?=a)' }, /At the top/],
    ['with two tests', { trait: 'a', equals: 'x', contains: 'y' }, /exactly one test/],
    ['with a time that is none', { did: 'A', in: { from: '2026-02-30' } }, /no time/],
    [
      'with a present in the past',
      { did: { event: 'A', where: [{ property: 'd', in_last: { days: 1 } }] } },
      /present/,
    ],
    ['with too fine an amount', { measure: 'A', sum: 'p', equals: 1e-7 }, /six places/],
  ];
  test.each(wrong)('%s', (_, json, says) => {
    expect(() => readRule(json, context)).toThrow(says);
  });
});

describe('times', () => {
  test.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T12:30', Date.UTC(2026, 0, 31, 12, 30)],
    ['2026-01-31 12:30:05.12345+01:30', Date.UTC(2026, 0, 31, 11, 0, 5, 123)],
    ['2026-02-30', null],
    ['2026-01-31T24:00', null],
    ['1850-01-01', null],
  ])('%s', (text, ms) => {
    expect(instantOf(text)).toBe(ms);
  });

  it('a day lasts from midnight to midnight, 23 hours when the clocks go forward', () => {
    const days = new Days('Europe/Oslo');
    const today = days.of(Date.UTC(2026, 2, 29, 12));
    expect(days.start(today + 1) - days.start(today)).toBe(23 * hour);
    expect(days.of(days.start(today) - 1)).toBe(today - 1);
  });
});

test.each([
  ['{"a":18446744073709551615}', true],
  ['{"a":18446744073709552000}', false],
  ['{"a":-9223372036854775808}', true],
  ['{"a":-10000000000000000000}', false],
  ['{"a":"100000000000000000000"}', true],
  ['{"a":"\\ud800"}', false],
  ['{"a":"\\\\ud800"}', true],
])('ClickHouse reads %s: %s', (text, readable) => {
  expect(isReadable(text)).toBe(readable);
});
