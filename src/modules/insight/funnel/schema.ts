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
