import Type, { type Static } from 'typebox';

const Days = Type.Union([Type.Number(), Type.Null()], { description: 'In days; null where there is none' });

/** Whether and when people buy a second time. */
export const RepurchaseReport = Type.Object(
  {
    buyers: Type.Integer({ description: 'Known people who paid for an order in the period' }),
    repeaters: Type.Integer({ description: 'Of them, those who had paid for one before' }),
    beginners: Type.Integer({ description: 'Known people whose first purchase ever was in the period' }),
    again: Type.Integer({ description: 'Of them, those who bought a second time until its end' }),
    curve: Type.Array(
      Type.Object({
        day: Type.Integer(),
        survival: Type.Number({ description: 'Share of those who have not bought a second time' }),
        low: Type.Number(),
        high: Type.Number(),
        at_risk: Type.Integer(),
      }),
      { description: 'Kaplan-Meier, with its 95% band: a point where it falls' },
    ),
    median_days: Type.Union([Type.Integer(), Type.Null()], {
      description: 'When half of the beginners have bought again, by the curve; null: fewer ever did',
    }),
    gaps: Type.Object(
      { count: Type.Integer(), quartile_1: Days, median: Days, quartile_3: Days },
      { description: 'Between one purchase and the next, where the next is in the period' },
    ),
    spread: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer(), count: Type.Integer() }), {
      description: 'The same gaps by whole days, `to` not included',
    }),
  },
  { title: 'Repurchase' },
);
export type RepurchaseReport = Static<typeof RepurchaseReport>;
