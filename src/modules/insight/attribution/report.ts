import Type from 'typebox';
import { defineReport } from '../report/define.ts';
import { attribute } from './attribution.ts';
import { pathSums, touchesOf } from './attribution-sql.ts';
import { named } from './names.ts';
import { AttributionReport } from './schema.ts';

const dayMs = 86_400_000;

export const attributionReport = defineReport({
  name: 'attribution',
  summary: 'Orders handed out to the touches on the way to them, by seven models side by side',
  parameters: {
    by: Type.Optional(
      Type.Enum(['channel', 'campaign'], {
        default: 'channel',
        description: 'What touches are told apart by',
      }),
    ),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 365,
        default: 30,
        description: 'A touch counts for an order that comes within so many days',
      }),
    ),
    half_life: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 365,
        default: 7,
        description: 'Time decay: days after which a touch counts half',
      }),
    ),
  },
  result: AttributionReport,
  async count(asking, { by = 'channel', window = 30, half_life = 7 }) {
    const touches = await touchesOf(asking);
    const { names, numbers, stores } = named(touches, by);
    const sums = await pathSums(asking, {
      windowMs: window * dayMs,
      halfLifeMs: half_life * dayMs,
      touches,
      numbers,
    });
    return { by, window, half_life, ...attribute(names, sums, stores) };
  },
  lines: ({ names, revenue }) => {
    const currencies = Object.keys(revenue);
    return {
      head: ['name', 'model', 'orders', 'orders_low', 'orders_high', ...currencies],
      lines: names.flatMap((one) =>
        one.models.map(({ model, orders, low, high, revenue: own }) => [
          one.name,
          model,
          orders,
          low,
          high,
          ...currencies.map((currency) => own[currency] ?? '0'),
        ]),
      ),
    };
  },
});
