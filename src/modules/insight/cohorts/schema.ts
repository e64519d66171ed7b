import Type, { type Static } from 'typebox';

export const cohortUnits = ['day', 'week', 'month'] as const;

/** Who came back, by when they began. */
export const CohortsReport = Type.Object(
  {
    unit: Type.Enum(cohortUnits),
    cohorts: Type.Array(
      Type.Object({
        start: Type.String({ format: 'date', description: 'The first day, in the zone of the workspace' }),
        counts: Type.Array(Type.Integer(), {
          description: 'How many began; how many came back in the first unit after that; in the second; ...',
        }),
        is_whole: Type.Boolean({
          description: 'false: the last of the counts is of a unit that is not over',
        }),
      }),
    ),
  },
  { title: 'Cohorts' },
);
export type CohortsReport = Static<typeof CohortsReport>;
