import Type, { type Static } from 'typebox';

export const Model = Type.Enum(['first', 'last', 'linear', 'position', 'decay', 'markov', 'shapley']);
export type Model = Static<typeof Model>;

const Money = Type.Record(Type.String(), Type.String(), { description: 'Decimal by currency' });
const Bound = Type.Union([Type.Number(), Type.Null()]);

const Credit = Type.Object({
  orders: Type.Number({ description: 'In hundredths; over all names they sum to the orders' }),
  low: {
    ...Bound,
    description:
      '95% interval: of rules and Shapley as a Poisson number (score), of Markov by 200 seeded draws of the transitions (Bayesian bootstrap); null: not drawn',
  },
  high: Bound,
});
export type Credit = Static<typeof Credit>;

/** Orders and revenue by channel or campaign, as each model hands them out. */
export const AttributionRows = Type.Object({
  orders: Type.Integer({ description: 'Orders with a touch on the way to them' }),
  orders_without_touch: Type.Integer({
    description: 'No touch within the window is known: credited to nobody',
  }),
  paths_without_order: Type.Integer({
    description: 'People whose touches led to no order by the end of the period',
  }),
  conversion: Type.Number({ description: 'The probability that a path of the chain ends in an order' }),
  revenue: Money,
  names: Type.Array(
    Type.Object({
      name: Type.String(),
      touched: Type.Integer({ description: 'Orders with a touch of it on the way; below 30 it says little' }),
      removal: Type.Number({ description: 'Of the orders, the part lost if it led nowhere (exact)' }),
      models: Type.Array(Type.Object({ model: Model, ...Credit.properties, revenue: Money })),
    }),
  ),
  crossing: Type.Array(
    Type.Object({
      bought: Type.Enum(['online', 'store']),
      looked: Type.Enum(['online', 'store', 'both', 'nowhere']),
      orders: Type.Integer(),
      revenue: Money,
    }),
    { description: 'Where was bought, by where people had been before within the window' },
  ),
});
export type AttributionRows = Static<typeof AttributionRows>;

export const AttributionReport = Type.Object(
  {
    by: Type.Enum(['channel', 'campaign']),
    window: Type.Integer({ description: 'Days' }),
    half_life: Type.Number({ description: 'Days' }),
    ...AttributionRows.properties,
  },
  { title: 'Attribution' },
);
export type AttributionReport = Static<typeof AttributionReport>;
