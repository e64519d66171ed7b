import Type, { type Static } from 'typebox';
import { EventMatch, Measured, Window } from '../schema.ts';

/** A number that is worked out for each person from events; rules use it by its name: `{ trait: { computed: name } }`. */
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
    in: Type.Optional(Window),
  },
  {
    additionalProperties: false,
    title: 'Computed trait',
    description: 'Exactly one of the measures. Only tests of numbers, `exists` and `not` can be asked of it.',
    examples: [
      { of: 'Order Completed', days_since: 'last' },
      { of: 'Order Completed', count: true, in: { last: { days: 365 } } },
      { of: 'Order Completed', sum: { column: 'total' } },
    ],
  },
);
export type ComputedTrait = Static<typeof ComputedTrait>;
