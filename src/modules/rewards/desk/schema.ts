import Type, { type Static } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const At = Type.String({ format: 'date-time' });
const Text = Type.Union([Type.String(), Type.Null()]);

export const ProgrammeSchema = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  currency: Type.String(),
  ratio: Type.Integer({ description: 'At most so many points for one minor unit of the reserve' }),
  expires_after_days: Type.Union([Type.Integer(), Type.Null()]),
});
export type Programme = Static<typeof ProgrammeSchema>;

export const SetUp = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    points_per_unit: Type.Integer({ minimum: 1, maximum: 1000, description: 'For one unit of what is paid' }),
    hold_days: Type.Integer({ minimum: 0, maximum: 365 }),
    invitation: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'For an invitation that is accepted',
    }),
    expires_after_days: Type.Union([Type.Integer({ minimum: 1, maximum: 3660 }), Type.Null()]),
    ratio: Type.Integer({ minimum: 1, maximum: 100 }),
    names: Type.Object({
      purchase: Type.String({ maxLength: 80 }),
      invitation: Type.String({ maxLength: 80 }),
    }),
  },
  { additionalProperties: false },
);
export type SetUp = Static<typeof SetUp>;

export const FlowSchema = Type.Object({
  days: Type.Array(
    Type.Object({
      day: Type.String({ format: 'date' }),
      earned: Type.Record(Type.String(), Type.Integer(), { description: 'By origin' }),
      redeemed: Type.Integer(),
    }),
  ),
});
export type Flow = Static<typeof FlowSchema>;

export const StatementSchema = Type.Object({
  wallet: Type.Integer(),
  held: Type.Integer(),
  receivable: Type.Integer(),
  lots: Type.Array(
    Type.Object({ origin: Type.String(), expires: Text, earned: Type.String(), amount: Type.Integer() }),
  ),
  holds: Type.Array(
    Type.Object({
      id: Type.String(),
      amount: Type.Integer(),
      until: Type.Union([At, Type.Null()]),
      earned: Type.Boolean({ description: 'Earned and not theirs yet; else theirs and kept' }),
    }),
  ),
  movements: Type.Array(
    Type.Object({
      id: Type.String(),
      at: At,
      kind: Type.String(),
      amount: Type.Integer(),
      change: Type.Integer({ description: 'Of wallet, held and owed together' }),
      order: Text,
      rule: Text,
      reason: Text,
    }),
  ),
  next: Text,
});
export type Statement = Static<typeof StatementSchema>;
