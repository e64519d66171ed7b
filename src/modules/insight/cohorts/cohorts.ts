import Type from 'typebox';
import { jsonOf } from '../funnel/steps.ts';
import { anOrder, aPurchase } from '../purchase.ts';
import { type Asking, defineReport } from '../report/define.ts';
import { refuse } from '../schema.ts';
import { countCohorts, type Kinds } from './cohorts-sql.ts';
import { CohortsReport, cohortUnits } from './schema.ts';
import { startOf, unitOf } from './units.ts';

const mostUnits = 400;

const kindText = (what: string) =>
  Type.Optional(
    Type.String({
      maxLength: 2000,
      description: `${what}: \`purchase\`, \`visit\` (anything at all), or events as rules name them, as JSON`,
    }),
  );

export const cohortsReport = defineReport({
  name: 'cohorts',
  summary: 'Who comes back: people by when they began, and how many of them were there again later',
  usualDays: 365,
  parameters: {
    unit: Type.Optional(Type.Enum(cohortUnits, { default: 'month' })),
    begin: kindText('What is the beginning'),
    back: kindText('What is coming back; the same unless given'),
    returns: Type.Optional(
      Type.Enum(['left-out', 'kept'], {
        default: 'left-out',
        description: 'Purchases: orders that were paid for only, or every order and return',
      }),
    ),
  },
  result: CohortsReport,
  async count(asking, own) {
    const { unit = 'month', begin = 'purchase', back = begin, returns = 'left-out' } = own;
    const { question, timeZone } = asking;
    const kinds = await kindsOf(asking, begin, back, returns === 'kept');
    const first = unitOf(Date.parse(question.from), unit, timeZone);
    const last = unitOf(Date.parse(question.to) - 1, unit, timeZone);
    if (last - first >= mostUnits)
      throw refuse(
        'bad-question',
        `A table has at most ${mostUnits} rows; choose longer units or a shorter period.`,
      );
    const found = await countCohorts(asking, { unit, kinds, first, last });
    const cohorts = new Map<number, number[]>();
    for (const { cohort, age, people } of found) {
      const counts = cohorts.get(cohort) ?? Array<number>(last - cohort + 1).fill(0);
      counts[age] = people;
      cohorts.set(cohort, counts);
    }
    // A unit that goes on, be it beyond the period or beyond now, is told so.
    const isWhole = unitOf(Math.min(Date.parse(question.to), asking.nowMs), unit, timeZone) > last;
    return {
      unit,
      cohorts: [...cohorts]
        .sort(([a], [b]) => a - b)
        .map(([cohort, counts]) => ({ start: startOf(cohort, unit), counts, is_whole: isWhole })),
    };
  },
  lines: ({ unit, cohorts }) => ({
    head: ['start', unit, 'people'],
    lines: cohorts.flatMap(({ start, counts }) => counts.map((people, age) => [start, age, people])),
  }),
});

async function kindsOf(asking: Asking, begin: string, back: string, withReturns: boolean): Promise<Kinds> {
  const purchase = withReturns ? `(${anOrder} or type = 'track' and event = 'Order Refunded')` : aPurchase;
  const plain: Record<string, string> = { purchase, visit: '1' };
  const texts = [...new Set([begin, back])].filter((text) => plain[text] === undefined);
  const { conditions, params } = await asking.segments.eventConditions(
    asking.workspaceId,
    texts.map((text) => jsonOf(text, 'begin and back')),
  );
  const sqlOf = (text: string) => plain[text] ?? conditions[texts.indexOf(text)] ?? '0';
  return { begins: sqlOf(begin), returns: sqlOf(back), onlyKnown: begin === 'purchase', params };
}
