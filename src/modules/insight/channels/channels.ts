import Type from 'typebox';
import { touchesOf } from '../attribution/attribution-sql.ts';
import { named } from '../attribution/names.ts';
import { meanInterval, shareInterval } from '../interval.ts';
import { defineReport } from '../report/define.ts';
import { peopleByFirstTouch } from './channels-sql.ts';
import { ChannelsReport } from './schema.ts';

export const channelsReport = defineReport({
  name: 'channels',
  summary:
    'What the people of each channel are worth, and how deep they go: of those who came first in the period',
  usualDays: 90,
  parameters: {
    by: Type.Optional(Type.Enum(['channel', 'campaign'], { default: 'channel' })),
  },
  result: ChannelsReport,
  async count(asking, { by = 'channel' }) {
    const touches = await touchesOf(asking);
    const { names, numbers } = named(touches, by);
    const found = await peopleByFirstTouch(asking, { touches, numbers });
    const rate = (part: number, of: number) => ({ part, of, ...shareInterval(part, of) });
    return {
      by,
      people: found.reduce((sum, { people }) => sum + people, 0),
      channels: found.map(({ number, people, stages, buyers, again, orders, ...money }) => ({
        name: names[number - 1] ?? '',
        people,
        stages,
        bought: rate(buyers, people),
        again: rate(again, buyers),
        shared: rate(stages[4] ?? 0, people),
        orders,
        revenue: Object.fromEntries(
          money.currencies.map((currency, i) => {
            const sum = money.sums[i] ?? '0';
            const range = meanInterval(people, Number(sum), money.squares[i] ?? 0);
            return [
              currency,
              { sum, mean: Number(sum) / people, low: range?.low ?? null, high: range?.high ?? null },
            ];
          }),
        ),
      })),
    };
  },
  lines: ({ channels }) => {
    const currencies = [...new Set(channels.flatMap(({ revenue }) => Object.keys(revenue)))].sort();
    return {
      head: [
        'channel',
        'people',
        'search',
        'attention',
        'deal',
        'use',
        'share',
        'buyers',
        'again',
        'orders',
        ...currencies,
      ],
      lines: channels.map((one) => [
        one.name,
        one.people,
        ...one.stages,
        one.bought.part,
        one.again.part,
        one.orders,
        ...currencies.map((currency) => one.revenue[currency]?.sum ?? '0'),
      ]),
    };
  },
});
