import Type, { type Static } from 'typebox';

const Rate = Type.Object({
  part: Type.Integer(),
  of: Type.Integer(),
  low: Type.Number(),
  high: Type.Number(),
});
const Spread = Type.Object({
  people: Type.Integer(),
  invites: Type.Integer({ description: 'Invite Sent, within the days after they first came' }),
  accepted: Type.Integer({ description: 'Of these, with an Invite Accepted of the same invite_id' }),
  per_person: Type.Number(),
  acceptance: Rate,
  k: Type.Number({ description: 'per_person x acceptance: accepted invitations per person' }),
  low: Type.Union([Type.Number(), Type.Null()], {
    description: '95% interval of k over people; null where there is nothing to tell it by',
  }),
  high: Type.Union([Type.Number(), Type.Null()]),
});

/** What was seen, kept and passed on; and whom the invitations brought. */
export const ContentReport = Type.Object(
  {
    seen: Type.Integer({ description: 'People who saw any' }),
    kept: Type.Integer(),
    shared: Type.Integer(),
    share_rate: { ...Rate, description: 'Of the people who saw any, those who passed any on' },
    content: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        kind: Type.String(),
        seen: Type.Integer(),
        kept: Type.Integer(),
        shared: Type.Integer(),
        share_rate: { ...Rate, description: 'Of the people who saw it, those who passed it on' },
      }),
    ),
    days: Type.Integer(),
    spread: Spread,
    weeks: Type.Array(
      Type.Object({
        week: Type.String({ description: 'Its Monday' }),
        is_whole: Type.Boolean({ description: 'Everybody of it had all the days' }),
        ...Spread.properties,
      }),
      { description: 'By the week in which people came first' },
    ),
  },
  { title: 'Content and word of mouth' },
);
export type ContentReport = Static<typeof ContentReport>;
