import { defineReport } from '../report/define.ts';
import { countBuyers, gapsBetween } from './repurchase-sql.ts';
import { RepurchaseReport } from './schema.ts';
import { dayAt, kaplanMeier } from './survival.ts';

export const repurchaseReport = defineReport({
  name: 'repurchase',
  summary:
    'Who buys again and when: repurchase rate, time between purchases, survival curve of the second purchase',
  usualDays: 365,
  parameters: {},
  result: RepurchaseReport,
  async count(asking) {
    const { buyers, days } = await countBuyers(asking);
    const curve = kaplanMeier(days);
    const { count, quartiles, spread } = await gapsBetween(asking);
    const [quartile_1, median, quartile_3] = quartiles ?? [null, null, null];
    return {
      ...buyers,
      curve: buyers.beginners > 0 ? curve : [],
      median_days: dayAt(curve, 0.5),
      gaps: { count, quartile_1, median, quartile_3 },
      spread,
    };
  },
  lines: ({ curve }) => ({
    head: ['day', 'not_again', 'low', 'high', 'at_risk'],
    lines: curve.map(({ day, survival, low, high, at_risk }) => [day, survival, low, high, at_risk]),
  }),
});
