import { afterAll, beforeAll, expect, test } from 'vitest';
import { testReports } from '../../../../test/fixtures/reports.ts';
import { foldRest } from './fold-rest.ts';
import type { PathsReport } from './schema.ts';

let w: Awaited<ReturnType<typeof testReports>>;
const noon = Date.UTC(2026, 5, 10, 12);
const did = (userId: string, event: string, minutes: number) => ({
  ...{ type: 'track', event, userId },
  timestamp: new Date(noon + minutes * 60_000).toISOString(),
});
beforeAll(async () => {
  w = await testReports();
  await w.accept(
    did('ann', 'Seen', -3),
    did('ann', 'Seen', -2),
    did('ann', 'Added', -1),
    did('ann', 'Bought', 0),
    did('ann', 'Read', 1),
    did('ann', 'Read', 2),
    did('ann', 'Shared', 3),
    // The first time counts.
    did('ann', 'Bought', 100),
    did('ann', 'Left', 101),
    did('bob', 'Added', -5),
    did('bob', 'Bought', 0),
    // Too long after.
    did('bob', 'Shared', 60 * 30),
    { type: 'page', userId: 'cem', timestamp: new Date(noon - 1000).toISOString() },
    did('cem', 'Bought', 0),
    did('cem', 'Shared', 1),
    // Never did it.
    did('dan', 'Seen', 0),
  );
  await w.settled();
});
afterAll(() => w.drop());

const june = { from: '2026-06-10T00:00:00Z', to: '2026-06-11T00:00:00Z', event: '"Bought"' };
const paths = async (query: Record<string, string> = {}) =>
  (await w.report<PathsReport>('paths', { ...june, ...query })).result;
const told = ({ links }: PathsReport['after']) =>
  links.map(({ level, from, to, people }) => `${level} ${from} > ${to}: ${people}`);

test('from the first time outwards, repeats told once', async () => {
  const found = await paths({ depth: '2' });
  expect(found.people).toBe(3);
  expect(told(found.after).sort()).toEqual([
    '0 * > : 1',
    '0 * > Read: 1',
    '0 * > Shared: 1',
    '1 Read > Shared: 1',
    '1 Shared > : 1',
  ]);
  expect(told(found.before).sort()).toEqual([
    '0 * > Added: 2',
    '0 * > page: 1',
    '1 Added > : 1',
    '1 Added > Seen: 1',
    '1 page > : 1',
  ]);
});

test('repeats may be told, and time may be longer', async () => {
  const found = await paths({ depth: '2', collapse: 'false', within: '2d' });
  expect(told(found.after)).toContain('1 Read > Read: 1');
  expect(told(found.after)).toContain('0 * > Shared: 2');
});

test('what few do is one, the rest, and nobody is lost', () => {
  const links = [
    { level: 0, from: '*', to: 'a', people: 5 },
    { level: 0, from: '*', to: 'b', people: 3 },
    { level: 0, from: '*', to: 'c', people: 2 },
    { level: 0, from: '*', to: '', people: 1 },
    { level: 1, from: 'b', to: 'x', people: 3 },
    { level: 1, from: 'c', to: 'x', people: 2 },
  ];
  expect(foldRest(links, 1)).toEqual([
    { level: 0, from: '*', to: '...', people: 5 },
    { level: 0, from: '*', to: 'a', people: 5 },
    { level: 0, from: '*', to: '', people: 1 },
    { level: 1, from: '...', to: 'x', people: 5 },
  ]);
});
