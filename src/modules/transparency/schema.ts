import Type from 'typebox';
import { refusals } from '#platform/refusal';

const Points = Type.String({
  pattern: '^(0|[1-9][0-9]{0,30})$',
  description: 'Whole points, as decimal text',
});

/**
 * What a programme says of itself every hour, in the clear and signed with the log. Sums from the first day on, but
 * `held`, `outstanding`, `owed` and the reserve, which are as of the moment.
 * issued + owed = outstanding + spent + expired + taken_back.
 */
export const TotalsSchema = Type.Object(
  {
    programme: Type.String({ maxLength: 200, description: 'Its name, as members know it' }),
    issued: Points,
    outstanding: Points,
    held: Points,
    spent: Points,
    expired: Points,
    taken_back: Points,
    owed: Points,
    reserve: Type.Object({
      amount: Points,
      unit: Type.String({
        maxLength: 20,
        description: 'What the amount counts, as the ratio means it: EUR, cent of EUR, ...',
      }),
    }),
    ratio: Points,
    backed: Points,
    movements: Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,2}$' }), Points, {
      description:
        'How many movements of each kind (its number) the ledger has: as many leaves stand before this one',
    }),
  },
  { additionalProperties: false, title: 'Totals of a programme' },
);
export type Totals = Type.Static<typeof TotalsSchema>;

/** Why a log does not go on, so that its history does not fork. */
export const HeldSchema = Type.Object(
  {
    why: Type.Enum(['ahead', 'differs', 'no-files'], {
      description:
        '`ahead`: more is public than the database knows. `differs`: something else is. `no-files`: what was public is not known here; an operator says whether it may go on',
    }),
    known: Type.Integer({ description: 'Leaves that the database knows as signed' }),
    public: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Leaves that the public files tell of',
    }),
  },
  { title: 'Why a log is held' },
);
export type Held = Type.Static<typeof HeldSchema>;

export const refuse = refusals('transparency', {
  'name-taken': { status: 409, title: 'Another log has this name' },
  'bad-name': { status: 400, title: 'Not a name for a log' },
  'no-such-log': { status: 404, title: 'No such log' },
  'not-there': { status: 404, title: 'The log has no such file' },
  'would-fork': { status: 409, title: 'Going on would fork the log' },
  unreachable: { status: 502, title: 'The log could not be read' },
});
