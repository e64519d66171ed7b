import { startOf, unitOf } from '../cohorts/units.ts';
import { defineReport } from '../report/define.ts';
import { refuse } from '../schema.ts';
import { StickinessReport } from './schema.ts';
import { countDays, storeStays, visitLengths } from './stickiness-sql.ts';

const mostDays = 400;

export const stickinessReport = defineReport({
  name: 'stickiness',
  summary:
    'How often people are there, and how long they stay: people of a day, a week, a month; visits; stores',
  parameters: {},
  result: StickinessReport,
  async count(asking) {
    const { question, timeZone, nowMs } = asking;
    const dayOf = (ms: number) => unitOf(ms, 'day', timeZone);
    const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
    // A day that is not over, or was cut off, would look like one on which few came.
    const first = dayOf(from - 1) + 1;
    const last = dayOf(Math.min(to, nowMs)) - 1;
    if (last - first >= mostDays)
      throw refuse(
        'bad-question',
        `At most ${mostDays} days are counted one by one; choose a shorter period.`,
      );
    const counted = first <= last ? await countDays(asking, { first, last }) : [];
    const days = counted.map(({ day, ...people }) => ({ day: startOf(day, 'day'), ...people }));
    const shares = days.filter(({ monthly }) => monthly > 0).map(({ daily, monthly }) => daily / monthly);
    const { single, ...visits } = await visitLengths(asking);
    return {
      days: days.some(({ monthly }) => monthly > 0) ? days : [],
      stickiness: shares.length > 0 ? shares.reduce((sum, one) => sum + one, 0) / shares.length : null,
      visits: { ...visits, single },
      stores: await storeStays(asking),
    };
  },
  lines: ({ days }) => ({
    head: ['day', 'daily', 'weekly', 'monthly'],
    lines: days.map(({ day, daily, weekly, monthly }) => [day, daily, weekly, monthly]),
  }),
});
