import Type, { type Static } from 'typebox';

const Difference = Type.Enum(['not-chance', 'may-be-chance', 'too-few']);
const Count = Type.Object({ now: Type.Integer(), before: Type.Integer(), difference: Difference });
const PartOf = Type.Object({ part: Type.Integer(), of: Type.Integer() });
const Rate = Type.Object({ now: PartOf, before: PartOf, difference: Difference });
const Id = Type.Union([Type.String(), Type.Null()]);

/** What a change of revenue is made of, in the order in which it is told. */
export const factors = ['people', 'buying', 'orders', 'basket'] as const;

/** A period told: what changed, what it is worth, what may be chance, and whom to look at. */
export const WeekReport = Type.Object(
  {
    days: Type.Array(
      Type.Object({
        day: Type.String(),
        is_before: Type.Boolean(),
        people: Type.Integer(),
        orders: Type.Integer(),
      }),
      { description: 'By day of the workspace, this period and the one before' },
    ),
    people: Count,
    newcomers: { ...Count, description: 'Whose first event ever lies in the period' },
    buyers: { ...Rate, description: 'Of the people, those who paid an order' },
    sharers: { ...Rate, description: 'Of the people, those with an event of the stage Share' },
    orders: Count,
    money: Type.Array(
      Type.Object({
        currency: Type.String(),
        now: Type.String(),
        before: Type.String(),
        difference: Difference,
        parts: Type.Union(
          [
            Type.Array(
              Type.Object({ factor: Type.Enum(factors), worth: Type.String(), difference: Difference }),
            ),
            Type.Null(),
          ],
          {
            description:
              'Of the change, what more or fewer people, their buying more or less often at all, ordering more or less often, and paying more or less an order come to; they sum to it exactly (LMDI). Null: nothing was paid in one of the periods',
          },
        ),
      }),
    ),
    silent: Type.Array(
      Type.Object({
        person_id: Id,
        currency: Type.String(),
        spent: Type.String(),
        orders: Type.Integer(),
        usual_days: Type.Number({ description: 'Mean time between orders' }),
        silent_days: Type.Number(),
        chance: Type.Number({
          description:
            'That they would be silent for so long if they went on as before: (S / (S + t))^(n - 1)',
        }),
      }),
      { description: 'Who paid most in a currency, of those whose silence is hardly chance (below 5%)' },
    ),
    rising: Type.Array(
      Type.Object({
        person_id: Id,
        shares: Type.Integer({ description: 'In the last 28 days' }),
        before: Type.Integer({ description: 'In the 28 days before' }),
        chance: Type.Number({
          description: 'Of so many or more of all of them by mere chance (binomial, half and half)',
        }),
      }),
    ),
  },
  { title: 'Week' },
);
export type WeekReport = Static<typeof WeekReport>;
