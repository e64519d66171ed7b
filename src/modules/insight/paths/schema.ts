import Type, { type Static } from 'typebox';

const Side = Type.Object(
  {
    links: Type.Array(
      Type.Object({
        level: Type.Integer({ description: 'From the event outwards: 0 is next to it' }),
        from: Type.String({ description: 'An event; `...`: one of the rest' }),
        to: Type.String({ description: 'The event one further out; empty: nothing more' }),
        people: Type.Integer(),
      }),
    ),
  },
  { description: 'Every person once: by their first time in the period' },
);

/** What people do before and after an event. */
export const PathsReport = Type.Object(
  {
    event: Type.String(),
    people: Type.Integer({ description: 'Who did it in the period' }),
    after: Side,
    before: Side,
  },
  { title: 'Paths' },
);
export type PathsReport = Static<typeof PathsReport>;
