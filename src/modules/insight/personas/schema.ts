import Type, { type Static } from 'typebox';

/** What somebody leans to, told by what they do; each is a rank among all who were active. */
export const leanings = [
  'innovation',
  'privacy',
  'individuality',
  'value',
  'circle',
  'connectedness',
] as const;
export type Leaning = (typeof leanings)[number];

const Scores = Type.Object(
  Object.fromEntries(leanings.map((name) => [name, Type.Number()])) as Record<
    Leaning,
    ReturnType<typeof Type.Number>
  >,
);

/** Groups of people who behave alike. */
export const PersonasReport = Type.Object({
  people: Type.Integer({ description: 'Who were active on two days of the period or more' }),
  mean: Scores,
  personas: Type.Array(
    Type.Object({
      name: Type.String({ description: 'p1, p2 ...: the same from week to week' }),
      people: Type.Integer(),
      scores: Scores,
      leans: Type.Array(Type.Enum(leanings), {
        description:
          'What sets them apart: leanings that are half a deviation above the mean or more, strongest first',
      }),
      shuns: Type.Array(Type.Enum(leanings), { description: 'And half a deviation below' }),
      days: Type.Number({ description: 'Mean days with a visit' }),
      orders: Type.Number({ description: 'Mean orders' }),
      revenue: Type.Number({ description: 'Mean, in the currency' }),
      shares: Type.Number({ description: 'Mean shares and invitations' }),
    }),
  ),
  currency: Type.String(),
});
export type PersonasReport = Static<typeof PersonasReport>;
