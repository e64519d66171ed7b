import Type, { type Static } from 'typebox';

const Rate = Type.Object({
  part: Type.Integer(),
  of: Type.Integer(),
  low: Type.Number({ description: '95% interval (Wilson)' }),
  high: Type.Number(),
});
const By = Type.Enum(['product', 'category']);

/** What is bought together, again, next, and brought back. */
export const ProductsReport = Type.Object(
  {
    by: By,
    baskets: Type.Integer({ description: 'Orders in the period that say what was in them' }),
    least: Type.Integer({ description: 'Pairs in fewer orders are left out' }),
    products: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        orders: Type.Integer(),
        units: Type.Number(),
        buyers: Type.Integer(),
        repeat: { ...Rate, description: 'Of the buyers in the period, those who had it in an order before' },
        returned: {
          ...Rate,
          description: 'Of the orders with it that have a number, those it came back from',
        },
      }),
    ),
    pairs: Type.Array(
      Type.Object({
        a: Type.String(),
        b: Type.String(),
        orders: Type.Integer({ description: 'With both' }),
        support: Type.Number({ description: 'orders / baskets' }),
        confidence: Type.Number({ description: 'Of the orders with a, those with b' }),
        confidence_back: Type.Number({ description: 'Of the orders with b, those with a' }),
        lift: Type.Number({ description: 'support / (support of a x support of b)' }),
        chance: Type.Enum(['not-chance', 'may-be-chance'], {
          description: 'Two-sided at 1%, divided by the number of pairs looked at (Bonferroni)',
        }),
      }),
    ),
    pairs_looked_at: Type.Integer(),
    ladder: Type.Array(
      Type.Object({
        first: Type.String({ description: 'What led the first order ever' }),
        people: Type.Integer(),
        again: Type.Integer({ description: 'With a second order by the end of the period' }),
        next: Type.Array(Type.Object({ second: Type.String(), people: Type.Integer() })),
      }),
      { description: 'Of people whose first order ever lies in the period' },
    ),
  },
  { title: 'Products' },
);
export type ProductsReport = Static<typeof ProductsReport>;
