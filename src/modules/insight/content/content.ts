import Type from 'typebox';
import { fewestPeople } from '../fewest.ts';
import { meanInterval, shareInterval } from '../interval.ts';
import { defineReport } from '../report/define.ts';
import { type Cohort, inviting, pieces } from './content-sql.ts';
import { ContentReport } from './schema.ts';

const rate = (part: number, of: number) => ({ part, of, ...shareInterval(part, of) });

export const contentReport = defineReport({
  name: 'content',
  summary: 'What was seen, kept and passed on, and whom invitations brought (the K-factor by week)',
  usualDays: 90,
  parameters: {
    days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 365,
        default: 28,
        description: 'Invitations count that were sent within so many days after somebody first came',
      }),
    ),
  },
  result: ContentReport,
  async count(asking, { days = 28 }) {
    const [found, cohorts] = [await pieces(asking), await inviting(asking, days)];
    const whole = found.find(({ id }) => id === '');
    const sum = (of: (one: Cohort) => number) => cohorts.reduce((total, one) => total + of(one), 0);
    const all: Cohort = {
      ...{ week: '', isWhole: true },
      people: sum(({ people }) => people),
      invites: sum(({ invites }) => invites),
      accepted: sum(({ accepted }) => accepted),
      squares: sum(({ squares }) => squares),
    };
    return {
      seen: whole?.seen ?? 0,
      kept: whole?.kept ?? 0,
      shared: whole?.shared ?? 0,
      share_rate: rate(whole?.both ?? 0, whole?.seen ?? 0),
      content: found
        .filter(({ id }) => id !== '')
        .map(({ both, title, ...one }) => ({
          ...one,
          title: title === '' ? one.id : title,
          share_rate: rate(both, one.seen),
        })),
      days,
      spread: spreadOf(all),
      weeks: cohorts.map((one) => ({ week: one.week, is_whole: one.isWhole, ...spreadOf(one) })),
    };
  },
  forGuests: ({ content, ...result }) => ({
    ...result,
    content: content.filter(({ seen }) => seen >= fewestPeople),
  }),
  lines: ({ content }) => ({
    head: ['id', 'title', 'kind', 'seen', 'kept', 'shared', 'saw_and_shared'],
    lines: content.map((one) => [
      one.id,
      one.title,
      one.kind,
      one.seen,
      one.kept,
      one.shared,
      one.share_rate.part,
    ]),
  }),
});

/** K = invitations per person x acceptance; the interval is that of the mean of what each person's were accepted. */
function spreadOf({ people, invites, accepted, squares }: Cohort): ContentReport['spread'] {
  const range = accepted > 0 ? meanInterval(people, accepted, squares) : null;
  return {
    people,
    invites,
    accepted,
    per_person: people > 0 ? invites / people : 0,
    acceptance: rate(accepted, invites),
    k: people > 0 ? accepted / people : 0,
    low: range ? Math.max(0, range.low) : null,
    high: range ? range.high : null,
  };
}
