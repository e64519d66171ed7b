import type { Question } from '../report/schema.ts';
import { type Json, narrowed, type Step, type Within } from './steps.ts';

/**
 * The people behind the bars of a funnel, as rules: the rule `sequence` and the funnel mean the same (the first step in
 * the period, each strictly later than the one before, all within the time), so that both find the same people.
 */
export function peopleOf(o: {
  steps: readonly Step[];
  within: Within;
  without: Json | null;
  question: Question;
}) {
  const { steps, within, without, question } = o;
  const period = { from: question.from, to: question.to };
  const inSegment = question.segment === null ? [] : [{ segment: question.segment }];
  const none = without && narrowed(without, question);
  const cannot = !question.humans || (without !== null && none === null);

  function chain(count: number, first: Json): Json | null {
    const parts = [first, ...steps.slice(1, count).map(({ match }) => match)].map((one) =>
      narrowed(one, question),
    );
    if (cannot || parts.includes(null)) return null;
    if (count === 1) return { did: parts[0], in: period };
    return { sequence: parts, within: within.duration, ...(none && { without: none }), in: period };
  }

  const rule = (parts: readonly (Json | null)[]): Json | null =>
    parts.includes(null) ? null : { all: [...parts, ...inSegment] };

  return {
    /** Who came to this step, counted from 1; `first` instead of the first step. */
    reached: (step: number, first: Json = steps[0]?.match ?? {}) => rule([chain(step, first)]),
    /** Who came to this step and not to the next. */
    left(step: number): Json | null {
      const first = steps[0]?.match ?? {};
      const next = step < steps.length ? chain(step + 1, first) : null;
      return next && rule([chain(step, first), { not: next }]);
    },
  };
}
