import Type from 'typebox';
import { defineReport } from '../report/define.ts';
import { refuse } from '../schema.ts';
import { funnelOf, funnelParameters } from './funnel.ts';
import { type Left, leavers, stepTimes } from './leaving-sql.ts';
import { FunnelLeaving, FunnelTimes } from './schema.ts';

export const funnelTimesReport = defineReport({
  name: 'funnel-times',
  summary: 'How long people take from one step of a funnel to the next',
  parameters: funnelParameters,
  result: FunnelTimes,
  async count(asking, query) {
    const { steps, chain } = await funnelOf(asking, query);
    const times = await stepTimes(asking, chain);
    const nameOf = (place: number) => steps[place]?.name ?? '';
    return {
      steps: times.map((time, i) =>
        i < steps.length - 1
          ? { from: nameOf(i), to: nameOf(i + 1), ...time }
          : { from: nameOf(0), to: nameOf(steps.length - 1), ...time },
      ),
    };
  },
  lines: ({ steps }) => ({
    head: ['from', 'to', 'people', 'quartile_1_s', 'median_s', 'quartile_3_s'],
    lines: steps.map((one) => [one.from, one.to, one.people, one.quartile_1, one.median, one.quartile_3]),
  }),
});

const mostNames = 8;

export const funnelLeavingReport = defineReport({
  name: 'funnel-leaving',
  summary: 'What those who stop at a step of a funnel do next, and last',
  parameters: {
    ...funnelParameters,
    at: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 7, default: 1, description: 'The step, from 1 on' }),
    ),
  },
  result: FunnelLeaving,
  async count(asking, query) {
    const { steps, chain } = await funnelOf(asking, query);
    const { at: step = 1 } = query;
    if (step >= steps.length)
      throw refuse('bad-question', 'Of those who came to the last step, none stopped before it.');
    const found = await leavers(asking, chain, step);
    return {
      step,
      people: found.reduce((sum, { people }) => sum + people, 0),
      next: topOf(found, 'next'),
      last: topOf(found, 'last'),
    };
  },
  lines: ({ next, last }) => ({
    head: ['what', 'event', 'people'],
    lines: Object.entries({ next, last }).flatMap(([what, names]) =>
      names.map(({ name, people }) => [what, name, people]),
    ),
  }),
});

/** The names of most people; all others are one, the rest. */
function topOf(found: readonly Left[], what: 'next' | 'last'): { name: string; people: number }[] {
  const people = new Map<string, number>();
  for (const one of found) people.set(one[what], (people.get(one[what]) ?? 0) + one.people);
  const sorted = [...people].map(([name, n]) => ({ name, people: n }));
  sorted.sort((a, b) => b.people - a.people || (a.name < b.name ? -1 : 1));
  const others = sorted.slice(mostNames).reduce((sum, one) => sum + one.people, 0);
  return [...sorted.slice(0, mostNames), ...(others > 0 ? [{ name: '...', people: others }] : [])];
}
