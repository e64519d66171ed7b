import Type, { type Static } from 'typebox';

/** What makes up each layer, and how much each weighs unless a workspace says otherwise. */
export const layerParts = {
  functional: { money: 0.7, orders: 0.3 },
  emotional: { days: 0.25, months: 0.2, kept: 0.2, voice: 0.2, tenure: 0.15 },
  social: { shares: 0.2, invites: 0.1, accepted: 0.3, brought: 0.4 },
} as const;
export const layers = ['functional', 'emotional', 'social'] as const;
export type Layer = (typeof layers)[number];
/** Where somebody stands in the pyramid; `none`: they came, but no layer is reached. */
export const standings = ['none', ...layers] as const;
export type Standing = (typeof standings)[number];

const Share = (description?: string) =>
  Type.Number({ minimum: 0, maximum: 1, ...(description ? { description } : {}) });
const Weights = (parts: Record<string, number>) =>
  Type.Object(Object.fromEntries(Object.keys(parts).map((part) => [part, Share()])), {
    additionalProperties: false,
  });

/** The section `value` of a workspace's settings. */
export const ValueSettings = Type.Object(
  {
    marginRate: Share('What is left of revenue once the goods are paid'),
    months: Type.Integer({ minimum: 1, maximum: 60, description: 'How far ahead lifetime value looks' }),
    functional: Weights(layerParts.functional),
    emotional: Weights(layerParts.emotional),
    social: Weights(layerParts.social),
    emotionalFrom: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'The emotional score from which on somebody stands in that layer',
    }),
    socialFrom: Type.Number({ minimum: 0, maximum: 100, description: 'The same of the social score' }),
    degrees: Type.Array(Share(), {
      minItems: 3,
      maxItems: 3,
      description:
        'How much of the revenue of people of the first, second and third degree counts for who invited',
    }),
  },
  { title: 'Value: margin, months, and what the layers are made of' },
);
export type ValueSettings = {
  marginRate: number;
  months: number;
  functional: Record<string, number>;
  emotional: Record<string, number>;
  social: Record<string, number>;
  emotionalFrom: number;
  socialFrom: number;
  degrees: number[];
};

export const valueDefaults: ValueSettings = {
  marginRate: 0.4,
  months: 12,
  functional: { ...layerParts.functional },
  emotional: { ...layerParts.emotional },
  social: { ...layerParts.social },
  emotionalFrom: 60,
  socialFrom: 20,
  degrees: [1, 0.5, 0.25],
};

const Count = Type.Integer();
const StandingSchema = Type.Enum(standings);

/** The pyramid of customers over functional, emotional and social value. */
export const LayersReport = Type.Object({
  currency: Type.String(),
  margin_rate: Type.Number(),
  people: Type.Integer({ description: 'With at least one event in the period' }),
  standings: Type.Array(
    Type.Object({
      standing: StandingSchema,
      people: Count,
      margin: Type.String({ description: 'Decimal: margin of what they bought, less what they gave back' }),
      brought: Type.String({ description: 'Decimal: margin of what they brought about in others' }),
    }),
    { description: 'Everybody once, in the highest layer that they reach' },
  ),
  layers: Type.Array(
    Type.Object({
      layer: Type.Enum(layers),
      people: Type.Integer({ description: 'With a score above 0' }),
      mean: Type.Number({ description: 'Of the scores above 0' }),
      scores: Type.Array(Count, { description: 'How many have 0, up to 10, up to 20 ... up to 100' }),
      parts: Type.Array(
        Type.Object({
          part: Type.String(),
          weight: Type.Number(),
          people: Type.Integer({ description: 'Who have any of it' }),
          mean: Type.Number({ description: 'Of those' }),
        }),
      ),
    }),
  ),
  moved: Type.Object({
    days: Count,
    moves: Type.Array(
      Type.Object({
        from: Type.Enum(['new', ...standings]),
        to: Type.Enum([...standings, 'gone']),
        people: Count,
      }),
      { description: 'Where people stood so many days before; new, gone: without an event in either period' },
    ),
  }),
});
export type LayersReport = Static<typeof LayersReport>;

const PartOfPerson = Type.Object({
  part: Type.String(),
  value: Type.Number(),
  rank: Type.Number({ description: '0..100: of all who have any of it, how many have as much or less' }),
  weight: Type.Number(),
});

const OfLayer = Type.Object({
  score: Type.Number({ description: '0..100' }),
  money: Type.Union([Type.String(), Type.Null()], {
    description:
      'Decimal. functional: margin of what they bought; emotional: margin still to be expected of them; social: margin of what they brought about',
  }),
  parts: Type.Array(PartOfPerson),
});

const Interval = Type.Object({
  value: Type.Number(),
  low: Type.Union([Type.Number(), Type.Null()]),
  high: Type.Union([Type.Number(), Type.Null()]),
});

/** What one person is worth. */
export const PersonValue = Type.Object(
  {
    currency: Type.String(),
    from: Type.String({ format: 'date-time' }),
    to: Type.String({ format: 'date-time' }),
    of_night: Type.Boolean({
      description:
        'Of a large workspace: the scores and whom they brought are those of the night, as of `to`; else they were counted now',
    }),
    active: Type.Boolean({ description: 'false: nothing in the period, so that every score is 0' }),
    standing: StandingSchema,
    functional: OfLayer,
    emotional: OfLayer,
    social: OfLayer,
    degrees: Type.Array(
      Type.Object({
        degree: Count,
        people: Type.Integer({ description: 'Who came by their invitation, or by that of those' }),
        revenue: Type.String({ description: 'Decimal, in the period and after they came' }),
      }),
    ),
    lifetime: Type.Union(
      [
        Type.Object({
          as_of: Type.String({ format: 'date-time' }),
          model: Type.String(),
          months: Count,
          purchases: Type.Integer({ description: 'Days with an order so far' }),
          last: Type.String({ format: 'date' }),
          still_customer: Type.Number({ description: 'A probability' }),
          expected_orders: Interval,
          expected_margin: Type.Union([Type.Number(), Type.Null()]),
          next: Type.Union([Type.String({ format: 'date' }), Type.Null()], {
            description:
              'By when they will have bought again with a probability of one half, if they will at all',
          }),
        }),
        Type.Null(),
      ],
      { description: 'Null: never bought in this currency, or too few customers to know' },
    ),
  },
  { title: 'Value of a person' },
);
export type PersonValue = Static<typeof PersonValue>;
