import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import type { Funnel, Pulse } from './schema.ts';

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1, 22);
/** One of each stage, one that belongs to none, and a page. */
const names = [
  'Products Searched',
  'Product Viewed',
  'Order Completed',
  'Product Reviewed',
  'Content Shared',
];

interface Row {
  person: string;
  time: string;
  type: string;
  event: string;
  contract: number;
  bot: number;
  total: string | null;
  currency: string;
}
interface Range {
  from: number;
  to: number;
  humans: boolean;
}

const who = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => ({ userId: `u${n}` })),
  fc.integer({ min: 1, max: 5 }).map((n) => ({ anonymousId: `a${n}` })),
);
/** Whole hours, so that many events stand at the same moment, and at the edges of periods. */
const timestamp = fc
  .integer({ min: 0, max: 60 })
  .map((hour) => new Date(start + hour * hourMs).toISOString());
const context = fc.constantFrom(
  {},
  {},
  {},
  { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
  { consent: { categoryPreferences: { analytics: false } } },
);
const total = fc.constantFrom('0', '5', '7.25', '12.5', null);
const done = fc.oneof(
  fc.tuple(who, timestamp, context).map(([whose, at, about]) => ({
    ...whose,
    type: 'page',
    name: 'Home',
    timestamp: at,
    context: about,
  })),
  fc
    .tuple(who, timestamp, context, fc.constantFrom(...names, 'Something Else'), total)
    .map(([whose, at, about, event, paid]) => ({
      ...whose,
      type: 'track',
      event,
      timestamp: at,
      context: about,
      properties: paid === null ? {} : { total: paid, currency: Number(paid) > 6 ? 'EUR' : 'CHF' },
    })),
);
const join = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).map(([a, b]) => ({
  type: 'alias',
  userId: `u${a}`,
  previousId: `u${b}`,
  timestamp: new Date(start).toISOString(),
}));
const range = fc
  .tuple(fc.integer({ min: 10, max: 50 }), fc.integer({ min: 1, max: 25 }), fc.boolean())
  .map(([hour, hours, humans]) => ({
    from: start + hour * hourMs,
    to: start + (hour + hours) * hourMs,
    humans,
  }));

const stageOf = ({ type, event }: Row) =>
  type === 'page' ? 1 : type === 'track' ? names.indexOf(event) + 1 : 0;
const within = (rows: readonly Row[], from: number, to: number) =>
  rows.filter(({ time }) => Date.parse(`${time}Z`) >= from && Date.parse(`${time}Z`) < to);
const peopleOf = (rows: readonly Row[]) => new Set(rows.map(({ person }) => person));

/** The figures as one would count them with a pencil. */
function plainPulse(all: readonly Row[], { from, to, humans }: Range) {
  const rows = all.filter(({ bot }) => !humans || bot === 0);
  const orders = rows.filter(({ type, event }) => type === 'track' && event === 'Order Completed');
  const paid = orders.filter(({ total: sum }) => Number(sum) > 0);
  const of = (begin: number, end: number) => {
    const came = within(rows, begin, end).filter(({ contract }) => contract === 0);
    const placed = within(orders, begin, end);
    const buyers = peopleOf(within(paid, begin, end));
    const times = Map.groupBy(within(paid, 0, end), ({ person }) => person);
    const money = Map.groupBy(
      placed.filter(({ total: sum }) => sum !== null),
      ({ currency }) => currency,
    );
    return {
      people: peopleOf(came).size,
      orders: placed.length,
      repeat: {
        part: [...buyers].filter((one) => (times.get(one)?.length ?? 0) > 1).length,
        of: buyers.size,
      },
      share: { part: peopleOf(came.filter((row) => stageOf(row) === 5)).size, of: peopleOf(came).size },
      money: (currency: string) =>
        (money.get(currency) ?? []).reduce((sum, row) => sum + Number(row.total), 0),
    };
  };
  return { now: of(from, to), before: of(2 * from - to, from) };
}

function plainFunnel(all: readonly Row[], { from, to, humans }: Range) {
  const rows = within(all, from, to).filter(
    (row) => (!humans || row.bot === 0) && row.contract === 0 && stageOf(row),
  );
  const people = [...Map.groupBy(rows, ({ person }) => person).values()].map((own) => {
    const stages = own
      .sort((a, b) => a.time.localeCompare(b.time) || stageOf(a) - stageOf(b))
      .map((row) => stageOf(row));
    return { stages, level: stages.reduce((level, stage) => (stage === level + 1 ? stage : level), 0) };
  });
  return [1, 2, 3, 4, 5].map((n) => [
    people.filter(({ level }) => level >= n).length,
    people.filter(({ stages }) => stages.includes(n)).length,
  ]);
}

test('of whatever happened, joins, erasures and edges of periods, the figures are those of plain counting', async () => {
  let run = 0;
  let counted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(done, { minLength: 20, maxLength: 80 }),
      fc.array(join, { maxLength: 3 }),
      fc.array(range, { minLength: 4, maxLength: 4 }),
      fc.nat(2),
      async (events, joins, ranges, erased) => {
        const brand = await p.newBrand(`Plain ${++run}`);
        const key = brand.secretKey;
        const calls = [...events, ...joins].map((call, i) => ({ ...call, messageId: `plain${run}-${i}` }));
        await p.send('batch', { batch: calls }, brand.writeKey);
        await p.settled(brand.workspace.id);
        // Hidden at once; their rows are still there.
        const { items } = (await p.ask<{ items: { id: string }[] }>('GET', '/api/people', undefined, key))
          .body;
        for (const { id } of items.slice(0, erased))
          expect((await p.ask('DELETE', `/api/people/${id}`, undefined, key)).status).toBe(202);
        const rows = await p.ch.query<Row>(
          'select toString(person) as person, time, type, event, contract, bot, total, currency from people_events where workspace_id = {ws:UInt32}',
          { ws: brand.workspace.id },
        );
        counted += rows.length;
        for (const one of ranges) {
          const query = `from=${new Date(one.from).toISOString()}&to=${new Date(one.to).toISOString()}&humans=${one.humans}`;
          const pulse = (await p.ask<Pulse>('GET', `/api/pulse?${query}`, undefined, key)).body;
          const { now, before } = plainPulse(rows, one);
          expect(pulse).toMatchObject({
            people: { now: now.people, before: before.people },
            orders: { now: now.orders, before: before.orders },
            repeat_rate: { now: now.repeat, before: before.repeat },
            share_rate: { now: now.share, before: before.share },
          });
          for (const currency of ['EUR', 'CHF']) {
            const row = pulse.revenue.find((sum) => sum.currency === currency);
            expect([Number(row?.now ?? 0), Number(row?.before ?? 0)]).toEqual([
              now.money(currency),
              before.money(currency),
            ]);
          }
          const { stages } = (await p.ask<Funnel>('GET', `/api/funnel?${query}`, undefined, key)).body;
          expect(stages.map(({ reached, at_all }) => [reached, at_all])).toEqual(plainFunnel(rows, one));
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
  expect(counted).toBeGreaterThan(0);
}, 120_000);
