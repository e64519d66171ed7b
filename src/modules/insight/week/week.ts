import { scaleOf, unitsOf } from '../attribution/portion.ts';
import { compareMeans, compareShares, compareTotals, type Verdict } from '../difference.ts';
import { type Asking, defineReport } from '../report/define.ts';
import { factors, WeekReport } from './schema.ts';
import { byDay, figures, type Money, money, risingSharers, silentPeople } from './week-sql.ts';
import { chanceOfMore, partsOfChange } from './worth.ts';

const mostRising = 5;
/** Two-sided at 1% is one-sided at half of it. */
const rareEnough = 0.005;

export const weekReport = defineReport({
  name: 'week',
  summary: 'The week told: what changed, what it is worth, what may be chance, and whom to look at',
  usualDays: 7,
  parameters: {},
  result: WeekReport,
  async count(asking) {
    const { question, path } = asking;
    const asked = {
      ...asking,
      beforeMs: 2 * Date.parse(question.from) - Date.parse(question.to),
      share: path.names.filter((_, i) => path.stages[i] === 5),
    };
    const n = await figures(asked);
    const paid = await money(asked);
    const people = { now: n('people'), before: n('people_before') };
    const rate = (name: string) => {
      const now = { part: n(name), of: people.now };
      const before = { part: n(`${name}_before`), of: people.before };
      return { now, before, difference: compareShares(now, before) };
    };
    const ones = (count: number) => ({ sum: count, squares: count, people: count });
    const count = (name: string) => {
      const [now, before] = [n(name), n(`${name}_before`)];
      return { now, before, difference: compareTotals(ones(now), ones(before)) };
    };
    const orders = (of: string) => ({
      sum: n(`orders${of}`),
      squares: n(`order_squares${of}`),
      people: n(`orderers${of}`),
    });
    return {
      days: (await byDay(asked)).map(({ isBefore, ...day }) => ({ ...day, is_before: isBefore })),
      people: count('people'),
      newcomers: count('newcomers'),
      buyers: rate('buyers'),
      sharers: rate('sharers'),
      orders: {
        now: n('orders'),
        before: n('orders_before'),
        difference: compareTotals(orders(''), orders('_before')),
      },
      money: moneyOf(paid, people, count('people').difference),
      ...(await peopleToLookAt(asking, await silentPeople(asked), await risingSharers(asked))),
    };
  },
  forGuests: (result) => ({ ...result, silent: [], rising: [] }),
  lines: ({ days }) => ({
    head: ['day', 'period', 'people', 'orders'],
    lines: days.map((one) => [one.day, one.is_before ? 'before' : 'now', one.people, one.orders]),
  }),
});

const none = (currency: string, isBefore: boolean): Money => ({
  ...{ currency, isBefore, sum: '0', squares: 0, order_squares: 0, count_squares: 0, orders: 0, payers: 0 },
});

function moneyOf(
  paid: readonly Money[],
  people: { now: number; before: number },
  ofPeople: Verdict,
): WeekReport['money'] {
  return [...new Set(paid.map(({ currency }) => currency))].map((currency) => {
    const of = (isBefore: boolean) =>
      paid.find((one) => one.currency === currency && one.isBefore === isBefore) ?? none(currency, isBefore);
    const [now, before] = [of(false), of(true)];
    const scale = scaleOf([now.sum, before.sum]);
    const total = (one: Money) => ({ sum: Number(one.sum), squares: one.squares, people: one.payers });
    const side = (one: Money, all: number) => ({
      units: unitsOf(one.sum, scale),
      factors: [all, one.payers / all, one.orders / one.payers, Number(one.sum) / one.orders],
    });
    const parts = partsOfChange(side(now, people.now), side(before, people.before), scale);
    const each = (one: Money) => ({ people: one.payers, sum: one.orders, squares: one.count_squares });
    const basket = (one: Money) => ({ people: one.orders, sum: Number(one.sum), squares: one.order_squares });
    const verdicts: Record<(typeof factors)[number], Verdict> = {
      people: ofPeople,
      buying: compareShares({ part: now.payers, of: people.now }, { part: before.payers, of: people.before }),
      orders: compareMeans(each(now), each(before)),
      basket: compareMeans(basket(now), basket(before)),
    };
    return {
      ...{ currency, now: now.sum, before: before.sum },
      difference: compareTotals(total(now), total(before)),
      parts:
        parts?.map((worth, i) => {
          const factor = factors[i] ?? 'people';
          return { factor, worth, difference: verdicts[factor] };
        }) ?? null,
    };
  });
}

async function peopleToLookAt(
  { segments, workspaceId }: Asking,
  silent: Awaited<ReturnType<typeof silentPeople>>,
  sharers: Awaited<ReturnType<typeof risingSharers>>,
): Promise<Pick<WeekReport, 'silent' | 'rising'>> {
  const rising = sharers
    .map((one) => ({ ...one, chance: chanceOfMore(one.shares, one.before) }))
    .filter(({ chance }) => chance < rareEnough)
    .slice(0, mostRising);
  const ids = await segments.inside.people.idsOf(
    workspaceId,
    [...silent, ...rising].map(({ who }) => who),
  );
  return {
    silent: silent.map(({ who, usualDays, silentDays, ...one }) => ({
      person_id: ids.get(who) ?? null,
      ...one,
      usual_days: usualDays,
      silent_days: silentDays,
    })),
    rising: rising.map(({ who, ...one }) => ({ person_id: ids.get(who) ?? null, ...one })),
  };
}
