import Type, { type Static, type TSchema } from 'typebox';

const Text = Type.Union([Type.String(), Type.Null()]);
const Moment = Type.String({ format: 'date-time' });

/** The question as it was understood. */
export const Question = Type.Object(
  {
    from: Moment,
    to: Moment,
    humans: Type.Boolean(),
    segment: Text,
    channel: Text,
    source: Text,
    store: Text,
    compare: Text,
  },
  { title: 'Question' },
);
export type Question = Static<typeof Question>;

/** What a report answers with. */
export interface Answered<Result> {
  question: Question;
  as_of: string;
  has_events: boolean;
  result: Result;
  compared: { question: Question; result: Result } | null;
}

export const answeredSchema = (title: string, result: TSchema) =>
  Type.Object(
    {
      question: Question,
      as_of: Type.String({
        format: 'date-time',
        description:
          'When this was counted: now, or of a large workspace 15 minutes ago at most. `Cache-Control: no-cache` counts anew',
      }),
      has_events: Type.Boolean({ description: 'false: nothing was ever sent' }),
      result,
      compared: Type.Union([Type.Object({ question: Question, result }), Type.Null()]),
    },
    { title },
  );
