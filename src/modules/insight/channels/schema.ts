import Type, { type Static } from 'typebox';

const Money = Type.Object({
  sum: Type.String({ description: 'Decimal' }),
  mean: Type.Number({ description: 'Per person of the channel' }),
  low: Type.Union([Type.Number(), Type.Null()], {
    description: '95% interval of the mean; null for one person',
  }),
  high: Type.Union([Type.Number(), Type.Null()]),
});
const Rate = Type.Object({
  part: Type.Integer(),
  of: Type.Integer(),
  low: Type.Number(),
  high: Type.Number(),
});

/** Of people who came for the first time in the period: by which channel, how deep they went, what they are worth. */
export const ChannelsReport = Type.Object(
  {
    by: Type.Enum(['channel', 'campaign']),
    people: Type.Integer(),
    channels: Type.Array(
      Type.Object({
        name: Type.String({ description: "Of a person's first touch; empty: none is known" }),
        people: Type.Integer(),
        stages: Type.Array(Type.Integer(), {
          description: 'People with an event of search, attention, deal, use, share by the end of the period',
        }),
        bought: { ...Rate, description: 'Of the people, those who paid an order' },
        again: { ...Rate, description: 'Of the buyers, those who paid a second' },
        shared: { ...Rate, description: 'Of the people, those with an event of the stage Share' },
        orders: Type.Integer(),
        revenue: Type.Record(Type.String(), Money),
      }),
    ),
  },
  { title: 'Channels' },
);
export type ChannelsReport = Static<typeof ChannelsReport>;
