import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';

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

const Difference = Type.Enum(['not-chance', 'may-be-chance', 'too-few'], {
  description:
    'Against the period before, two-sided at 1%: totals by a compound Poisson z-test, shares by the z-test of two proportions; too-few: not judged (fewer than 30 people)',
});
const Count = (description: string) =>
  Type.Object({ now: Type.Integer(), before: Type.Integer(), difference: Difference }, { description });
const PartOf = Type.Object({ part: Type.Integer(), of: Type.Integer() });
const Rate = (description: string) =>
  Type.Object({ now: PartOf, before: PartOf, difference: Difference }, { description });

const AsOf = Type.Optional(
  Type.String({
    format: 'date-time',
    description:
      'Of a large workspace: when this was counted, 15 minutes ago at most. It is counted again behind the answer; a period up to now ends then',
  }),
);

/** How it goes in a period, against as long a one before. */
export const Pulse = Type.Object(
  {
    has_events: Type.Boolean({ description: 'false: nothing was ever sent' }),
    people: Count('With at least one event'),
    orders: Count('Order Completed'),
    repeat_rate: Rate('Of those who paid an order, those for whom it was not the first ever'),
    share_rate: Rate('Of the people, those with an event of the stage Share'),
    revenue: Type.Array(
      Type.Object({
        currency: Type.String(),
        now: Type.String({ description: 'Decimal' }),
        before: Type.String({ description: 'Decimal' }),
        difference: Difference,
      }),
      { description: 'Totals of Order Completed by currency, without returns' },
    ),
    as_of: AsOf,
  },
  { title: 'Pulse' },
);
export type Pulse = Static<typeof Pulse>;

export const funnelStages = ['search', 'attention', 'deal', 'use', 'share'] as const;

/** The path in a period. */
export const Funnel = Type.Object(
  {
    stages: Type.Array(
      Type.Object({
        stage: Type.Enum(funnelStages),
        reached: Type.Integer({
          description:
            'People with an event of this stage, after one of each stage before it in order, within the period',
        }),
        at_all: Type.Integer({ description: 'People with any event of this stage within the period' }),
      }),
    ),
    as_of: AsOf,
  },
  { title: 'Funnel' },
);
export type Funnel = Static<typeof Funnel>;

const Side = Type.Object({
  people: Type.Integer({ description: 'As of now' }),
  buyers: Type.Integer({ description: 'With an order above 0 in the period' }),
  orders: Type.Integer({ description: 'Order Completed' }),
  revenue: Money,
});

/** What a segment is worth in a period. */
export const Worth = Type.Object({ members: Side, others: Side }, { title: 'Worth of a segment' });
export type Worth = Static<typeof Worth>;

export const refuse = refusals('insight', {
  'no-such-board': { status: 404, title: 'No such board' },
  'no-such-link': { status: 401, title: 'The link does not hold' },
  'no-such-board-link': { status: 404, title: 'No such link of a board' },
  'too-many-links': { status: 409, title: 'The board has too many links' },
  'shared-too-often': { status: 429, title: 'Too many requests' },
  'bad-expiry': { status: 400, title: 'Not a time when a link can end' },
  'no-such-tile': { status: 404, title: 'No such part of the board' },
  'too-few-people': { status: 403, title: 'Too few people to be shown' },
  'board-changed': { status: 409, title: 'The board was changed meanwhile' },
  'bad-period': { status: 400, title: 'Not a period' },
  'bad-question': { status: 400, title: 'Not a question that can be answered' },
  'no-segments': { status: 403, title: 'May not see segments' },
});
