import Type, { type Static } from 'typebox';
import { EventMatch, Measured, Window } from '../schema.ts';

/** What is worked out for each person from events; rules use it by its name: `{ trait: { computed: name } }`. */
export const ComputedTrait = Type.Object(
  {
    of: EventMatch,
    count: Type.Optional(Type.Literal(true)),
    sum: Type.Optional(Measured),
    average: Type.Optional(Measured),
    minimum: Type.Optional(Measured),
    maximum: Type.Optional(Measured),
    distinct: Type.Optional(Measured),
    days_since: Type.Optional(
      Type.Enum(['first', 'last'], { description: 'Whole days of 24 hours; without a window' }),
    ),
    first: Type.Optional(Measured),
    last: Type.Optional(Measured),
    most_frequent: Type.Optional(Measured),
    list: Type.Optional(Measured),
    size: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Of a list; 10 unless told otherwise' }),
    ),
    in: Type.Optional(Window),
  },
  {
    additionalProperties: false,
    title: 'Computed trait',
    description:
      'Exactly one of the measures. Of a number only tests of numbers, `exists` and `not` can be asked; of `first`, `last`, `most_frequent` (a value as the event carried it) and `list` (the last ones, the newest first) every test but those against the present.',
    examples: [
      { of: 'Order Completed', days_since: 'last' },
      { of: 'Order Completed', count: true, in: { last: { days: 365 } } },
      { of: 'Order Completed', sum: { column: 'total' } },
      { of: 'Product Viewed', most_frequent: 'category', in: { last: { days: 90 } } },
      { of: 'Product Viewed', list: 'product_id', size: 5 },
    ],
  },
);
export type ComputedTrait = Static<typeof ComputedTrait>;
