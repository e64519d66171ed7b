import Type, { type Static } from 'typebox';

const Money = Type.Record(Type.String(), Type.String(), {
  description: 'Decimal by currency: different currencies are never added up',
});

/** The pulse of a period. */
export const Overview = Type.Object(
  {
    people: Type.Integer({ description: 'With at least one event in the period' }),
    known_people: Type.Integer({ description: 'With any identifier besides anonymous ids and devices' }),
    events: Type.Integer(),
    orders: Type.Integer({ description: 'Order Completed' }),
    returns: Type.Integer({ description: 'Order Refunded' }),
    buyers: Type.Integer({ description: 'Known people with an order above 0' }),
    paid_orders: Type.Integer({ description: 'Orders above 0 of known people' }),
    revenue: Money,
    known_revenue: Money,
  },
  { title: 'Overview' },
);
export type Overview = Static<typeof Overview>;
