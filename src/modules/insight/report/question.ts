import Type, { type Static } from 'typebox';
import { refuse } from '../schema.ts';
import type { Question } from './schema.ts';

const dayMs = 86_400_000;
const longestMs = 20 * 366 * dayMs;
const Moment = { format: 'date-time' };
const Short = { minLength: 1, maxLength: 200 };

/** What can be asked of every report. */
export const questionParameters = {
  from: Type.Optional(Type.String({ ...Moment, description: 'Some days before `to` unless given' })),
  to: Type.Optional(Type.String({ ...Moment, description: 'Not included; now unless given' })),
  humans: Type.Optional(Type.Boolean({ default: true, description: 'Leave known bots out' })),
  segment: Type.Optional(Type.String({ format: 'uuid', description: 'Id of a segment: who is in it now' })),
  channel: Type.Optional(Type.String({ ...Short, description: 'Events of this kind of source only' })),
  source: Type.Optional(Type.String({ format: 'uuid', description: 'Id of a source: its events only' })),
  store: Type.Optional(Type.String({ ...Short, description: 'Events of this store only' })),
  compare: Type.Optional(
    Type.String({
      pattern: '^(before|segment:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$',
      description: '`before`: as long a period before; `segment:ID`: the same of another segment',
    }),
  ),
};
const QuestionQuery = Type.Object(questionParameters);
export type QuestionQuery = Static<typeof QuestionQuery>;

/** The question in full; refuses a period that is none. */
export function questionOf(query: QuestionQuery, o: { nowMs: number; usualDays: number }): Question {
  const to = new Date(query.to ?? o.nowMs);
  const from = new Date(query.from ?? to.getTime() - o.usualDays * dayMs);
  const lengthMs = to.getTime() - from.getTime();
  if (!(lengthMs > 0 && lengthMs <= longestMs))
    throw refuse('bad-period', 'A period begins before it ends, and lasts twenty years at most.');
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    humans: query.humans ?? true,
    segment: query.segment ?? null,
    channel: query.channel ?? null,
    source: query.source ?? null,
    store: query.store ?? null,
    compare: query.compare ?? null,
  };
}

/** The question that this one is compared with. */
export function otherSide(question: Question): Question | null {
  const { compare } = question;
  if (compare === null) return null;
  if (compare !== 'before') return { ...question, segment: compare.slice('segment:'.length), compare: null };
  const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
  return {
    ...question,
    from: new Date(2 * from - to).toISOString(),
    to: question.from,
    compare: null,
  };
}
