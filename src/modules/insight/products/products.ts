import Type from 'typebox';
import { shareInterval } from '../interval.ts';
import { defineReport } from '../report/define.ts';
import { together } from './basket.ts';
import { ladderSteps, pairCounts, returnedItems, soldItems } from './products-sql.ts';
import { ProductsReport } from './schema.ts';

/** As many pairs are weighed at most, the most frequent. */
const mostPairs = 20_000;
const fewestOrders = 5;
/** A thousandth of the orders, so that of a large shop no pairs are shown that hardly anybody bought. */
const usualSupport = 0.001;
const mostSteps = 12;
const mostNext = 6;

export const productsReport = defineReport({
  name: 'products',
  summary: 'What is bought together, again, next, and brought back',
  usualDays: 90,
  parameters: {
    by: Type.Optional(Type.Enum(['product', 'category'], { default: 'product' })),
    least: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Pairs in fewer orders are left out; a thousandth of the orders, 5 at least, unless given',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000, default: 100, description: 'Pairs' })),
    sort: Type.Optional(Type.Enum(['lift', 'orders'], { default: 'lift', description: 'Of pairs' })),
  },
  result: ProductsReport,
  async count(asking, { by = 'product', limit = 100, sort = 'lift', least: asked }) {
    const { baskets, steps } = await ladderSteps(asking, by);
    const least = asked ?? Math.max(fewestOrders, Math.ceil(usualSupport * baskets));
    const sold = baskets === 0 ? [] : await soldItems(asking, by);
    const frequent = sold.filter(({ orders }) => orders >= least);
    const counted =
      baskets === 0
        ? []
        : await pairCounts(asking, by, { known: frequent.map(({ item }) => item), least, most: mostPairs });
    const returned = new Map(
      (baskets === 0 ? [] : await returnedItems(asking, by)).map((one) => [one.item, one]),
    );
    const pairs = counted.map(({ a, b, orders }) => {
      const [one, other] = [frequent[a], frequent[b]];
      if (!one || !other) throw new Error('A pair of products that were not asked for.');
      const { p, ...rest } = together(baskets, one.orders, other.orders, orders);
      // The rarer first, since it says more of the other.
      const isTurned = one.orders > other.orders;
      return {
        a: isTurned ? other.item : one.item,
        b: isTurned ? one.item : other.item,
        orders,
        ...rest,
        confidence: isTurned ? rest.confidence_back : rest.confidence,
        confidence_back: isTurned ? rest.confidence : rest.confidence_back,
        chance: p * counted.length < 0.01 ? ('not-chance' as const) : ('may-be-chance' as const),
      };
    });
    if (sort === 'lift')
      pairs.sort((a, b) => surely(a) - surely(b) || b.lift - a.lift || b.orders - a.orders);
    return {
      by,
      baskets,
      least,
      products: sold.slice(0, 200).map(({ item, again, ...one }) => {
        const back = returned.get(item) ?? { orders: 0, returned: 0 };
        return {
          id: item,
          name: one.name,
          orders: one.orders,
          units: one.units,
          buyers: one.buyers,
          repeat: { part: again, of: one.buyers, ...shareInterval(again, one.buyers) },
          returned: { part: back.returned, of: back.orders, ...shareInterval(back.returned, back.orders) },
        };
      }),
      pairs: pairs.slice(0, limit),
      pairs_looked_at: counted.length,
      ladder: baskets === 0 ? [] : ladderOf(steps),
    };
  },
  lines: ({ pairs }) => ({
    head: ['a', 'b', 'orders', 'support', 'confidence', 'confidence_back', 'lift', 'chance'],
    lines: pairs.map((one) => [
      one.a,
      one.b,
      one.orders,
      one.support,
      one.confidence,
      one.confidence_back,
      one.lift,
      one.chance,
    ]),
  }),
});

const surely = ({ chance }: { chance: string }) => (chance === 'not-chance' ? 0 : 1);

function ladderOf(found: Awaited<ReturnType<typeof ladderSteps>>['steps']): ProductsReport['ladder'] {
  const steps = Map.groupBy(found, ({ first }) => first);
  const sum = (of: readonly { people: number }[]) => of.reduce((all, { people }) => all + people, 0);
  return [...steps]
    .map(([first, own]) => {
      const next = own.filter(({ second }) => second !== '');
      return {
        first,
        people: sum(own),
        again: sum(next),
        next: next.slice(0, mostNext).map(({ second, people }) => ({ second, people })),
      };
    })
    .sort((a, b) => b.people - a.people || (a.first < b.first ? -1 : 1))
    .slice(0, mostSteps);
}
