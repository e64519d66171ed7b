import Type, { type Static, type TSchema } from 'typebox';

const OrNull = <T extends TSchema>(of: T) => Type.Union([of, Type.Null()]);
const Real = Type.Number();

const Estimate = Type.Object(
  { value: Real, low: OrNull(Real), high: OrNull(Real) },
  {
    title: 'Estimate',
    description: 'With the 95% interval around it; null where nothing can be said about it',
  },
);

const Model = Type.Enum(['bg-nbd', 'mbg-nbd', 'pareto-nbd']);
const Parameter = Type.Object({
  name: Type.String(),
  value: Real,
  low: OrNull(Real),
  high: OrNull(Real),
});

/** What customers will be worth. */
export const LifetimeReport = Type.Object({
  state: Type.Enum(['fitted', 'nothing', 'too-few', 'unsure'], {
    description:
      'nothing: no orders in this currency; too-few: fewer than 30 customers, or than 10 who came again; unsure: the models found no end, so that nothing is foretold',
  }),
  currency: Type.String(),
  currencies: Type.Array(
    Type.Object({ currency: Type.String(), orders: Type.Integer(), customers: Type.Integer() }),
    { description: 'Each is a question of its own: money of different currencies is never added up' },
  ),
  months: Type.Integer(),
  margin_rate: Real,
  customers: Type.Integer({ description: 'Known people with an order above 0, first ordered in the period' }),
  repeaters: Type.Integer({ description: 'Those of them who ordered on more than one day' }),
  model: OrNull(Model),
  chosen: Type.Enum(['held-out', 'asked', 'unchecked'], {
    description:
      'held-out: it foretold single customers best; unchecked: the past is too short for a part of it to be held out',
  }),
  held: Type.Boolean({
    description:
      'The data leave some parameters open: they were held near the usual ones (a prior of 1.5 on logarithms)',
  }),
  parameters: Type.Array(Parameter),
  spending: Type.Array(Parameter, { description: 'Of Gamma-Gamma; none where it did not fit' }),
  forecast: OrNull(
    Type.Object({
      customers: Type.Integer(),
      alive: Estimate,
      purchases: Estimate,
      revenue: OrNull(Estimate),
      margin: OrNull(Estimate),
    }),
  ),
  bands: Type.Array(
    Type.Object({
      from: Real,
      customers: Type.Integer(),
      purchases: Real,
      revenue: OrNull(Real),
    }),
    { description: 'Ten classes by the probability of being a customer still' },
  ),
  at_risk: OrNull(
    Type.Object(
      {
        from: Real,
        below: Real,
        least_orders: Real,
        customers: Type.Integer(),
        purchases: Real,
        margin: OrNull(Real),
        people: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
          description:
            'A rule for a segment of them, by the values of each night; null where these answer another question',
        }),
      },
      {
        description:
          'Who may be lost and is not yet: still customers with a probability of at least `from` and below `below`, and at least `least_orders` to be expected of them',
      },
    ),
  ),
  check: OrNull(
    Type.Object({
      weeks: Type.Integer({ description: 'How long the part is that was held out' }),
      customers: Type.Integer(),
      purchases: Type.Integer({ description: 'What they really bought in it' }),
      models: Type.Array(
        Type.Object({
          model: Model,
          foretold: Real,
          error: Type.Number({ description: 'Root of the mean squared error of a customer' }),
        }),
      ),
      classes: Type.Array(
        Type.Object({
          x: Type.Integer({ description: 'How often they had bought again before; 7: seven times or more' }),
          customers: Type.Integer(),
          real: Real,
          foretold: Real,
        }),
      ),
      weekly: Type.Array(
        Type.Object({
          week: Type.Integer(),
          real: Type.Integer(),
          foretold: Real,
          held_out: Type.Boolean(),
        }),
        { description: 'Purchases after the first, of all who had come before the held-out part, added up' },
      ),
    }),
  ),
});
export type LifetimeReport = Static<typeof LifetimeReport>;
