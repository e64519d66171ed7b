import Type, { type Static } from 'typebox';
import { HeldSchema } from '#schema/transparency';
import { mostPoints, origins, TransferId, WireParty } from '../schema.ts';

const At = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Amount = Type.Integer({ minimum: 1, maximum: mostPoints });
const whole = Type.Integer();
const Text = Type.Union([Type.String(), Type.Null()]);

export const ReportQuery = Type.Object({
  from: Type.Optional(Day),
  to: Type.Optional(
    Type.String({ format: 'date', description: 'The last day; today unless told otherwise' }),
  ),
});
export const Report = Type.Object(
  {
    asOf: At,
    /** issued is net of what was taken back; expected: to be spent, null while nothing has left yet. */
    now: Type.Object({
      outstanding: whole,
      wallets: whole,
      held: whole,
      owed: whole,
      issued: whole,
      redeemed: whole,
      expired: whole,
      reserve: whole,
      ratio: whole,
      covered: whole,
      free: whole,
      expected: Type.Union([whole, Type.Null()]),
    }),
    liability: Type.Array(Type.Object({ origin: Type.Enum(origins), outstanding: whole }), {
      description: 'What is outstanding, kept apart by where it comes from',
    }),
    breakage: Type.Array(
      Type.Object({
        week: whole,
        spent: Type.Number({ description: 'The share that is spent by then' }),
        lost: Type.Number({ description: 'The share that ran out or was taken back by then' }),
      }),
    ),
    days: Type.Array(
      Type.Object({
        day: Day,
        issued: whole,
        spent: whole,
        expired: whole,
        takenBack: whole,
        outstanding: whole,
      }),
    ),
  },
  { title: 'Points report' },
);
export type Report = Static<typeof Report>;

export const LawCheck = Type.Object({
  programme: Id,
  at: At,
  tookMs: whole,
  broken: Type.Array(Type.Object({ law: Type.String(), says: Type.String() })),
});
export type LawAnswer = Static<typeof LawCheck>;

const Reason = Type.String({ minLength: 3, maxLength: 500, description: 'Why; whoever agrees reads it' });
export const NewProposal = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('adjust'),
      party: WireParty,
      amount: Type.Integer({
        minimum: -mostPoints,
        maximum: mostPoints,
        description: 'Negative: taken away',
      }),
      reason: Reason,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Enum(['pay-in', 'pay-out']), amount: Amount, reason: Reason },
    { additionalProperties: false },
  ),
]);
export const Proposal = Type.Object(
  {
    id: Id,
    kind: Type.Enum(['adjust', 'pay-in', 'pay-out']),
    amount: whole,
    reason: Type.String(),
    person: Type.Union([Id, Type.Null()], {
      description: 'Whose points; null for the reserve, or once erased',
    }),
    partner: Text,
    proposedBy: Type.String(),
    proposedByName: Text,
    proposedAt: At,
    own: Type.Boolean({ description: 'Asked for by whoever reads this, who cannot agree to it' }),
    decidedBy: Text,
    decidedByName: Text,
    decidedAt: Type.Union([At, Type.Null()]),
    approved: Type.Union([Type.Boolean(), Type.Null()]),
    movement: Text,
  },
  { title: 'Points proposal' },
);
export type ProposalAnswer = Static<typeof Proposal>;

/** How the public log follows the books. */
export const LogView = Type.Object(
  {
    name: Type.String(),
    origin: Type.String(),
    size: Type.Integer({ description: 'Numbered leaves' }),
    signed: Type.Integer({ description: 'Of them, under a signed checkpoint' }),
    signedAt: Type.Union([At, Type.Null()]),
    waiting: Type.Integer({ description: 'Committed, and not yet numbered' }),
    totalsAt: Type.Union([At, Type.Null()]),
    stopped: Type.Union([Type.String(), Type.Null()], { description: 'Why nothing is added any more' }),
    held: Type.Union([HeldSchema, Type.Null()], { description: 'The same, to be put in words' }),
  },
  { title: 'Public log' },
);
export type LogAnswer = Static<typeof LogView>;

/** What a receipt is of. */
export const ReceiptRead = Type.Object({
  id: TransferId,
  party: Type.Enum(['from', 'to']),
  genuine: Type.Boolean({ description: 'It says what the books say; false: it was changed' }),
});
export type ReceiptReadAnswer = Static<typeof ReceiptRead>;
