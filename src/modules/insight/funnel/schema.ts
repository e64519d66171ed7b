import Type, { type Static } from 'typebox';

const Rule = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
  description: 'A rule for a segment of these people; null where the language of rules cannot say it',
});

const Step = Type.Object({
  name: Type.String({ description: 'A stage of the path, or the names of the events' }),
  reached: Type.Integer({ description: 'People who came so far' }),
  at_all: Type.Integer({ description: 'People who did this in the period, whatever they did before' }),
  people: Rule,
  left: Rule,
});

/** How far people came. */
export const FunnelReport = Type.Object(
  {
    is_path: Type.Boolean({ description: 'The steps are the stages of the path' }),
    within: Type.String(),
    steps: Type.Array(Step),
    by: Type.Union([Type.String(), Type.Null()]),
    groups: Type.Array(
      Type.Object({
        value: Type.String({ description: 'As the first event had it; empty: it had none' }),
        label: Type.String(),
        reached: Type.Array(Type.Integer()),
        people: Type.Array(Rule),
      }),
      { description: 'Those with most people; somebody may be in several' },
    ),
  },
  { title: 'Funnel with steps' },
);
export type FunnelReport = Static<typeof FunnelReport>;

/** How long people take from step to step. */
export const FunnelTimes = Type.Object(
  {
    steps: Type.Array(
      Type.Object({
        from: Type.String(),
        to: Type.String(),
        people: Type.Integer({ description: 'Who went on, from their first beginning' }),
        quartile_1: Type.Number({ description: 'Seconds' }),
        median: Type.Number(),
        quartile_3: Type.Number(),
      }),
      { description: 'From each step to the next, and at last from the first to the last' },
    ),
  },
  { title: 'Times of a funnel' },
);
export type FunnelTimes = Static<typeof FunnelTimes>;

const Named = Type.Object({
  name: Type.String({ description: 'An event; empty: nothing; `...`: one of the rest' }),
  people: Type.Integer(),
});

/** What those do who stop at a step. */
export const FunnelLeaving = Type.Object(
  {
    step: Type.Integer(),
    people: Type.Integer(),
    next: Type.Array(Named, { description: 'What they did next after the step' }),
    last: Type.Array(Named, { description: 'What they did last' }),
  },
  { title: 'Leaving a funnel' },
);
export type FunnelLeaving = Static<typeof FunnelLeaving>;
