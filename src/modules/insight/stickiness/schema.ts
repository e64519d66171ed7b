import Type, { type Static } from 'typebox';

/** How often people are there. */
export const StickinessReport = Type.Object(
  {
    days: Type.Array(
      Type.Object({
        day: Type.String({ format: 'date' }),
        daily: Type.Integer({ description: 'People of the day' }),
        weekly: Type.Integer({ description: 'Of the day and the six before it' }),
        monthly: Type.Integer({ description: 'Of the day and the 29 before it' }),
      }),
      { description: 'Whole days of the period, in the zone of the workspace' },
    ),
    stickiness: Type.Union([Type.Number(), Type.Null()], {
      description: 'People of a day among those of its 30 days, on average over the days',
    }),
    visits: Type.Object({
      count: Type.Integer({ description: 'Events with less than half an hour between them' }),
      quartile_1: Type.Number({ description: 'Seconds from the first event to the last' }),
      median: Type.Number(),
      quartile_3: Type.Number(),
      single: Type.Integer({ description: 'Visits of one moment' }),
    }),
    stores: Type.Object({
      count: Type.Integer({ description: 'Departures that say how long somebody stayed (dwell_seconds)' }),
      quartile_1: Type.Number(),
      median: Type.Number(),
      quartile_3: Type.Number(),
    }),
  },
  { title: 'Stickiness' },
);
export type StickinessReport = Static<typeof StickinessReport>;
